"""Two or more detectors on the same videos: is one better, or could it be chance?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy.special import stdtr

from unmask.errors import DatasetError
from unmask.evaluation.clustered_auc import auc_covariance
from unmask.evaluation.intervals import Interval, count_groups, degrees_of_freedom, student
from unmask.evaluation.scores import VideoScore


@dataclass(frozen=True)
class Comparison:
    """Two detectors, ``a`` and ``b``, on the same videos.

    ``difference`` is the AUC of ``a`` less that of ``b``, with its interval and ``p``, the
    probability of one as large if there were none. ``only_a`` and ``only_b`` count the videos that
    only one of them calls what they are; ``p_verdicts`` is that of McNemar's test, by groups.
    ``p_adjusted`` and ``p_verdicts_adjusted`` allow for how many pairs are compared (Holm 1979).
    """

    a: str
    b: str
    auc_a: float
    auc_b: float
    difference: float
    difference_ci: Interval
    p: float
    only_a: int
    only_b: int
    p_verdicts: float
    p_adjusted: float = math.nan
    p_verdicts_adjusted: float = math.nan


def compare(
    scores: Mapping[str, Sequence[VideoScore]],
    thresholds: Mapping[str, float],
    confidence: float = 0.95,
) -> list[Comparison]:
    """Compare each pair of detectors on the videos that all of them scored.

    Raises:
        DatasetError: they agree on too few videos, or not on what those are.
    """
    names, rows = list(scores), common_videos(scores)
    first = rows[names[0]]
    labels = np.array([row.label for row in first], np.int64)
    groups = np.unique([row.group for row in first], return_inverse=True)[1]
    logits = np.array([[row.logit for row in rows[name]] for name in names]).T
    called = np.array([[row.p_fake >= thresholds[name] for row in rows[name]] for name in names])
    found = [
        compare_two(
            (names[a], names[b]),
            labels,
            groups,
            logits[:, [a, b]],
            called[[a, b]] == (labels == 1),
            confidence,
        )
        for a, b in combinations(range(len(names)), 2)
    ]
    adjusted = holm([one.p for one in found]), holm([one.p_verdicts for one in found])
    return [
        Comparison(**vars(one) | {"p_adjusted": p, "p_verdicts_adjusted": verdicts})
        for one, p, verdicts in zip(found, *adjusted, strict=True)
    ]


def common_videos(scores: Mapping[str, Sequence[VideoScore]]) -> dict[str, list[VideoScore]]:
    """The rows of the videos that all detectors scored, in the same order.

    Raises:
        DatasetError: a label or group differs, or there are not two groups of each class.
    """
    tables = {name: {row.video: row for row in rows} for name, rows in scores.items()}
    shared = sorted(set.intersection(*(set(table) for table in tables.values())))
    rows = {name: [table[video] for video in shared] for name, table in tables.items()}
    (first, known), *others = rows.items()
    for name, own in others:
        for a, b in zip(known, own, strict=True):
            if (a.label, a.group) != (b.label, b.group):
                raise DatasetError(
                    f"{a.video} is label {a.label} in group {a.group!r} for {first}, and label "
                    f"{b.label} in group {b.group!r} for {name}. Score both on the same data."
                )
    labels = np.array([row.label for row in known], np.int64)
    counted = count_groups(labels, np.array([row.group for row in known]))
    if counted.fewer < 2:
        raise DatasetError(
            f"{len(shared)} videos were scored by all of {', '.join(tables)}: real ones in "
            f"{counted.real} groups and fakes in {counted.fake}. It takes two of each to compare."
        )
    return rows


def compare_two(
    names: tuple[str, str],
    labels: np.ndarray,
    groups: np.ndarray,
    logits: np.ndarray,
    right: np.ndarray,
    confidence: float = 0.95,
) -> Comparison:
    """Compare two detectors.

    The AUCs by DeLong's covariance with clusters (Obuchowski 1997) and Student's t; the verdicts by
    McNemar's test with each group as one observation (Durkalski et al. 2003).

    Args:
        names: of the detectors.
        labels: 1 is fake; shape (videos,).
        groups: numbers from 0; shape (videos,).
        logits: shape (videos, 2).
        right: whether the verdict is; shape (2, videos).
        confidence: level of the interval.
    """
    aucs, covariance = auc_covariance(labels, logits, groups)
    counted = count_groups(labels, groups)
    difference = float(aucs[0] - aucs[1])
    contrast = np.array([1.0, -1.0])
    error = math.sqrt(max(float(contrast @ covariance @ contrast), 0.0))
    freedom = degrees_of_freedom(labels, logits, groups, contrast, counted)
    reach = student(confidence, freedom) * error
    if error < 1e-12:  # the same order for both: other groups may still part them
        reach = 1 - ((1 - confidence) / 2) ** (1 / counted.fewer)
    p = 1.0 if abs(difference) < 1e-12 else _two_sided(difference, error, freedom)
    ahead = right[0].astype(int) - right[1].astype(int)
    sums = np.bincount(groups, ahead, counted.total)
    deviation = math.sqrt(float(sums @ sums))
    return Comparison(
        *names,
        float(aucs[0]),
        float(aucs[1]),
        difference,
        (max(difference - reach, -1.0), min(difference + reach, 1.0)),
        p,
        int((ahead > 0).sum()),
        int((ahead < 0).sum()),
        _two_sided(float(sums.sum()), deviation, max(int((sums != 0).sum()) - 1, 1)),
    )


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's (1979) adjustment: each p by how many are as large or larger, never falling."""
    order = np.argsort(p_values, kind="stable")
    adjusted, least = [0.0] * len(p_values), 0.0
    for rank, place in enumerate(order):
        least = max(least, min(1.0, (len(order) - rank) * p_values[place]))
        adjusted[place] = least
    return adjusted


def _two_sided(value: float, error: float, freedom: float) -> float:
    """The p of Student's test that a value with this standard error is 0."""
    if value == 0:
        return 1.0
    return float(2 * stdtr(freedom, -abs(value) / max(error, 1e-12)))
