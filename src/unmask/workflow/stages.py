"""The stages of the workflow: what each depends on and what it makes.

One list for everything that has to know: the settings files, the keys of the results
(:mod:`unmask.workflow.expected`), and ``dvc.yaml``, which a test holds equal to it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from unmask.config.schema import Config
from unmask.config.sections import EvaluateSettings, FramesSettings
from unmask.frames.limits import LIMITS
from unmask.report.plots.names import PLOTS, TABLES

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


NOT_SHOWN = ("report", "explore", "predict", "repeats")
SHOWN = tuple(name for name in Config.model_fields if name not in NOT_SHOWN)
"""The sections that the report shows."""

DEALING = ("train", "val", "test", "seed", "folds", "fold")
"""Keys of ``split`` that say how groups are dealt out. The others say what a group is."""

TRAINING_DATA = "workflow/made_of/training_data.json"
"""What ``dataset`` makes besides: the key of the part of it that a training reads."""

MEASURING = tuple(key for key in EvaluateSettings.model_fields if key != "robustness")
"""Keys of ``evaluate`` that say how scores are measured."""

_FRAMES = tuple(f"frames.{name}" for name in FramesSettings.model_fields if name not in LIMITS)
_CROPS = (*_FRAMES, "detect", "crop")
_ADOPTED = ("place", "eye_distance", "eye_line", "scale", "align", "size", "quality")


def _demo(config: Config) -> Settings:
    for dataset in config.datasets:
        if dataset.kind == "demo":
            return dataset.model_dump(include={"root", "groups", "seconds", "seed"})
    return {}


def _detect(config: Config) -> Settings:
    return config.detect.model_dump()


def _faces(config: Config) -> Settings:
    return config.crop.model_dump()


def _accept(config: Config) -> Settings:
    """What may be missing, and what the training needs."""
    return {
        "max_bad_fraction": config.data.max_bad_fraction,
        "duplicates": config.split.duplicates,
        "self_blended": config.augment.self_blended,
        "monitor": config.train.monitor,
    }


def _train(config: Config) -> Settings:
    """Settings of the training, and what is saved with the model: its contract.

    That is how its crops were made, and whether they are all of the demo.
    """
    trained = [dataset for dataset in config.datasets if dataset.use != "test"]
    demo = bool(trained) and all(dataset.kind == "demo" for dataset in trained)
    return {
        "model": config.model.model_dump(),
        "augment": config.augment.model_dump(),
        "train": config.train.model_dump(),
        "contract": _crops(config) | {"demo": demo},
    }


def _crops(config: Config) -> Settings:
    """How crops are made: a model refuses those that were made otherwise."""
    frames = config.frames.model_dump(exclude=set(LIMITS))
    return {"frames": frames, "detect": _detect(config), "crop": _faces(config)}


def _score(config: Config) -> Settings:
    """How to score, and what the model must have been trained on."""
    return config.score.model_dump() | {"expected_contract": _crops(config)}


def _metrics(config: Config) -> Settings:
    """How to measure, and for the record how the scores were made."""
    return config.evaluate.model_dump(exclude={"robustness"}) | {
        "scoring": config.score.model_dump()
    }


def _report(config: Config) -> Settings:
    """What the page looks like, and the settings that it shows."""
    shown = config.model_dump(exclude=set(NOT_SHOWN))
    return config.report.model_dump() | {"config": shown}


def _cropped(config: Config) -> Settings:
    return {"cropped": [dataset.name for dataset in config.datasets if dataset.cropped]}


def _explore(config: Config) -> Settings:
    return config.explore.model_dump() | _cropped(config)


def _export(kind: str) -> Stage:
    made = (f"workflow/made_of/{kind}.json", f"model/model.{kind}")
    return Stage("export", (), lambda c: {}, ("train",), makes=made, on_request=True)


STAGES: dict[str, Stage] = {
    "demo": Stage("demo", ("datasets",), _demo),
    "manifest": Stage(
        "manifest",
        tuple(f"split.{key}" for key in DEALING),
        lambda c: c.split.model_dump(include=set(DEALING)),
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
        _detect,
        after=("frames",),
        makes=("detections/{video}.json",),
    ),
    "faces": Stage(
        "faces",
        ("crop",),
        _faces,
        after=("detections",),
        makes=("faces/{video}.json", "faces/{video}"),
    ),
    "cropped": Stage(
        "cropped",
        tuple(f"crop.{name}" for name in _ADOPTED),
        lambda c: c.crop.model_dump(include=set(_ADOPTED)),
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
        _explore,
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
        _accept,
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
        ("model", "augment", "train", *_CROPS),
        _train,
        after=("dataset",),
        makes=(
            "workflow/made_of/train.json",
            *(f"model/{name}" for name in ("model.keras", "history.csv", "augmentation.jpg")),
        ),
    ),
    "score": Stage(
        "score",
        ("score", *_CROPS),
        _score,
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
        (*(f"evaluate.{key}" for key in MEASURING), "score"),
        _metrics,
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
        (*SHOWN, "report"),
        _report,
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
        lambda c: c.evaluate.model_dump(include={"robustness", "confidence"}) | _cropped(c),
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
