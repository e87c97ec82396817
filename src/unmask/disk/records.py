"""What the per-video stages hand to each other: three small JSON files a video.

``results/frames/<video>.json``      :class:`FrameIndex`
``results/detections/<video>.json``  :class:`DetectionIndex`
``results/faces/<video>.json``       :class:`FaceIndex`

They are plain dataclasses, because a per-video job has to start in a fraction of a second.
All pixel coordinates are those of the sampled frame as it is stored, origin at the top left.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple, Self

from unmask.disk.contents import FOLDER, KEY, of_folder, sealed, unsealed
from unmask.disk.files import write_text

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
    the result, see :mod:`unmask.workflow.keys`.
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

    def save(self, path: Path, folder: Path | None = None) -> None:
        """Write as JSON, the key first, whole or not at all, and say what a ``folder`` holds."""
        held = {FOLDER: of_folder(folder)} if folder else {}
        write_text(path, sealed({KEY: self.made_of} | held | asdict(self)))


def _points(entry: list[list[Any]] | None) -> list[Point] | None:
    return None if entry is None else [tuple(point) for point in entry]


def _read(path: Path) -> dict[str, Any]:
    return unsealed(json.loads(Path(path).read_text("utf-8")))
