"""FaceForensics++ (Rossler et al. 2019) as its download script lays it out.

``original_sequences/{youtube,actors}/<compression>/videos/004.mp4`` and
``manipulated_sequences/<method>/<compression>/videos/004_982.mp4``: the face of 982 on 004.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from unmask.config.datasets import AnyDataset
from unmask.errors import DatasetError
from unmask.labels import FAKE, REAL
from unmask.videos.readers.listing import Clip, Listing, find_media

_FOLDERS = {"original_sequences": REAL, "manipulated_sequences": FAKE}


def read(root: Path, settings: AnyDataset) -> Listing:
    """List the videos of every method and, unless one is chosen, every compression level.

    Both videos behind a fake are in its group, as in the authors' own split. A compression level
    is never a reason to be in another group.
    """
    if not any((root / folder).is_dir() for folder in _FOLDERS):
        raise DatasetError(
            f"Dataset '{settings.name}': {settings.root} has neither original_sequences/ nor "
            "manipulated_sequences/. Set `root:` to the folder that the download script filled."
        )
    listing = Listing(namespace="faceforensics")
    partner: dict[str, str] = {}
    for folder, label in _FOLDERS.items():
        found = find_media(root, folder)
        listing.problems += found.problems()
        for path in found.media:
            parts = PurePosixPath(path).parts
            if len(parts) != 5 or parts[3] != "videos":
                listing.problems.append((path, "not in <method>/<compression>/videos"))
                continue
            method, compression, stem = parts[1], parts[2], PurePosixPath(path).stem
            if settings.compression in (None, compression):
                group = _target(stem, label, partner)
                name = f"{method}-{compression}-{stem}"
                listing.clips.append(
                    Clip(path, name, label, group, method=method if label == FAKE else "")
                )
    for clip in listing.clips:
        clip.group = min(clip.group, partner.get(clip.group, clip.group))
    return listing


def _target(stem: str, label: int, partner: dict[str, str]) -> str:
    """The original that the clip shows. Notes the pair that a YouTube swap ties together."""
    if label == REAL:
        return stem
    if pair := re.fullmatch(r"(\d{3})_(\d{3})", stem):
        # The authors swap in both directions, so a video has one partner.
        first, second = pair.groups()
        partner[first], partner[second] = second, first
        return first
    if actors := re.fullmatch(r"(\d+)_\d+__(.+)__[A-Z0-9]+", stem):
        return f"{actors.group(1)}__{actors.group(2)}"
    return stem
