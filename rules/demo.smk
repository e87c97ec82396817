# The demo dataset: face swaps between two portraits, filmed as short clips.

if PLAN.demo:

    rule film_demo:
        input:
            settings=settings("demo"),
        output:
            clips=PLAN.demo_files[:-1],
            receipt=PLAN.demo_files[-1],
        log:
            "logs/demo.log",
        benchmark:
            "logs/benchmarks/demo.tsv"
        conda:
            "../envs/unmask.yaml"
        threads: workflow.cores
        shell:
            "unmask demo --settings {input.settings} --receipt {output.receipt:q} > {log} 2>&1"


rule demo:
    input:
        PLAN.demo_files,
