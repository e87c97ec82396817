"""Shortcuts: how well properties that have nothing to do with forgery tell the classes.

Of a number, the AUC of its order, the better way round. Of a name, such as the codec, that of the
share of fakes among the videos that have it. ``all together`` is a logistic regression on all of
them: each video is scored by a model that was fitted without its group, in five parts of the groups
(cross-validation; where nothing tells the classes, and videos are few, its AUC is below one half
rather than above). All usable videos take part, whichever split they are in. An AUC near that of
the detector says that the detector need not have looked at the faces.
"""

from __future__ import annotations

import builtins
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.compose import make_column_transformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, StandardScaler

from unmask.disk.tables import read_table, table_text
from unmask.evaluation.intervals import auc_interval
from unmask.evaluation.properties import NAMES, UNITS, describe

TOGETHER = "all together"
STRONG = 0.65
"""AUC from which on a property is warned of, if its interval does not hold one half."""

_PARTS = 5
Values = list[float] | list[str]


@dataclass(frozen=True)
class Shortcut:
    """A row of ``results/shortcuts.csv``.

    ``auc`` and its interval are NaN where the classes cannot be told apart by it at all: it is
    unknown, the same in all videos, or one class is absent. ``real`` and ``fake`` are typical
    values.
    """

    property: str
    auc: float
    low: float
    high: float
    real: str
    fake: str
    videos: int

    @builtins.property
    def strong(self) -> bool:
        """Whether a detector may well have learned it."""
        return self.auc >= STRONG and self.low > 0.5


def find_shortcuts(
    columns: Mapping[str, Values],
    labels: Sequence[int],
    groups: Sequence[str],
    *,
    confidence: float,
) -> list[Shortcut]:
    """A row for each property, the one that tells most first, and one for all together.

    Args:
        columns: the values of each property; NaN or an empty text where there is none.
        labels: 0 for real, 1 for fake.
        groups: names; videos of one are not independent.
        confidence: level of the intervals.
    """
    label, group = np.asarray(labels), np.unique(np.asarray(groups), return_inverse=True)[1]
    rows = [_of_one(name, values, label, group, confidence) for name, values in columns.items()]
    rows.sort(key=lambda row: -np.nan_to_num(row.auc))
    scores = _scores_of_all(columns, label, group)
    known = np.ones(len(label), bool)
    return [_row(TOGETHER, scores, known, label, group, confidence), *rows]


def shortcuts_text(rows: Sequence[Shortcut]) -> str:
    """The rows as CSV, numbers with four decimals."""
    cells = (
        {k: f"{v:.4f}" if isinstance(v, float) else v for k, v in asdict(row).items()}
        for row in rows
    )
    return table_text([entry.name for entry in fields(Shortcut)], cells)


def read_shortcuts(path: Path) -> list[Shortcut]:
    """Read what :func:`shortcuts_text` made."""
    return [
        Shortcut(
            row["property"],
            float(row["auc"]),
            float(row["low"]),
            float(row["high"]),
            row["real"],
            row["fake"],
            int(row["videos"]),
        )
        for row in read_table(path)
    ]


def _of_one(
    name: str, values: Values, label: NDArray, group: NDArray, confidence: float
) -> Shortcut:
    if isinstance(values[0], str):
        known = np.array([bool(value) for value in values])
        texts = np.array(values)
        share = {text: label[texts == text].mean() for text in np.unique(texts)}
        scores = np.array([share[text] for text in texts])
    else:
        scores = np.asarray(values, float)
        known = np.isfinite(scores)
        if len(np.unique(label[known])) == 2 and roc_auc_score(label[known], scores[known]) < 0.5:
            scores = -scores
    row = _row(NAMES[name], scores, known, label, group, confidence)
    real, fake = (
        describe([v for v, fits in zip(values, known & (label == c), strict=True) if fits],
                 UNITS[name])
        for c in (0, 1)
    )  # fmt: skip
    return Shortcut(row.property, row.auc, row.low, row.high, real, fake, row.videos)


def _row(
    name: str,
    scores: NDArray | None,
    known: NDArray,
    label: NDArray,
    group: NDArray,
    confidence: float,
) -> Shortcut:
    auc = low = high = float("nan")
    if scores is not None and len(np.unique(label[known])) == 2 and np.ptp(scores[known]) > 0:
        auc = float(roc_auc_score(label[known], scores[known]))
        numbers = np.unique(group[known], return_inverse=True)[1]
        low, high = auc_interval(label[known], scores[known], numbers, confidence)
    return Shortcut(name, auc, low, high, "", "", int(known.sum()))


def _scores_of_all(columns: Mapping[str, Values], label: NDArray, group: NDArray) -> NDArray | None:
    """The logit of each video by a model fitted without its group; None if none can be fitted."""
    numbers = [np.asarray(v, float) for v in columns.values() if not isinstance(v[0], str)]
    names = [np.asarray(v, object) for v in columns.values() if isinstance(v[0], str)]
    numbers = [values for values in numbers if np.isfinite(values).any()]
    table = np.empty((len(label), len(numbers) + len(names)), object)
    for place, values in enumerate([*numbers, *names]):
        table[:, place] = values
    parts = min(_PARTS, len(np.unique(group)))
    if parts < 2:
        return None
    scores = np.empty(len(label))
    for fit, score in GroupKFold(parts).split(table, label, group):
        if len(np.unique(label[fit])) < 2:
            return None
        model = make_pipeline(
            make_column_transformer(
                (
                    make_pipeline(
                        SimpleImputer(add_indicator=True, keep_empty_features=True),
                        FunctionTransformer(np.log1p),  # ratios count, such as that of the sides
                        StandardScaler(),
                    ),
                    slice(0, len(numbers)),
                ),
                (OneHotEncoder(handle_unknown="ignore"), slice(len(numbers), table.shape[1])),
            ),
            LogisticRegression(C=10, max_iter=1000, class_weight="balanced"),
        )
        model.fit(table[fit], label[fit])
        scores[score] = model.decision_function(table[score])
    return scores
