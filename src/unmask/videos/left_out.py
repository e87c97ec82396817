"""The videos that are used, each on its side, and those that are not, each with the reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, replace
from typing import Any

from unmask.labels import FAKE, SPLITS
from unmask.videos.manifest import Candidate, LeftOut, Video
from unmask.videos.split import assign_splits

SAME = "the same content as "
HELD_OUT = "its method is held out for testing, and its group is in {split}"
STRANGER = "the face in it is of a person whose videos are on another side of the split"


def split_videos(
    candidates: Sequence[Candidate], *, without: Mapping[str, str] | None = None, **split: Any
) -> tuple[list[Video], list[LeftOut]]:
    """Deal the groups out to the splits (:func:`assign_splits`, whose settings ``split`` holds).

    Left out are videos that are not to be used at all; fakes of methods that are only tested, in
    groups that are trained on; and fakes with the face of a person who is on another side.
    ``without`` names a ``method`` or a ``dataset`` to test only, beside those that are already.

    Raises:
        DatasetError: a group's own splits contradict each other.
    """
    candidates = [_tested_only(video, **without or {}) for video in candidates]
    used = [video for video in candidates if not video.left_out]
    sides = {video.group: video.split for video in assign_splits(used, **split)}
    sides = _sides_of_strangers(used, sides) | sides
    manifest, left_out = [], []
    for video in candidates:
        side = sides.get(video.group, "")
        reason = video.left_out
        if not reason and video.only not in ("", side):
            reason = HELD_OUT.format(split=side)
        if not reason and video.donor and sides[video.donor] != side:
            reason = STRANGER
        if reason:
            left_out.append(LeftOut(video.id, video.dataset, video.path, reason))
        else:
            row = {field.name: getattr(video, field.name) for field in fields(Video)}
            manifest.append(Video(**row | {"split": side}))
    return manifest, left_out


def _tested_only(
    video: Candidate, *, method: str | None = None, dataset: str | None = None
) -> Candidate:
    if video.dataset == dataset:
        return replace(video, split="test")
    if method is not None and video.label == FAKE and video.method == method:
        return replace(video, only="test")
    return video


def left_out_lines(rows: Iterable[LeftOut]) -> list[str]:
    """How many videos of each dataset are left out, and why: a line a reason."""
    counts = Counter((row.dataset, _kind(row.reason)) for row in rows)
    return [
        f"{dataset}: {count} video{'s' if count > 1 else ''} left out: {reason}"
        for (dataset, reason), count in counts.items()
    ]


def _kind(reason: str) -> str:
    """A reason without the name of the file that it is about."""
    return f"{SAME}another" if reason.startswith(SAME) else reason


def _sides_of_strangers(videos: Sequence[Candidate], sides: Mapping[str, str]) -> dict[str, str]:
    """The sides of people of whom there is no video: where most fakes with their face are."""
    found: dict[str, Counter[str]] = {}
    for video in videos:
        if video.donor and video.donor not in sides:
            found.setdefault(video.donor, Counter())[sides[video.group]] += 1
    return {
        person: max(SPLITS, key=lambda split: counts[split]) for person, counts in found.items()
    }
