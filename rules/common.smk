# What the rules share: the plan (checked settings, videos of all datasets) and input functions.

import sys
from pathlib import Path
from shlex import quote

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

from unmask.errors import UnmaskError
from unmask.plots import PLOTS
from unmask.workflow import make_plan

# Jobs find the `unmask` command beside the Python that runs the workflow.
shell.prefix(f"export PATH={quote(str(Path(sys.executable).parent))}:$PATH; ")

# Another run in this folder reads the settings files: leave them alone. So do the jobs of a run.
IN_USE = not workflow.is_main_process or any(Path(".snakemake/locks").glob("*"))

try:
    PLAN = make_plan(config, write=not IN_USE)
except UnmaskError as error:
    raise WorkflowError(str(error)) from None

if workflow.is_main_process:
    logger.info(PLAN.summary())
    if IN_USE:
        logger.warning(
            "Another run is using this folder, so changed settings are not seen yet."
        )


wildcard_constraints:
    video="[A-Za-z0-9_-]+",
    dataset="[A-Za-z0-9_-]+",


def settings(stage):
    return f"results/settings/{stage}.json"


def path_of_video(wildcards):
    return PLAN.path(wildcards.video)


def fingerprint_of_video(wildcards):
    return PLAN.fingerprint(wildcards.video)


def fingerprints_of_cropped(wildcards):
    return [PLAN.fingerprints[path] for path in PLAN.cropped[wildcards.dataset]]


def paths_of_cropped(wildcards):
    return PLAN.cropped[wildcards.dataset]


def folder_of_first_output(wildcards, output):
    return Path(output[0]).parent


def each_video(pattern):
    return expand(pattern, video=PLAN.filmed)


def each_cropped(pattern):
    return expand(pattern, dataset=PLAN.cropped)
