# Trainings again: with other seeds, on other folds, without a method or a dataset. Made when asked
# for, not by default. From the split on each has its own results, made as those of the main run.


use rule manifest as repeat_manifest with:
    input:
        videos="results/workflow/settings/videos.csv",
        settings=settings_again("manifest"),
    output:
        receipt=again("workflow/made_of/manifest.json"),
        manifest=again("manifest.csv"),
        left_out=again("left_out.csv"),
    log:
        "logs/repeats/{repeat}/manifest.log",
    benchmark:
        "logs/benchmarks/repeats/{repeat}/manifest.tsv"


use rule quarantine as repeat_quarantine with:
    input:
        each_video("results/faces/{video}.json"),
        each_cropped("results/cropped/{dataset}.json"),
        cropped=each_cropped("results/cropped/{dataset}.jsonl"),
        manifest=again("manifest.csv"),
        problems="results/workflow/settings/problems.csv",
        made_from=again("workflow/made_of/manifest.json"),
        settings=settings_again("quarantine"),
    output:
        receipt=again("workflow/made_of/quarantine.json"),
        quarantine=again("quarantine.csv"),
        quality=again("quality.csv"),
    log:
        "logs/repeats/{repeat}/quarantine.log",
    benchmark:
        "logs/benchmarks/repeats/{repeat}/quarantine.tsv"


use rule dataset as repeat_dataset with:
    input:
        each_video("results/faces/{video}.json"),
        ancient(each_video("results/faces/{video}")),
        verdict_before("accept"),
        each_cropped("results/cropped/{dataset}.json"),
        cropped=each_cropped("results/cropped/{dataset}.jsonl"),
        crops=ancient(each_cropped("results/cropped/{dataset}")),
        manifest=again("manifest.csv"),
        made_from=again("workflow/made_of/manifest.json"),
        settings=settings_again("dataset"),
    output:
        receipt=again("workflow/made_of/dataset.json"),
        training=again("workflow/made_of/training_data.json"),
        folders=directory(again("dataset")),
        index=again("dataset.csv"),
    log:
        "logs/repeats/{repeat}/dataset.log",
    benchmark:
        "logs/benchmarks/repeats/{repeat}/dataset.tsv"


use rule train as repeat_train with:
    input:
        folders=ancient(again("dataset")),
        index=unless_current_again("train", again("dataset.csv")),
        weights=PLAN.config.weights_files,
        made_from=unless_current_again(
            "train", again("workflow/made_of/training_data.json")
        ),
        settings=settings_again("train"),
    output:
        receipt=again("workflow/made_of/train.json"),
        model=again("model/model.keras"),
        history=again("model/history.csv"),
        picture=again("model/augmentation.jpg"),
    log:
        "logs/repeats/{repeat}/train.log",
    benchmark:
        "logs/benchmarks/repeats/{repeat}/train.tsv"
    params:
        source=PLAN.weights,
        folder=folder_of_model,
        checkpoint="results/checkpoint/repeats/{repeat}.npz",
        tensorboard="logs/tensorboard/{repeat}",


use rule score as repeat_score with:
    input:
        folders=ancient(again("dataset")),
        index=again("dataset.csv"),
        model=again("model/model.keras"),
        made_from=receipts_again("dataset train"),
        settings=settings_again("score"),
    output:
        receipt=again("workflow/made_of/score.json"),
        frames=again("predictions/frames.csv"),
        tracks=again("predictions/tracks.csv"),
        videos=again("predictions/videos.csv"),
    log:
        "logs/repeats/{repeat}/score.log",
    benchmark:
        "logs/benchmarks/repeats/{repeat}/score.tsv"


use rule metrics as repeat_metrics with:
    input:
        manifest=again("manifest.csv"),
        index=again("dataset.csv"),
        quarantine=again("quarantine.csv"),
        quality=again("quality.csv"),
        model=again("model/model.keras"),
        frames=again("predictions/frames.csv"),
        videos=again("predictions/videos.csv"),
        subgroups="results/workflow/settings/subgroups.csv",
        made_from=receipts_again("manifest dataset quarantine train score"),
        settings=settings_again("metrics"),
    output:
        receipt=again("workflow/made_of/metrics.json"),
        metrics=again("metrics.json"),
    log:
        "logs/repeats/{repeat}/metrics.log",
    benchmark:
        "logs/benchmarks/repeats/{repeat}/metrics.tsv"


rule repeats:
    input:
        metrics=lambda wildcards: expand(
            again("metrics.json"), repeat=PLAN.check_repeats()
        ),
        made_from=lambda wildcards: expand(
            again("workflow/made_of/metrics.json"), repeat=PLAN.check_repeats()
        ),
        settings=settings("repeats"),
    output:
        receipt=receipt("repeats"),
        table="results/repeats.csv",
        page="results/repeats/index.html",
    log:
        "logs/repeats.log",
    benchmark:
        "logs/benchmarks/repeats.tsv"
    conda:
        "../envs/unmask.yaml"
    shell:
        "unmask repeats --metrics {input.metrics} --made-from {input.made_from}"
        " --receipt {output.receipt} --settings {input.settings} --output {output.table}"
        " --page {output.page} > {log} 2>&1"
