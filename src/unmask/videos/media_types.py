"""What a file is: a video, a still image, or neither. Imports nothing heavy.

A list of files goes by their names; whatever opens one goes by its content, where that tells.
"""

from __future__ import annotations

from pathlib import Path

from unmask.disk.foreign import open_regular

VIDEO_SUFFIXES = frozenset(
    [
        ".3gp",
        ".apng",
        ".avi",
        ".flv",
        ".gif",
        ".m2ts",
        ".m4v",
        ".mkv",
        ".mov",
        ".mp4",
        ".mpeg",
        ".mpg",
        ".mts",
        ".ogv",
        ".ts",
        ".webm",
        ".wmv",
    ]
)
"""Pictures that move count as videos."""
IMAGE_SUFFIXES = frozenset(
    [".avif", ".bmp", ".jfif", ".jpe", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"]
)
MEDIA_SUFFIXES = VIDEO_SUFFIXES | IMAGE_SUFFIXES

HEAD = 4096
"""So many bytes at the start of a file tell what it is."""

_STARTS = (
    (b"\xff\xd8\xff", ".jpg"),
    (b"II*\0", ".tif"),
    (b"MM\0*", ".tif"),
    (b"GIF8", ".gif"),
    (b"\x1aE\xdf\xa3", ".mkv"),
    (b"FLV\x01", ".flv"),
    (b"OggS", ".ogv"),
    (b"0&\xb2u\x8ef\xcf\x11", ".wmv"),
    (b"\0\0\x01\xba", ".mpg"),
    (b"\0\0\x01\xb3", ".mpg"),
)
_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")
_STILLS = (b"avif", b"heic", b"heix", b"mif1")
_PACKET = 188


def name_parts(path: str) -> tuple[str, str]:
    """Stem and suffix of a path with forward slashes, as of a ``Path``, for lists of many."""
    name = path.rpartition("/")[2]
    dot = name.rfind(".")
    return (name[:dot], name[dot:]) if 0 < dot < len(name) - 1 else (name, "")


def is_image(path: Path) -> bool:
    """Tell whether a file is a still image, by its name."""
    return Path(path).suffix.lower() in IMAGE_SUFFIXES


def is_video(path: Path) -> bool:
    """Tell whether a file is a video, by its name."""
    return Path(path).suffix.lower() in VIDEO_SUFFIXES


def suffix_by_content(head: bytes) -> str | None:
    """The suffix that fits a file which begins with ``head``; None: no video or image known.

    Playlists, which could make a decoder open other files, are not known here.
    """
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return ".apng" if b"acTL" in head.partition(b"IDAT")[0] else ".png"
    for start, suffix in _STARTS:
        if head.startswith(start):
            return suffix
    if head[:2] == b"BM" and head[6:10] == bytes(4):
        return ".bmp"
    if head[4:8] in _BOXES:
        return _suffix_by_brand(head)
    if head[:4] == b"RIFF" and head[8:12] in (b"AVI ", b"WEBP"):
        return ".avi" if head[8:12] == b"AVI " else ".webp"
    for offset in (0, 4):  # Blu-ray's has a time code before each packet
        if head[offset :: _PACKET + offset][:3] == b"GGG":
            return ".ts"
    return None


def _suffix_by_brand(head: bytes) -> str:
    """Tell still images from videos among the files of MP4's family."""
    if head[4:8] != b"ftyp" or head[8:12] not in _STILLS:
        return ".mp4"
    return ".avif" if b"avif" in head[8 : int.from_bytes(head[:4])] else ".heic"


def is_still(path: Path) -> bool:
    """Tell whether a file is a still image, by its content; by its name where that says nothing."""
    suffix = suffix_by_content(_head(path))
    return is_image(path) if suffix is None else suffix not in VIDEO_SUFFIXES


def is_media(path: Path) -> bool:
    """Tell whether a file is meant to be a video or an image, by its name or by its content."""
    return Path(path).suffix.lower() in MEDIA_SUFFIXES or suffix_by_content(_head(path)) is not None


def why_not_an_image(data: bytes) -> str:
    """Say in plain words why a file that is no image to OpenCV is none."""
    if suffix_by_content(data[:HEAD]) == ".heic":
        return "a HEIC picture, which cannot be read here: save it as JPEG or PNG"
    return "the image cannot be decoded: it is damaged, cut off or no image"


def is_animated_webp(data: bytes) -> bool:
    """Tell whether a WebP file holds a moving picture."""
    return data[8:16] == b"WEBPVP8X" and bool(data[20] & 2)


def why_not_a_video(path: Path) -> str:
    """Say in plain words why a file that is no video to the decoder is none."""
    head = _head(path)
    if head[4:8] == b"ftyp":
        return "the file is incomplete: its index (the moov box) is missing"
    if head.startswith(b"version https://git-lfs"):
        return "the file is a Git LFS pointer, not the video itself: run `git lfs pull`"
    if all(byte >= 32 or byte in b"\t\n\f\r" for byte in head):
        return "the file is a text, not a video"
    return "no video stream can be found: the file is audio only, damaged, or no video"


def _head(path: Path) -> bytes:
    try:
        with open_regular(path) as file:
            return file.read(HEAD)
    except (OSError, ValueError):
        return b""
