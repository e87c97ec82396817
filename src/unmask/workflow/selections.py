"""Which settings each stage takes from the configuration."""

from __future__ import annotations

from typing import Any

from unmask.config.results import EvaluateSettings
from unmask.config.schema import Config
from unmask.config.sections import FramesSettings
from unmask.frames.limits import LIMITS

Settings = dict[str, Any]

NOT_SHOWN = ("report", "explore", "predict", "repeats")
SHOWN = tuple(name for name in Config.model_fields if name not in NOT_SHOWN)
"""The sections that the report shows."""

DEALING = ("train", "val", "test", "seed", "folds", "fold")
"""Keys of ``split`` that say how groups are dealt out. The others say what a group is."""

MEASURING = tuple(key for key in EvaluateSettings.model_fields if key != "robustness")
"""Keys of ``evaluate`` that say how scores are measured."""

FRAMES = tuple(f"frames.{name}" for name in FramesSettings.model_fields if name not in LIMITS)
CROPS = (*FRAMES, "detect", "crop")
ADOPTED = ("place", "eye_distance", "eye_line", "scale", "align", "size", "quality")


def demo(config: Config) -> Settings:
    """What is filmed for the demo."""
    for dataset in config.datasets:
        if dataset.kind == "demo":
            return dataset.model_dump(include={"root", "groups", "seconds", "seed"})
    return {}


def detect(config: Config) -> Settings:
    """How faces are looked for."""
    return config.detect.model_dump()


def faces(config: Config) -> Settings:
    """How they are cropped."""
    return config.crop.model_dump()


def accept(config: Config) -> Settings:
    """What may be missing, and what the training needs."""
    return {
        "max_bad_fraction": config.data.max_bad_fraction,
        "duplicates": config.split.duplicates,
        "self_blended": config.augment.self_blended,
        "monitor": config.train.monitor,
    }


def train(config: Config) -> Settings:
    """Settings of the training, and what is saved with the model: its contract.

    That is how its crops were made, and whether they are all of the demo.
    """
    trained = [dataset for dataset in config.datasets if dataset.use != "test"]
    demo = bool(trained) and all(dataset.kind == "demo" for dataset in trained)
    return {
        "model": config.model.model_dump(),
        "augment": config.augment.model_dump(),
        "train": config.train.model_dump(),
        "contract": crops(config) | {"demo": demo},
    }


def crops(config: Config) -> Settings:
    """How crops are made: a model refuses those that were made otherwise."""
    frames = config.frames.model_dump(exclude=set(LIMITS))
    return {"frames": frames, "detect": detect(config), "crop": faces(config)}


def score(config: Config) -> Settings:
    """How to score, and what the model must have been trained on."""
    return config.score.model_dump() | {"expected_contract": crops(config)}


def metrics(config: Config) -> Settings:
    """How to measure, and for the record how the scores were made."""
    return config.evaluate.model_dump(exclude={"robustness"}) | {
        "scoring": config.score.model_dump()
    }


def report(config: Config) -> Settings:
    """What the page looks like, and the settings that it shows."""
    shown = config.model_dump(exclude=set(NOT_SHOWN))
    return config.report.model_dump() | {"config": shown}


def cropped(config: Config) -> Settings:
    """The datasets that are crops already."""
    return {"cropped": [dataset.name for dataset in config.datasets if dataset.cropped]}


def explore(config: Config) -> Settings:
    """What of the data is shown, and how."""
    return config.explore.model_dump() | cropped(config)
