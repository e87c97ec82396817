"""Tracks: the faces of a clip linked through time, so that each person is one track."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from unmask.detections.index import Face
from unmask.disk.records import Box, Point

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


def without_points(frames: Sequence[Sequence[Face]], numbers: Sequence[Sequence[int]]) -> set[int]:
    """Tracks that have landmarks in less than half of their frames, where others have more.

    A box in which no landmarks are found again and again is a pattern, not a face.
    """
    marked: Counter[int] = Counter()
    lengths: Counter[int] = Counter()
    for faces, tracks in zip(frames, numbers, strict=True):
        lengths.update(tracks)
        marked.update(t for face, t in zip(faces, tracks, strict=True) if face.landmarks)
    bare = {number for number in lengths if marked[number] < lengths[number] / 2}
    return bare if len(bare) < len(lengths) else set()


def main_person(frames: Sequence[Sequence[Face]], numbers: Sequence[Sequence[int]]) -> set[int]:
    """The tracks of the person who is seen largest for longest.

    It is the track with the largest sum of box areas, and those that go on where it was lost for
    longer than :data:`MAX_GAP`: they are never seen beside it, and begin or end where it is seen
    last before or first after.

    Args:
        frames: the faces in each frame; at least one.
        numbers: their tracks, as :func:`link` gives them.
    """
    tracks: dict[int, dict[int, Face]] = {}
    for position, (faces, own) in enumerate(zip(frames, numbers, strict=True)):
        for face, number in zip(faces, own, strict=True):
            tracks.setdefault(number, {})[position] = face
    areas = {n: sum(f.box[2] * f.box[3] for f in seen.values()) for n, seen in tracks.items()}
    main = max(areas, key=lambda number: (areas[number], -number))
    person, joined = dict(tracks.pop(main)), {main}
    while (more := next((n for n in tracks if _goes_on(person, tracks[n])), None)) is not None:
        person |= tracks.pop(more)
        joined.add(more)
    return joined


def _goes_on(person: Mapping[int, Face], track: Mapping[int, Face]) -> bool:
    """Whether a track, both as faces by position, may be more of the same person."""
    if not person.keys().isdisjoint(track):
        return False
    first, last = min(track), max(track)
    before = max((position for position in person if position < first), default=None)
    after = min((position for position in person if position > last), default=None)
    ends = [(before, first), (after, last)]
    return any(
        there is not None and likeness(person[there], track[here]) > 0 for there, here in ends
    )


def smooth_faces(faces: Sequence[Face], times: Sequence[float], constant_s: float) -> list[Face]:
    """Steady the boxes and the landmarks of one track, each as :func:`smooth` does.

    Faces without landmarks stay without, and do not count for those of others.
    """
    if constant_s <= 0:
        return list(faces)
    boxes = smooth([face.box for face in faces], times, constant_s)
    marked = [place for place, face in enumerate(faces) if face.landmarks]
    rows = [[value for mark in faces[place].landmarks or () for value in mark] for place in marked]
    marks = dict(zip(marked, smooth(rows, [times[i] for i in marked], constant_s), strict=True))
    steady = []
    for place, (face, box) in enumerate(zip(faces, boxes, strict=True)):
        row = [round(value, 2) for value in marks.get(place, ())]
        points = list(zip(row[::2], row[1::2], strict=True)) or None
        x, y, width, height = (round(side, 2) for side in box)
        steady.append(Face((x, y, width, height), face.confidence, points))
    return steady


def smooth(
    rows: Sequence[Sequence[float]], times: Sequence[float], constant_s: float
) -> list[tuple[float, ...]]:
    """Steady numbers through time: each row becomes a weighted mean of those near it.

    Weights fall off as a Gaussian of ``constant_s`` seconds. So at 25 frames a second the jitter
    of the detector goes, and at two, where a head really moves from one frame to the next, faces
    stay where they are.

    Args:
        rows: such as a track's boxes, in order of time.
        times: when each was seen, in seconds.
        constant_s: standard deviation of the weights in seconds; 0 changes nothing.
    """
    if constant_s <= 0:
        return [tuple(row) for row in rows]
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
        near, total = rows[start : start + len(weights)], sum(weights)
        steady.append(
            tuple(
                sum(weight * value for weight, value in zip(weights, column, strict=True)) / total
                for column in zip(*near, strict=True)
            )
        )
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
