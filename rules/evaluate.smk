# Scores of every frame and video, the metrics, and the plots.


rule score:
    input:
        folders=ancient("results/dataset"),
        index="results/dataset.csv",
        model="results/model/model.keras",
        settings=settings("score"),
    output:
        frames="results/predictions/frames.csv",
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
        " --settings {input.settings} --frames {output.frames} --videos {output.videos}"
        " > {log} 2>&1"


rule metrics:
    input:
        manifest="results/manifest.csv",
        index="results/dataset.csv",
        quarantine="results/quarantine.csv",
        frames="results/predictions/frames.csv",
        videos="results/predictions/videos.csv",
        settings=settings("evaluate"),
    output:
        "results/metrics.json",
    log:
        "logs/metrics.log",
    benchmark:
        "logs/benchmarks/metrics.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask evaluate --manifest {input.manifest} --index {input.index}"
        " --frames {input.frames} --videos {input.videos} --quarantine {input.quarantine}"
        " --settings {input.settings} --output {output} > {log} 2>&1"


rule plots:
    input:
        frames="results/predictions/frames.csv",
        videos="results/predictions/videos.csv",
        metrics="results/metrics.json",
        history="results/model/history.csv",
        settings=settings("plots"),
    output:
        [report(f"results/plots/{name}.png", category="Evaluation") for name in PLOTS],
        expand("results/plots/{name}.csv", name=PLOTS),
    log:
        "logs/plots.log",
    benchmark:
        "logs/benchmarks/plots.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask plots --frames {input.frames} --videos {input.videos}"
        " --metrics {input.metrics} --history {input.history} --settings {input.settings}"
        " --output results/plots > {log} 2>&1"


rule evaluate:
    input:
        rules.metrics.output,
        rules.plots.output,
