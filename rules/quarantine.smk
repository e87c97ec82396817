# What is left out and why.


rule quarantine:
    input:
        each_video("results/faces/{video}.json"),
        each_cropped("results/cropped/{dataset}.json"),
        cropped=each_cropped("results/cropped/{dataset}.jsonl"),
        manifest="results/manifest.csv",
        problems="results/workflow/settings/problems.csv",
        made_from=receipt("manifest"),
        settings=settings("quarantine"),
    output:
        receipt=receipt("quarantine"),
        quarantine="results/quarantine.csv",
        quality="results/quality.csv",
    log:
        "logs/quarantine.log",
    benchmark:
        "logs/benchmarks/quarantine.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask quarantine --manifest {input.manifest} --problems {input.problems}"
        " --faces results/faces --cropped {input.cropped}"
        " --made-from {input.made_from} {input.problems} --receipt {output.receipt}"
        " --settings {input.settings} --quarantine {output.quarantine}"
        " --quality {output.quality} > {log} 2>&1"
