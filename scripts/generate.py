"""Writes the files that follow from the code: ``dvc.yaml`` and the settings schema.

Run ``make generate`` after a change to the stages, to what a module imports, or to the settings.
A test holds the files equal to what this writes.
"""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import yaml

from unmask.config import json_schema
from unmask.stages import PACKAGE, STAGES, modules

HEADER = """\
# Written by `make generate` from src/unmask/stages.py and the table in scripts/generate.py.
#
# One stage a milestone. Each names the data, the modules and the settings it depends on, and
# calls Snakemake for its own part. Stages with a file a video are persisted, so that a new video
# is the only one that is worked on.

"""

CONDA_HEADER = """\
# Written by `make generate`: the software of the rules, for a deployment with conda.
# `make run` does not use it; it installs requirements.lock into .venv.

"""

ROOT = Path(__file__).parent.parent

RULES_OF_ALL = ["Snakefile", "rules/common.smk"]


def milestone(
    target: str,
    stages: list[str],
    rules: str,
    *,
    deps: tuple[str, ...] = (),
    kept: tuple[str, ...] = (),
    outs: tuple[str, ...] = (),
    metrics: tuple[str, ...] = (),
) -> dict[str, Any]:
    """A DVC stage that runs one Snakemake target.

    ``stages`` are those of ours that the target covers, ``kept`` the outputs with a file a video.
    """
    keys = dict.fromkeys(key for stage in stages for key in STAGES[stage].keys)
    code = {str(path.relative_to(PACKAGE.parent.parent)) for s in stages for path in modules(s)}
    folders = [f"mkdir -p {out}" for out in kept if out in ("data/demo", "results/cropped")]
    entry: dict[str, Any] = {
        "cmd": " && ".join([*folders, f"snakemake --cores all {target}"]),
        "deps": [*deps, *RULES_OF_ALL, f"rules/{rules}.smk", *sorted(code)],
    }
    if keys:
        entry["params"] = [{"config.yaml": sorted(keys)}]
    if kept or outs:
        entry["outs"] = [{out: {"persist": True}} for out in kept] + list(outs)
    if metrics:
        entry["metrics"] = [{path: {"cache": False}} for path in metrics]
    return entry


def dvc_pipeline() -> dict[str, Any]:
    """The content of ``dvc.yaml``."""
    crops = ("results/faces", "results/cropped")
    dataset = ("results/dataset", "results/dataset.csv")
    tables = ("results/quarantine.csv", "results/quality.csv")
    scores = ("results/predictions",)
    stages = {
        "demo": milestone("demo", ["demo"], "demo", kept=("data/demo",)),
        "manifest": milestone(
            "manifest", ["manifest"], "manifest", deps=("data",), outs=("results/manifest.csv",)
        ),
        "frames": milestone(
            "frames", ["frames"], "frames", deps=("data",), kept=("results/frames",)
        ),
        "detections": milestone(
            "detections",
            ["detections"],
            "detections",
            deps=("results/frames",),
            kept=("results/detections",),
        ),
        "faces": milestone(
            "faces",
            ["faces", "cropped"],
            "faces",
            deps=("data", "results/frames", "results/detections"),
            kept=crops,
        ),
        "dataset": milestone(
            "dataset",
            ["quarantine", "accept", "dataset"],
            "dataset",
            deps=("results/manifest.csv", *crops),
            outs=(*dataset, *tables, "results/accepted.txt"),
        ),
        "train": milestone("train", ["train"], "train", deps=dataset, outs=("results/model",)),
        "score": milestone(
            "score",
            ["score"],
            "evaluate",
            deps=(*dataset, "results/model/model.keras"),
            outs=scores,
        ),
        "evaluate": milestone(
            "evaluate",
            ["evaluate", "plots"],
            "evaluate",
            deps=(
                "results/manifest.csv",
                "results/dataset.csv",
                "results/quarantine.csv",
                "results/model/history.csv",
                *scores,
            ),
            outs=("results/plots",),
            metrics=("results/metrics.json",),
        ),
        "report": milestone(
            "report",
            ["report"],
            "report",
            deps=(
                *dataset,
                *tables,
                "results/manifest.csv",
                "results/model/history.csv",
                *scores,
                "results/metrics.json",
                "results/plots",
            ),
            outs=("results/report",),
        ),
    }
    return {"stages": stages, "plots": _plots()}


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


def schema_json() -> str:
    """The settings schema as text."""
    return json.dumps(json_schema(), indent=2) + "\n"


def conda_environment() -> str:
    """An environment with the direct dependencies, as pinned in ``requirements.lock``."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    direct = {_plain(re.split(r"[<>=~ ]", line)[0]) for line in project["dependencies"]}
    lock = (ROOT / "requirements.lock").read_text("utf-8").splitlines()
    pins = [line for line in lock if _plain(line.split("==")[0]) in direct]
    environment = {
        "channels": ["conda-forge", "nodefaults"],
        "dependencies": ["python>=3.11", "pip", {"pip": pins}],
    }
    return CONDA_HEADER + yaml.safe_dump(environment, sort_keys=False)


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", "-")


GENERATED = {
    "dvc.yaml": dvc_yaml,
    "docs/config.schema.json": schema_json,
    "envs/unmask.yaml": conda_environment,
}

if __name__ == "__main__":
    for name, content in GENERATED.items():
        (ROOT / name).write_text(content(), "utf-8")
