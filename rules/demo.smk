# The demo dataset: face swaps between two portraits, filmed as short clips.

if PLAN.demo:

    rule film_demo:
        input:
            settings=settings("demo"),
        output:
            PLAN.demo_files,
        log:
            "logs/demo.log",
        benchmark:
            "logs/benchmarks/demo.tsv"
        conda:
            "../envs/unmask.yaml"
        threads: workflow.cores
        params:
            receipt=PLAN.demo_files[-1],
        shell:
            "unmask demo --settings {input.settings} --receipt {params.receipt:q} > {log} 2>&1"


rule demo:
    input:
        PLAN.demo_files,
