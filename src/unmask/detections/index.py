"""The faces found in a video: ``results/detections/<video>.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unmask.disk.records import Box, Point, Record, _points, _read
from unmask.frames.index import Frame


@dataclass
class Face:
    """One detected face: box, confidence in 0..1, and landmarks (``LANDMARKS``) or None."""

    box: Box
    confidence: float
    landmarks: list[Point] | None = None


@dataclass
class FrameFaces(Frame):
    """A sampled frame and every face found in it, the most confident first."""

    faces: list[Face] = field(default_factory=list)


@dataclass
class DetectionIndex(Record):
    """Every face in every sampled frame, and how it was found.

    ``detector`` holds the detector's name and the settings it ran with.
    """

    detector: dict[str, Any] = field(default_factory=dict)
    width: int = 0
    height: int = 0
    frames: list[FrameFaces] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> DetectionIndex:
        """Read what :meth:`save` wrote."""
        data = _read(path)
        data["frames"] = [
            FrameFaces(**{**entry, "faces": [_face(face) for face in entry["faces"]]})
            for entry in data["frames"]
        ]
        return cls(**data)


def _face(entry: dict[str, Any]) -> Face:
    return Face(tuple(entry["box"]), entry["confidence"], _points(entry["landmarks"]))
