"""Sums up ``quality.csv``: what the crops of real and of fake videos are like."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import median
from typing import Any

from unmask.tables import line, read_rows
from unmask.videos.manifest import Video

COLUMNS = ("video", "frames_sampled", "frames_with_face", "median_face_px", "median_confidence")


def quality_rows(path: Path, manifest: Mapping[str, Video]) -> list[dict[str, Any]]:
    """Return a row for real videos, one for fake ones and one for all.

    ``share`` is that of the sampled frames in which a face was found; ``face_px`` and
    ``confidence`` are medians over the videos with a face, None where there is none.
    """
    videos: list[tuple[int, int, int, float, float]] = []
    for place, row in enumerate(read_rows(path, COLUMNS), start=2):
        if row["video"] in manifest:
            with line(path, place):
                videos.append(
                    (
                        manifest[row["video"]].label,
                        int(row["frames_sampled"]),
                        int(row["frames_with_face"]),
                        float(row["median_face_px"]),
                        float(row["median_confidence"]),
                    )
                )
    kinds = {"real": (0,), "fake": (1,), "all": (0, 1)}
    return [
        _row(name, [row for row in videos if row[0] in labels]) for name, labels in kinds.items()
    ]


def _row(name: str, videos: list[tuple[int, int, int, float, float]]) -> dict[str, Any]:
    sampled = sum(row[1] for row in videos)
    with_face = [row for row in videos if row[2]]
    return {
        "name": name,
        "videos": len(videos),
        "sampled": sampled,
        "share": sum(row[2] for row in videos) / sampled if sampled else None,
        "face_px": median(row[3] for row in with_face) if with_face else None,
        "confidence": median(row[4] for row in with_face) if with_face else None,
    }
