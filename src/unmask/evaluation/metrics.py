"""The measures of one set of labels and scores. Label 1 is fake, 0 is real.

A measure that is not defined (one class only, nothing called fake, …) is None, and a note says
why. Something is called fake when its score is at or above the threshold.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.special import expit
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    log_loss,
    roc_auc_score,
    roc_curve,
)

from unmask.evaluation.threshold import why_undefined

BINS = 10
"""Equal bins of p_fake in the calibration error and the reliability diagram."""


class Measures(NamedTuple):
    """``values``: the numbers, None where undefined; ``notes``: why, for each that is None."""

    values: dict[str, Any]
    notes: dict[str, str]


def measure(
    labels: np.ndarray,
    scores: np.ndarray,
    *,
    threshold: float,
    log_loss_clip: float = 1e-7,
    logits: np.ndarray | None = None,
) -> Measures:
    """Return every measure of ``scores`` (0..1) against ``labels`` (0, 1).

    ``logits`` of the scores, if given, say their order where they are nearly 0 or 1.

    ``log_loss_clip`` keeps probabilities this far from 0 and 1 in the log loss, so that one
    confident mistake cannot make it infinite: with the default a mistake costs at most 16.1,
    with 0.01, which challenge entries often use, at most 4.6.

    ``recall`` is the true-positive rate: the share of fakes that are called fake. ``ece`` is the
    expected calibration error over ten equal bins.
    """
    labels, scores = np.asarray(labels, dtype=np.int64), np.asarray(scores, dtype=np.float64)
    values: dict[str, Any] = {}
    notes: dict[str, str] = {}

    def put(names: str, numbers: Any, missing: str | None) -> None:
        numbers = numbers if isinstance(numbers, tuple) else (numbers,) * len(names.split())
        for name, number in zip(names.split(), numbers, strict=True):
            values[name] = None if missing else float(number)
            if missing:
                notes[name] = missing

    ranks = scores if logits is None else np.asarray(logits, dtype=np.float64)
    lack = why_undefined(labels)
    empty = lack if not labels.size else None
    put("auc", None if lack else roc_auc_score(labels, ranks), lack)
    put("average_precision", None if lack else average_precision_score(labels, ranks), lack)
    clipped = np.clip(scores, log_loss_clip, 1 - log_loss_clip)
    put("log_loss", None if empty else log_loss(labels, clipped, labels=[0, 1]), empty)
    error = None if lack else equal_error_rate(labels, ranks)
    if error and logits is not None:
        error = error[0], float(expit(error[1]))
    put("eer eer_threshold", error, lack)
    put("brier", None if empty else brier_score_loss(labels, scores, labels=[0, 1]), empty)
    put("ece", None if empty else calibration_error(labels, scores), empty)

    tn, fp, fn, tp = (int(count) for count in _confusion(labels, scores >= threshold))
    values["threshold"] = float(threshold)
    put("accuracy", None if empty else (tp + tn) / labels.size, empty)
    put("balanced_accuracy", None if lack else (tp / (tp + fn) + tn / (tn + fp)) / 2, lack)
    no_fake, no_real, none_called = (
        None if count else reason
        for count, reason in (
            (tp + fn, "there is no fake"),
            (tn + fp, "there is no real one"),
            (tp + fp, "nothing is called fake at this threshold"),
        )
    )
    put("tpr recall", None if no_fake else tp / (tp + fn), no_fake)
    put("fpr", None if no_real else fp / (fp + tn), no_real)
    put("precision", None if none_called else tp / (tp + fp), none_called)
    put("f1", None if no_fake else 2 * tp / (2 * tp + fp + fn), no_fake)
    values["confusion"] = {"tn": tn, "fp": fp, "fn": fn, "tp": tp}
    values["n_real"], values["n_fake"] = tn + fp, tp + fn
    return Measures(values, notes)


def equal_error_rate(labels: np.ndarray, scores: np.ndarray) -> tuple[float, float]:
    """Return (rate, threshold) where as many fakes are missed as real ones are called fake.

    Both rates are shares of their class. Between two points of the ROC curve they are
    interpolated linearly. Both classes must be there.
    """
    fpr, tpr, thresholds = roc_curve(labels, scores, drop_intermediate=False)
    gap = fpr - (1 - tpr)
    after = int(np.argmax(gap >= 0))  # gap runs from -1 to 1, so this is never the first point
    before = after - 1
    share = -gap[before] / (gap[after] - gap[before])
    rate = fpr[before] + share * (fpr[after] - fpr[before])
    if np.isinf(thresholds[before]):  # the first point of the curve: nothing is called fake
        return float(rate), float(thresholds[after])
    step = thresholds[after] - thresholds[before]
    return float(rate), float(thresholds[before] + share * step)


def losses(labels: np.ndarray, scores: np.ndarray, clip: float) -> dict[str, np.ndarray]:
    """What each video costs in the log loss (scores kept ``clip`` from 0 and 1) and in the Brier
    score, whose means the measures are."""
    clip = max(clip, float(np.finfo(np.float64).eps))
    p = np.clip(scores, clip, 1 - clip)
    return {
        "log_loss": -np.log(np.where(labels == 1, p, 1 - p)),
        "brier": (scores - labels) ** 2,
    }


def calibration_bins(labels: np.ndarray, scores: np.ndarray) -> list[tuple[float, float, int]]:
    """Return (mean score, share of fakes, count) for each equal bin of p_fake that is not empty."""
    place = np.minimum((np.asarray(scores) * BINS).astype(int), BINS - 1)
    return [
        (float(scores[inside].mean()), float(labels[inside].mean()), int(inside.sum()))
        for inside in (place == number for number in range(BINS))
        if inside.any()
    ]


def calibration_error(labels: np.ndarray, scores: np.ndarray) -> float:
    """Return the expected calibration error: the mean of |mean score - share of fakes| over bins,
    weighted by how many fall into each (Naeini, Cooper and Hauskrecht 2015)."""
    bins = calibration_bins(labels, scores)
    return sum(abs(mean - share) * count for mean, share, count in bins) / len(labels)


def _confusion(labels: np.ndarray, called_fake: np.ndarray) -> np.ndarray:
    if not labels.size:
        return np.zeros(4, dtype=int)
    return confusion_matrix(labels, called_fake.astype(int), labels=[0, 1]).ravel()
