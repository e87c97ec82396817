"""The sections of what is done with a trained model: scores, measures, pictures, pages."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import Field, field_validator

from unmask.config.sections import Section, UserPath

LOSSES = {"h264": (0.0, 51.0), "shrink": (0.05, 1.0), "blur": (0.1, 50.0), "noise": (0.001, 1.0)}
"""What videos go through in `evaluate.robustness`, and from where to where its number goes."""


class RepeatsSettings(Section):
    """The same again, with another seed, another fold, or something left out; made on request."""

    seeds: Annotated[int, Field(ge=1, le=100)] = Field(
        1, description="So many trainings of each, with `train.seed` and the seeds that follow it."
    )
    folds: Annotated[int, Field(ge=3, le=100)] | None = Field(
        None, description="Cross-validation: each of so many folds is the test split once."
    )
    leave_out: Literal["none", "method", "dataset"] = Field(
        "none",
        description="Each method, or each dataset, is left out of the training once and only "
        "tested.",
    )


class ScoreSettings(Section):
    """How crops, frames and videos are scored."""

    aggregate: Literal["mean", "median", "max", "trimmed", "confident"] = Field(
        "mean",
        description="How frame scores become a video's score. trimmed leaves out the extreme "
        "tenths; confident is the rule of the DFDC winner.",
    )
    flip: bool = Field(
        False, description="Score each crop together with its mirror image: the mean of both."
    )


class EvaluateSettings(Section):
    """How the scores are measured."""

    threshold: Annotated[float, Field(ge=0, le=1)] | Literal["val"] = Field(
        "val",
        description="A video that reaches it is called fake. val: best balanced accuracy on the "
        "validation videos.",
    )
    log_loss_clip: Annotated[float, Field(ge=0, lt=0.5)] = Field(
        1e-7, description="Probabilities are kept this far from 0 and 1 in the log loss."
    )
    confidence: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.95, description="Level of the confidence intervals."
    )
    undecided_error: Annotated[float, Field(gt=0, lt=0.5)] | None = Field(
        None,
        description="Share of each class that may be called wrong. Videos between the two "
        "thresholds that keep to it in validation count as undecided: how many they are, and how "
        "accurate the rest, is in metrics.json and the report. null: no such band.",
    )
    by: list[str] = Field(
        default_factory=list,
        description="Columns of a table (`kind: table`), or dataset: the test videos of each value "
        "are measured by themselves.",
    )
    robustness: list[str] = Field(
        default_factory=list,
        description="What the test videos go through before they are cropped and scored again, "
        "on request: h264-40 (coded anew with that CRF), shrink-0.5, blur-2 (pixels), noise-0.05.",
    )

    @field_validator("robustness")
    @classmethod
    def _known_losses(cls, value: list[str]) -> list[str]:
        for text in value:
            found = re.fullmatch(r"(\w+)-(\d+(?:\.\d+)?)", text)
            low, high = LOSSES.get(found[1], (1.0, 0.0)) if found else (1.0, 0.0)
            if not found or not low <= float(found[2]) <= high:
                known = ", ".join(
                    f"{name}-{a:g} to {name}-{b:g}" for name, (a, b) in LOSSES.items()
                )
                raise ValueError(
                    f"got {text!r}, allowed: {known}. For example: "
                    "robustness: [h264-40, shrink-0.5, blur-2, noise-0.05]"
                )
        return value


class ExplainSettings(Section):
    """Why a video got its score."""

    heat_maps: Annotated[int, Field(ge=0)] = Field(
        100,
        description="Test videos that get heat maps of what the model looked at: the worst "
        "mistakes and the clearest hits first. Each takes a fraction of a second. 0: none.",
    )


class ReportSettings(Section):
    """The page that shows the results."""

    title: str = Field("unmask report", description="Heading of the page.")
    gallery: Annotated[int, Field(ge=0, le=200)] = Field(
        12, description="Example crops shown for hits and for misses."
    )


class ExploreSettings(Section):
    """Pictures of the data."""

    videos: list[str] = Field(
        default_factory=list,
        description="Ids of the videos that are shown one by one. Empty: the first real and the "
        "first fake one.",
    )
    sheet: Annotated[int, Field(ge=1, le=200)] = Field(
        24, description="Videos on the contact sheet of each class, spread evenly over all."
    )


class PredictSettings(Section):
    """Videos of unknown label, scored when asked for."""

    inputs: list[UserPath] = Field(
        default_factory=list,
        description="Videos, images, folders or patterns that `snakemake verdicts` scores with the "
        "trained model. They are in no dataset.",
    )
