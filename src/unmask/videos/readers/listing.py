"""What every reader returns, and the checks that all of them share."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from unmask.errors import DatasetError
from unmask.labels import FAKE, REAL
from unmask.videos.media_types import IMAGE_SUFFIXES, VIDEO_SUFFIXES

_LABELS = {"real": REAL, "0": REAL, "fake": FAKE, "1": FAKE}
NOT_MEDIA = "neither a video nor an image by its ending"
_SIDECARS = {".csv", ".dvc", ".html", ".ini", ".json", ".log", ".md", ".py", ".srt", ".tsv"} | {
    *(".txt", ".xls", ".xlsx", ".xml", ".yaml", ".yml")
}
"""Endings of files that go with a dataset and are no clips of it."""
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


@dataclass
class Found:
    """Files below a folder, relative to the dataset's root, sorted: media, and those of no use."""

    media: list[str]
    others: list[str]

    def problems(self) -> list[tuple[str, str]]:
        """The files of no use, each with the reason."""
        return [(path, NOT_MEDIA) for path in self.others]


def find_media(root: Path, folder: str = ".") -> Found:
    """Look through ``root/folder``, if it is there, and all folders in it.

    Hidden files and folders are passed over, and files that go with a dataset, such as tables and
    texts. Links to folders are followed, each folder once.

    Raises:
        DatasetError: a folder cannot be read.
    """
    media, others, seen = [], [], set()
    for where, folders, files in os.walk(root / folder, onerror=_unreadable, followlinks=True):
        folders[:] = [
            name
            for name in sorted(folders)
            if not name.startswith(".") and _first_time(Path(where, name), seen)
        ]
        for name in files:
            suffix = PurePosixPath(name).suffix.lower()
            if name.startswith(".") or suffix in _SIDECARS:
                continue
            path = (Path(where) / name).relative_to(root).as_posix()
            (media if suffix in VIDEO_SUFFIXES | IMAGE_SUFFIXES else others).append(path)
    return Found(sorted(media), sorted(others))


def _first_time(folder: Path, seen: set[str]) -> bool:
    real = os.path.realpath(folder)
    # A link to a folder above would lead around in a circle.
    new = real not in seen and not os.path.realpath(folder.parent).startswith(real + os.sep)
    seen.add(real)
    return new and real != os.path.realpath(folder.parent)


def _unreadable(error: OSError) -> None:
    if isinstance(error, FileNotFoundError):
        return
    raise DatasetError(f"The folder {error.filename} cannot be read: {error.strerror}.")


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
