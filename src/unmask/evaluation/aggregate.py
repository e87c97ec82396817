"""How the scores of a video's frames become its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.special import expit

from unmask.errors import ConfigError
from unmask.model.logits import mean_logit


def _trimmed(p: np.ndarray) -> slice:
    cut = len(p) // 10
    return slice(cut, len(p) - cut)


def _confident(p: np.ndarray) -> np.ndarray:
    fakes = p > 0.8
    if fakes.sum() > len(p) // 2.5 and fakes.sum() > 11:
        return fakes
    reals = p < 0.2
    return reals if reals.sum() > 0.9 * len(p) else np.ones(len(p), bool)


AGGREGATES: dict[str, Callable[[np.ndarray], slice | np.ndarray]] = {
    "mean": lambda p: slice(None),
    "median": lambda p: slice((len(p) - 1) // 2, len(p) // 2 + 1),
    "max": lambda p: slice(len(p) - 1, None),
    "trimmed": _trimmed,
    "confident": _confident,
}
"""Which of the rising probabilities of a video's frames count; its own is their mean."""


def check_aggregate(aggregate: str) -> None:
    """Raise :class:`ConfigError` for a name that is none of ``AGGREGATES``."""
    if aggregate not in AGGREGATES:
        raise ConfigError(
            f"score.aggregate: got {aggregate!r}, allowed: {', '.join(AGGREGATES)}.\n"
            "Write:\n  score:\n    aggregate: mean"
        )


def aggregate_logits(logits: Sequence[float] | np.ndarray, aggregate: str = "mean") -> float:
    """Return the logit of a video's probability from those of its frames.

    - ``mean``, ``median``, ``max`` of the probabilities: as they say.
    - ``trimmed``: the mean without the lowest and the highest tenth (rounded down) of the frames.
    - ``confident``: the rule of the winner of the DeepFake Detection Challenge (S. Seferbekov,
      2020). If more than 11 frames, and more than two in five, are above 0.8, their mean; else,
      if more than nine in ten are below 0.2, their mean; else the mean of all.

    Raises :class:`ConfigError` for another name and ``ValueError`` where there is no frame.
    """
    check_aggregate(aggregate)
    rising = np.sort(np.asarray(logits, np.float64))
    if not rising.size:
        raise ValueError("a video without a frame has no score")
    return float(mean_logit(rising[AGGREGATES[aggregate](expit(rising))]))
