"""Sums up ``quality.csv``: what the crops of real and of fake videos are like."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from unmask.disk.tables import errors_at_line, read_rows
from unmask.faces.look import MUCH, Look, middle
from unmask.labels import CLASS_NAMES
from unmask.videos.manifest import Video

COLUMNS = ("video", "frames_sampled", "frames_with_face", "median_face_px", "median_confidence")


class _Served(NamedTuple):
    """How one video served."""

    video: Video
    sampled: int
    with_face: int
    face_px: float
    confidence: float
    look: Look


def quality_rows(path: Path, manifest: Mapping[str, Video]) -> list[dict[str, Any]]:
    """Return a row for real videos, one for fake ones, one for all, and one for each of several
    datasets.

    ``share`` is that of the sampled frames in which a face was found; ``face_px``, ``confidence``
    and what is in :class:`unmask.faces.look.Look` are medians over the videos with a face, None
    where there is none.
    """
    videos = []
    for place, row in enumerate(read_rows(path, (*COLUMNS, *MUCH)), start=2):
        if row["video"] in manifest:
            with errors_at_line(path, place):
                videos.append(
                    _Served(
                        manifest[row["video"]],
                        int(row["frames_sampled"]),
                        int(row["frames_with_face"]),
                        float(row["median_face_px"]),
                        float(row["median_confidence"]),
                        Look(**{name: float(row[name]) if row[name] else None for name in MUCH}),
                    )
                )
    rows = [
        _row(name, [served for served in videos if served.video.label == label])
        for label, name in enumerate(CLASS_NAMES)
    ]
    datasets = sorted({served.video.dataset for served in videos})
    return [
        *rows,
        _row("all", videos),
        *(
            _row(name, [served for served in videos if served.video.dataset == name])
            for name in datasets
            if len(datasets) > 1
        ),
    ]


def _row(name: str, videos: list[_Served]) -> dict[str, Any]:
    sampled = sum(served.sampled for served in videos)
    seen = [served for served in videos if served.with_face]
    return {
        "name": name,
        "videos": len(videos),
        "sampled": sampled,
        "share": sum(served.with_face for served in videos) / sampled if sampled else None,
        "face_px": median(served.face_px for served in seen) if seen else None,
        "confidence": median(served.confidence for served in seen) if seen else None,
        **vars(middle(served.look for served in seen)),
    }
