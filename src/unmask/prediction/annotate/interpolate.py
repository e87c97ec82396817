"""Where each face is in frames that were not looked at: boxes between those that were."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from unmask.disk.records import Box
from unmask.faces.tracks import MAX_GAP
from unmask.prediction.results import FaceScore


@dataclass(frozen=True)
class Shown:
    """A face as it is drawn: its track, its box in the sampled frames' pixels, its score."""

    track: int
    box: Box
    p_fake: float


class Trails:
    """The ways of the faces of one file through time.

    Between two sampled frames in which a track was seen, its box moves in a straight line; its
    score is that of the nearer of the two, for a score is measured and nothing lies between. A box
    is held for half a sampling step before and after its track was seen, and the way is
    broken where the track was missing for longer than faces are linked over.
    """

    def __init__(self, faces: Sequence[FaceScore], sampled: Sequence[float]) -> None:
        """Take the scored faces and the times of all sampled frames, in seconds."""
        steps = [later - earlier for earlier, later in pairwise(sampled)]
        self._step = median(steps) if steps else 0.0
        self._ways: dict[int, list[FaceScore]] = {}
        for face in sorted(faces, key=lambda face: face.time_s):
            self._ways.setdefault(face.track, []).append(face)

    def at(self, time: float) -> list[Shown]:
        """The faces to draw at a time, in seconds, by track."""
        shown = (self._on(way, time) for _, way in sorted(self._ways.items()))
        return [face for face in shown if face is not None]

    def _on(self, way: list[FaceScore], time: float) -> Shown | None:
        place = bisect_right(way, time, key=lambda face: face.time_s)
        before = way[place - 1] if place else None
        after = way[place] if place < len(way) else None
        if before and after and after.time_s - before.time_s <= (MAX_GAP + 1.5) * self._step:
            share = (time - before.time_s) / (after.time_s - before.time_s)
            nearer = before if share < 0.5 else after
            pairs = zip(before.box, after.box, strict=True)
            x, y, width, height = (one + share * (other - one) for one, other in pairs)
            return Shown(nearer.track, (x, y, width, height), nearer.p_fake)
        near = [face for face in (before, after) if face]
        nearest = min(near, key=lambda face: abs(face.time_s - time))
        if abs(nearest.time_s - time) <= self._step / 2:
            return Shown(nearest.track, nearest.box, nearest.p_fake)
        return None
