# Whether enough is left to go on.


rule accept:
    input:
        manifest="results/manifest.csv",
        duplicates="results/duplicates.csv",
        quarantine="results/quarantine.csv",
        quality="results/quality.csv",
        made_from=receipts("manifest duplicates quarantine"),
        settings=settings("accept"),
    output:
        receipt=receipt("accept"),
        verdict="results/workflow/accepted.txt",
    log:
        "logs/accept.log",
    benchmark:
        "logs/benchmarks/accept.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask accept --manifest {input.manifest} --quarantine {input.quarantine}"
        " --quality {input.quality} --duplicates {input.duplicates}"
        " --made-from {input.made_from} --receipt {output.receipt}"
        " --settings {input.settings} --output {output.verdict} > {log} 2>&1"
