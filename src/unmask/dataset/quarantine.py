"""The quarantine: which videos were set aside, where and why; and how well the others served."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path

from unmask.disk.tables import read_table, table_text
from unmask.faces.index import FaceIndex, Quality
from unmask.faces.look import MUCH, Look, middle
from unmask.videos.manifest import Video
from unmask.videos.problems import Problem

LISTED = "manifest"
"""Stage of what never became a video: listed but absent, or present without a label."""


def collect(indexes: Iterable[FaceIndex]) -> list[Problem]:
    """The quarantined among the videos' last records."""
    return [Problem(index.video, index.stage, index.reason) for index in indexes if not index.ok]


def quality_text(indexes: Iterable[FaceIndex]) -> str:
    """A row of quality figures a video, as CSV, sorted by video."""
    columns = ["video", "status", *(field.name for field in fields(Quality))]
    rows = [
        {"video": index.video, "status": index.status, **asdict(index.quality)}
        for index in sorted(indexes, key=lambda index: index.video)
    ]
    return table_text(columns, rows)


def looks_of_datasets(videos: Iterable[Video], quality_csv: Path) -> dict[str, Look]:
    """What the crops of each dataset look like: medians over its videos."""
    datasets = {video.id: video.dataset for video in videos}
    looks: dict[str, list[Look]] = {}
    for row in read_table(quality_csv):
        if row["video"] in datasets:
            values = {name: float(row[name]) if row[name] else None for name in MUCH}
            looks.setdefault(datasets[row["video"]], []).append(Look(**values))
    return {name: middle(looks[name]) for name in sorted(looks)}
