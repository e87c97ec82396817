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


def manifest_text(videos: Iterable[Video]) -> str:
    """The rows as CSV."""
    return table_text([field.name for field in fields(Video)], map(vars, videos))


def read_manifest(path: Path) -> list[Video]:
    """Read a manifest."""
    return [Video(**{**row, "label": int(row["label"])}) for row in read_table(path)]
