"""The inventory: what the configured datasets hold, from names and label files alone.

It is taken at the start of every run, so that the workflow knows each video before the first job.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from unicodedata import normalize

from unmask.config.datasets import AnyDataset
from unmask.errors import DatasetError
from unmask.videos.ids import slug, unique_ids
from unmask.videos.manifest import Video
from unmask.videos.media_types import is_video
from unmask.videos.problems import Problem
from unmask.videos.readers.listing import Listing
from unmask.videos.readers.read import read_dataset

_UNUSABLE = {"{": "brace", "}": "brace", "\n": "line break", "\r": "line break"}


@dataclass
class Inventory:
    """The videos of all datasets, in the order of the list, and what could not be used."""

    videos: list[Video]
    problems: list[Problem]


def take_inventory(datasets: Sequence[AnyDataset], where: Path) -> Inventory:
    """List the videos of ``datasets``; relative roots are looked up below ``where``.

    Groups that share a subject become one group. Ids are unique over all datasets.

    Raises:
        DatasetError: a dataset is absent, laid out differently, or its labels contradict.
    """
    videos, problems, names, subjects = [], [], [], []
    for dataset in datasets:
        listing = read_dataset(dataset, where)
        root = dataset.root.rstrip("/") or "/"
        _check_root(dataset, where)
        _check_names([root, *(clip.path for clip in listing.clips)])
        if dataset.kind != "demo":
            _set_aside_unusable(listing, where / root, cropped=dataset.cropped)
        for clip in listing.clips:
            # One name, whatever case and accents a disk or a table spells it with.
            group = normalize("NFC", f"{listing.namespace}:{clip.group}").casefold()
            names.append((clip.name, dataset.name, clip.path))
            subjects.append(f"{listing.namespace}:{clip.subject}" if clip.subject else "")
            videos.append(
                Video(
                    "",
                    f"{root}/{clip.path}",
                    clip.label,
                    group,
                    clip.split,
                    clip.method,
                    dataset.name,
                )
            )
        problems += [
            Problem(slug(Path(path).stem), "manifest", f"{dataset.name}: {path}: {reason}")
            for path, reason in listing.problems
        ]
    for video, name in zip(videos, unique_ids(names), strict=True):
        video.video = name
    _check_same_file_twice(videos, where)
    _merge_by_subject(videos, subjects)
    return Inventory(videos, problems)


def _check_root(dataset: AnyDataset, where: Path) -> None:
    """Refuse a root whose videos a run would delete with its own results."""
    root = (where / dataset.root).resolve()
    for name in ("results", "logs"):
        ours = (where / name).resolve()
        if root == where.resolve() or root.is_relative_to(ours) or ours.is_relative_to(root):
            raise DatasetError(
                f"Dataset '{dataset.name}': its root {dataset.root} and the folder {name}/, which "
                "a run writes and clears, must lie apart. Move the videos, for example to "
                f"data/{dataset.name}."
            )


def _set_aside_unusable(listing: Listing, root: Path, *, cropped: bool) -> None:
    """Turn clips that cannot be opened at all into problems."""
    usable = []
    for clip in listing.clips:
        path = root / clip.path
        if not path.exists():
            listing.problems.append((clip.path, "a link to a file that is not there"))
        elif not os.access(path, os.R_OK):
            listing.problems.append((clip.path, "no permission to read the file"))
        elif cropped and is_video(path):
            listing.problems.append((clip.path, "a video; `cropped: true` takes images"))
        else:
            usable.append(clip)
    listing.clips = usable


def _check_same_file_twice(videos: Sequence[Video], where: Path) -> None:
    """The same file under two names would be on two sides of the split.

    Raises:
        DatasetError: names both.
    """
    seen: dict[tuple[int, int], Video] = {}
    for video in videos:
        path = where / video.path
        if not path.exists():
            continue  # a clip of the demo that is yet to be filmed
        stat = path.stat()
        other = seen.setdefault((stat.st_dev, stat.st_ino), video)
        if other is not video:
            raise DatasetError(
                f"{video.path} and {other.path} are the same file. Take one of them out of "
                "`datasets:`, or delete the link."
            )


def _check_names(paths: Iterable[str]) -> None:
    """Refuse what the tables and rules of the workflow cannot hold.

    Raises:
        DatasetError: a line break, or braces, which mark wildcards in rules.
    """
    for path in paths:
        try:
            path.encode()
        except UnicodeEncodeError:
            raise DatasetError(f"{path!a}: rename this file, its name is not UTF-8.") from None
        if bad := next((name for char, name in _UNUSABLE.items() if char in path), None):
            raise DatasetError(
                f"{path!r}: rename this file or folder, it has a {bad} in its name, which the "
                "workflow cannot handle. Letters, digits, spaces and accents are fine."
            )


def _merge_by_subject(videos: Sequence[Video], subjects: Sequence[str]) -> None:
    """Give groups that share a subject, directly or through others, the name of the first."""
    parent: dict[str, str] = {}

    def root(name: str) -> str:
        while parent.setdefault(name, name) != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    for video, subject in zip(videos, subjects, strict=True):
        if subject:
            parent[root(f"subject {subject}")] = root(f"group {video.group}")
    members: dict[str, str] = {}
    for video in videos:
        key = root(f"group {video.group}")
        members[key] = min(members.get(key, video.group), video.group)
    for video in videos:
        video.group = members[root(f"group {video.group}")]
