# Scores of every frame and video, the metrics, and the plots.


rule score:
    input:
        folders=ancient("results/dataset"),
        index="results/dataset.csv",
        model="results/model/model.keras",
        made_from=receipts("dataset train"),
        settings=settings("score"),
    output:
        receipt=receipt("score"),
        frames="results/predictions/frames.csv",
        tracks="results/predictions/tracks.csv",
        videos="results/predictions/videos.csv",
    log:
        "logs/score.log",
    benchmark:
        "logs/benchmarks/score.tsv"
    conda:
        "../envs/unmask.yaml"
    threads: workflow.cores
    shell:
        "unmask score --dataset {input.folders} --index {input.index} --model {input.model}"
        " --made-from {input.made_from} --receipt {output.receipt}"
        " --settings {input.settings} --frames {output.frames} --tracks {output.tracks}"
        " --videos {output.videos} > {log} 2>&1"


rule metrics:
    input:
        manifest="results/manifest.csv",
        index="results/dataset.csv",
        quarantine="results/quarantine.csv",
        quality="results/quality.csv",
        model="results/model/model.keras",
        frames="results/predictions/frames.csv",
        videos="results/predictions/videos.csv",
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
        "unmask evaluate --manifest {input.manifest} --index {input.index}"
        " --frames {input.frames} --videos {input.videos} --quarantine {input.quarantine}"
        " --quality {input.quality} --model {input.model}"
        " --made-from {input.made_from} --receipt {output.receipt}"
        " --settings {input.settings} --output {output.metrics} > {log} 2>&1"


rule plots:
    input:
        frames="results/predictions/frames.csv",
        videos="results/predictions/videos.csv",
        metrics="results/metrics.json",
        history="results/model/history.csv",
        made_from=receipts("train score metrics"),
        settings=settings("plots"),
    output:
        [
            report(
                f"results/plots/{name}.png",
                category="Evaluation",
                labels={"plot": TITLES[name]},
                caption=f"captions/{name}.rst",
            )
            for name in PLOTS
        ],
        expand("results/plots/{name}.csv", name=[*PLOTS, *TABLES]),
        receipt=receipt("plots"),
    log:
        "logs/plots.log",
    benchmark:
        "logs/benchmarks/plots.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask plots --frames {input.frames} --videos {input.videos}"
        " --metrics {input.metrics} --history {input.history} --settings {input.settings}"
        " --made-from {input.made_from} --receipt {output.receipt}"
        " --output results/plots > {log} 2>&1"


rule evaluate:
    input:
        rules.metrics.output,
        rules.plots.output,
