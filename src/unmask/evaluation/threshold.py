"""Choosing the score from which on a video is called fake.

A module of its own because training needs it too, and must not depend on every measure.
"""

from __future__ import annotations

import numpy as np


def why_undefined(labels: np.ndarray) -> str | None:
    """Say why measures that compare the classes are undefined, or return None."""
    if not len(labels):
        return "there is nothing to measure"
    if not np.any(labels):
        return "there is no fake"
    return "there is no real one" if np.all(labels) else None


def best_threshold(labels: np.ndarray, scores: np.ndarray) -> tuple[float, str | None]:
    """Return the threshold with the highest balanced accuracy, and a note or None.

    Candidates are the midpoints between neighboring scores. Among equals the one closest to 0.5
    is taken, then the lower. Where no candidate beats chance, or a class is missing, it is 0.5
    and the note says so.
    """
    lack = why_undefined(labels)
    if lack:
        return 0.5, f"the threshold is 0.5 because in validation {lack}"
    values, place = np.unique(np.asarray(scores, dtype=np.float64), return_inverse=True)
    fakes = np.bincount(place, weights=labels)
    reals = np.bincount(place) - fakes
    accuracy = (1 + np.cumsum(reals) / reals.sum() - np.cumsum(fakes) / fakes.sum())[:-1] / 2
    if not accuracy.size or accuracy.max() <= 0.5 + 1e-12:
        return 0.5, "the threshold is 0.5 because none beats chance in validation"
    middle = np.round((values[:-1] + values[1:]) / 2, 8)  # exact for scores of seven decimals
    apart = (values[:-1] < middle) & (middle <= values[1:])
    middle = np.where(apart, middle, values[1:])
    ties = middle[accuracy >= accuracy.max() - 1e-12]
    return float(ties[np.argmin(np.round(np.abs(ties - 0.5), 9))]), None
