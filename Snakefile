# From videos to a trained, evaluated deepfake detector. A table of contents:
# every stage has its file in rules/, every setting its line in config.yaml.

from snakemake.utils import min_version

min_version("9.0")


# Jobs have what they need from the run that started them, whatever happens to this file meanwhile.
if workflow.is_main_process:

    configfile: f"{workflow.basedir}/config.yaml"


# On a cluster, what takes less than to queue it is done where the run was started.
localrules:
    accept,
    manifest,
    metrics,
    plots,
    quarantine,


include: "rules/common.smk"
include: "rules/demo.smk"
include: "rules/manifest.smk"
include: "rules/frames.smk"
include: "rules/detections.smk"
include: "rules/faces.smk"
include: "rules/cropped.smk"
include: "rules/quarantine.smk"
include: "rules/accept.smk"
include: "rules/duplicates.smk"
include: "rules/shortcuts.smk"
include: "rules/dataset.smk"
include: "rules/train.smk"
include: "rules/score.smk"
include: "rules/metrics.smk"
include: "rules/plots.smk"
include: "rules/explore.smk"
include: "rules/explain.smk"
include: "rules/report.smk"
include: "rules/export.smk"
include: "rules/verdicts.smk"
include: "rules/repeats.smk"
include: "rules/robustness.smk"
include: "rules/repairs.smk"


rule evaluate:
    input:
        rules.metrics.output,
        rules.plots.output,


rule all:
    default_target: True
    input:
        rules.manifest.output,
        rules.duplicates.output,
        rules.quarantine.output,
        rules.accept.output,
        rules.shortcuts.output,
        rules.dataset.output,
        rules.train.output,
        rules.score.output,
        rules.evaluate.input,
        rules.report.output,
