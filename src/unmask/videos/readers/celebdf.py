"""Celeb-DF v2 (Li et al. 2020): three folders and the authors' list of test videos.

``Celeb-real/id0_0000.mp4``, ``YouTube-real/00000.mp4``, ``Celeb-synthesis/id0_id1_0000.mp4`` (the
face of id1 on the video id0_0000), ``List_of_testing_videos.txt`` with lines such as
``1 YouTube-real/00170.mp4``, in which 1 is *real*.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from unmask.config.datasets import AnyDataset
from unmask.errors import DatasetError
from unmask.labels import FAKE, REAL
from unmask.videos.readers.listing import Clip, Listing, find_media

_FOLDERS = {"Celeb-real": REAL, "YouTube-real": REAL, "Celeb-synthesis": FAKE}
_TEST_LIST = "List_of_testing_videos.txt"


def read(root: Path, settings: AnyDataset) -> Listing:
    """List the three folders. A fake is in the group of the video that it was made from.

    With the authors' list, the groups it names are the test split and the rest is for training,
    so that no original has a fake on the other side.
    """
    if not any((root / folder).is_dir() for folder in _FOLDERS):
        raise DatasetError(
            f"Dataset '{settings.name}': {settings.root} has none of the folders "
            f"{', '.join(_FOLDERS)}."
        )
    listing = Listing(namespace="celebdf")
    for folder, label in _FOLDERS.items():
        found = find_media(root, folder)
        listing.problems += found.problems()
        for path in found.media:
            stem = PurePosixPath(path).stem
            made_from = re.fullmatch(r"(id\d+)_id\d+_(\d+)", stem)
            group = "_".join(made_from.groups()) if made_from else stem
            method = "synthesis" if label == FAKE else ""
            listing.clips.append(
                Clip(path, f"{folder}-{stem}", label, f"{_kind(folder)}{group}", method=method)
            )
    _apply_test_list(root / _TEST_LIST, listing)
    return listing


def _kind(folder: str) -> str:
    return "youtube_" if folder == "YouTube-real" else ""


def _apply_test_list(path: Path, listing: Listing) -> None:
    if not path.is_file():
        return
    named = {line.split()[-1] for line in path.read_text("utf-8").splitlines() if line.strip()}
    tested = {clip.group for clip in listing.clips if clip.path in named}
    present = {clip.path for clip in listing.clips}
    listing.problems += [(p, f"in {_TEST_LIST} but not there") for p in sorted(named - present)]
    for clip in listing.clips if tested else ():
        clip.split = "test" if clip.group in tested else "train"
