"""Linking faces through the sampled frames: who is the same person as before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unmask.records import Box

MIN_OVERLAP = 0.2
"""Intersection over union from which two boxes count as the same person. Low, because at two
frames a second a head moves far, and because another person's face hardly overlaps at all."""

MAX_GAP = 2
"""So many sampled frames in a row a person may be missing."""


@dataclass
class _Track:
    number: int
    position: int
    box: Box


def link(frames: Sequence[Sequence[Box]]) -> list[list[int]]:
    """Number the faces of each frame by person.

    In each frame, the pairs of a known person's last box and a new box are matched from the
    largest overlap down. A face that matches nobody starts a new track, so every face has one.

    Args:
        frames: the boxes in each sampled frame, in order of time.

    Returns:
        The track number of each box, in the shape of ``frames``. Tracks are numbered from 0 in
        the order in which they appear.
    """
    tracks: list[_Track] = []
    numbers: list[list[int]] = []
    for position, boxes in enumerate(frames):
        alive = [track for track in tracks if position - track.position - 1 <= MAX_GAP]
        matched = _match(alive, boxes)
        for face, box in enumerate(boxes):
            if face not in matched:
                matched[face] = _Track(len(tracks), position, box)
                tracks.append(matched[face])
            matched[face].position, matched[face].box = position, box
        numbers.append([matched[face].number for face in range(len(boxes))])
    return numbers


def main_track(frames: Sequence[Sequence[Box]], numbers: Sequence[Sequence[int]]) -> int:
    """The track with the largest sum of box areas: who is seen largest for longest.

    Args:
        frames: the boxes in each frame; at least one box.
        numbers: their tracks, as :func:`link` gives them.
    """
    areas: dict[int, float] = {}
    for boxes, tracks in zip(frames, numbers, strict=True):
        for box, track in zip(boxes, tracks, strict=True):
            areas[track] = areas.get(track, 0.0) + box[2] * box[3]
    return max(areas, key=lambda track: (areas[track], -track))


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes, 0..1."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def _match(tracks: Sequence[_Track], boxes: Sequence[Box]) -> dict[int, _Track]:
    """Match boxes (by position) to tracks, the largest overlap first."""
    pairs = [
        (-overlap(track.box, box), track.number, face, track)
        for track in tracks
        for face, box in enumerate(boxes)
    ]
    matched: dict[int, _Track] = {}
    taken: set[int] = set()
    for loss, number, face, track in sorted(pairs, key=lambda pair: pair[:3]):
        if -loss >= MIN_OVERLAP and number not in taken and face not in matched:
            matched[face] = track
            taken.add(number)
    return matched
