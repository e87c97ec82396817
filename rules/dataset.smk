# What is left out and why, whether enough is left, and the folders that training reads.


rule quarantine:
    input:
        each_video("results/faces/{video}.json"),
        each_cropped("results/cropped/{dataset}.json"),
        cropped=each_cropped("results/cropped/{dataset}.jsonl"),
        manifest="results/manifest.csv",
        problems="results/settings/problems.csv",
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


rule duplicates:
    input:
        each_video("results/frames/{video}.json"),
        ancient(each_video("results/frames/{video}")),
        each_cropped("results/cropped/{dataset}.json"),
        ancient(each_cropped("results/cropped/{dataset}")),
        cropped=each_cropped("results/cropped/{dataset}.jsonl"),
        manifest="results/manifest.csv",
        made_from=receipt("manifest"),
        settings=settings("duplicates"),
    output:
        receipt=receipt("duplicates"),
        pairs="results/duplicates.csv",
    log:
        "logs/duplicates.log",
    benchmark:
        "logs/benchmarks/duplicates.tsv"
    conda:
        "../envs/unmask.yaml"
    threads: workflow.cores
    shell:
        "unmask duplicates --manifest {input.manifest} --frames results/frames"
        " --cropped {input.cropped} --made-from {input.made_from} --receipt {output.receipt}"
        " --settings {input.settings} --output {output.pairs} > {log} 2>&1"


rule accept:
    input:
        manifest="results/manifest.csv",
        duplicates="results/duplicates.csv",
        quarantine="results/quarantine.csv",
        made_from=receipts("manifest duplicates quarantine"),
        settings=settings("accept"),
    output:
        receipt=receipt("accept"),
        verdict="results/accepted.txt",
    log:
        "logs/accept.log",
    benchmark:
        "logs/benchmarks/accept.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask accept --manifest {input.manifest} --quarantine {input.quarantine}"
        " --duplicates {input.duplicates}"
        " --made-from {input.made_from} --receipt {output.receipt}"
        " --settings {input.settings} --output {output.verdict} > {log} 2>&1"


rule dataset:
    input:
        each_video("results/faces/{video}.json"),
        ancient(each_video("results/faces/{video}")),
        verdict_before("dataset"),
        each_cropped("results/cropped/{dataset}.json"),
        cropped=each_cropped("results/cropped/{dataset}.jsonl"),
        crops=ancient(each_cropped("results/cropped/{dataset}")),
        manifest="results/manifest.csv",
        made_from=receipt("manifest"),
        settings=settings("dataset"),
    output:
        receipt=receipt("dataset"),
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
        " --cropped {input.cropped} --made-from {input.made_from} --receipt {output.receipt}"
        " --settings {input.settings} --output {output.folders} --index {output.index}"
        " > {log} 2>&1"
