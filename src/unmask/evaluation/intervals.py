"""Confidence intervals of measures over videos that come in groups.

Videos of a group (an original and everything made from it) say less than as many independent ones.
So every variance here is that of sums over groups, Student's t has a degree of freedom less than
there are groups in the class that has fewer, and no interval is without width. Nothing is drawn at
random. ``docs/metrics.md`` has the formulas and how often each interval held the truth in
simulations (``benchmarks/coverage.py``).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from scipy.special import betaincinv, expit, logit, ndtri, stdtrit

from unmask.evaluation import influence
from unmask.evaluation.clustered_auc import auc_covariance

Interval = tuple[float, float]


class Counted(NamedTuple):
    """In how many groups there are real videos, fakes, and any of both."""

    real: int
    fake: int
    total: int

    @property
    def fewer(self) -> int:
        """How many groups the class has that is in fewer of them."""
        return min(self.real, self.fake)


def count_groups(labels: np.ndarray, groups: np.ndarray) -> Counted:
    """Count the groups of each class."""
    labels, groups = np.asarray(labels), np.asarray(groups)
    real, fake = (len(np.unique(groups[labels == label])) for label in (0, 1))
    return Counted(real, fake, len(np.unique(groups)))


def auc_interval(
    labels: np.ndarray, scores: np.ndarray, groups: np.ndarray, confidence: float = 0.95
) -> Interval:
    """The interval of the AUC: DeLong's with clusters, on the logit scale (Obuchowski 1997).

    ``groups`` are numbers from 0. Both classes must be there.
    """
    aucs, covariance = auc_covariance(labels, scores[:, None], groups)
    counted = count_groups(labels, groups)
    moved = influence.of_auc(labels, scores)
    variance = float(covariance[0, 0])
    return _on_logit_scale(float(aucs[0]), variance, moved, groups, counted, confidence)


def ratio_interval(
    value: float,
    moved: np.ndarray,
    groups: np.ndarray,
    counted: Counted,
    confidence: float = 0.95,
) -> Interval:
    """The interval of a measure in 0..1 from how each video moves it.

    ``moved`` is its influence, the derivative of the measure by the weight of the video; the sum
    of all is 0 (the infinitesimal jackknife; Efron and Tibshirani 1993, chapter 21).
    """
    variance = _variance(np.bincount(groups, moved), counted.total)
    return _on_logit_scale(value, variance, moved, groups, counted, confidence)


def mean_interval(
    losses: np.ndarray,
    groups: np.ndarray,
    fewer: int,
    confidence: float = 0.95,
    *,
    coin: float,
    most: float = math.inf,
) -> Interval | None:
    """The interval of the mean of positive losses, on the scale of their logarithm.

    The videos that cost most are the rarest, and a small test may have none. As large a share of
    groups as may well have been missed is reckoned at ``coin``, the loss of a detector that
    guesses, and the upper end is no lower than what follows from that. ``fewer`` is in how many
    groups the class is that is in fewer, ``most`` the largest loss there is.

    None where there are fewer than two groups, or nothing differs between them.
    """
    mean, count = float(np.mean(losses)), len(np.unique(groups))
    if count < 2 or mean <= 0:
        return None
    apart = (np.asarray(losses) - mean) / len(losses)
    error = math.sqrt(_variance(np.bincount(groups, apart), count))
    reach = student(confidence, min(fewer - 1, _kept(apart, groups))) * error / mean
    reach = min(reach, _FARTHEST)
    unseen = 1 - ((1 - confidence) / 2) ** (1 / count)
    low, high = mean * math.exp(-reach), mean * math.exp(reach)
    high = max(high, mean + unseen * (coin - mean))
    high = min(high, most)
    return (low, high) if high - low > 1e-12 else None


def rate_interval(
    events: np.ndarray, groups: np.ndarray, confidence: float = 0.95, *, rate: float | None = None
) -> Interval:
    """The interval of the share of ``events`` (0 or 1): exact, for as many independent videos as
    those in the groups are worth (Korn and Graubard 1998, Survey Methodology 24).

    ``rate`` is the share where it lies between those at two thresholds. Where it is 0 or 1, a group
    counts as one video.
    """
    events = np.asarray(events, np.float64)
    count = len(np.unique(groups))
    share = float(events.mean())
    rate = share if rate is None else rate
    worth = float(count)
    if count > 1 and 0 < share < 1 and 0 < rate < 1:
        variance = _variance(np.bincount(groups, events - share), count) / len(events) ** 2
        most = float(len(events))
        worth = min(share * (1 - share) / variance, most) if variance > 1e-24 else most
        worth *= (-ndtri((1 - confidence) / 2) / student(confidence, count - 1)) ** 2
    tail, hits = (1 - confidence) / 2, worth * rate
    low = float(betaincinv(hits, worth - hits + 1, tail)) if hits > 0 else 0.0
    high = float(betaincinv(hits + 1, worth - hits, 1 - tail)) if hits < worth else 1.0
    return low, high


def mean_of_rates(
    rates: tuple[float, float], spans: tuple[Interval, Interval], correlation: float = 0.0
) -> Interval:
    """The interval of the mean of two rates from their own (MOVER; Zou and Donner 2008).

    A negative correlation, which would make it narrower, is not believed.
    """
    kept = max(correlation, 0.0)

    def reach(side: int) -> float:
        a, b = (abs(rate - span[side]) for rate, span in zip(rates, spans, strict=True))
        return math.sqrt(a * a + b * b + 2 * kept * a * b) / 2

    middle = sum(rates) / 2
    return max(middle - reach(0), 0.0), min(middle + reach(1), 1.0)


def correlation_of_rates(labels: np.ndarray, right: np.ndarray, groups: np.ndarray) -> float:
    """How the share of fakes and that of real videos that are right go together, group by group."""
    sums = []
    for label in (0, 1):
        own = np.asarray(labels) == label
        sums.append(np.bincount(groups, np.where(own, right - right[own].mean(), 0.0)))
    spread = math.sqrt(float(sums[0] @ sums[0]) * float(sums[1] @ sums[1]))
    return float(sums[0] @ sums[1]) / spread if spread > 0 else 0.0


def degrees_of_freedom(
    labels: np.ndarray,
    logits: np.ndarray,
    groups: np.ndarray,
    contrast: np.ndarray,
    counted: Counted,
) -> float:
    """Of a weighted sum of AUCs; ``logits`` has a column, ``contrast`` a weight a detector."""
    moved = sum(
        weight * influence.of_auc(labels, column)
        for weight, column in zip(contrast, logits.T, strict=True)
    )
    return max(min(counted.fewer - 1, _kept(np.asarray(moved), groups)), 1.0)


_FARTHEST = 700.0
"""Beyond this the exponential overflows."""


def _on_logit_scale(
    value: float,
    variance: float,
    moved: np.ndarray,
    groups: np.ndarray,
    counted: Counted,
    confidence: float,
) -> Interval:
    """An interval of a measure in 0..1; at 1 and 0 the exact one of so many groups."""
    fewer, tail = counted.fewer, (1 - confidence) / 2
    if value >= 1:
        return tail ** (1 / fewer), 1.0
    if value <= 0:
        return 0.0, 1 - tail ** (1 / fewer)
    most = value * (1 - value)
    if fewer == 1 or not math.isfinite(variance):
        variance = most  # no measure in 0..1 has more (for the AUC: van Dantzig 1951)
    # All pairs of groups independent of each other: videos in groups say no more than that.
    variance = max(variance, most / (counted.real * counted.fake))
    freedom = min(fewer - 1, _kept(moved, groups))
    reach = min(student(confidence, freedom) * math.sqrt(variance) / most, _FARTHEST)
    return float(expit(logit(value) - reach)), float(expit(logit(value) + reach))


def _kept(moved: np.ndarray, groups: np.ndarray) -> float:
    """Degrees of freedom left where a few groups make up the variance (Satterthwaite 1946, with the
    kurtosis of the groups' own sums in place of the normal distribution's)."""
    squares = np.bincount(groups, moved) ** 2
    return 3 * float(squares.sum()) ** 2 / max(float(squares @ squares), 1e-300) - 1


def student(confidence: float, freedom: float) -> float:
    """Student's t at the ends of a two-sided interval."""
    return float(stdtrit(max(freedom, 1.0), (1 + confidence) / 2))


def _variance(sums: np.ndarray, count: int) -> float:
    """The variance of a total from the sums over its groups, which are 0 on the whole."""
    return count / (count - 1) * float(sums @ sums) if count > 1 else math.nan
