"""Which file names are videos and which are still images. Imports nothing heavy."""

from __future__ import annotations

from pathlib import Path

VIDEO_SUFFIXES = frozenset(
    [
        ".3gp",
        ".avi",
        ".flv",
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
IMAGE_SUFFIXES = frozenset([".bmp", ".jpeg", ".jpg", ".png", ".tif", ".tiff", ".webp"])


def is_image(path: Path) -> bool:
    """Tell whether a file is a still image, by its name."""
    return Path(path).suffix.lower() in IMAGE_SUFFIXES


def is_video(path: Path) -> bool:
    """Tell whether a file is a video, by its name."""
    return Path(path).suffix.lower() in VIDEO_SUFFIXES
