"""Example crops of videos that were judged correctly, and of those that were not."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from unmask.evaluation.scores import VideoScore
from unmask.evaluation.tables import member, read_rows

SIDE = 192
"""Largest side of an example in pixels."""


@dataclass(frozen=True)
class Example:
    """One picture of the gallery; ``image`` is a data URI, None where the crop cannot be read."""

    video: str
    label: int
    called: int
    p_fake: float
    frame: int
    image: str | None


def examples(
    videos: list[VideoScore], threshold: float, dataset_csv: Path, dataset_dir: Path, count: int
) -> dict[str, list[Example]]:
    """Return up to ``count`` ``misses`` and ``hits``, one crop a video: that in its middle.

    Misses: those furthest on the wrong side of the threshold first. Hits: the clearest real and
    the clearest fake in turn.
    """
    called = {row.video: int(row.p_fake >= threshold) for row in videos}
    ranked = sorted(videos, key=lambda row: (-abs(row.p_fake - threshold), row.video))
    wrong = [row for row in ranked if called[row.video] != row.label]
    right = [[row for row in ranked if called[row.video] == row.label == side] for side in (1, 0)]
    chosen = {"misses": wrong[:count], "hits": _in_turn(*right)[:count]}
    crops = _middle_crops({row.video for rows in chosen.values() for row in rows}, dataset_csv)
    return {
        kind: [
            Example(
                row.video,
                row.label,
                called[row.video],
                row.p_fake,
                crops[row.video][0],
                _data_uri(member(dataset_dir, crops[row.video][1])),
            )
            for row in rows
            if row.video in crops
        ]
        for kind, rows in chosen.items()
    }


def _in_turn(one: list[VideoScore], other: list[VideoScore]) -> list[VideoScore]:
    """The items of both lists by turns; what is left of the longer one follows."""
    both = [row for pair in zip(one, other, strict=False) for row in pair]
    return both + one[len(other) :] + other[len(one) :]


def _middle_crops(videos: set[str], dataset_csv: Path) -> dict[str, tuple[int, str]]:
    """(frame, file) of the middle crop of each video."""
    crops: dict[str, list[tuple[int, str]]] = {}
    for row in read_rows(dataset_csv, ("file", "video", "frame")) if videos else ():
        if row["video"] in videos:
            crops.setdefault(row["video"], []).append((int(row["frame"]), row["file"]))
    return {video: sorted(rows)[len(rows) // 2] for video, rows in crops.items()}


def _data_uri(path: Path) -> str | None:
    """A JPEG of at most ``SIDE`` pixels a side, or None for what is no picture."""
    if not path.is_file():
        return None
    image = (
        cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR) if path.stat().st_size else None
    )
    if image is None:
        return None
    shrink = SIDE / max(image.shape[:2])
    if shrink < 1:
        image = cv2.resize(image, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()
    return "data:image/jpeg;base64," + b64encode(content).decode()
