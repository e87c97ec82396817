"""Groups from names, where the dataset does not say what a fake was made from.

The key ``split.pair_by`` says how names are read:

``name``
    A real video and fakes of the same name, without the ending, are one group.
``prefix``
    So are fakes whose name begins with that of a real video and goes on with a sign that is neither
    letter nor digit: ``clip1_fake`` and ``clip1``. If what follows is the name of another real
    video, that one belongs to it too: ``033_097``, ``033`` and ``097``.
``none``
    Names say nothing.
a regular expression
    Files in whose path, without the ending, it finds the same text are one group. With several
    groups in the expression, what each of them finds ties files together.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath
from unicodedata import normalize

from unmask.labels import FAKE, REAL
from unmask.videos.readers.listing import Clip


def group_by_name(clips: Sequence[Clip], by: str) -> list[str]:
    """Give clips that have no group one, after their names. Returns notes for the plan.

    Where the dataset has a split of its own, one name in two splits means two files.
    """
    free = [clip for clip in clips if not clip.group]
    given = {plain(clip.group) for clip in clips if clip.group}
    notes = []
    if by in ("name", "prefix"):
        notes = _group_by_folder(free)
        _group_by_stem([clip for clip in free if not clip.group], by)
    elif by != "none":
        _group_by_expression(free, re.compile(by))
    for clip in free:
        # A table may name a video as the group of its fakes, with or without the ending.
        named = (plain(clip.path), stem_of(clip.path))
        clip.ties += tuple(name for name in named if name in given)
        clip.group = clip.group or clip.path
        if clip.split:
            clip.group = f"{clip.split}/{clip.group}"
    return notes


def real_of_same_beginning(fake: str, reals: Iterable[str]) -> tuple[str, ...]:
    """The name among ``reals`` with which the name of a fake begins, and the one that follows it.

    The longest that fits is taken.
    """
    cuts = [place for place, char in enumerate(fake) if not char.isalnum()]
    for place in reversed([*cuts, len(fake)]):
        if fake[:place] in reals:
            rest = fake[place:].strip("_-. ()")
            return (fake[:place], rest) if rest in reals else (fake[:place],)
    return ()


def plain(name: str) -> str:
    """A name as it is compared: whatever case and accents a disk or a table spells it with."""
    return normalize("NFC", name).casefold()


def stem_of(path: str) -> str:
    """The name of a file without its ending, as it is compared."""
    return plain(PurePosixPath(path).stem)


def _group_by_folder(clips: Sequence[Clip]) -> list[str]:
    """Group videos by a folder that stands for a person or an original.

    A folder does if there is one of its name in both classes, or if the names of real files start
    anew in each folder: then the name alone says nothing.
    """
    inner: dict[int, set[str]] = defaultdict(set)
    holders: dict[str, set[str]] = defaultdict(set)
    for clip in clips:
        inner[clip.label] |= set(map(plain, clip.folders or ()))
        if clip.label == REAL and clip.folders is not None:
            holders[f"{clip.split}/{stem_of(clip.path)}"].add("/".join(clip.folders))
    both = inner[REAL] & inner[FAKE]
    anew = {
        folder for folders in holders.values() if len(folders) > 1 for folder in folders if folder
    }
    why: dict[str, str] = {}
    for clip in clips:
        folders = list(clip.folders or ())
        shared = [folder for folder in folders if plain(folder) in both]
        if shared:
            why.setdefault(shared[-1], "is in both classes")
            clip.group = shared[-1]
            if clip.label == FAKE:
                folders.remove(shared[-1])
                clip.method = "-".join(folders)
        elif clip.label == REAL and "/".join(folders) in anew:
            why.setdefault(folders[-1], "has file names that other folders have too")
            clip.group = folders[-1]
    if not why:
        return []
    first, reason = next(iter(why.items()))
    return [
        f"{len(why)} folders are taken for a person or an original each, and are a group each: "
        f"the first, {first}, {reason}. If they stand for something else, write:\n"
        "  split:\n    pair_by: none"
    ]


def _group_by_stem(clips: Sequence[Clip], by: str) -> None:
    stems = Counter((clip.split, stem_of(clip.path), clip.label) for clip in clips)
    reals: dict[str, set[str]] = defaultdict(set)
    for split, stem, label in stems:
        if label == REAL:
            reals[split].add(stem)
    for clip in clips:
        stem = stem_of(clip.path)
        # In a table, files of one name and class in several folders have nothing to do with
        # each other; below `fake`, such folders are methods.
        if clip.folders is None and stems[clip.split, stem, clip.label] > 1:
            continue
        clip.group = stem
        if by == "prefix" and clip.label == FAKE:
            found = real_of_same_beginning(stem, reals[clip.split])
            if found:
                clip.group, *others = found
                clip.ties += tuple(_within(clip, others))


def _group_by_expression(clips: Sequence[Clip], expression: re.Pattern[str]) -> None:
    for clip in clips:
        found = expression.search(clip.path.removesuffix(PurePosixPath(clip.path).suffix))
        names = [name for name in found.groups() if name] if found else []
        if names:
            clip.group, *others = names
            clip.ties += tuple(_within(clip, others))


def _within(clip: Clip, names: Iterable[str]) -> Iterator[str]:
    """Names of groups as they are written where the dataset has its own split."""
    return (f"{clip.split}/{name}" if clip.split else name for name in names)
