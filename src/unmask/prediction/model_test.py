"""How a model did when it was tested, and whether that is a reason to decide nothing by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from unmask.report.pages.numbers import interval

DEMO = "the model was trained on the demo alone, clips of two people"
GUESSES = "the test of the model cannot tell it from guessing"
ONE_CLASS = "the model was tested on videos of one class only"


@dataclass(frozen=True)
class ModelTest:
    """``told``: the test in a sentence, empty where nothing is known of one.

    ``doubt``: why no verdict of the model is decided, whatever the score; empty where there is no
    such reason.
    """

    told: str = ""
    doubt: str = ""


NOT_TESTED = ModelTest()
"""Nothing is known."""


def model_test(contract: Mapping[str, Any], metrics: Mapping[str, Any] | None) -> ModelTest:
    """What the model file, and the metrics of the model's run where they are there, tell."""
    if metrics is None:
        return ModelTest(doubt=DEMO if contract.get("demo") else "")
    video = metrics["video"]
    auc, span = video.get("auc"), video.get("auc_ci")
    told = f"Tested on {video.get('n_real', 0)} real and {video.get('n_fake', 0)} fake videos"
    if auc is not None:
        told += f": AUC {auc:.3f}" + (f" ({interval(span)})" if span else "")
    if contract.get("demo"):
        doubt = DEMO
    elif auc is None:
        doubt = ONE_CLASS
    else:
        doubt = GUESSES if not span or span[0] <= 0.5 else ""
    return ModelTest(f"{told}.", doubt)
