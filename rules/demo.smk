# The demo dataset: face swaps between two portraits, filmed as short clips.

if PLAN.demo:

    rule demo:
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
        params:
            folder=folder_of_first_output,
        shell:
            "unmask demo --settings {input.settings} --output {params.folder:q} > {log} 2>&1"
