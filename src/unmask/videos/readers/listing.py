"""What every reader returns, and the checks that all of them share."""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from unmask.config.datasets import CelebDf, FaceForensics
from unmask.disk.foreign import shown_value
from unmask.errors import DatasetError
from unmask.labels import FAKE, REAL
from unmask.videos.media_types import IMAGE_SUFFIXES, VIDEO_SUFFIXES

_LABELS = {"real": REAL, "0": REAL, "0.0": REAL, "fake": FAKE, "1": FAKE, "1.0": FAKE}
NOT_MEDIA = "neither a video nor an image by its ending"
_SIDECARS = {".csv", ".dvc", ".html", ".ini", ".json", ".log", ".md", ".npy", ".py", ".srt"} | {
    *(".tsv", ".txt", ".xls", ".xlsx", ".xml", ".yaml", ".yml")
}
"""Endings of files that go with a dataset and are no clips of it."""
_SPLITS = {"train": "train", "val": "val", "valid": "val", "validation": "val", "test": "test"}


@dataclass
class Clip:
    """A labeled video or image, as its dataset describes it.

    ``path`` is relative to the dataset's root, with forward slashes. ``name`` is what its authors
    call it and the base of its id. ``group`` names what it was made from; empty, where only its
    own name can tell (:mod:`unmask.videos.pairs`). ``ties`` are further groups that it belongs to.
    ``subject`` is the person that was filmed, ``donor`` the person whose face was put in, where
    the dataset says. ``split`` is the dataset's own, or empty. ``folders`` lie between the folder
    of its class and the file, in datasets that are laid out so. ``left_out`` says why it is not to
    be used, if it is not. ``images`` are the files of a video that is face crops already, in the
    order of its frames; of all others there is none, and ``path`` is the file. ``columns`` are the
    values that a table has of it.
    """

    path: str
    name: str
    label: int
    group: str = ""
    split: str = ""
    method: str = ""
    subject: str = ""
    donor: str = ""
    ties: tuple[str, ...] = ()
    folders: tuple[str, ...] | None = None
    left_out: str = ""
    images: tuple[str, ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Listing:
    """The clips of a dataset, and what was listed or found but cannot be used: (path, reason).

    ``namespace`` prefixes groups: datasets with the same one share their originals. ``notes`` are
    sentences for the plan: how labels, groups or the split were understood, where it is in doubt.
    """

    namespace: str
    clips: list[Clip] = field(default_factory=list)
    problems: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


@dataclass
class Found:
    """Files below a folder, relative to the dataset's root, sorted.

    ``media`` are videos and images, ``beside`` what goes with a dataset, such as tables and texts,
    ``others`` those of no use.
    """

    media: list[str]
    beside: list[str]
    others: list[str]

    def problems(self) -> list[tuple[str, str]]:
        """The files of no use, each with the reason."""
        return [(path, NOT_MEDIA) for path in self.others]


def find_media(root: Path, folder: str = ".") -> Found:
    """Look through ``root/folder``, if it is there, and all folders in it.

    Hidden files and folders are passed over. Links to folders are followed, each folder once.

    Raises:
        DatasetError: a folder cannot be read.
    """
    seen: set[str]
    found, seen = Found([], [], []), set()
    for where, folders, files in os.walk(root / folder, onerror=_unreadable, followlinks=True):
        folders[:] = [
            name
            for name in sorted(folders)
            if not name.startswith(".") and _first_time(Path(where, name), seen)
        ]
        for name in files:
            if not name.startswith("."):
                path = (Path(where) / name).relative_to(root).as_posix()
                _kind(PurePosixPath(name).suffix.lower(), found).append(path)
    return Found(sorted(found.media), sorted(found.beside), sorted(found.others))


def by_folder(paths: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Images by the folder that they are in, in the order of the last number in their names.

    Folders in a folder ``masks`` are passed over: DeepfakeBench keeps there what was changed.
    """
    folders: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        folder = PurePosixPath(path).parent
        if folder.parent.name != "masks":
            folders[str(folder)].append(path)
    return {folder: tuple(sorted(files, key=_place)) for folder, files in folders.items()}


def _place(path: str) -> tuple[int, str]:
    numbers = re.findall(r"\d+", PurePosixPath(path).stem)
    return int(numbers[-1]) if numbers else -1, path


def _kind(suffix: str, found: Found) -> list[str]:
    if suffix in _SIDECARS:
        return found.beside
    return found.media if suffix in VIDEO_SUFFIXES | IMAGE_SUFFIXES else found.others


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


def official_split(
    listing: Listing, settings: CelebDf | FaceForensics, apply: Callable[[], str]
) -> bool:
    """Put the authors' split in force where the setting ``splits`` wants it.

    ``apply`` does it and returns why it cannot; an empty text, if it could. Returns whether the
    split is in force. A note says so if it is not, unless ``splits: ours`` chose that.

    Raises:
        DatasetError: ``splits: official``, and it cannot be.
    """
    if settings.splits == "ours":
        return False
    why = apply()
    if why and settings.splits == "official":
        raise DatasetError(
            f"Dataset '{settings.name}': the authors' split cannot be used: {why}. Put their list "
            "into the folder, or deal the videos out anew. Write:\n    splits: ours"
        )
    if why:
        listing.notes.append(f"the authors' split is not in force: {why}. Groups are dealt out.")
    return not why


def inside(path: str, *, source: str) -> str:
    """``path`` in its normal form, if it stays inside the dataset's folder.

    Raises:
        DatasetError: an absolute path, or one that climbs out with ``..``.
    """
    given = path.strip().replace("\\", "/")
    parts = [part for part in given.split("/") if part not in ("", ".")]
    if not parts or given.startswith("/") or parts[0].endswith(":") or ".." in parts:
        raise DatasetError(
            f"{source}: the path {shown_value(path)} leads out of the dataset's folder. Write "
            "paths relative to that folder, without '..', or absolute ones that lie in it."
        )
    return "/".join(parts)


def parse_label(text: str, *, source: str) -> int:
    """0 for real, 1 for fake.

    Raises:
        DatasetError: neither.
    """
    label = _LABELS.get(text.strip().lower())
    if label is None:
        doubt = ""
        if text.strip().lower() in ("true", "false", "yes", "no"):
            doubt = " (a real video or a fake one?)"
        raise DatasetError(
            f"{source}: the label {shown_value(text)}{doubt} is not known. Write real or 0, fake "
            "or 1."
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
            f"{source}: the split {shown_value(text)} is not known. Write train, val or test, or "
            "leave it out."
        )
    return split
