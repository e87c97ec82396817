"""Scores as logits, which tell apart what as probabilities would be 0 or 1."""

from __future__ import annotations

import numpy as np
from scipy.special import log_expit, logsumexp


def logit_of(p_fake: float | np.ndarray) -> np.ndarray:
    """The logit of probabilities; those so close to 0 or 1 that they are written as such get the
    last one that is not."""
    p = np.clip(np.asarray(p_fake, np.float64), 1e-7, 1 - 1e-7)
    return np.log(p) - np.log1p(-p)


def mean_logit(logits: np.ndarray, axis: int | None = None) -> np.ndarray:
    """The logit of the mean probability, exact where probabilities would be 0 or 1."""
    logits = np.asarray(logits, np.float64)
    return logsumexp(log_expit(logits), axis=axis) - logsumexp(log_expit(-logits), axis=axis)
