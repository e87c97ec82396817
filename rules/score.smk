# Scores of every crop, frame and video.


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
