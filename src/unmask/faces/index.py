"""The crops of a video's faces: ``results/faces/<video>.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unmask.disk.records import Box, Point, Record, Square, _points, _read


@dataclass
class Crop:
    """One face crop: its file, the frame it was cut from, and the detection behind it.

    ``square`` is where in the frame it was cut. ``track`` numbers the person within the video where
    faces are linked through time. ``landmarks`` (``LANDMARKS``) are those in the crop, as shares of
    its side. ``sharpness``: see :func:`unmask.faces.look.sharpness`.
    """

    file: str
    frame: int
    time_s: float
    box: Box
    confidence: float
    square: Square
    track: int = 0
    landmarks: list[Point] | None = None
    sharpness: float = 0.0


@dataclass
class Quality:
    """How well a video served: counts of frames, median face side in pixels and confidence.

    ``device`` is where its faces were found: ``cpu`` or ``gpu``. The last three are medians over
    its crops, see :class:`unmask.faces.look.Look`.
    """

    frames_sampled: int = 0
    frames_with_face: int = 0
    median_face_px: float = 0.0
    median_confidence: float = 0.0
    device: str = "cpu"
    eye_distance: float | None = None
    eye_line: float | None = None
    sharpness: float | None = None


@dataclass
class FaceIndex(Record):
    """The face crops of a video, and its quality figures. ``size`` is the crop's side in pixels."""

    size: int = 0
    quality: Quality = field(default_factory=Quality)
    faces: list[Crop] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> FaceIndex:
        """Read what :meth:`save` wrote."""
        return cls.from_dict(_read(path))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> FaceIndex:
        """Make one from what ``dataclasses.asdict`` gave."""
        data["quality"] = Quality(**data["quality"])
        data["faces"] = [_crop(entry) for entry in data["faces"]]
        return cls(**data)


def _crop(entry: dict[str, Any]) -> Crop:
    box, square, marks = tuple(entry["box"]), Square(*entry["square"]), _points(entry["landmarks"])
    return Crop(**{**entry, "box": box, "square": square, "landmarks": marks})
