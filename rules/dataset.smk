# The folders that training reads.


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
        training=receipt("training_data"),
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
        " --training-receipt {output.training}"
        " > {log} 2>&1"
