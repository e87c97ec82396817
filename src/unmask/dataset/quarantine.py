"""The quarantine: which videos were set aside, where and why; and how well the others served."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields

from unmask.faces.index import FaceIndex, Quality
from unmask.tables import table_text
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
