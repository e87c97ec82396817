"""Taking frames from a video: at a rate, in a number, or all of them."""

from __future__ import annotations

import math
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from unmask.disk.files import fresh_directory
from unmask.errors import UnreadableMedia
from unmask.frames.bounds import needs_memory
from unmask.frames.images import fit_within, write_jpeg
from unmask.frames.index import Frame, FrameIndex
from unmask.frames.limits import USUAL, MediaLimits
from unmask.frames.packets import Unforeseen
from unmask.frames.video import Clip, open_clip

STAGE = "frames"

_TOLERANCE_S = 0.0005
"""Containers round timestamps, Matroska to milliseconds."""

_SLACK = 2
"""So many frames a header may promise too much without harm."""

Choice = Callable[[Sequence[float]], list[int]]
"""From the time of every frame, in seconds from the first, to the numbers of those wanted."""


def extract_frames(
    source: Path,
    out_dir: Path,
    *,
    video: str,
    fps: float | None = 2,
    count: int | None = None,
    max_size: int | Sequence[int] | None = None,
    quality: int = 95,
    min_decoded: float = 0.9,
    threads: int = 1,
    remedy: str = "set frames.min_decoded lower to keep it",
    limits: MediaLimits = USUAL,
) -> FrameIndex:
    """Save sampled frames of a video as ``out_dir/NNNNNN.jpg``, named by frame number.

    Args:
        source: a video, or a still image, which is a video of one frame.
        out_dir: is made anew; a quarantined video leaves it empty.
        video: the id that goes into the index.
        fps: frames for each second: the first frame at or after 0, 1/fps, 2/fps, ... seconds, no
            frame twice. None takes every frame.
        count: so many frames instead: those on screen at the middle of ``count`` equal parts of
            the duration, or all frames where there are fewer.
        max_size: shrink frames to fit within this many pixels, or within (width, height).
        quality: of the JPEGs, 1..100.
        min_decoded: share of the announced frames that must be there, 0..1. Frames that are
            decoded count if they decode. All are, unless every packet is whole and all that the
            wanted frames need decodes: then the others count as they are.
        threads: threads of the decoder.
        remedy: what to do about a video that is not whole; ends the reason.
        limits: of size and length. The timeout is for whoever can stop this from outside.

    Returns:
        The index. It is quarantined, with a reason, where the video cannot be read or is cut
        short. Times are in seconds from the first frame.
    """
    source = Path(source)
    index = FrameIndex(video=video, source=source.as_posix())
    how = _How(max_size, quality, min_decoded, threads, remedy, limits)
    with fresh_directory(out_dir) as folder:
        try:
            _sample(source, folder, index, _choice(fps, count), how)
        except (UnreadableMedia, MemoryError, cv2.error) as error:
            _discard(folder, index)
            index.quarantine(STAGE, _why(error))
    return index


def spread(times: Sequence[float], count: int) -> list[int]:
    """Choose the frames on screen at the middle of ``count`` equal parts of a clip.

    Args:
        times: when each frame appears, in seconds, increasing from 0.
        count: how many frames are wanted.

    Returns:
        ``min(count, len(times))`` different positions in ``times``, increasing.
    """
    count = min(count, len(times))
    if not count:
        return []
    middles = (np.arange(count) + 0.5) / count * _duration(times)
    shown = np.searchsorted(times, middles + _TOLERANCE_S, side="right") - 1
    # Where several middles fall on one frame, the next frames stand in, and none past the end.
    steps = np.arange(count)
    distinct = np.maximum.accumulate(shown - steps) + steps
    return np.minimum(distinct, len(times) - count + steps).tolist()


def at_rate(times: Sequence[float], fps: float) -> list[int]:
    """Choose the first frame at or after each of 0, 1/fps, 2/fps, ... seconds, none twice."""
    chosen, due = [], 0
    for number, time in enumerate(times):
        position = (time + _TOLERANCE_S) * fps
        if position >= due:
            chosen.append(number)
            due = math.floor(position) + 1
    return chosen


@dataclass(frozen=True)
class _How:
    max_size: int | Sequence[int] | None
    quality: int
    min_decoded: float
    threads: int
    remedy: str
    limits: MediaLimits


def _why(error: Exception) -> str:
    if isinstance(error, cv2.error):
        return f"its pictures cannot be handled: {error.err}"
    return needs_memory() if isinstance(error, MemoryError) else str(error)


def _choice(fps: float | None, count: int | None) -> Choice:
    if count is not None:
        return lambda times: spread(times, count)
    if fps is None:
        return lambda times: list(range(len(times)))
    return lambda times: at_rate(times, fps)


def _sample(source: Path, folder: Path, index: FrameIndex, choose: Choice, how: _How) -> None:
    """Save the chosen frames, and note how much of the video there is."""
    with open_clip(source, threads=how.threads, limits=how.limits) as clip:
        index.promised = clip.promised
        times: Sequence[float] = clip.forecast()
        try:
            chosen = choose(times)
            if len(times) < _enough(clip, how.min_decoded):
                raise Unforeseen
            for number, time in clip.only(chosen):
                _save(clip.image(), number, time, folder, index, how)
        except Unforeseen:
            times = _sample_all(clip, chosen, folder, index, choose, how)
        index.decoded = len(times)
        index.duration_s = round(_duration(times) or clip.frame_s, 6)
        _check_whole(clip, index, how)


def _sample_all(
    clip: Clip,
    forecast: list[int],
    folder: Path,
    index: FrameIndex,
    choose: Choice,
    how: _How,
) -> Sequence[float]:
    """Decode every frame: by forecast, and once more where the forecast was wrong."""
    chosen = forecast
    while True:
        _discard(folder, index)
        wanted, times = frozenset(chosen), array("d")
        for number, time in clip.frames():
            times.append(time)
            if number in wanted:
                _save(clip.image(), number, time, folder, index, how)
        if chosen == (chosen := choose(times)):
            return times


def _save(
    image: np.ndarray, number: int, time: float, folder: Path, index: FrameIndex, how: _How
) -> None:
    frame = fit_within(image, how.max_size)
    if not index.frames:
        index.source_height, index.source_width = image.shape[:2]
        index.height, index.width = frame.shape[:2]
    name = f"{number:06d}.jpg"
    write_jpeg(folder / name, frame, how.quality)
    index.frames.append(Frame(number, round(time, 6), name))


def _duration(times: Sequence[float]) -> float:
    """How long a clip lasts: the last frame is shown as long as the others on average."""
    return times[-1] * len(times) / (len(times) - 1) if len(times) > 1 else 0.0


def _check_whole(clip: Clip, index: FrameIndex, how: _How) -> None:
    """Refuse a clip that is cut short; let one pass whose header is only imprecise.

    A number of frames worked out from a duration is wrong at a variable rate. There, a clip that
    lasts as long as announced and decodes without gaps is whole.
    """
    if index.decoded >= _enough(clip, how.min_decoded):
        return
    if not clip.counted:
        lasts = index.duration_s >= how.min_decoded * clip.promised * clip.frame_s
        gapless = clip.damaged <= (1 - how.min_decoded) * (index.decoded + clip.damaged)
        if lasts and gapless:
            return
    reason = f"the header promises {clip.promised} frames, {index.decoded} could be decoded; "
    raise UnreadableMedia((reason + how.remedy).rstrip("; "))


def _enough(clip: Clip, min_decoded: float) -> float:
    return min(min_decoded * clip.promised, clip.promised - _SLACK)


def _discard(folder: Path, index: FrameIndex) -> None:
    for frame in index.frames:
        (folder / frame.file).unlink()
    index.frames.clear()
