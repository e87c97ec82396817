"""What the per-video stages hand to each other: three small JSON files a video.

``results/frames/<video>.json``      :class:`FrameIndex`
``results/detections/<video>.json``  :class:`DetectionIndex`
``results/faces/<video>.json``       :class:`FaceIndex`

They are plain dataclasses, because a per-video job has to start in a fraction of a second.
All pixel coordinates are those of the sampled frame as it is stored, origin at the top left.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

from unmask.tables import write_text

OK = "ok"
QUARANTINED = "quarantined"

Point = tuple[float, float]
Box = tuple[float, float, float, float]
"""x, y, width, height in pixels; x and y may be negative where a face is cut by the border."""

LANDMARKS = ("left_eye", "right_eye", "nose", "mouth_left", "mouth_right")
"""Order of the five landmarks. Left and right as seen in the image."""


class Square(NamedTuple):
    """A square in a frame: its center and side in pixels, and how it is turned, in radians.

    Turned clockwise as seen, so that eyes on a line that falls to the right become level.
    """

    x: float
    y: float
    side: float
    tilt: float = 0.0


@dataclass
class Record:
    """The common head of an index: which video it is about, and whether it can be used.

    ``status`` is ``ok`` or ``quarantined``; a quarantined record says why in ``reason`` and at
    which ``stage`` it happened. Later stages pass both on and do no work. ``made_of`` is the key of
    the result, see :mod:`unmask.provenance`.
    """

    video: str
    status: str = OK
    stage: str = ""
    reason: str = ""
    made_of: str = ""

    @property
    def ok(self) -> bool:
        """Whether the video can be used so far."""
        return self.status == OK

    def quarantine(self, stage: str, reason: str) -> Self:
        """Mark as unusable, found at ``stage``, for ``reason``."""
        self.status, self.stage, self.reason = QUARANTINED, stage, reason
        return self

    def save(self, path: Path) -> None:
        """Write as JSON, the key first, whole or not at all."""
        content = {"made_of": self.made_of} | asdict(self)
        write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


@dataclass
class Frame:
    """One sampled frame: its number in the video, its time in seconds, its file name."""

    frame: int
    time_s: float
    file: str


@dataclass
class FrameIndex(Record):
    """The sampled frames of a video.

    ``width`` and ``height`` are those of the stored frames, ``source_width`` and
    ``source_height`` those of the video as it is shown (after rotation). ``decoded`` counts the
    frames that could be decoded, ``promised`` those the header announces (0: it does not say).
    """

    source: str = ""
    width: int = 0
    height: int = 0
    source_width: int = 0
    source_height: int = 0
    duration_s: float = 0.0
    decoded: int = 0
    promised: int = 0
    frames: list[Frame] = field(default_factory=list)

    @classmethod
    def load(cls, path: Path) -> FrameIndex:
        """Read what :meth:`save` wrote."""
        data = _read(path)
        data["frames"] = [Frame(**entry) for entry in data["frames"]]
        return cls(**data)


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


@dataclass
class Crop:
    """One face crop: its file, the frame it was cut from, and the detection behind it.

    ``square`` is where in the frame it was cut. ``track`` numbers the person within the video where
    faces are linked through time. ``landmarks`` (``LANDMARKS``) are those in the crop, as shares of
    its side. ``sharpness``: see :func:`unmask.look.sharpness`.
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
    its crops, see :class:`unmask.look.Look`.
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


def _face(entry: dict[str, Any]) -> Face:
    return Face(tuple(entry["box"]), entry["confidence"], _points(entry["landmarks"]))


def _crop(entry: dict[str, Any]) -> Crop:
    box, square, marks = tuple(entry["box"]), Square(*entry["square"]), _points(entry["landmarks"])
    return Crop(**{**entry, "box": box, "square": square, "landmarks": marks})


def _points(entry: list[list[float]] | None) -> list[Point] | None:
    return None if entry is None else [tuple(point) for point in entry]


def _read(path: Path) -> dict[str, Any]:
    return json.loads(Path(path).read_text("utf-8"))
