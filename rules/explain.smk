# What the model looked at: heat maps of the test videos that stand out.


rule explain:
    input:
        folders=ancient("results/dataset"),
        index="results/dataset.csv",
        model="results/model/model.keras",
        frames="results/predictions/frames.csv",
        videos="results/predictions/videos.csv",
        made_from=receipts("dataset train score"),
        settings=settings("explain"),
    output:
        receipt=receipt("explain"),
        index="results/explanations/index.csv",
        folders=directory("results/explanations"),
    log:
        "logs/explain.log",
    benchmark:
        "logs/benchmarks/explain.tsv"
    conda:
        "../envs/unmask.yaml"
    threads: workflow.cores
    shell:
        "unmask explain --dataset {input.folders} --index {input.index} --model {input.model}"
        " --frames {input.frames} --videos {input.videos}"
        " --made-from {input.made_from} --receipt {output.receipt}"
        " --settings {input.settings} --output {output.folders} > {log} 2>&1"
