"""How much each video moves a measure: its derivative by the weight of the video."""

from __future__ import annotations

import numpy as np

from unmask.evaluation.clustered_auc import Floats, placements


def of_auc(labels: np.ndarray, scores: np.ndarray) -> Floats:
    """The influence of each video on the AUC: how its placement differs from the mean of all, over
    the size of its class."""
    placed = placements(labels, scores)
    sizes = np.bincount(labels, minlength=2)
    return (placed - placed[np.asarray(labels) == 1].mean()) / sizes[labels]


def of_average_precision(labels: np.ndarray, scores: np.ndarray) -> Floats:
    """The influence of each video on the average precision.

    With T fakes and F real ones at or above a fake, its precision is T / (T + F), and the measure
    is the mean over the fakes. A fake more adds its own precision, and F / (T + F)^2 to that of
    every fake that scores as low or lower; a real one takes T / (T + F)^2 away from it.
    """
    labels, scores = np.asarray(labels), np.asarray(scores)
    values, place = np.unique(-scores, return_inverse=True)  # the highest first
    fakes = np.bincount(place, labels, len(values))
    above = np.cumsum(np.stack([fakes, np.bincount(place, 1 - labels, len(values))]), axis=1)
    total = above.sum(axis=0)
    precision = above[0] / total
    average = fakes @ precision / fakes.sum()
    gain, loss = (
        np.cumsum((fakes * part / total**2)[::-1])[::-1][place] for part in (above[1], above[0])
    )
    return np.where(labels == 1, precision[place] - average + gain, -loss) / fakes.sum()


def of_f1(labels: np.ndarray, called: np.ndarray) -> Floats:
    """The influence of each video on F1, twice the hits over the fakes and those called fake."""
    labels, called = np.asarray(labels, np.float64), np.asarray(called, np.float64)
    hits, both = 2 * labels * called, labels + called
    return (hits - hits.sum() / both.sum() * both) / both.sum()
