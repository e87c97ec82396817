"""The interval of a whole ROC curve, from the rates at its thresholds."""

from __future__ import annotations

import math

import numpy as np

from unmask.evaluation.clustered_auc import Floats
from unmask.evaluation.intervals import rate_interval
from unmask.evaluation.sample import Sample

MOST_THRESHOLDS = 200


def roc_band(sample: Sample, grid: Floats, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Return the lowest and highest true-positive rate at each false-positive rate in ``grid``.

    At each threshold both rates have their interval, together at the level ``confidence``
    (rectangles; Pepe 2003, section 5.2.4). The curve rises, so it is no lower than the lower right
    corner of a rectangle to its left, and no higher than the upper left one of one to its right.
    Both classes must be there.
    """
    fake = sample.labels == 1
    level = math.sqrt(confidence)
    thresholds = np.unique(sample.logits)
    step = math.ceil(len(thresholds) / MOST_THRESHOLDS)
    low, high = np.where(grid >= 1, 1.0, 0.0), np.ones(len(grid))
    for threshold in thresholds[::step]:
        called = sample.logits >= threshold
        found, alarms = (
            rate_interval(called[own], sample.groups[own], level) for own in (fake, ~fake)
        )
        low = np.where(grid >= alarms[1], np.maximum(low, found[0]), low)
        high = np.where(grid < alarms[0], np.minimum(high, found[1]), high)
    return low, high
