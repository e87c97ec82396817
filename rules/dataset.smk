# What is left out and why, whether enough is left, and the folders that training reads.


rule quarantine:
    input:
        each_video("results/faces/{video}.json"),
        cropped=each_cropped("results/cropped/{dataset}.jsonl"),
        manifest="results/manifest.csv",
        problems="results/settings/problems.csv",
        settings=settings("quarantine"),
    output:
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
        " --quarantine {output.quarantine} --quality {output.quality} > {log} 2>&1"


rule accept:
    input:
        manifest="results/manifest.csv",
        quarantine="results/quarantine.csv",
        settings=settings("accept"),
    output:
        "results/accepted.txt",
    log:
        "logs/accept.log",
    benchmark:
        "logs/benchmarks/accept.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask accept --manifest {input.manifest} --quarantine {input.quarantine}"
        " --settings {input.settings} --output {output} > {log} 2>&1"


rule dataset:
    input:
        each_video("results/faces/{video}.json"),
        ancient(each_video("results/faces/{video}")),
        # A new limit on bad videos decides anew whether to go on, and makes nothing again.
        ancient("results/accepted.txt"),
        cropped=each_cropped("results/cropped/{dataset}.jsonl"),
        crops=ancient(each_cropped("results/cropped/{dataset}")),
        manifest="results/manifest.csv",
        settings=settings("dataset"),
    output:
        folders=directory("results/dataset"),
        index="results/dataset.csv",
    log:
        "logs/dataset.log",
    benchmark:
        "logs/benchmarks/dataset.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask dataset --manifest {input.manifest} --faces results/faces"
        " --cropped {input.cropped} --output {output.folders} --index {output.index}"
        " > {log} 2>&1"
