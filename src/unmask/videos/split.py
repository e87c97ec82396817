"""Dealing groups out to train, val and test. No group is ever on two sides."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from hashlib import sha256
from itertools import accumulate
from typing import TypeVar

from unmask.errors import DatasetError
from unmask.labels import CLASS_NAMES, FAKE, REAL, SPLITS, TRAINING
from unmask.videos.manifest import Video

Side = TypeVar("Side", str, int)
Stratum = tuple[str, int]
"""A dataset and a label: each split gets its share of every stratum."""


def assign_splits(
    videos: Sequence[Video],
    *,
    train: float = 0.6,
    val: float = 0.2,
    test: float = 0.2,
    seed: int = 0,
    folds: int | None = None,
    fold: int = 0,
) -> list[Video]:
    """The videos with their split filled in.

    A dataset's own split stays; groups whose own split is ``train+val`` are dealt out to these
    two. Where a dataset has training and test videos but none for validation, validation groups
    are taken from its training groups. All other groups are dealt out so that
    each split has its share of every dataset's real and fake videos; see :func:`deal`. With
    ``folds``, the groups are dealt into that many equal folds; ``fold`` is the test split, the next
    one validation, the rest training.

    The result depends on the videos and the seed, not on the order of the list.

    Raises:
        DatasetError: a group's own splits contradict each other.
    """
    own = _own_splits(videos)
    sizes = _group_sizes(videos)
    free = {group: size for group, size in sizes.items() if group not in own}
    either = {group: sizes[group] for group, split in own.items() if split == TRAINING}
    if folds is not None:
        rest = dict.fromkeys(range(folds), 1 / folds)
        names = {fold: "test", (fold + 1) % folds: "val"}
        dealt = {g: names.get(f, "train") for g, f in assign_groups(free, rest, seed).items()}
    else:
        dealt = assign_groups(free, {"train": train, "val": val, "test": test}, seed)
        either |= _without_validation(videos, own, sizes) if val > 0 else {}
    dealt |= assign_groups(either, {"train": train, "val": val}, seed)
    chosen = own | dealt
    result = [replace(video, split=chosen[video.group]) for video in videos]
    assert_no_leak((video.group, video.split) for video in result)
    return result


def assign_groups(
    sizes: Mapping[str, Counter[Stratum]], shares: Mapping[Side, float], seed: int
) -> dict[str, Side]:
    """Deal groups out to sides by their shares, evenly over the strata.

    ``sizes`` counts the videos of each group in each stratum. Groups with videos in the same
    strata are lined up by a hash of their name, and the line is cut where the shares say. So a
    new group moves only groups at a cut. Sides with a share of 0 get none; every other gets one,
    where there are enough groups.
    """
    lines: dict[tuple[Stratum, ...], list[str]] = defaultdict(list)
    for group in sorted(sizes, key=lambda group: _digest(seed, group)):
        lines[tuple(sorted(sizes[group]))].append(group)
    sides = [side for side, share in shares.items() if share > 0]
    chosen: dict[str, Side] = {}
    for line in lines.values():
        counts = _cut([sizes[group].total() for group in line], [shares[side] for side in sides])
        dealt = [side for side, count in zip(sides, counts, strict=True) for _ in range(count)]
        chosen |= zip(line, dealt, strict=True)
    return chosen


def _cut(sizes: Sequence[int], shares: Sequence[float]) -> list[int]:
    """How many of a line of groups each side gets: each group goes where its middle falls."""
    edges = list(accumulate(shares))
    counts, total, before = [0] * len(shares), sum(sizes), 0.0
    for size in sizes:
        middle = (before + size / 2) / total * edges[-1]
        counts[min(bisect_right(edges, middle), len(shares) - 1)] += 1
        before += size
    while len(sizes) >= len(shares) and 0 in counts:
        counts[counts.index(max(counts))] -= 1
        counts[counts.index(0)] += 1
    return counts


def assert_no_leak(pairs: Iterable[tuple[str, str]]) -> None:
    """Check the law: each group is on one side.

    Raises:
        DatasetError: names the first groups that are on several.
    """
    sides: dict[str, set[str]] = defaultdict(set)
    for group, split in pairs:
        sides[group].add(split)
    leaks = [f"{group} ({', '.join(sorted(s))})" for group, s in sides.items() if len(s) > 1]
    if leaks:
        raise DatasetError(
            f"{len(leaks)} groups are on several sides of the split: {'; '.join(leaks[:5])}. "
            "Everything made from one original, and all videos of one subject, must have the same "
            "split."
        )


def missing_classes(
    videos: Iterable[Video],
    *,
    splits: Iterable[str] = SPLITS,
    classes: Collection[int] = (REAL, FAKE),
) -> list[str]:
    """Which splits lack real or fake videos, in words; empty when all have both."""
    counts = Counter((video.split, video.label) for video in videos)
    return [
        f"{split} has no {CLASS_NAMES[label]} video"
        for split in splits
        for label in classes
        if not counts[split, label]
    ]


def narrowest(splits: Iterable[str]) -> str:
    """The split that is meant by all of ``splits``; empty, if there is none or several.

    ``train+val`` means train as well as val, an empty text any.
    """
    splits = set(splits) - {""}
    if TRAINING in splits and splits <= {TRAINING, "train", "val"}:
        splits = splits - {TRAINING} or splits
    return splits.pop() if len(splits) == 1 else ""


def _own_splits(videos: Iterable[Video]) -> dict[str, str]:
    """The datasets' own splits, by group.

    Raises:
        DatasetError: those of one group contradict each other.
    """
    given: dict[str, set[str]] = defaultdict(set)
    for video in videos:
        if video.split:
            given[video.group].add(video.split)
    own = {group: narrowest(splits) for group, splits in given.items()}
    assert_no_leak((g, split) for g, splits in given.items() if not own[g] for split in splits)
    return own


def _group_sizes(videos: Iterable[Video]) -> dict[str, Counter[Stratum]]:
    sizes: dict[str, Counter[Stratum]] = defaultdict(Counter)
    for video in videos:
        sizes[video.group][video.dataset, video.label] += 1
    return sizes


def _without_validation(
    videos: Sequence[Video], own: Mapping[str, str], sizes: Mapping[str, Counter[Stratum]]
) -> dict[str, Counter[Stratum]]:
    """Training groups of the datasets that have training and test videos of their own only."""
    given: dict[str, set[str]] = defaultdict(set)
    for video in videos:
        given[video.dataset].add(own.get(video.group, "free"))
    lacking = {name for name, splits in given.items() if splits == {"train", "test"}}
    return {
        video.group: sizes[video.group]
        for video in videos
        if video.dataset in lacking and own[video.group] == "train"
    }


def _digest(seed: int, group: str) -> str:
    return sha256(f"{seed}/{group}".encode()).hexdigest()
