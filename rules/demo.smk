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
            folder=folder_of_first_output,
        shell:
            "unmask demo --settings {input.settings} --output {params.folder:q} > {log} 2>&1"


rule demo:
    input:
        PLAN.demo_files,
