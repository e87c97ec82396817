"""What an upload is, by its content."""

from __future__ import annotations

from unmask.errors import UnmaskError
from unmask.videos.media_types import suffix_by_content


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
