# Datasets that are face crops already, brought to the geometry and size of crops.


rule adopt_crops:
    input:
        sources="results/workflow/settings/sources.csv",
        settings=settings("cropped"),
    output:
        faces=directory("results/cropped/{dataset}"),
        index="results/cropped/{dataset}.jsonl",
        receipt="results/cropped/{dataset}.json",
    log:
        "logs/cropped/{dataset}.log",
    conda:
        "../envs/unmask.yaml"
    threads: workflow.cores
    params:
        source=source_of_cropped,
    shell:
        "unmask cropped --sources {input.sources} --dataset {wildcards.dataset}"
        " --source {params.source} --jobs {threads} --settings {input.settings}"
        " --faces {output.faces} --index {output.index} --receipt {output.receipt} > {log} 2>&1"
