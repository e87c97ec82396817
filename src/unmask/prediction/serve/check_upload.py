"""What an upload is, by its content, and whether it is small enough to be looked at in full."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from unmask.errors import UnmaskError
from unmask.frames.video import open_clip
from unmask.prediction.serve.limits import Limits
from unmask.videos.media_types import is_still, suffix_by_content

MOST_PIXELS = 36_000_000
"""Of a frame: above 8K video. A small file can hold a picture that fills the memory."""

MOST_FPS = 240
"""Frames a second that are taken to be meant; a header may claim any length for any number."""


class Refused(UnmaskError):
    """An upload that is not scored; the text says why, to the person who sent it."""


def suffix_of(head: bytes) -> str:
    """The suffix under which to keep a file that begins like this.

    The name that a visitor gave says nothing reliable. Playlists, which could make the decoder
    open other files, are among what is not known here.

    Raises:
        Refused: the file is empty, or no kind of video or image that is known by its first bytes.
    """
    if not head:
        raise Refused("The file is empty.")
    suffix = suffix_by_content(head)
    if suffix is None:
        raise Refused("This is not a video or an image, whatever its name says.")
    return suffix


def check_media(path: Path, limits: Limits) -> None:
    """Look at the header and the packets of a file, and decode nothing yet.

    Raises:
        Refused: it is longer than allowed, or its frames are too large.
        UnreadableMedia: it cannot be opened.
    """
    if is_still(path):
        width, height = _image_size(path)
    else:
        with open_clip(path) as clip:
            width, height, times = clip.width, clip.height, clip.forecast()
        length = max(times, default=0.0)
        if length > limits.seconds or len(times) > limits.seconds * MOST_FPS:
            raise Refused(
                f"The video is longer than {limits.seconds:g} s, which is the most here "
                f"(it has {length:.0f} s and {len(times)} frames). Cut out the part in question."
            )
    if width * height > MOST_PIXELS:
        raise Refused(f"Its pictures are too large: {width} x {height} pixels.")


def _image_size(path: Path) -> tuple[int, int]:
    try:
        with Image.open(path) as image:  # reads the header only
            return image.size
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise Refused("The image is damaged, cut off or too large.") from None
