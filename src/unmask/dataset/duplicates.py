"""The table of videos that look alike on different sides of the split, and what to say of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from unmask.disk.tables import read_table, table_text

LIMIT = 0.15
"""Largest share of differing bits among near-duplicates."""


@dataclass(frozen=True)
class Pair:
    """Two videos that look alike: ids, splits and classes, and the share of bits that differ."""

    video: str
    other: str
    split: str
    other_split: str
    label: str
    other_label: str
    difference: float


def pairs_sentence(pairs: Sequence[Pair]) -> str:
    """How many pairs there are, the first of them, and what to do; empty if there are none."""
    if not pairs:
        return ""
    named = "".join(
        f"\n  {pair.video} ({pair.split}, {pair.label}) and "
        f"{pair.other} ({pair.other_split}, {pair.other_label})"
        for pair in pairs[:5]
    )
    count = "1 pair of videos looks" if len(pairs) == 1 else f"{len(pairs)} pairs of videos look"
    return (
        f"{count} alike on different sides of the split:{named}\nAll are in "
        "results/duplicates.csv. If they belong together, copy the file and make each pair a "
        "group. Write:\n  split:\n    together: data/together.csv"
    )


def pairs_text(pairs: Sequence[Pair]) -> str:
    """The pairs as CSV."""
    return table_text([field.name for field in fields(Pair)], map(asdict, pairs))


def read_pairs(path: Path) -> list[Pair]:
    """Read what :func:`pairs_text` made."""
    rows: list[dict[str, Any]] = read_table(path)
    return [Pair(**{**row, "difference": float(row["difference"])}) for row in rows]
