# Videos of unknown label, scored with the trained model. Made when asked for, not by default.


rule verdicts:
    input:
        files="results/workflow/settings/to_score.csv",
        model="results/model/model.keras",
        metrics="results/metrics.json",
        made_from=receipts("train metrics"),
        settings=settings("verdicts"),
    output:
        receipt=receipt("verdicts"),
        table="results/verdicts/verdicts.csv",
        all="results/verdicts/verdicts.json",
        page="results/verdicts/index.html",
    log:
        "logs/verdicts.log",
    benchmark:
        "logs/benchmarks/verdicts.tsv"
    conda:
        "../envs/unmask.yaml"
    threads: workflow.cores
    shell:
        "unmask predict --files {input.files} --model {input.model} --jobs {threads}"
        " --made-from {input.made_from} {input.files} --receipt {output.receipt}"
        " --settings {input.settings} --memory results/checkpoint/verdicts"
        " --csv {output.table} --json {output.all} --html {output.page} > {log} 2>&1"
