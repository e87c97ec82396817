"""What is measured, frames or videos, and the interval of each measure of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from unmask.evaluation import influence
from unmask.evaluation.clustered_auc import Floats
from unmask.evaluation.intervals import (
    Counted,
    Interval,
    auc_interval,
    correlation_of_rates,
    count_groups,
    mean_interval,
    mean_of_rates,
    rate_interval,
    ratio_interval,
)
from unmask.evaluation.metrics import losses
from unmask.evaluation.scores import FrameScore, VideoScore

EQUAL_RATES = 0.5
"""How strongly the two error rates are reckoned to go together where they are made equal."""

COIN = {"log_loss": math.log(2), "brier": 0.25}
"""What a detector that always answers one half has."""


class Sample(NamedTuple):
    """Arrays of equal length, one entry a frame or a video: label, score, number of the group,
    and the logit of the score, by which the ones of nearly 0 or 1 are put in order."""

    labels: NDArray[np.int64]
    scores: Floats
    groups: NDArray[np.int64]
    logits: Floats

    @property
    def counted(self) -> Counted:
        """In how many groups the classes are."""
        return count_groups(self.labels, self.groups)


def sample_of(
    videos: Iterable[VideoScore], scored: Iterable[VideoScore | FrameScore] | None = None
) -> Sample:
    """The sample of these videos; ``scored``, one for each, has the scores instead of them."""
    videos = list(videos)
    scored = videos if scored is None else list(scored)
    names = np.array([row.group for row in videos], dtype=object).astype(str)
    return Sample(
        np.array([row.label for row in videos], dtype=np.int64),
        np.array([row.p_fake for row in scored], dtype=np.float64),
        np.unique(names, return_inverse=True)[1],
        np.array([row.logit for row in scored], dtype=np.float64),
    )


def intervals_of(
    sample: Sample, values: dict[str, Any], *, log_loss_clip: float, confidence: float
) -> dict[str, Interval | None]:
    """The interval of each measure in ``values`` that has one, None where it cannot be told."""
    labels, scores, groups, logits = sample
    counted = sample.counted
    fake, called = labels == 1, scores >= values["threshold"]
    right = (called == fake).astype(np.float64)

    def rate(events: np.ndarray, among: np.ndarray) -> Interval:
        return rate_interval(events[among], groups[among], confidence)

    def ratio(value: float, moved: Floats) -> Interval:
        return ratio_interval(value, moved, groups, counted, confidence)

    def balanced() -> Interval:
        rates = values["tpr"], 1 - values["fpr"]
        spans = rate(called, fake), rate(~called, ~fake)
        return mean_of_rates(rates, spans, correlation_of_rates(labels, right, groups))

    def equal_error() -> Interval:
        found, error = scores >= values["eer_threshold"], values["eer"]
        spans = [
            rate_interval(wrong, groups[own], confidence, rate=error)
            for own, wrong in ((fake, ~found[fake]), (~fake, found[~fake]))
        ]
        return mean_of_rates((error, error), (spans[0], spans[1]), EQUAL_RATES)

    def mean(name: str) -> Interval | None:
        lost = losses(labels, scores, log_loss_clip)[name]
        fewer = counted.fewer or counted.total
        most = 1.0 if name == "brier" else math.inf
        return mean_interval(lost, groups, fewer, confidence, coin=COIN[name], most=most)

    how: dict[str, Callable[[], Interval | None]] = {
        "auc": lambda: auc_interval(labels, logits, groups, confidence),
        "average_precision": lambda: ratio(
            values["average_precision"], influence.of_average_precision(labels, logits)
        ),
        "log_loss": lambda: mean("log_loss"),
        "brier": lambda: mean("brier"),
        "eer": equal_error,
        "accuracy": lambda: rate_interval(right, groups, confidence),
        "balanced_accuracy": balanced,
        "tpr": lambda: rate(called, fake),
        "recall": lambda: rate(called, fake),
        "fpr": lambda: rate(called, ~fake),
        "precision": lambda: rate(fake, called),
        "f1": lambda: ratio(values["f1"], influence.of_f1(labels, called)),
    }
    both = counted.fewer > 0
    return {
        name: make() if values[name] is not None and (both or name != "f1") else None
        for name, make in how.items()
    }
