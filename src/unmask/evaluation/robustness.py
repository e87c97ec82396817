"""What is left of a detector when videos come through coding, shrinking, blur or noise.

Each row is measured on the test videos at the threshold of the run. The difference of the AUC from
the videos as they are is that of pairs: the same videos, by groups (:mod:`.compare`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from math import nan

from unmask.disk.tables import table_text
from unmask.errors import DatasetError
from unmask.evaluation.blocks import Measurer
from unmask.evaluation.compare import compare
from unmask.evaluation.sample import sample_of
from unmask.evaluation.scores import VideoScore

AS_THEY_ARE = "as they are"


@dataclass(frozen=True)
class Row:
    """A row of ``results/robustness.csv``; NaN where there is no number.

    ``difference`` is the AUC less that of the same videos as they are, on those that were scored
    both times. ``unscored`` counts the videos in which no face was found any more.
    """

    change: str
    n_real: int
    n_fake: int
    unscored: int
    auc: float
    auc_low: float
    auc_high: float
    difference: float
    difference_low: float
    difference_high: float
    tpr: float
    tpr_low: float
    tpr_high: float
    fpr: float
    fpr_low: float
    fpr_high: float


def robustness_rows(
    scores: Mapping[str, Sequence[VideoScore]], threshold: float, confidence: float
) -> list[Row]:
    """A row for each change; ``scores`` has those of :data:`AS_THEY_ARE` first."""
    base = scores[AS_THEY_ARE]
    return [_row(name, rows, base, threshold, confidence) for name, rows in scores.items()]


def robustness_text(rows: Sequence[Row]) -> str:
    """The rows as CSV, numbers with six decimals."""
    cells = (
        {k: f"{v:.6f}" if isinstance(v, float) else v for k, v in asdict(row).items()}
        for row in rows
    )
    return table_text([entry.name for entry in fields(Row)], cells)


def _row(
    name: str,
    rows: Sequence[VideoScore],
    base: Sequence[VideoScore],
    threshold: float,
    confidence: float,
) -> Row:
    measured = Measurer(1e-7, confidence).row(name, sample_of(rows), threshold)
    values: dict[str, float] = {}
    for key in ("auc", "tpr", "fpr"):
        value, span = measured[key], measured[f"{key}_ci"] or (nan, nan)
        values |= {key: nan if value is None else value}
        values |= {f"{key}_low": span[0], f"{key}_high": span[1]}
    difference, low, high = _difference(name, rows, base, threshold, confidence)
    return Row(
        name,
        measured["n_real"],
        measured["n_fake"],
        len(base) - len(rows),
        difference=difference,
        difference_low=low,
        difference_high=high,
        **values,
    )


def _difference(
    name: str,
    rows: Sequence[VideoScore],
    base: Sequence[VideoScore],
    threshold: float,
    confidence: float,
) -> tuple[float, float, float]:
    if name == AS_THEY_ARE:
        return nan, nan, nan
    try:
        [found] = compare(
            {name: rows, AS_THEY_ARE: base},
            dict.fromkeys((name, AS_THEY_ARE), threshold),
            confidence,
        )
    except DatasetError:  # too few are left
        return nan, nan, nan
    return found.difference, *found.difference_ci
