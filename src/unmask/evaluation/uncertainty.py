"""How far a video's score would move if other moments of it had been looked at."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

MIN_FRAMES = 5
"""From fewer frames, how they depend on each other cannot be told, and no interval is given."""

_MOST_ALIKE = 0.95


def interval(
    p_fake: Sequence[float] | np.ndarray, aggregate: str = "mean", confidence: float = 0.95
) -> tuple[float, float] | None:
    """An interval around a video's score, from the scores of its frames.

    Neighboring frames resemble each other: twenty of them say less than twenty independent ones
    would. So the scores count only as ``n (1 - r) / (1 + r)`` frames, where ``r`` is the
    correlation of each frame's score with the next one's (a first-order autoregression), corrected
    for its bias in short series and never below 0. Around the mean the interval is Student's, with
    that many frames; around a trimmed mean the same with the winsorized spread (Tukey and
    McLaughlin, 1963); around a median it lies between the scores that many frames would rank
    there.

    In simulations with r from 0 to 0.8 and 20 to 60 frames, a 95 % interval held the true mean in
    85 to 96 of 100 cases; one that ignores r did so in as few as 46. With 8 frames it was 77 to 96.
    A score that changes for good halfway reads as little more than two independent frames, and
    the interval is nearly all of 0..1: no single number describes such a video, its timeline does.

    What it covers: that these moments of the video were sampled and not others. What it does not:
    whether the model is right. A model that is wrong about a person, a kind of fake or a kind of
    compression is wrong in every frame, and the interval is then narrow around a wrong score.
    Neither does it know of faces that were missed. Frames that all have the same score give an
    interval without width.

    Args:
        p_fake: scores of the frames in order of time, each in 0..1.
        aggregate: how they become the video's score.
        confidence: level of the interval, above 0 and below 1.

    Returns:
        (low, high) in 0..1. None for fewer than ``MIN_FRAMES`` frames, and for the aggregates
        ``max`` and ``confident``, which jump where a frame changes and have no sound interval.
    """
    p = np.asarray(p_fake, np.float64)
    if len(p) < MIN_FRAMES or aggregate not in ("mean", "median", "trimmed"):
        return None
    count = effective_count(p)
    if aggregate == "median":
        return _around_median(p, count, confidence)
    cut = len(p) // 10 if aggregate == "trimmed" else 0
    ordered = np.sort(p)
    center = ordered[cut : len(p) - cut].mean()
    kept = np.clip(p, ordered[cut], ordered[len(p) - cut - 1])
    share = 1 - 2 * cut / len(p)
    # A correlated series stays near its own mean, which hides part of the spread.
    variance = kept.var() / (1 - 1 / count)
    error = math.sqrt(variance / count) / share
    reach = float(stdtrit(max(count * share - 1, 1.0), (1 + confidence) / 2)) * error
    return _within(center - reach, center + reach)


def effective_count(p: np.ndarray) -> float:
    """How many independent frames correlated ones are worth: 2 to ``len(p)``."""
    n = len(p)
    apart = p - p.mean()
    spread = float(apart @ apart)
    if spread == 0:
        return float(n)
    r = float(apart[1:] @ apart[:-1]) / spread
    r += (1 + 3 * r) / n
    r = min(max(r, 0.0), _MOST_ALIKE)
    return min(max(n * (1 - r) / (1 + r), 2.0), float(n))


def _around_median(p: np.ndarray, count: float, confidence: float) -> tuple[float, float]:
    half = float(stdtrit(max(count - 1, 1.0), (1 + confidence) / 2)) * 0.5 / math.sqrt(count)
    low, high = np.quantile(p, [max(0.5 - half, 0.0), min(0.5 + half, 1.0)])
    return _within(low, high)


def _within(low: float, high: float) -> tuple[float, float]:
    return round(max(0.0, float(low)), 7), round(min(1.0, float(high)), 7)
