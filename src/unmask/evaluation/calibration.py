"""Temperature scaling: one number that makes scores less sure, or surer (Guo et al. 2017)."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit

from unmask.evaluation.clustered_auc import Floats
from unmask.evaluation.metrics import calibration_error, losses
from unmask.evaluation.sample import Sample

FEWEST = 30
"""So many validation videos of each class it takes to fit a temperature."""

_COOLEST, _HOTTEST = -4.0, 4.0
"""Ends of the search, natural logarithms of the temperature: 0.018 to 55."""


def fit_temperature(labels: np.ndarray, logits: Floats) -> float:
    """The temperature whose probabilities, ``expit(logits / temperature)``, have the least log
    loss. Both classes must be there."""
    signed = np.where(np.asarray(labels) == 1, logits, -logits)

    def loss(log_temperature: float) -> float:
        return float(np.logaddexp(0, -signed / np.exp(log_temperature)).mean())

    found = minimize_scalar(
        loss, bounds=(_COOLEST, _HOTTEST), method="bounded", options={"xatol": 1e-8}
    )
    return float(np.exp(found.x))


def calibrate(validation: Sample, test: Sample, log_loss_clip: float) -> dict[str, Any]:
    """Fit a temperature on the validation videos and tell what it does to the test videos.

    Returns ``temperature``, and ``before`` and ``after``: ``ece``, ``brier`` and ``log_loss``. None
    where it cannot be fitted or there is nothing to test; ``reason`` says why.
    """
    fewest = int(min(np.bincount(validation.labels, minlength=2)))
    result: dict[str, Any] = {"temperature": None, "before": None, "after": None, "reason": None}
    if len(test.labels):
        result["before"] = _measures(test, test.scores, log_loss_clip)
    if fewest < FEWEST:
        reason = f"it takes {FEWEST} validation videos of each class, one has {fewest}"
        return result | {"reason": reason}
    temperature = fit_temperature(validation.labels, validation.logits)
    result["temperature"] = temperature
    if len(test.labels):
        result["after"] = _measures(test, expit(test.logits / temperature), log_loss_clip)
    return result


def _measures(sample: Sample, scores: Floats, log_loss_clip: float) -> dict[str, float]:
    lost = losses(sample.labels, scores, log_loss_clip)
    means = {name: float(values.mean()) for name, values in lost.items()}
    return {"ece": float(calibration_error(sample.labels, scores)), **means}
