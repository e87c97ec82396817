"""The table of docs/reliability.md."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs/reliability.md"
BEGIN, END = "<!-- odd clips -->", "<!-- end of odd clips -->"
HEAD = (
    "| kind | clips | frames compared | only what is needed | largest difference | mean |\n"
    "| --- | --- | --- | --- | --- | --- |\n"
)


@dataclass
class Row:
    """What came out for a clip: its worst and its mean frame, each a mean over the pixels."""

    kind: str
    frames: int
    worst: float
    mean: float
    sparing: bool


def write(rows: Sequence[Row]) -> None:
    """Write the table into the page, a line a kind."""
    kinds = dict.fromkeys(row.kind for row in rows)
    lines = [_line(kind, [row for row in rows if row.kind == kind]) for kind in kinds]
    table = HEAD + "".join([*lines, _line("all", rows)])
    page = PAGE.read_text("utf-8")
    new, count = re.subn(f"(?s){BEGIN}.*{END}", lambda _: f"{BEGIN}\n{table}{END}", page)
    if count != 1:
        raise ValueError(f"{PAGE} has no place for the table: {BEGIN} and {END}")
    PAGE.write_text(new, "utf-8")


def _line(kind: str, rows: Sequence[Row]) -> str:
    frames = sum(row.frames for row in rows)
    mean = sum(row.frames * row.mean for row in rows) / frames
    worst = max(row.worst for row in rows)
    sparing = sum(row.sparing for row in rows)
    cells = (kind, len(rows), frames, sparing, f"{worst:.2f}", f"{mean:.2f}")
    return f"| {' | '.join(map(str, cells))} |\n"
