"""How much of a video or image is taken on: a few kB can claim any size, no real one comes near."""

from __future__ import annotations

from dataclasses import dataclass

from unmask.errors import UnreadableMedia

LIMITS = ("max_pixels", "max_seconds", "timeout")
"""The settings of ``frames`` that say what is taken on, not how."""

MOST_FPS = 300
"""Frames a second that are taken to be meant; a header may claim any length for any number."""


@dataclass(frozen=True)
class MediaLimits:
    """``max_pixels`` of a frame, ``max_seconds`` of a video, ``timeout`` in seconds for all work.

    ``said`` is how the limits are called where a reason names one; ``{}`` stands for its name.
    """

    max_pixels: int = 120_000_000
    max_seconds: float = 14_400.0
    timeout: float = 3600.0
    said: str = "frames.{}"

    @property
    def max_frames(self) -> int:
        """The most frames that a video of the greatest length may have."""
        return int(self.max_seconds * MOST_FPS)

    def names(self, limit: str) -> str:
        """A limit as a reason names it."""
        dashed = self.said.startswith("-")
        name = self.said.format(limit.replace("_", "-") if dashed else limit)
        return f"{name}{' ' if dashed else ': '}{getattr(self, limit):.10g}"

    def check_size(self, width: int, height: int) -> None:
        """Raise UnreadableMedia for a picture of more pixels."""
        if width * height > self.max_pixels:
            raise UnreadableMedia(
                f"its pictures have {width} x {height} pixels, more than {self.names('max_pixels')}"
            )

    def check_length(self, seconds: float, frames: int) -> None:
        """Raise UnreadableMedia for a video that is longer, or has far too many frames for that."""
        if seconds > self.max_seconds:
            raise UnreadableMedia(
                f"it lasts {seconds:.0f} s, longer than {self.names('max_seconds')}"
            )
        if frames > self.max_frames:
            raise UnreadableMedia(
                f"it has {frames} frames, over {MOST_FPS} for each of {self.names('max_seconds')}"
            )


USUAL = MediaLimits()
