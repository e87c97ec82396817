# The metrics: measures and intervals of the scores.


rule metrics:
    input:
        manifest="results/manifest.csv",
        index="results/dataset.csv",
        quarantine="results/quarantine.csv",
        quality="results/quality.csv",
        model="results/model/model.keras",
        frames="results/predictions/frames.csv",
        videos="results/predictions/videos.csv",
        subgroups="results/workflow/settings/subgroups.csv",
        made_from=receipts("manifest dataset quarantine train score"),
        settings=settings("metrics"),
    output:
        receipt=receipt("metrics"),
        metrics="results/metrics.json",
    log:
        "logs/metrics.log",
    benchmark:
        "logs/benchmarks/metrics.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask metrics --manifest {input.manifest} --index {input.index}"
        " --frames {input.frames} --videos {input.videos} --quarantine {input.quarantine}"
        " --quality {input.quality} --model {input.model}"
        " --subgroups {input.subgroups}"
        " --made-from {input.made_from} {input.subgroups} --receipt {output.receipt}"
        " --settings {input.settings} --output {output.metrics} > {log} 2>&1"
