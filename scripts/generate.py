"""Writes the files that follow from the code: ``dvc.yaml``, the settings schema, tables in docs.

Run ``make generate`` after a change to the stages, to what a stage uses, or to the settings.
A test holds the files equal to what this writes.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import yaml
from api_page import api_page
from settings_page import settings_page

from unmask.config.load import json_schema
from unmask.workflow.code import PACKAGE, this_code
from unmask.workflow.stages import STAGES, TRAINING_DATA

HEADER = """\
# Written by `make generate` from src/unmask/workflow/stages.py and scripts/generate.py.
#
# One stage a rule. `plan` reads config.yaml, the videos and the code, and writes what each stage
# depends on into results/workflow/settings/<stage>.json, rewritten only when it changed; the other
# stages depend on those files and on the results before them, and call Snakemake for their own
# rules. Stages with a file a video are persisted, so that a new video is the only one that is
# worked on; what belongs to no video any more is pruned first. If DVC is killed, its lifeline
# stops Snakemake.

"""

CONDA_HEADER = """\
# Written by `make generate`: the software of the rules, for a deployment with conda.
# `make run` does not use it; it installs requirements.lock into .venv.

"""

ROOT = Path(__file__).parent.parent

DEFAULT = {name: stage for name, stage in STAGES.items() if not stage.on_request}
"""The stages of a run that asks for nothing in particular. DVC knows these."""

RULES = {
    "demo": "film_demo demo",
    "frames": "extract_frames frames",
    "detections": "detect_faces detections",
    "faces": "crop_faces adopt_crops faces",
}
"""Rules of the DVC stages of more than one: that of the jobs, and the target of all of them."""

PERSISTED = ("manifest", "frames", "detections", "faces", "quarantine", "accept")
"""Stages whose outputs DVC leaves in place: dear ones, of which a part is made, and cheap ones.

The others are removed before a run and restored from the run cache when a change is undone.
"""

RUNNING = ("keras", "workflow", "export")
"""Extras of what the workflow runs with."""

SETTINGS = "results/workflow/settings"

ENVIRONMENT = "PYTHONPATH=src UNMASK_LIFELINE=$PPID"
"""The code of this checkout, and the process id of DVC."""


def dvc_pipeline() -> dict[str, Any]:
    """The content of ``dvc.yaml``."""
    stages: dict[str, Any] = {
        "plan": {
            "cmd": f"{ENVIRONMENT} unmask plan",
            "params": [{"config.yaml": None}],
            "outs": [{SETTINGS: {"cache": False, "persist": True}}],
            "always_changed": True,
        },
        "demo": {
            "cmd": _commands("demo", ["data/demo"]),
            "deps": [f"{SETTINGS}/demo.json"],
            "outs": [{"data/demo": {"persist": True}}],
        },
    }
    for name in DEFAULT:
        if name not in ("demo", "cropped"):
            stages[name] = _dvc_stage(name)
    return {"stages": stages, "plots": _plots()}


def _dvc_stage(name: str) -> dict[str, Any]:
    covered = ("faces", "cropped") if name == "faces" else (name,)
    deps, outs = [], []
    for stage in covered:
        spec = STAGES[stage]
        deps += [f"{SETTINGS}/{stage}.json", *(f"{SETTINGS}/{file}" for file in spec.reads)]
        for before in spec.after:
            deps += _outs(before)
        outs += _outs(stage)
    if name == "frames":
        deps.append("data/demo")
    if name == "faces":
        deps += _outs("frames")
    if name == "dataset":
        deps.append("results/workflow/accepted.txt")
    if name == "train":  # what is only tested does not concern it
        deps = [f"{SETTINGS}/train.json", f"results/{TRAINING_DATA}"]
        deps += [f"results/dataset/{split}" for split in ("train", "val")]
    per_video = [out for out in outs if "." not in out and name in ("frames", *RULES)]
    entry: dict[str, Any] = {
        "cmd": _commands(name, per_video),
        "deps": list(dict.fromkeys(deps)),
    }
    metrics = [out for out in outs if out == "results/metrics.json"]
    entry["outs"] = [
        {out: {"persist": True}} if name in PERSISTED else out for out in outs if out not in metrics
    ]
    if metrics:
        entry["metrics"] = [{out: {"cache": False}} for out in metrics]
    return entry


def _commands(name: str, per_video: list[str]) -> str | list[str]:
    rules = RULES.get(name, name).split()
    snakemake = (
        f"{ENVIRONMENT} snakemake --cores all --allowed-rules {' '.join(rules)} -- {rules[-1]}"
    )
    if not per_video:
        return snakemake
    folders = " ".join(per_video)
    return [f"mkdir -p {folders}", f"{ENVIRONMENT} unmask prune {folders}", snakemake]


def _outs(stage: str) -> list[str]:
    """What a stage makes, as DVC tracks it: whole folders where there is a file a video."""
    outs = []
    for path in STAGES[stage].makes:
        folder, _, _ = path.partition("/{")
        first = folder.split("/")[0]
        outs.append(f"results/{first if first in WHOLE or '{' in path else folder}")
    return list(dict.fromkeys(outs))


WHOLE = ("predictions", "explanations", "plots", "report")
"""Folders of results that one stage makes alone. Beside the model there may be exports."""


def _plots() -> list[dict[str, Any]]:
    def lines(name: str, title: str, x: str, y: list[str], **more: str) -> dict[str, Any]:
        file = f"results/plots/{name}.csv"
        return {title: {"x": {file: x}, "y": {file: y[0] if len(y) == 1 else y}, **more}}

    return [
        lines("roc", "ROC", "fpr", ["tpr"]),
        lines("precision_recall", "Precision and recall", "recall", ["precision"]),
        lines("training", "Loss", "epoch", ["loss", "val_loss"]),
        lines("training", "Validation AUC", "epoch", ["val_auc"]),
        lines("confusion", "Confusion", "actual", ["predicted"], template="confusion"),
        lines("calibration", "Calibration", "mean_p_fake", ["share_fake"], template="scatter"),
        lines("score_histogram", "Scores", "count", ["p_fake"], template="bar_horizontal"),
    ]


def dvc_yaml() -> str:
    """``dvc.yaml`` as text."""
    return HEADER + yaml.safe_dump(dvc_pipeline(), sort_keys=False, width=100)


def reruns_page() -> str:
    """``docs/reruns.md`` with its table of modules written anew."""
    page = (ROOT / "docs/reruns.md").read_text("utf-8")
    return re.sub(
        r"(<!-- modules: .*? -->\n).*(<!-- end of modules -->)",
        lambda found: f"{found[1]}\n{_module_table()}\n{found[2]}",
        page,
        flags=re.DOTALL,
    )


def _module_table() -> str:
    """Which stages run again after a change: modules with the same stages share a row."""
    rows: dict[str, list[str]] = {}
    code = this_code()
    of_stage = {stage: code.files(stage) for stage in DEFAULT}
    rules = {stage: code.rule_files(stage) for stage in DEFAULT}
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and path.suffix not in (".pyc", ".typed"):
            changed = [stage for stage in DEFAULT if path in of_stage[stage]]
            name = f"`{path.relative_to(PACKAGE).as_posix()}`"
            rows.setdefault(_marks(changed), []).append(name)
    for file in sorted((ROOT / "rules").glob("*.smk")):
        changed = [stage for stage in DEFAULT if file in rules[stage]]
        rows.setdefault(_marks(changed), []).append(f"`rules/{file.name}`")
    lines = [f"| change to | {' | '.join(DEFAULT)} |", "|---|" + ":-:|" * len(DEFAULT)]
    for marks, names in sorted(rows.items(), key=lambda row: -row[0].count("●")):
        lines.append(f"| {' '.join(names)} | {marks} |")
    return "\n".join(lines) + "\n"


def _marks(changed: list[str]) -> str:
    """The cells of a row: the stages changed and those made from their results."""
    marks = dict.fromkeys(changed, "●")
    if "demo" in marks:  # its clips are a source of frames, beside other videos
        marks.setdefault("frames", "◐")
    for stage, spec in DEFAULT.items():
        if stage not in marks and (before := [marks[up] for up in spec.after if up in marks]):
            one_a_video = "{video}" in spec.makes[0]
            marks[stage] = "◐" if one_a_video and "●" not in before else "●"
    return " | ".join(marks.get(stage, "") for stage in DEFAULT)


def schema_json() -> str:
    """The settings schema as text."""
    return json.dumps(json_schema(), indent=2) + "\n"


def conda_environment() -> str:
    """An environment with the direct dependencies, as pinned in ``requirements.lock``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(line for name in RUNNING for line in extras[name])]
    direct = {_plain(re.split(r"[<>=~ ]", line)[0]) for line in wanted}
    lock = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line for line in lock if _plain(line.split("==")[0]) in direct]
    environment = {
        "channels": ["conda-forge", "nodefaults"],
        "dependencies": ["python>=3.11,<3.14", "pip", {"pip": pins}],
    }
    return CONDA_HEADER + yaml.safe_dump(environment, sort_keys=False)


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-")


GENERATED = {
    "dvc.yaml": dvc_yaml,
    "docs/api.md": api_page,
    "docs/config.schema.json": schema_json,
    "docs/reruns.md": reruns_page,
    "docs/settings.md": settings_page,
    "envs/unmask.yaml": conda_environment,
}

if __name__ == "__main__":
    for name, content in GENERATED.items():
        (ROOT / name).write_text(content(), "utf-8")
