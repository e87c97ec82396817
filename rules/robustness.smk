# The test videos after coding, shrinking, blur and noise. Made when asked for, not by default.


rule robustness:
    input:
        manifest="results/manifest.csv",
        videos="results/predictions/videos.csv",
        model="results/model/model.keras",
        metrics="results/metrics.json",
        made_from=receipts("manifest train score metrics"),
        settings=settings("robustness"),
    output:
        receipt=receipt("robustness"),
        table="results/robustness.csv",
        plot="results/robustness/robustness.png",
        page="results/robustness/index.html",
    log:
        "logs/robustness.log",
    benchmark:
        "logs/benchmarks/robustness.tsv"
    conda:
        "../envs/unmask.yaml"
    threads: workflow.cores
    shell:
        "unmask robustness --manifest {input.manifest} --videos {input.videos}"
        " --model {input.model} --jobs {threads} --made-from {input.made_from}"
        " --receipt {output.receipt} --settings {input.settings} --output {output.table}"
        " --plot {output.plot} --page {output.page} > {log} 2>&1"
