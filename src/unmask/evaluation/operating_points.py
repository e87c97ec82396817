"""Thresholds for a wanted rate of false alarms, and a band in which nothing is decided.

Thresholds are chosen on the validation videos and measured on the test videos, so that the rates
are those a user would meet. They are logits: near 0 and 1 probabilities no longer tell apart.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import expit

from unmask.evaluation.clustered_auc import Floats
from unmask.evaluation.intervals import rate_interval
from unmask.evaluation.sample import Sample

WANTED = (0.01, 0.05, 0.1)
"""Rates of false alarms at which the fakes found are told."""


def operating_points(validation: Sample, test: Sample, confidence: float) -> list[dict[str, Any]]:
    """How many fakes are found at each rate in ``WANTED``, and the rate that it really was.

    ``reason`` says why a point is not resolvable; its numbers are None then.
    """
    return [_point(wanted, validation, test, confidence) for wanted in WANTED]


def undecided_band(
    error: float, validation: Sample, test: Sample, confidence: float
) -> dict[str, Any]:
    """What a band of undecided scores costs and gains.

    At or above ``high`` a video is called fake, below ``low`` real. In validation no more than
    ``error`` of each class are called wrong. Where one threshold does, both are the same.

    Returns ``low``, ``high`` (probabilities), ``undecided`` (the share of the test videos between
    them), ``accuracy`` of the rest with its interval, and ``fpr`` and ``fnr``, of all videos of a
    class. ``reason`` says why there is no band; the rest is None then.
    """
    result: dict[str, Any] = {"error": error} | dict.fromkeys(_OF_BAND)
    reals, fakes = _of_class(validation, 0), _of_class(validation, 1)
    if reason := _too_few(error, reals, "real") or _too_few(error, fakes, "fake"):
        return result | {"reason": reason}
    if not len(test.labels):
        return result | {"reason": "there is no test video"}
    high, low = _threshold(error, reals), -_threshold(error, -fakes)
    if low > high:
        low = high = (low + high) / 2
    fake, above, below = test.labels == 1, test.logits >= high, test.logits < low
    decided, right = above | below, np.where(fake, above, below)
    result |= {
        "low": float(expit(low)),
        "high": float(expit(high)),
        "undecided": float(1 - decided.mean()),
        "reason": None,
    }
    if decided.any():
        groups = test.groups[decided]
        result["accuracy"] = float(right[decided].mean())
        result["accuracy_ci"] = list(rate_interval(right[decided], groups, confidence))
    for name, own, wrong in (("fpr", ~fake, above), ("fnr", fake, below)):
        result[name] = float(wrong[own].mean()) if own.any() else None
    return result


_OF_BAND = ("low", "high", "undecided", "accuracy", "accuracy_ci", "fpr", "fnr")


def _point(wanted: float, validation: Sample, test: Sample, confidence: float) -> dict[str, Any]:
    point: dict[str, Any] = {"wanted_fpr": wanted}
    point |= dict.fromkeys(("threshold", "validation_fpr", "tpr", "tpr_ci", "fpr", "fpr_ci"))
    reals, fake = _of_class(validation, 0), test.labels == 1
    reason = _too_few(wanted, reals, "real")
    if not reason and (fake.all() or not fake.any()):
        reason = "the test videos do not have both classes"
    if reason:
        return point | {"reason": reason}
    threshold = _threshold(wanted, reals)
    called = test.logits >= threshold
    point |= {
        "threshold": float(expit(threshold)),
        "validation_fpr": float((reals >= threshold).mean()),
        "reason": None,
    }
    for name, own in (("tpr", fake), ("fpr", ~fake)):
        point[name] = float(called[own].mean())
        point[f"{name}_ci"] = list(rate_interval(called[own], test.groups[own], confidence))
    return point


def _of_class(sample: Sample, label: int) -> Floats:
    return sample.logits[sample.labels == label]


def _too_few(rate: float, logits: Floats, name: str) -> str | None:
    """Why a rate cannot be told from none with so many videos."""
    needed = math.ceil(1 / rate - 1e-9)
    if len(logits) >= needed:
        return None
    return f"not resolvable: it takes {needed} {name} validation videos, there are {len(logits)}"


def _threshold(rate: float, logits: Floats) -> float:
    """The lowest threshold that no more than ``rate`` of the logits reach, midway between two."""
    falling = np.sort(logits)[::-1]
    last = falling[math.floor(rate * len(falling) + 1e-9)] if rate < 1 else falling[-1]
    above = falling[falling > last]
    return float((last + above[-1]) / 2 if len(above) else np.nextafter(last, np.inf))
