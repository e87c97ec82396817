# Videos that look alike and are on different sides of the split.


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
