"""Which faces of a video to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from unmask.detections.index import Face, FrameFaces
from unmask.errors import ConfigError
from unmask.faces.tracks import link, main_person, smooth_faces, spurious, without_points

CHOICES = ("main", "largest", "most_confident", "all")


@dataclass(frozen=True)
class _Sighting:
    """A face in a frame: its position among those detected there, and its track.

    The face is as it was detected until it is steadied along the track.
    """

    frame: FrameFaces
    position: int
    face: Face
    track: int = 0

    @property
    def area(self) -> float:
        return self.face.box[2] * self.face.box[3]


def _above(frames: Sequence[FrameFaces], min_confidence: float) -> list[list[_Sighting]]:
    """The faces of each frame that are certain enough."""
    return [
        [
            _Sighting(frame, position, face)
            for position, face in enumerate(frame.faces)
            if face.confidence >= min_confidence
        ]
        for frame in frames
    ]


def _in_tracks(
    frames: Sequence[Sequence[_Sighting]], min_track: int, *, pointless: bool
) -> list[list[_Sighting]]:
    """Number the sightings by track, and drop those of tracks that are no faces.

    Unless ``pointless`` ones will do, they have no landmarks; or they are too short.
    """
    faces = [[sighting.face for sighting in seen] for seen in frames]
    numbers = link(faces)
    bare = set() if pointless else without_points(faces, numbers)
    marked = [[track for track in tracks if track not in bare] for tracks in numbers]
    dropped = bare | spurious(marked, min_track)
    return [
        [
            replace(sighting, track=track)
            for sighting, track in zip(seen, tracks, strict=True)
            if track not in dropped
        ]
        for seen, tracks in zip(frames, numbers, strict=True)
    ]


def _steady(
    chosen: Sequence[_Sighting], seen: Sequence[Sequence[_Sighting]], constant_s: float
) -> list[_Sighting]:
    """Steady the faces of what is chosen, each along the whole of its track."""
    tracks: dict[int, list[_Sighting]] = {}
    for sighting in (sighting for frame in seen for sighting in frame):
        tracks.setdefault(sighting.track, []).append(sighting)
    steady = {}
    for track, sightings in tracks.items():
        times = [sighting.frame.time_s for sighting in sightings]
        faces = smooth_faces([sighting.face for sighting in sightings], times, constant_s)
        for sighting, face in zip(sightings, faces, strict=True):
            steady[track, sighting.frame.frame] = face
    return [replace(s, face=steady[s.track, s.frame.frame]) for s in chosen]


def _choose(frames: Sequence[Sequence[_Sighting]], faces: str) -> list[_Sighting]:
    """Select the faces to crop, in order of frame; of equals the first, the more confident."""
    present = [seen for seen in frames if seen]
    match faces:
        case "all":
            return [sighting for seen in present for sighting in seen]
        case "largest":
            return [max(seen, key=lambda sighting: sighting.area) for seen in present]
        case "most_confident":
            return [max(seen, key=lambda sighting: sighting.face.confidence) for seen in present]
        case "main":
            if not present:
                return []
            main = main_person(
                [[sighting.face for sighting in seen] for seen in present],
                [[sighting.track for sighting in seen] for seen in present],
            )
            return [sighting for seen in present for sighting in seen if sighting.track in main]
    raise ConfigError(
        f"crop.faces is {faces!r}; allowed are {', '.join(CHOICES)}\n"
        "Write, for example:\n\n  crop:\n    faces: main"
    )
