# The classifier.


rule train:
    input:
        folders=ancient("results/dataset"),
        index="results/dataset.csv",
        weights=PLAN.config.weights_files,
        settings=settings("train"),
    output:
        model="results/model/model.keras",
        history="results/model/history.csv",
    log:
        "logs/train.log",
    benchmark:
        "logs/benchmarks/train.tsv"
    conda:
        "../envs/unmask.yaml"
    threads: workflow.cores
    shell:
        "unmask train --dataset {input.folders} --index {input.index}"
        " --settings {input.settings} --output-dir results/model 2>&1 | tee {log}"
