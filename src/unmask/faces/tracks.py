"""Tracks: the faces of a clip linked through time, so that each person is one track."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from unmask.detections.index import Face
from unmask.records import Box, Point

MIN_OVERLAP = 0.2
"""Intersection over union from which two boxes count as the same person. Low, because at two
frames a second a head moves far, and because another person's face hardly overlaps at all."""

MAX_GAP = 2
"""So many sampled frames in a row a person may be missing."""

_REACH = 3.0
"""Beyond so many times the smoothing constant a neighbour has no weight."""


@dataclass
class _Track:
    number: int
    position: int
    face: Face


def link(frames: Sequence[Sequence[Face]]) -> list[list[int]]:
    """Number the faces of each frame by person.

    In each frame, the pairs of a known person's last face and a new one are matched from the
    likest down: by the overlap of their boxes, and by how near their landmarks are where there are
    any. A face that matches nobody starts a new track, so every face has one.

    Args:
        frames: the faces in each sampled frame, in order of time.

    Returns:
        The track number of each face, in the shape of ``frames``. Tracks are numbered from 0 in
        the order in which they appear.
    """
    tracks: list[_Track] = []
    numbers: list[list[int]] = []
    for position, faces in enumerate(frames):
        alive = [track for track in tracks if position - track.position - 1 <= MAX_GAP]
        matched = _match(alive, faces)
        for place, face in enumerate(faces):
            if place not in matched:
                matched[place] = _Track(len(tracks), position, face)
                tracks.append(matched[place])
            matched[place].position, matched[place].face = position, face
        numbers.append([matched[place].number for place in range(len(faces))])
    return numbers


def spurious(numbers: Sequence[Sequence[int]], min_length: int) -> set[int]:
    """Tracks seen in fewer than ``min_length`` frames, where there are longer ones.

    A detector that takes a pattern for a face seldom does so in the next frame. Where no track is
    long enough, none is spurious: a face that is seen once is better than none.
    """
    lengths = Counter(number for frame in numbers for number in frame)
    short = {number for number, length in lengths.items() if length < min_length}
    return short if len(short) < len(lengths) else set()


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


def smooth(boxes: Sequence[Box], times: Sequence[float], constant_s: float) -> list[Box]:
    """Steady the boxes of one track: each becomes a weighted mean of those near it in time.

    Weights fall off as a Gaussian of ``constant_s`` seconds. So at 25 frames a second the jitter
    of the detector goes, and at two, where a head really moves from one frame to the next, boxes
    stay as they are.

    Args:
        boxes: the track's boxes, in order of time.
        times: when each was seen, in seconds.
        constant_s: standard deviation of the weights in seconds; 0 changes nothing.
    """
    if constant_s <= 0:
        return list(boxes)
    steady = []
    start = 0
    for time in times:
        while times[start] < time - _REACH * constant_s:
            start += 1
        weights = []
        for other in times[start:]:
            if other > time + _REACH * constant_s:
                break
            weights.append(math.exp(-0.5 * ((other - time) / constant_s) ** 2))
        near = boxes[start : start + len(weights)]
        total = sum(weights)
        x, y, width, height = (
            sum(weight * box[side] for weight, box in zip(weights, near, strict=True)) / total
            for side in range(4)
        )
        steady.append((x, y, width, height))
    return steady


def overlap(one: Box, other: Box) -> float:
    """Intersection over union of two boxes, 0..1."""
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / (one[2] * one[3] + other[2] * other[3] - shared)


def likeness(one: Face, other: Face) -> float:
    """How likely two faces in neighbouring frames are one person's, 0..1; 0 where boxes are apart.

    The overlap of the boxes. Where both have landmarks, the mean of that and of how near these
    are: 1 where they lie on each other, 0 from a face's width apart.
    """
    shared = overlap(one.box, other.box)
    if shared < MIN_OVERLAP or one.landmarks is None or other.landmarks is None:
        return shared if shared >= MIN_OVERLAP else 0.0
    width = (one.box[2] + other.box[2]) / 2
    apart = _mean_distance(one.landmarks, other.landmarks) / width
    return (shared + max(0.0, 1.0 - apart)) / 2


def _mean_distance(points: Sequence[Point], others: Sequence[Point]) -> float:
    return sum(map(math.dist, points, others)) / len(points)


def _match(tracks: Sequence[_Track], faces: Sequence[Face]) -> dict[int, _Track]:
    """Match faces (by position) to tracks, the likest first."""
    pairs = [
        (-like, track.number, place, track)
        for track in tracks
        for place, face in enumerate(faces)
        if (like := likeness(track.face, face)) > 0
    ]
    matched: dict[int, _Track] = {}
    taken: set[int] = set()
    for _, number, place, track in sorted(pairs, key=lambda pair: pair[:3]):
        if number not in taken and place not in matched:
            matched[place] = track
            taken.add(number)
    return matched
