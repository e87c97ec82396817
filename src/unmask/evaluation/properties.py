"""Properties of videos that have nothing to do with forgery: size, rate, codec, sharpness, origin.

Where they differ between the classes, a detector may learn them in place of the forgery.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, fields
from math import nan
from pathlib import Path
from statistics import median
from typing import Any

import av

from unmask.faces.index import FaceIndex
from unmask.frames.index import FrameIndex
from unmask.videos.manifest import Video
from unmask.videos.media_types import is_image


@dataclass
class Properties:
    """What is measured of a video: numbers, NaN where there is none, and names."""

    width: float = field(default=nan, metadata={"name": "width", "unit": "px"})
    height: float = field(default=nan, metadata={"name": "height", "unit": "px"})
    duration_s: float = field(default=nan, metadata={"name": "duration", "unit": "s"})
    frame_rate: float = field(default=nan, metadata={"name": "frame rate", "unit": "fps"})
    bits_per_pixel: float = field(default=nan, metadata={"name": "bits a pixel", "unit": ""})
    face_px: float = field(default=nan, metadata={"name": "face size", "unit": "px"})
    sharpness: float = field(default=nan, metadata={"name": "sharpness", "unit": ""})
    share_with_face: float = field(default=nan, metadata={"name": "frames with a face", "unit": ""})
    codec: str = field(default="", metadata={"name": "codec", "unit": ""})
    dataset: str = field(default="", metadata={"name": "dataset", "unit": ""})


NAMES = {entry.name: entry.metadata["name"] for entry in fields(Properties)}
UNITS = {entry.name: entry.metadata["unit"] for entry in fields(Properties)}


def measure_video(video: Video, frames: FrameIndex | None, faces: FaceIndex) -> Properties:
    """The properties of one usable video.

    Args:
        video: its row of the manifest; the file is opened for its header only.
        frames: its sampled frames; None where the images are crops already.
        faces: its crops.
    """
    found = Properties(dataset=video.dataset)
    if frames is not None:
        found.width, found.height = float(frames.source_width), float(frames.source_height)
    elif faces.faces:
        found.width, found.height = faces.faces[0].box[2:]
    path = Path(video.path)
    if path.is_dir():  # of crops, of which one speaks for all
        path = min(filter(is_image, path.iterdir()))
    if is_image(path):
        found.codec, count = path.suffix.lower().lstrip("."), 1.0
    else:
        found.codec, found.frame_rate, found.duration_s, count = _header(path)
    pixels = found.width * found.height * count
    if pixels > 0:
        found.bits_per_pixel = path.stat().st_size * 8 / pixels
    found.face_px = faces.quality.median_face_px
    found.share_with_face = faces.quality.frames_with_face / max(faces.quality.frames_sampled, 1)
    if faces.quality.sharpness is not None:
        found.sharpness = faces.quality.sharpness
    return found


def measure_all(
    videos: Sequence[Video], frames_dir: Path, indexes: Mapping[str, FaceIndex]
) -> list[Properties]:
    """The properties of usable videos, in their order, several at a time.

    Args:
        videos: rows of the manifest.
        frames_dir: holds the indexes of frames of those that are no crops already.
        indexes: their crops, by id.
    """

    def measure(video: Video) -> Properties:
        # Images that are crops already have no frames; their index has no key of its own.
        filmed = bool(indexes[video.id].made_of)
        frames = FrameIndex.load(frames_dir / f"{video.id}.json") if filmed else None
        return measure_video(video, frames, indexes[video.id])

    with ThreadPoolExecutor() as pool:
        return list(pool.map(measure, videos))


def describe(values: Sequence[Any], unit: str) -> str:
    """The median of numbers, or the most common of names with its share."""
    if not values:
        return "none"
    if isinstance(values[0], str):
        name = max(sorted(set(values)), key=values.count)
        return f"{name} ({values.count(name) / len(values):.0%})"
    return f"{median(values):.3g} {unit}".strip()


def columns_of(properties: Sequence[Properties]) -> Mapping[str, list[float] | list[str]]:
    """The values of each property, in the order of the videos."""
    return {name: [getattr(found, name) for found in properties] for name in NAMES}


def _header(path: Path) -> tuple[str, float, float, float]:
    """Codec, frames a second, seconds and number of frames, as the header of a video has them."""
    try:
        with av.open(str(path)) as container:
            stream = container.streams.video[0]
            rate = float(stream.average_rate or nan)
            seconds = nan
            if stream.duration and stream.time_base:
                seconds = float(stream.duration * stream.time_base)
            if seconds != seconds and container.duration:
                seconds = container.duration / av.time_base
            count = float(stream.frames) if stream.frames else rate * seconds
            return stream.codec_context.name, rate, seconds, count
    except (av.FFmpegError, IndexError, OSError):
        return "", nan, nan, nan
