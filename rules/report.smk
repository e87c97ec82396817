# A page that shows what was run, on what, and with what result, and one for each test video.


rule report:
    input:
        folders=ancient("results/dataset"),
        index="results/dataset.csv",
        manifest="results/manifest.csv",
        left_out="results/left_out.csv",
        duplicates="results/duplicates.csv",
        notes="results/workflow/settings/notes.csv",
        shortcuts="results/shortcuts.csv",
        quarantine="results/quarantine.csv",
        quality="results/quality.csv",
        frames="results/predictions/frames.csv",
        tracks="results/predictions/tracks.csv",
        videos="results/predictions/videos.csv",
        explanations="results/explanations/index.csv",
        explore=rules.explore.output,
        metrics="results/metrics.json",
        history="results/model/history.csv",
        augmentation="results/model/augmentation.jpg",
        plots=rules.plots.output,
        made_from=receipts(
            "explore manifest duplicates shortcuts dataset quarantine train score explain metrics plots"
        ),
        settings=settings("report"),
    output:
        receipt=receipt("report"),
        page="results/report/index.html",
        videos=directory("results/report/videos"),
        card="results/model/CARD.md",
    log:
        "logs/report.log",
    benchmark:
        "logs/benchmarks/report.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask report --dataset {input.folders} --index {input.index}"
        " --manifest {input.manifest} --quarantine {input.quarantine}"
        " --left-out {input.left_out} --duplicates {input.duplicates} --notes {input.notes}"
        " --shortcuts {input.shortcuts}"
        " --quality {input.quality} --frames {input.frames} --tracks {input.tracks}"
        " --videos {input.videos} --metrics {input.metrics}"
        " --explanations results/explanations --explore results/explore"
        " --history {input.history} --augmentation {input.augmentation} --plots results/plots"
        " --settings {input.settings}"
        " --made-from {input.made_from} {input.notes} --receipt {output.receipt}"
        " --card {output.card} --output results/report > {log} 2>&1"
