# How well size, codec and the like tell the classes.


rule shortcuts:
    input:
        each_video("results/faces/{video}.json"),
        ancient(each_video("results/frames/{video}.json")),
        each_cropped("results/cropped/{dataset}.json"),
        cropped=each_cropped("results/cropped/{dataset}.jsonl"),
        manifest="results/manifest.csv",
        made_from=receipt("manifest"),
        settings=settings("shortcuts"),
    output:
        receipt=receipt("shortcuts"),
        shortcuts="results/shortcuts.csv",
        properties="results/properties.csv",
    log:
        "logs/shortcuts.log",
    benchmark:
        "logs/benchmarks/shortcuts.tsv"
    conda:
        "../envs/unmask.yaml"
    threads: workflow.cores
    shell:
        "unmask shortcuts --manifest {input.manifest} --frames results/frames"
        " --faces results/faces --cropped {input.cropped}"
        " --made-from {input.made_from} --receipt {output.receipt} --settings {input.settings}"
        " --output {output.shortcuts} --properties {output.properties} > {log} 2>&1"
