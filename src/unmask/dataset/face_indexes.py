"""Gathers the face indexes of all videos, wherever their crops were made."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from unmask.disk.files import write_text
from unmask.faces.index import FaceIndex
from unmask.videos.manifest import Video


def load_face_indexes(
    videos: Iterable[Video], faces_dir: Path, cropped: Iterable[Path] = ()
) -> tuple[dict[str, FaceIndex], dict[str, Path]]:
    """The index and the folder of crops of every video of the manifest.

    ``cropped`` names the index files of datasets that were crops already; their crops lie in the
    folder of the same name without the ending.
    """
    videos = list(videos)
    names = {video.id for video in videos}
    indexes, folders = {}, {}
    for path in cropped:
        for index in load_indexes(path):
            if index.video in names:
                indexes[index.video] = index
                folders[index.video] = path.with_suffix("") / index.video
    for video in videos:
        if video.id not in indexes:
            indexes[video.id] = FaceIndex.load(faces_dir / f"{video.id}.json")
            folders[video.id] = faces_dir / video.id
    return indexes, folders


def save_indexes(path: Path, indexes: Iterable[FaceIndex]) -> None:
    """Write many indexes into one file, a line each."""
    write_text(path, "".join(json.dumps(asdict(index)) + "\n" for index in indexes))


def load_indexes(path: Path) -> list[FaceIndex]:
    """Read what :func:`save_indexes` wrote."""
    lines = Path(path).read_text("utf-8").splitlines()
    return [FaceIndex.from_dict(json.loads(line)) for line in lines]
