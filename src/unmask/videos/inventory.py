"""The inventory: what the configured datasets hold, from names and label files alone.

It is taken at the start of every run, so that the workflow knows each video before the first job.
"""

from __future__ import annotations

import os
import stat
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from unmask.config.datasets import AnyDataset
from unmask.disk.files import digest
from unmask.disk.foreign import NOT_A_FILE, shown
from unmask.disk.tables import read_rows
from unmask.errors import DatasetError
from unmask.labels import FAKE
from unmask.videos.groups import Groups, rename_groups
from unmask.videos.ids import slug, unique_ids
from unmask.videos.manifest import Candidate
from unmask.videos.media_types import is_video, name_parts
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
    names tell what a fake was made from. ``images`` are the files of each video that is several
    images, by its path; ``columns`` the values that a table has of it.
    """

    videos: list[Candidate]
    problems: list[Problem]
    notes: list[str] = field(default_factory=list)
    unnamed: set[str] = field(default_factory=set)
    images: dict[str, list[str]] = field(default_factory=dict)
    columns: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def files(self, path: str) -> list[str]:
        """The files of a video, given its path."""
        return self.images.get(path, [path])

    def digests(
        self, paths: Iterable[str], of: Callable[[Iterable[str]], Mapping[str, str]]
    ) -> dict[str, str]:
        """A digest of each file and of each video, by its path. ``of`` gives those of files."""
        paths = list(dict.fromkeys(paths))
        known = dict(of(file for path in paths for file in self.files(path)))
        for path in paths:
            if path in self.images:
                known[path] = digest("\n".join(known[file] for file in self.files(path)))
        return known


def take_inventory(
    datasets: Sequence[AnyDataset],
    where: Path,
    *,
    pair_by: str = "name",
    people: str = "separate",
    together: str | None = None,
    beside_results: bool = False,
) -> Inventory:
    """List the videos of ``datasets``; relative roots are looked up below ``where``.

    Groups that a video or a person ties together become one. Ids are unique over all datasets.

    Args:
        datasets: their settings.
        where: the folder in which the workflow runs.
        pair_by: what a name says of the group (:mod:`unmask.videos.pairs`).
        people: ``shared``, if one name of a subject is one person in all datasets.
        together: a CSV of pairs of ids that are one group each, seen from ``where``.
        beside_results: whether roots may hold the folders that a run writes and clears.

    Raises:
        DatasetError: a dataset is absent, laid out differently, or its labels contradict.
    """
    inventory, names = Inventory([], []), []
    groups, donors = Groups(), []
    subjects: dict[str, dict[str, str]] = defaultdict(dict)
    for dataset in datasets:
        root = dataset.root.rstrip("/") or "/"
        if not beside_results:
            _check_root(dataset, where)
        listing = read_dataset(dataset, where)
        _check_names([root, *(path for c in listing.clips for path in (c.path, *c.images))])
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
            if clip.columns:
                inventory.columns[f"{root}/{clip.path}"] = clip.columns
            if clip.images:
                images = [f"{root}/{image}" for image in clip.images]
                inventory.images[f"{root}/{clip.path}"] = images
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
            Problem(
                slug(shown(name_parts(path)[0])),
                "manifest",
                f"{dataset.name}: {shown(path)}: {reason}",
            )
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
        rows = list(read_rows(path, ("video", "other")))
    except DatasetError as error:
        raise DatasetError(f"split.together: {error}") from None
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
    root = Path(os.path.realpath(where / dataset.root))  # `resolve` raises where links go round
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
        why = {name: _why_unusable(root / name, cropped) for name in clip.images or (clip.path,)}
        listing.problems += [(name, reason) for name, reason in why.items() if reason]
        clip.images = tuple(name for name in clip.images if not why[name])
        if not all(why.values()):
            usable.append(clip)
    listing.clips = usable


def _why_unusable(path: Path, cropped: bool) -> str:
    try:
        mode = path.stat().st_mode
    except OSError:
        return "a link to a file that is not there"
    if not stat.S_ISREG(mode):
        return NOT_A_FILE
    if not os.access(path, os.R_OK):
        return "no permission to read the file"
    return "a video; `cropped: true` takes images" if cropped and is_video(path) else ""


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
