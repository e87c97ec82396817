"""The stages of the workflow: what each depends on and what it makes.

One list for everything that has to know: the settings files, the keys of the results
(:mod:`unmask.workflow.expected`), and ``dvc.yaml``, which a test holds equal to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from unmask.config.schema import Config
from unmask.report.plots.names import PLOTS, TABLES
from unmask.workflow import selections

Settings = dict[str, Any]


@dataclass(frozen=True)
class Stage:
    """A stage runs ``unmask <command>`` with the settings that ``select`` takes from the config.

    ``keys`` names those settings as they stand in ``config.yaml``. The stage is made from the
    results of the stages ``after``, and ``reads`` files that the plan writes below
    ``results/workflow/settings``. It ``makes`` files below ``results``, the first of which holds
    the key of the result; ``{video}`` or ``{dataset}`` in it says for what there is a job each.
    What is made ``on_request`` is made when it is asked for, is no stage of DVC, and may be old or
    absent.
    """

    command: str
    keys: tuple[str, ...]
    select: Callable[[Config], Settings]
    after: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    on_request: bool = False


TRAINING_DATA = "workflow/made_of/training_data.json"
"""What ``dataset`` makes besides: the key of the part of it that a training reads."""


def _export(kind: str) -> Stage:
    made = (f"workflow/made_of/{kind}.json", f"model/model.{kind}")
    return Stage("export", (), lambda c: {}, ("train",), makes=made, on_request=True)


STAGES: dict[str, Stage] = {
    "demo": Stage("demo", ("datasets",), selections.demo),
    "manifest": Stage(
        "manifest",
        tuple(f"split.{key}" for key in selections.DEALING),
        lambda c: c.split.model_dump(include=set(selections.DEALING)),
        reads=("videos.csv",),
        makes=("workflow/made_of/manifest.json", "manifest.csv", "left_out.csv"),
    ),
    "frames": Stage(
        "frames",
        ("frames",),
        lambda c: c.frames.model_dump(),
        reads=("sources.csv",),
        makes=("frames/{video}.json", "frames/{video}"),
    ),
    "detections": Stage(
        "detections",
        ("detect",),
        selections.detect,
        after=("frames",),
        makes=("detections/{video}.json",),
    ),
    "faces": Stage(
        "faces",
        ("crop",),
        selections.faces,
        after=("detections",),
        makes=("faces/{video}.json", "faces/{video}"),
    ),
    "cropped": Stage(
        "cropped",
        tuple(f"crop.{name}" for name in selections.ADOPTED),
        lambda c: c.crop.model_dump(include=set(selections.ADOPTED)),
        reads=("sources.csv",),
        makes=("cropped/{dataset}.json", "cropped/{dataset}.jsonl", "cropped/{dataset}"),
    ),
    "duplicates": Stage(
        "duplicates",
        (),
        lambda c: {},
        after=("manifest", "frames", "cropped"),
        makes=("workflow/made_of/duplicates.json", "duplicates.csv"),
    ),
    "explore": Stage(
        "explore",
        ("explore",),
        selections.explore,
        after=("frames", "detections", "faces", "cropped"),
        reads=("videos.csv",),
        makes=("workflow/made_of/explore.json", "explore"),
    ),
    "quarantine": Stage(
        "quarantine",
        (),
        lambda c: {},
        after=("manifest", "faces", "cropped"),
        reads=("problems.csv",),
        makes=("workflow/made_of/quarantine.json", "quarantine.csv", "quality.csv"),
    ),
    "accept": Stage(
        "accept",
        ("data", "split.duplicates", "augment.self_blended", "train.monitor"),
        selections.accept,
        after=("manifest", "duplicates", "quarantine"),
        makes=("workflow/made_of/accept.json", "workflow/accepted.txt"),
    ),
    "shortcuts": Stage(
        "shortcuts",
        ("evaluate.confidence",),
        lambda c: c.evaluate.model_dump(include={"confidence"}),
        after=("manifest", "faces", "cropped"),
        makes=("workflow/made_of/shortcuts.json", "shortcuts.csv", "properties.csv"),
    ),
    "dataset": Stage(
        "dataset",
        (),
        lambda c: {},
        after=("manifest", "faces", "cropped"),
        makes=("workflow/made_of/dataset.json", "dataset.csv", TRAINING_DATA, "dataset"),
    ),
    "train": Stage(
        "train",
        ("model", "augment", "train", *selections.CROPS),
        selections.train,
        after=("dataset",),
        makes=(
            "workflow/made_of/train.json",
            *(f"model/{name}" for name in ("model.keras", "history.csv", "augmentation.jpg")),
        ),
    ),
    "score": Stage(
        "score",
        ("score", *selections.CROPS),
        selections.score,
        after=("dataset", "train"),
        makes=(
            "workflow/made_of/score.json",
            *(f"predictions/{what}.csv" for what in ("frames", "tracks", "videos")),
        ),
    ),
    "explain": Stage(
        "explain",
        ("explain",),
        lambda c: c.explain.model_dump(),
        after=("dataset", "train", "score"),
        makes=("workflow/made_of/explain.json", "explanations/index.csv", "explanations"),
    ),
    "metrics": Stage(
        "metrics",
        (*(f"evaluate.{key}" for key in selections.MEASURING), "score"),
        selections.metrics,
        after=("manifest", "quarantine", "dataset", "train", "score"),
        reads=("subgroups.csv",),
        makes=("workflow/made_of/metrics.json", "metrics.json"),
    ),
    "plots": Stage(
        "plots",
        (),
        lambda c: {},
        after=("train", "score", "metrics"),
        makes=(
            "workflow/made_of/plots.json",
            *(f"plots/{name}.{kind}" for name in PLOTS for kind in ("png", "csv")),
            *(f"plots/{name}.csv" for name in TABLES),
        ),
    ),
    "report": Stage(
        "report",
        (*selections.SHOWN, "report"),
        selections.report,
        after=(
            *("explore", "manifest", "duplicates", "quarantine", "shortcuts", "dataset"),
            *("train", "score", "explain", "metrics", "plots"),
        ),
        reads=("notes.csv",),
        makes=(
            "workflow/made_of/report.json",
            *("report/index.html", "report/videos", "model/CARD.md"),
        ),
    ),
    "verdicts": Stage(
        "predict",
        ("predict",),
        lambda c: c.predict.model_dump(),
        after=("train", "metrics"),
        reads=("to_score.csv",),
        makes=(
            "workflow/made_of/verdicts.json",
            *(f"verdicts/{name}" for name in ("verdicts.csv", "verdicts.json", "index.html")),
        ),
        on_request=True,
    ),
    "repeats": Stage(
        "repeats",
        ("repeats", "evaluate.confidence"),
        lambda c: c.evaluate.model_dump(include={"confidence"}) | c.repeats.model_dump(),
        after=("metrics",),
        makes=("workflow/made_of/repeats.json", "repeats.csv", "repeats/index.html"),
        on_request=True,
    ),
    "robustness": Stage(
        "robustness",
        ("evaluate.robustness", "evaluate.confidence"),
        lambda c: (
            c.evaluate.model_dump(include={"robustness", "confidence"}) | selections.cropped(c)
        ),
        after=("manifest", "train", "score", "metrics"),
        makes=(
            "workflow/made_of/robustness.json",
            *("robustness.csv", "robustness/robustness.png", "robustness/index.html"),
        ),
        on_request=True,
    ),
    "onnx": _export("onnx"),
    "tflite": _export("tflite"),
}


def on_request(stage: str) -> bool:
    """Whether a stage is made on request only, as those of a repeat: ``repeats/seed1/train``."""
    return "/" in stage or STAGES[stage].on_request


def settings_of(config: Config, stage: str) -> Settings:
    """The settings of a stage, as keyword arguments of the function that does its work."""
    return STAGES[stage].select(config)
