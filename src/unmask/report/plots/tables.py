"""The data behind each plot, from the scored videos of the test split.

Each function returns rows of one table; a plot that cannot be drawn has no rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from sklearn.metrics import precision_recall_curve, roc_curve

from unmask.evaluation.metrics import calibration_bins
from unmask.evaluation.threshold import why_undefined
from unmask.labels import CLASS_NAMES

Rows = list[dict[str, Any]]

BAND = ("fpr", "low", "high")
COLUMNS = {
    "roc": ("fpr", "tpr"),
    "precision_recall": ("recall", "precision"),
    "confusion": ("actual", "predicted"),
    "score_histogram": ("label", "p_fake", "count"),
    "calibration": ("mean_p_fake", "share_fake", "count"),
    "training": (
        "epoch",
        "loss",
        "accuracy",
        "val_loss",
        "val_accuracy",
        "val_auc",
        "learning_rate",
    ),
    "roc_frames": ("fpr", "tpr"),
    "roc_band": BAND,
}
HISTOGRAM_BINS = 20


def roc(labels: np.ndarray, scores: np.ndarray) -> Rows:
    """Points of the ROC curve, from (0, 0) to (1, 1)."""
    if why_undefined(labels):
        return []
    fpr, tpr, _ = roc_curve(labels, scores)
    return _rows("roc", fpr, tpr)


def band(columns: Sequence[np.ndarray] | None) -> Rows:
    """The interval of a ROC curve: the lowest and highest true-positive rate at some rates."""
    if columns is None:
        return []
    return [dict(zip(BAND, map(_tidy, at), strict=True)) for at in zip(*columns, strict=True)]


def precision_recall(labels: np.ndarray, scores: np.ndarray) -> Rows:
    """Points of the precision-recall curve, by rising recall."""
    if why_undefined(labels):
        return []
    precision, recall, _ = precision_recall_curve(labels, scores)
    return _rows("precision_recall", recall[::-1], precision[::-1])


def confusion(labels: np.ndarray, scores: np.ndarray, threshold: float) -> Rows:
    """One row a video: what it is, and what it is called at the threshold."""
    called = np.asarray(scores) >= threshold
    return [
        {"actual": CLASS_NAMES[label], "predicted": CLASS_NAMES[int(fake)]}
        for label, fake in zip(labels, called, strict=True)
    ]


def score_histogram(labels: np.ndarray, scores: np.ndarray) -> Rows:
    """How many videos of each class fall into each of 20 equal bins; ``p_fake`` is its middle."""
    edges = np.arange(HISTOGRAM_BINS + 1) / HISTOGRAM_BINS  # 0.6, where linspace has 0.60…01
    return [
        {"label": name, "p_fake": round(float(low + high) / 2, 3), "count": int(count)}
        for label, name in enumerate(CLASS_NAMES)
        for low, high, count in zip(
            edges[:-1],
            edges[1:],
            np.histogram(scores[labels == label], bins=edges)[0],
            strict=True,
        )
    ]


def calibration(labels: np.ndarray, scores: np.ndarray) -> Rows:
    """Mean score and share of fakes in each of ten equal bins that is not empty."""
    if not len(labels):
        return []
    return _rows("calibration", *zip(*calibration_bins(labels, scores), strict=True))


def _rows(name: str, *columns: Any) -> Rows:
    return [
        dict(zip(COLUMNS[name], map(_tidy, values), strict=True))
        for values in zip(*columns, strict=True)
    ]


def _tidy(value: Any) -> Any:
    return int(value) if isinstance(value, int | np.integer) else round(float(value), 6)
