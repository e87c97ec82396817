# The plots: a picture and a table each.


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
