"""The dataset folders: every usable crop under its split and class, and a table of them all."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from unmask.disk.files import fresh_directory
from unmask.errors import DatasetError
from unmask.faces.index import FaceIndex
from unmask.labels import CLASS_NAMES, SPLITS
from unmask.videos.manifest import Video
from unmask.videos.split import assert_no_leak

COLUMNS = (
    "file",
    "video",
    "frame",
    "time_s",
    "track",
    "label",
    "group",
    "split",
    "method",
    "dataset",
    "landmarks",
    "sharpness",
)


def build_dataset(
    videos: Iterable[Video],
    indexes: Mapping[str, FaceIndex],
    crops: Mapping[str, Path],
    out_dir: Path,
) -> list[dict[str, Any]]:
    """Fill ``out_dir/{train,val,test}/{real,fake}/`` and return the rows of ``dataset.csv``.

    ``crops`` says in which folder the crops of each video are. Files are hard links where the
    file system allows, else copies. Quarantined videos are left out.

    Raises:
        DatasetError: a group would be on two sides of the split.
    """
    rows = [
        row
        for video in sorted(videos, key=lambda video: video.id)
        if indexes[video.id].ok
        for row in _rows(video, indexes[video.id], crops[video.id])
    ]
    assert_no_leak((row["group"], row["split"]) for row in rows)
    with fresh_directory(out_dir) as folder:
        for split in SPLITS:
            for name in CLASS_NAMES:
                (folder / split / name).mkdir(parents=True)
        for row in rows:
            _link(row.pop("source"), folder / row["file"])
    return rows


def _rows(video: Video, index: FaceIndex, folder: Path) -> list[dict[str, Any]]:
    return [
        {
            "file": f"{video.split}/{CLASS_NAMES[video.label]}/{video.id}_{crop.file}",
            "video": video.id,
            "frame": crop.frame,
            "time_s": crop.time_s,
            "track": crop.track,
            "label": video.label,
            "group": video.group,
            "split": video.split,
            "method": video.method,
            "dataset": video.dataset,
            "landmarks": " ".join(f"{value:g}" for mark in crop.landmarks or () for value in mark),
            "sharpness": crop.sharpness,
            "source": folder / crop.file,
        }
        for crop in index.faces
    ]


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        if not source.is_file():
            raise DatasetError(
                f"{source} is gone. Make the crops of its video again: delete the folder "
                f"{source.parent} and run again."
            ) from None
        shutil.copyfile(source, target)
