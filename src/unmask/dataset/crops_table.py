"""The crops of each test video, by frame."""

from __future__ import annotations

from collections.abc import Container
from pathlib import Path
from typing import NamedTuple

from unmask.disk.tables import read_rows


class CropFile(NamedTuple):
    """One crop: its frame, when it was, and its file in the dataset's folder."""

    frame: int
    time_s: float
    file: str


def crops_of(videos: Container[str], dataset_csv: Path) -> dict[str, list[CropFile]]:
    """The crops of these videos in order of their frames."""
    crops: dict[str, list[CropFile]] = {}
    for row in read_rows(dataset_csv, ("file", "video", "frame", "time_s")):
        if row["video"] in videos:
            crop = CropFile(int(row["frame"]), float(row["time_s"]), row["file"])
            crops.setdefault(row["video"], []).append(crop)
    return {video: sorted(rows) for video, rows in crops.items()}
