"""The inventory: what the configured datasets hold, from names and label files alone.

It is taken at the start of every run, so that the workflow knows each video before the first job.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from unmask.config.datasets import AnyDataset
from unmask.errors import DatasetError
from unmask.labels import FAKE
from unmask.tables import read_table
from unmask.videos.groups import Groups, rename_groups
from unmask.videos.ids import slug, unique_ids
from unmask.videos.manifest import Candidate
from unmask.videos.media_types import is_video
from unmask.videos.pairs import group_by_name, plain
from unmask.videos.problems import Problem
from unmask.videos.readers.listing import Listing
from unmask.videos.readers.read import read_dataset
from unmask.videos.readers.use import apply_use

_UNUSABLE = {"{": "brace", "}": "brace", "\n": "line break", "\r": "line break"}


@dataclass
class Inventory:
    """The videos of all datasets, in the order of the list, and what could not be used.

    ``notes`` are sentences for the plan, each of a dataset. ``unnamed`` are datasets in which only
    names tell what a fake was made from.
    """

    videos: list[Candidate]
    problems: list[Problem]
    notes: list[str] = field(default_factory=list)
    unnamed: set[str] = field(default_factory=set)


def take_inventory(
    datasets: Sequence[AnyDataset],
    where: Path,
    *,
    pair_by: str = "name",
    people: str = "separate",
    together: str | None = None,
) -> Inventory:
    """List the videos of ``datasets``; relative roots are looked up below ``where``.

    Groups that a video or a person ties together become one. Ids are unique over all datasets.

    Args:
        datasets: their settings.
        where: the folder in which the workflow runs.
        pair_by: what a name says of the group (:mod:`unmask.videos.pairs`).
        people: ``shared``, if one name of a subject is one person in all datasets.
        together: a CSV of pairs of ids that are one group each, seen from ``where``.

    Raises:
        DatasetError: a dataset is absent, laid out differently, or its labels contradict.
    """
    inventory, names = Inventory([], []), []
    groups, donors = Groups(), []
    subjects: dict[str, dict[str, str]] = defaultdict(dict)
    for dataset in datasets:
        listing = read_dataset(dataset, where)
        root = dataset.root.rstrip("/") or "/"
        _check_root(dataset, where)
        _check_names([root, *(clip.path for clip in listing.clips)])
        if dataset.kind != "demo":
            _set_aside_unusable(listing, where / root, cropped=dataset.cropped)
        if not all(clip.group for clip in listing.clips):
            inventory.unnamed.add(dataset.name)
        listing.notes += group_by_name(listing.clips, pair_by)
        apply_use(listing, dataset)
        for clip in listing.clips:
            group, *ties = (_name(listing, name) for name in (clip.group, *clip.ties))
            space = listing.namespace if people == "separate" else ""
            if clip.subject:
                ties.append(_person(space, clip.subject))
                subjects[plain(clip.subject)].setdefault(listing.namespace, dataset.name)
            groups.join([group, *ties])
            donors.append(_person(space, clip.donor) if clip.donor else "")
            names.append((clip.name, dataset.name, clip.path))
            inventory.videos.append(
                Candidate(
                    "",
                    f"{root}/{clip.path}",
                    clip.label,
                    group,
                    clip.split,
                    clip.method,
                    dataset.name,
                    only="test" if clip.label == FAKE and clip.method in dataset.hold_out else "",
                    left_out=clip.left_out,
                )
            )
        inventory.problems += [
            Problem(slug(Path(path).stem), "manifest", f"{dataset.name}: {path}: {reason}")
            for path, reason in listing.problems
        ]
        inventory.notes += [f"{dataset.name}: {note}" for note in listing.notes]
    for video, name in zip(inventory.videos, unique_ids(names), strict=True):
        video.id = name
    _name_groups(inventory.videos, donors, groups)
    if together:
        inventory.notes += _put_together(inventory.videos, where / together)
    if people == "separate":
        inventory.notes += _namesakes(subjects)
    return inventory


def _name(listing: Listing, group: str) -> str:
    """A group's name over all datasets, whatever case and accents it is spelled with."""
    return plain(f"{listing.namespace}:{group}")


def _person(namespace: str, name: str) -> str:
    # No group is called so, theirs begin with the name of a dataset or kind; and in the alphabet
    # it comes after them.
    return f"~person {plain(f'{namespace}:{name}')}"


def _name_groups(videos: Sequence[Candidate], donors: Sequence[str], groups: Groups) -> None:
    """Give all videos that belong together the name of their first group."""
    first = groups.canonical([*(video.group for video in videos), *filter(None, donors)])
    for video, donor in zip(videos, donors, strict=True):
        video.group = first[video.group]
        video.donor = first[donor] if donor else ""


def _put_together(videos: Sequence[Candidate], path: Path) -> list[str]:
    """Join the groups of the pairs in a table. Returns a note, if it names videos not there."""
    try:
        rows = read_table(path)
    except (OSError, ValueError) as error:
        raise DatasetError(f"split.together: {path} cannot be read: {error}") from None
    if rows and not {"video", "other"} <= set(rows[0]):
        raise DatasetError(f"split.together: {path} must have the columns video,other.")
    by_id = {video.id: video for video in videos}
    pairs = [(by_id.get(row["video"]), by_id.get(row["other"])) for row in rows]
    known = [(one.group, two.group) for one, two in pairs if one and two]
    rename_groups(videos, known)
    if len(known) == len(rows):
        return []
    absent = len(rows) - len(known)
    return [f"{path.name} (split.together): {absent} of {len(rows)} pairs name a video not here."]


def _namesakes(subjects: dict[str, dict[str, str]]) -> list[str]:
    found = {name: list(known.values()) for name, known in subjects.items() if len(known) > 1}
    if not found:
        return []
    name, known = next(iter(found.items()))
    return [
        f"{len(found)} names of subjects are in several datasets, such as {name!r} in "
        f"{' and '.join(known)}. They are taken for different people. If they are the same, "
        "write:\n  split:\n    people: shared"
    ]


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
