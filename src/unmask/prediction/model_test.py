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


def model_test(contract: Mapping[str, Any], video: Mapping[str, Any]) -> ModelTest:
    """What the model file tells, and the block ``video`` of the metrics of the model's run.

    Args:
        contract: that of the model file.
        video: empty where there are no metrics of its run.
    """
    demo = DEMO if contract.get("demo") else ""
    if "auc" not in video:
        return ModelTest(doubt=demo)
    auc, span = video["auc"], video.get("auc_ci")
    told = f"Tested on {video.get('n_real', 0)} real and {video.get('n_fake', 0)} fake videos"
    if auc is None:
        return ModelTest(f"{told}.", demo or ONE_CLASS)
    told += f": AUC {auc:.3f}" + (f" ({interval(span)})" if span else "")
    beats = span is not None and span[0] > 0.5
    return ModelTest(f"{told}.", demo or ("" if beats else GUESSES))
