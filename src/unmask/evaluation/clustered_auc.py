"""The area under the ROC curve of videos in groups, and how far it is from the truth.

Videos of a group (an original and everything made from it) are not independent of each other, so
they are counted together: DeLong's variance with clusters (DeLong, DeLong and Clarke-Pearson 1988;
Obuchowski 1997, "Nonparametric analysis of clustered ROC curve data", Biometrics 53).
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def placements(labels: np.ndarray, scores: np.ndarray) -> Floats:
    """How each video stands among those of the other class, in the order given.

    For a fake it is the share of the real ones that score lower, for a real one the share of the
    fakes that score higher. Ties count one half. The mean of either class is the AUC.
    """
    fake = np.asarray(labels) == 1
    scores = np.asarray(scores, np.float64)
    placed = np.empty(len(scores))
    for own, sign in ((fake, 1.0), (~fake, -1.0)):
        others = np.sort(sign * scores[~own])
        below, up_to = (np.searchsorted(others, sign * scores[own], side) for side in _SIDES)
        placed[own] = (below + up_to) / (2 * len(others))
    return placed


def auc_covariance(
    labels: np.ndarray, scores: np.ndarray, groups: np.ndarray
) -> tuple[Floats, Floats]:
    """Return the AUC of each detector, and the covariance of the AUCs.

    Args:
        labels: 1 is fake, 0 is real; shape (videos,). Both classes must be there.
        scores: shape (videos, detectors): the same videos, scored by each detector.
        groups: numbers from 0 of the groups; shape (videos,).

    Returns:
        Shapes (detectors,) and (detectors, detectors). The covariance is NaN where a class is in
        one group only: then nothing can be said about it.
    """
    fake = np.asarray(labels) == 1
    placed = np.stack([placements(labels, column) for column in scores.T])
    aucs = placed[:, fake].mean(axis=1)
    apart = placed - aucs[:, None]
    parts, factors = [], []
    for own in (fake, ~fake):
        counted = np.bincount(groups, own, groups.max() + 1) > 0
        sums = [np.bincount(groups, row * own, len(counted)) / own.sum() for row in apart]
        parts.append(np.stack(sums))
        factors.append(_unbiased(int(counted.sum())))
    fakes, reals = parts
    both = _unbiased(len(np.unique(groups)))
    cross = fakes @ reals.T
    own = factors[0] * (fakes @ fakes.T) + factors[1] * (reals @ reals.T)
    return aucs, own + both * (cross + cross.T)


def _unbiased(count: int) -> float:
    return count / (count - 1) if count > 1 else float("nan")


_SIDES: tuple[Literal["left", "right"], ...] = ("left", "right")
