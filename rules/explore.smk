# Pictures of the data, of a few videos.


rule explore:
    input:
        expand("results/faces/{video}.json", video=PLAN.shown.filmed),
        ancient(expand("results/faces/{video}", video=PLAN.shown.filmed)),
        expand("results/detections/{video}.json", video=PLAN.shown.clips),
        ancient(expand("results/frames/{video}", video=PLAN.shown.clips)),
        expand("results/cropped/{dataset}.json", dataset=PLAN.shown.cropped),
        ancient(expand("results/cropped/{dataset}", dataset=PLAN.shown.cropped)),
        cropped=expand("results/cropped/{dataset}.jsonl", dataset=PLAN.shown.cropped),
        videos="results/workflow/settings/videos.csv",
        settings=settings("explore"),
    output:
        [
            report(
                f"results/explore/{picture}",
                category="Data",
                labels={"picture": picture},
                caption=f"captions/{Path(picture).stem.partition('_')[0]}.rst",
            )
            for picture in PLAN.shown.pictures
        ],
        receipt=receipt("explore"),
    log:
        "logs/explore.log",
    benchmark:
        "logs/benchmarks/explore.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask explore --videos {input.videos} --frames results/frames"
        " --detections results/detections --faces results/faces --cropped {input.cropped}"
        " --made-from {input.videos} --receipt {output.receipt} --settings {input.settings}"
        " --output results/explore > {log} 2>&1"
