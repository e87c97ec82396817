"""What was checked against leaks, and what was found: for the section on the data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from unmask.dataset.duplicates import LIMIT, read_pairs
from unmask.disk.tables import read_table
from unmask.videos.left_out import left_out_lines
from unmask.videos.manifest import read_left_out

MAX_PAIRS = 50
"""Rows of the table of pairs; the rest is in its file."""


def leak_warnings(duplicates_csv: Path) -> list[str]:
    """A reason for doubt, if videos on different sides look alike."""
    count = len(read_pairs(duplicates_csv))
    if not count:
        return []
    named = "1 pair of videos looks" if count == 1 else f"{count} pairs of videos look"
    return [
        f"{named} alike on different sides of the split, so the test may be easier than it ought "
        "to be. The section on the data names them."
    ]


def leaks(left_out_csv: Path, notes_csv: Path, duplicates_csv: Path) -> dict[str, Any]:
    """Pairs of videos that look alike on different sides, notes of the plan, videos left out."""
    pairs = read_pairs(duplicates_csv)
    return {
        "pairs": pairs[:MAX_PAIRS],
        "total": len(pairs),
        "limit": LIMIT,
        "notes": [row["note"] for row in read_table(notes_csv)],
        "left_out": left_out_lines(read_left_out(left_out_csv)),
    }
