# One row a video: where it is, its label, group and split.


rule manifest:
    input:
        videos="results/workflow/settings/videos.csv",
        settings=settings("manifest"),
    output:
        receipt=receipt("manifest"),
        manifest="results/manifest.csv",
        left_out="results/left_out.csv",
    log:
        "logs/manifest.log",
    benchmark:
        "logs/benchmarks/manifest.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask manifest --videos {input.videos} --settings {input.settings}"
        " --made-from {input.videos} --receipt {output.receipt} --output {output.manifest}"
        " --left-out {output.left_out} > {log} 2>&1"
