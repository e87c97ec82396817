"""Snakemake's messages: which are of no use to most, and what stands inside the others' frames."""

from __future__ import annotations

import re
import sys
from difflib import get_close_matches
from pathlib import Path

TARGETS = (
    *(
        "all",
        "demo",
        "manifest",
        "frames",
        "detections",
        "faces",
        "explore",
        "quarantine",
        "duplicates",
    ),
    *("dataset", "train", "score", "explain", "metrics", "plots", "evaluate", "report"),
    *("exports", "onnx", "tflite", "verdicts"),
)
"""What can be asked for by name."""

_NOISE = re.compile(
    r"Assuming unrestricted shared filesystem|Building DAG of jobs|Using shell: |Provided |"
    r"Rules claiming more threads|Conda environments: ignored|Singularity containers: ignored|"
    r"Select jobs to execute|Execute \d+ jobs|Complete log\(s\): |Shutting down, this might|"
    r"Exiting because a job execution failed|Config file .* is extended by additional config|"
    r"Reasons:\n|Group jobs: inactive|Trying to restart job|Removing output files of failed job|"
    r"Processed \d+ potential jobs|Would remove|\d+ jobs have missing provenance|"
    r"Workflow has started"
)
_FRAME = re.compile(
    r'\A(?:WorkflowError|Missing\w+Exception)(?: in (?:rule \w+ in )?file "?[^\n]*)?:\n'
)
_TRACE = re.compile(r'(?:\n? {2}File "[^\n]*", line \d+, in \S+)+\s*\Z')
_OURS = re.compile(r"Error:\n {2}\w+Error: (.*?)\n(?:Wildcards:|Traceback:|Input:)", re.DOTALL)
_NO_RULE = re.compile(r"No rule to produce (\S+)")
_NO_CONFIG = re.compile(r"load_configfile\(.*No such file or directory: '([^']*)'\s*\Z", re.DOTALL)
_NOT_YAML = "Config file is not valid JSON or YAML"


def is_noise(text: str) -> bool:
    """Whether a message is about Snakemake's own work."""
    return _NOISE.match(text.strip()) is not None


def ends_a_run(text: str) -> bool:
    """Whether it is the last message of a run."""
    return text.startswith("Elapsed time: ")


def ends_a_dry_run(text: str) -> bool:
    """Whether it is the last message of a dry run."""
    return text.startswith("This was a dry-run")


def nothing_to_do(text: str) -> bool:
    """Whether all that was asked for is there."""
    return text.startswith("Nothing to be done")


def is_of_a_job(text: str) -> bool:
    """Whether it says that the command of a job failed."""
    return "CalledProcessError in " in text


def without_frame(text: str) -> str:
    """An error without the places in rules, which do not help who wrote a setting."""
    if found := _NO_CONFIG.search(text):
        return _no_such_configuration(found[1])
    if text.startswith("Traceback"):
        return text
    if found := _OURS.search(text):
        return found[1]
    if found := _NO_RULE.search(text):
        return _no_such_target(found[1])
    if _NOT_YAML in text and (found := _what_is_not_yaml()):
        return found
    inside, framed = _FRAME.subn("", text, count=1)
    return _TRACE.sub("", inside).strip() if framed else text.strip()


def _no_such_target(name: str) -> str:
    near = get_close_matches(name, TARGETS, n=1, cutoff=0.6)
    hint = f" Did you mean {near[0]}?" if near else ""
    return (
        f"There is no target {name}, and no rule makes such a file.{hint}\n"
        f"Targets: {', '.join(TARGETS)}; or a file of them, such as results/metrics.json."
    )


def _no_such_configuration(name: str) -> str:
    """All that follows ``--configfile`` is read, targets too."""
    text = f"--configfile: there is no file {name}."
    if name in TARGETS or name.startswith("results/"):
        text += f" If it is a target, write it after two dashes:\n  snakemake … -- {name}"
    elif presets := sorted(str(path) for path in Path("presets").glob("*.yaml")):
        near = get_close_matches(name, presets, n=1, cutoff=0.6)
        text += f" Did you mean {near[0]}?" if near else f" There are: {', '.join(presets)}."
    return text


def _what_is_not_yaml() -> str:
    """Which file it is, and where in it: Snakemake does not say."""
    from unmask.config.load import read_yaml
    from unmask.errors import ConfigError

    for file in [Path("config.yaml"), *_config_files(sys.argv)]:
        if file.is_file():
            try:
                read_yaml(file)
            except ConfigError as error:
                return str(error)
    return ""


def _config_files(arguments: list[str]) -> list[Path]:
    """What follows ``--configfile``."""
    files, taking = [], False
    for argument in arguments:
        if argument.startswith("-"):
            name, _, value = argument.partition("=")
            taking = name in ("--configfile", "--configfiles")
            files += [Path(value)] if taking and value else []
        elif taking:
            files.append(Path(argument))
    return files
