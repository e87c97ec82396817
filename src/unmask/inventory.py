"""The inventory: what the configured datasets hold, from names and label files alone.

It is taken at the start of every run, so that the workflow knows each video before the first job.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from unmask.config.datasets import AnyDataset
from unmask.datasets import read_dataset
from unmask.errors import DatasetError
from unmask.ids import slug, unique_ids
from unmask.manifest import Problem, Video

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
        root = dataset.root.rstrip("/")
        _check_names([root, *(clip.path for clip in listing.clips)])
        for clip in listing.clips:
            group = f"{listing.namespace}:{clip.group}"
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
    _merge_by_subject(videos, subjects)
    return Inventory(videos, problems)


def _check_names(paths: Iterable[str]) -> None:
    """Refuse what the tables and rules of the workflow cannot hold.

    Raises:
        DatasetError: a line break, or braces, which mark wildcards in rules.
    """
    for path in paths:
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
