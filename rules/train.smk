# The classifier.


rule train:
    input:
        folders=ancient("results/dataset"),
        index=unless_current("train", "results/dataset.csv"),
        weights=PLAN.config.weights_files,
        made_from=unless_current("train", receipt("training_data")),
        settings=settings("train"),
    output:
        receipt=receipt("train"),
        model="results/model/model.keras",
        history="results/model/history.csv",
        picture="results/model/augmentation.jpg",
    log:
        "logs/train.log",
    benchmark:
        "logs/benchmarks/train.tsv"
    conda:
        "../envs/unmask.yaml"
    threads: workflow.cores
    params:
        source=PLAN.weights,
        folder=folder_of_model,
        checkpoint="results/checkpoint/train.npz",
        tensorboard="logs/tensorboard",
    shell:
        "unmask train --dataset {input.folders} --index {input.index}"
        " --made-from {input.made_from} --source={params.source} --receipt {output.receipt}"
        " --settings {input.settings} --output-dir {params.folder}"
        " --checkpoint {params.checkpoint} --tensorboard {params.tensorboard} > {log} 2>&1"
