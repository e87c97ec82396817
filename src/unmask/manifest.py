"""The manifest: one row a video, over all datasets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from pathlib import Path

from unmask.tables import read_table, table_text


@dataclass
class Video:
    """One row of the manifest. ``label`` is 1 for fake and 0 for real.

    ``path`` is where the video lies, seen from where the workflow runs. ``group`` holds all that
    must stay on one side of the split. ``split`` is train, val or test; before the groups are
    dealt out it is the dataset's own split, or empty.
    """

    video: str
    path: str
    label: int
    group: str
    split: str
    method: str
    dataset: str


@dataclass
class Problem:
    """A row of the quarantine: which video, at which stage it was set aside, and why."""

    video: str
    stage: str
    reason: str


def manifest_text(videos: Iterable[Video]) -> str:
    """The rows as CSV."""
    return table_text([field.name for field in fields(Video)], map(vars, videos))


def read_manifest(path: Path) -> list[Video]:
    """Read a manifest."""
    return [Video(**{**row, "label": int(row["label"])}) for row in read_table(path)]


def quarantine_text(problems: Iterable[Problem]) -> str:
    """The rows as CSV, sorted by video."""
    rows = sorted(map(vars, problems), key=lambda row: (row["video"], row["stage"]))
    return table_text([field.name for field in fields(Problem)], rows)


def read_quarantine(path: Path) -> list[Problem]:
    """Read a quarantine table."""
    return [Problem(**row) for row in read_table(path)]
