# What the rules share: the plan (checked settings, videos of all datasets) and input functions.

import atexit
import gc
import os
import sys
from pathlib import Path
from shlex import quote

from snakemake.exceptions import WorkflowError
from snakemake.logging import logger

# A plan is millions of objects that all stay. To look for garbage among them, again and again,
# takes a quarter of the time, and at the end a seventh of what is left.
gc.disable()
atexit.register(gc.freeze)


onstart:
    gc.freeze()
    gc.enable()


# The code beside these rules, whichever copy is installed: an older commit runs its own.
SOURCE = str(Path(workflow.basedir) / "src")
sys.path.insert(0, SOURCE)

from unmask.workflow import frozen, lifeline, run_lock
from unmask.errors import UnmaskError
from unmask.report.plots.names import PLOTS, TABLES, TITLES

if workflow.is_main_process:
    from unmask.workflow import repairs
    from unmask.workflow.make_plan import make_plan

# A run ends with what started it, and its jobs end with it, even if that was killed outright. (On a
# cluster, a job's own Snakemake is what its commands are tied to.)
if workflow.is_main_process:
    lifeline.die_with_parent()
# Jobs find the `unmask` command beside the Python that runs the workflow. (A prefix takes the place
# of Snakemake's own, so it says again that a failure anywhere in a pipe is one.)
shell.prefix(
    "set -euo pipefail; "
    f"export PATH={quote(str(Path(sys.executable).parent))}:$PATH"
    f" PYTHONPATH={quote(SOURCE)} {lifeline.VARIABLE}={os.getpid()}; "
)

# A job that has a Snakemake of its own, as on a cluster, takes no lock and plans nothing.
try:
    if not workflow.is_main_process:
        PLAN = frozen.thaw()
    else:
        # Another run in this folder reads the settings files: leave them alone.
        IN_USE = not run_lock.take()
        if IN_USE and not workflow.output_settings.dryrun:
            raise UnmaskError(run_lock.refusal("Run again when it is done."))
        PLAN = make_plan(config, write=not IN_USE)
        if not IN_USE:
            frozen.freeze(PLAN, Path())
except UnmaskError as error:
    raise WorkflowError(str(error)) from None

if workflow.is_main_process:
    logger.info(PLAN.summary(), extra={"current": PLAN.is_current("report")})
    if ADVICE := PLAN.advice():
        logger.warning(ADVICE)
    if DAMAGE := repairs.line(PLAN):
        logger.warning(DAMAGE)
    if IN_USE:
        logger.warning(run_lock.refusal("So changed settings are not seen yet."))


wildcard_constraints:
    video="[A-Za-z0-9_-]+",
    dataset="[A-Za-z0-9_-]+",
    repeat="[A-Za-z0-9_-]+",


def settings(stage):
    return f"results/workflow/settings/{stage}.json"


def receipt(stage):
    return f"results/workflow/made_of/{stage}.json"


def receipts(stages):
    return [receipt(stage) for stage in stages.split()]


def path_of_video(wildcards):
    return PLAN.path(wildcards.video)


def source_of_video(wildcards):
    return PLAN.source(wildcards.video)


def source_of_cropped(wildcards):
    return PLAN.cropped_source(wildcards.dataset)


def verdict_before(stage):
    # A new limit on bad videos decides anew whether to go on, and makes nothing again. So what
    # is going to be made waits for the decision, and what is current does not depend on it.
    # (`ancient` would not do: a job behind it is not checked for other changes, if only the
    # decision is made anew.)
    return [] if PLAN.is_current(stage) else "results/workflow/accepted.txt"


def unless_current(stage, path):
    # The test part of a dataset may change while a training stays as it is.
    return ancient(path) if PLAN.is_current(stage) else path


# Functions of wildcards, so that a target that nobody asks for costs nothing.
def each_video(pattern):
    return lambda wildcards: expand(pattern, video=PLAN.filmed)


def each_cropped(pattern):
    return lambda wildcards: expand(pattern, dataset=PLAN.cropped)


def folder_of_model(wildcards, output):
    return Path(output.model).parent


# A repeat of the training has the results of the main run in a folder of its own.
def again(path):
    return f"results/repeats/{{repeat}}/{path}"


def receipts_again(stages):
    return [again(f"workflow/made_of/{stage}.json") for stage in stages.split()]


def settings_again(stage):
    return f"results/workflow/settings/repeats/{{repeat}}/{stage}.json"


def unless_current_again(stage, path):
    def path_or_ancient(wildcards):
        found = path.format(repeat=wildcards.repeat)
        return (
            ancient(found)
            if PLAN.is_current(f"repeats/{wildcards.repeat}/{stage}")
            else found
        )

    return path_or_ancient
