"""The quarantine: which videos were set aside, where and why; and how well the others served."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, fields

from unmask.errors import DatasetError
from unmask.faces.index import FaceIndex, Quality
from unmask.tables import table_text
from unmask.videos.manifest import Video
from unmask.videos.problems import Problem
from unmask.videos.split import missing_classes

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


def accept(videos: Sequence[Video], problems: Sequence[Problem], *, max_bad_fraction: float) -> str:
    """Decide whether training may start on what is left. Returns a line that says so.

    Raises:
        DatasetError: more videos are quarantined than ``max_bad_fraction`` allows, or training
            or validation lacks a class.
    """
    bad = {problem.video: problem for problem in problems if problem.stage != LISTED}
    fraction = len(bad) / len(videos)
    if fraction > max_bad_fraction:
        first = "".join(
            f"\n  {problem.video} ({problem.stage}): {problem.reason}"
            for problem in list(bad.values())[:5]
        )
        hint = "Mend or remove them, or go on without them."
        if len(bad) == len(videos):
            hint = (
                "If there are faces in them, lower detect.min_face or crop.min_confidence, or "
                "try another detect.detector."
            )
        needed = -(-len(bad) * 100 // len(videos)) / 100
        raise DatasetError(
            f"{len(bad)} of {len(videos)} videos ({fraction:.0%}) cannot be used, and "
            f"data.max_bad_fraction allows {max_bad_fraction:.0%}.{first}\n"
            f"All are in results/quarantine.csv. {hint} "
            f"Write:\n  data:\n    max_bad_fraction: {needed:g}"
        )
    usable = [video for video in videos if video.video not in bad]
    groups = len({video.group for video in usable})
    lacking = [text for text in missing_classes(usable) if not text.startswith("test")]
    if lacking:
        raise DatasetError(
            f"Training cannot start: {'; '.join(lacking)}. The {len(usable)} usable videos are in "
            f"{groups} groups; three or more are needed, with both real and fake videos in each "
            "split. Add videos, or give train and val larger shares. Write:\n"
            "  split:\n    train: 0.5\n    val: 0.25\n    test: 0.25"
        )
    return f"{len(usable)} of {len(videos)} videos can be used, {len(bad)} are quarantined."
