"""What every reader returns, and the checks that all of them share."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from unmask.errors import DatasetError
from unmask.labels import FAKE, REAL
from unmask.media_types import IMAGE_SUFFIXES, VIDEO_SUFFIXES

_LABELS = {"real": REAL, "0": REAL, "fake": FAKE, "1": FAKE}
_SPLITS = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}


@dataclass
class Clip:
    """A labeled video or image, as its dataset describes it.

    ``path`` is relative to the dataset's root, with forward slashes. ``name`` is what its authors
    call it and the base of its id. ``group`` names what it was made from; ``subject`` the person,
    where the dataset says; ``split`` is the dataset's own, or empty.
    """

    path: str
    name: str
    label: int
    group: str
    split: str = ""
    method: str = ""
    subject: str = ""


@dataclass
class Listing:
    """The clips of a dataset, and what was listed or found but cannot be used: (path, reason).

    ``namespace`` prefixes groups: datasets with the same one share their originals.
    """

    namespace: str
    clips: list[Clip] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)


def find_media(root: Path, folder: str = ".") -> list[str]:
    """Paths of all videos and images below ``root/folder``, relative to root, sorted.

    Hidden files and folders are passed over; links to folders are followed.
    """
    suffixes = VIDEO_SUFFIXES | IMAGE_SUFFIXES
    found = []
    for where, folders, files in os.walk(root / folder, followlinks=True):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in files:
            if name.startswith(".") or PurePosixPath(name).suffix.lower() not in suffixes:
                continue
            found.append((Path(where) / name).relative_to(root).as_posix())
    return sorted(found)


def inside(path: str, *, source: str) -> str:
    """``path`` in its normal form, if it stays inside the dataset's folder.

    Raises:
        DatasetError: an absolute path, or one that climbs out with ``..``.
    """
    pure = PurePosixPath(path.strip().replace("\\", "/"))
    absolute = pure.is_absolute() or (pure.parts and pure.parts[0].endswith(":"))
    if absolute or ".." in pure.parts or not pure.parts:
        raise DatasetError(
            f"{source}: the path {path!r} leads out of the dataset's folder. Write paths relative "
            "to that folder, without '..'."
        )
    return str(pure)


def parse_label(text: str, *, source: str) -> int:
    """0 for real, 1 for fake.

    Raises:
        DatasetError: neither.
    """
    label = _LABELS.get(text.strip().lower())
    if label is None:
        raise DatasetError(
            f"{source}: the label {text!r} is not known. Write real or 0, fake or 1."
        )
    return label


def parse_split(text: str, *, source: str) -> str:
    """The split's name in our spelling; an empty text stays empty.

    Raises:
        DatasetError: not the name of a split.
    """
    if not text.strip():
        return ""
    split = _SPLITS.get(text.strip().lower())
    if split is None:
        raise DatasetError(
            f"{source}: the split {text!r} is not known. Write train, val or test, or leave it out."
        )
    return split
