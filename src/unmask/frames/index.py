"""The index of a video's sampled frames: ``results/frames/<video>.json``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from unmask.disk.records import Record, _read


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
