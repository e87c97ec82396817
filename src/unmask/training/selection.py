"""Choosing the best epoch by its scores on the validation videos."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import roc_auc_score

_CLIP = 1e-7


@dataclass(frozen=True)
class Validation:
    """How an epoch did: log loss and accuracy over crops, AUC over videos (NaN: one class)."""

    loss: float
    accuracy: float
    auc: float


def validate(p_fake: np.ndarray, labels: np.ndarray, videos: Sequence[str]) -> Validation:
    """Judge crop scores (n,). A video's score is the mean of its crops'."""
    p = np.clip(p_fake.astype(np.float64), _CLIP, 1 - _CLIP)
    loss = -np.mean(np.where(labels == 1, np.log(p), np.log(1 - p)))
    accuracy = np.mean((p > 0.5) == (labels == 1))
    return Validation(
        round(float(loss), 6), round(float(accuracy), 6), video_auc(p, labels, videos)
    )


def video_auc(p_fake: np.ndarray, labels: np.ndarray, videos: Sequence[str]) -> float:
    """ROC AUC of the videos' mean scores, to 6 decimals; NaN where there is one class only."""
    truth, scores = by_video(p_fake, labels, videos)
    if len(np.unique(truth)) < 2:
        return math.nan
    return round(float(roc_auc_score(truth, scores)), 6)


def by_video(
    p_fake: np.ndarray, labels: np.ndarray, videos: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Labels and mean scores of the videos, from those of their crops (n,)."""
    _, first, number = np.unique(np.asarray(videos), return_index=True, return_inverse=True)
    return labels[first], np.bincount(number, weights=p_fake) / np.bincount(number)


def is_better(new: Validation, best: Validation | None, monitor: str) -> bool:
    """Whether an epoch beats the best so far: by AUC, then by loss; or by loss alone."""
    if best is None:
        return True
    if monitor == "val_auc" and new.auc != best.auc:
        return new.auc > best.auc
    return new.loss < best.loss
