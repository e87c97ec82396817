"""The crops of a video's faces: ``results/faces/<video>.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unmask.records import Box, Point, Record, _read


@dataclass
class Crop:
    """One face crop: its file, the frame it was cut from, and the detection behind it.

    ``track`` numbers the person within the video where faces are linked through time.
    ``landmarks`` (``LANDMARKS``) are those in the crop, as shares of its side.
    """

    file: str
    frame: int
    time_s: float
    box: Box
    confidence: float
    track: int = 0
    landmarks: list[Point] | None = None


@dataclass
class Quality:
    """How well a video served: counts of frames, median face side in pixels and confidence.

    ``device`` is where its faces were found: ``cpu`` or ``gpu``.
    """

    frames_sampled: int = 0
    frames_with_face: int = 0
    median_face_px: float = 0.0
    median_confidence: float = 0.0
    device: str = "cpu"


@dataclass
class FaceIndex(Record):
    """The face crops of a video, and its quality figures. ``size`` is the crop's side in pixels."""

    size: int = 0
    scale: float = 0.0
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
        data["faces"] = [Crop(**{**entry, "box": tuple(entry["box"])}) for entry in data["faces"]]
        return cls(**data)
