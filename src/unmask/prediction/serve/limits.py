"""How much a visitor may ask for."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from unmask.frames.limits import MediaLimits

MOST_PIXELS = 36_000_000
"""Of a frame: above 8K video. A small file can hold a picture that fills the memory."""
_PATIENCE = 10
"""So many times the length of the longest video may be spent on one."""
NAME_LENGTH = 120
"""Longer file names are shown shortened."""


class Limits(BaseModel):
    """Of one file, of one page, and of the whole server."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    bytes: int = Field(200_000_000, gt=0, description="size of a file")
    seconds: float = Field(120, gt=0, description="length of a video")
    files: int = Field(20, gt=0, description="files on one page")
    waiting: int = Field(40, gt=0, description="files of all pages that are not yet scored")
    pages: int = Field(200, gt=0, description="pages that are open")
    silence: float = Field(30, gt=0, description="seconds without a byte of an upload")
    upload: float = Field(900, gt=0, description="seconds for a whole upload")

    @property
    def media(self) -> MediaLimits:
        """Those of what is decoded."""
        return MediaLimits(
            max_pixels=MOST_PIXELS,
            max_seconds=self.seconds,
            timeout=_PATIENCE * self.seconds,
            said="the limit of this page ({})",
        )

    @property
    def size(self) -> str:
        """The largest file, in words."""
        return f"{self.bytes / 1e6:g} MB"


def shown_name(name: str) -> str:
    """A file name as it is shown: without folders and control characters, and not too long."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(
        letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in last
    )
    plain = plain.strip() or "unnamed"
    if len(plain) <= NAME_LENGTH:
        return plain
    half = NAME_LENGTH // 2
    return f"{plain[:half]}…{plain[1 - half :]}"
