"""What is set aside, and why."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from unmask.disk.tables import read_table, table_text


@dataclass
class Problem:
    """A row of the quarantine: which video, at which stage it was set aside, and why."""

    video: str
    stage: str
    reason: str


def quarantine_text(problems: Iterable[Problem]) -> str:
    """The rows as CSV, sorted by video."""
    rows = sorted(map(vars, problems), key=lambda row: (row["video"], row["stage"]))
    return table_text([field.name for field in fields(Problem)], rows)


def read_quarantine(path: Path) -> list[Problem]:
    """Read a quarantine table."""
    return [Problem(**row) for row in read_table(path)]
