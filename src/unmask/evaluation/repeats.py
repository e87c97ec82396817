"""What trainings that differ by seed, fold or what is left out have in common, and how far apart
they are: each one's measures, and of all their mean, standard deviation, minimum and maximum.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import mean, stdev
from typing import Any

from unmask.disk.tables import table_text
from unmask.videos.ids import slug

ALL = "all test videos"
MEASURES = ("auc", "average_precision", "balanced_accuracy", "tpr", "fpr", "log_loss", "eer")
STATISTICS: dict[str, Callable[[Sequence[float]], float | None]] = {
    "mean": mean,
    "standard deviation": lambda values: stdev(values) if len(values) > 1 else None,
    "minimum": min,
    "maximum": max,
}
"""What is told of the values of a measure. The standard deviation is that of a sample (n - 1)."""


@dataclass
class Part:
    """Test videos that each repeat has a row of: all, those of a dataset, or of a method.

    ``unseen`` says that these repeats were not trained on it. ``rows`` are blocks of
    ``metrics.json`` by the name of the repeat.
    """

    name: str
    unseen: bool
    rows: dict[str, Mapping[str, Any]] = field(default_factory=dict)

    def values(self, measure: str) -> list[float]:
        """The values of a measure in the repeats that have one."""
        found = (row.get(measure) for row in self.rows.values())
        return [value for value in found if value is not None]

    def statistic(self, name: str, measure: str) -> float | None:
        """One of :data:`STATISTICS` of a measure; None where there are too few values."""
        values = self.values(measure)
        return STATISTICS[name](values) if values else None


def parts_of_repeats(
    metrics: Mapping[str, Mapping[str, Any]], leave_out: str = "none"
) -> list[Part]:
    """The parts of the test videos, what was not trained on before the others.

    Args:
        metrics: the content of ``metrics.json`` of each repeat, by its name.
        leave_out: the setting ``repeats.leave_out``.
    """
    parts: dict[tuple[str, bool], Part] = {}
    for name, content in metrics.items():
        rows = {ALL: content["video"], **content["datasets"], **content["methods"]}
        for part, row in rows.items():
            unseen = part != ALL and _is_left_out(part, name, leave_out)
            parts.setdefault((part, unseen), Part(part, unseen)).rows[name] = row
    return sorted(parts.values(), key=lambda part: (not part.unseen, part.name != ALL, part.name))


def _is_left_out(part: str, repeat: str, leave_out: str) -> bool:
    left = re.fullmatch(r"without-(.+)-seed\d+", repeat)
    dataset, _, method = part.partition("/")
    return left is not None and slug(method if leave_out == "method" else dataset) == left[1]


def repeats_text(parts: Sequence[Part]) -> str:
    """The table as CSV: a row a repeat and part, and below them a row a statistic."""
    counts = ("n_real", "n_fake")
    columns = ("part", "unseen", "repeat", *counts, *MEASURES, "auc_low", "auc_high")
    return table_text(columns, _rows(parts, counts))


def _rows(parts: Iterable[Part], counts: Sequence[str]) -> Iterable[dict[str, Any]]:
    for part in parts:
        head = {"part": part.name, "unseen": int(part.unseen)}
        for name, row in part.rows.items():
            low, high = row["auc_ci"] or ("", "")
            known = {key: row.get(key) for key in (*counts, *MEASURES)}
            yield head | {"repeat": name, **known, "auc_low": low, "auc_high": high}
        for name in STATISTICS:
            told = {measure: part.statistic(name, measure) for measure in MEASURES}
            rounded = {
                key: None if value is None else round(value, 10) for key, value in told.items()
            }
            yield head | {"repeat": name} | rounded
