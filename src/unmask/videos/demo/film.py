"""Films a plan: an MP4 for each clip, and ``metadata.json`` as DFDC lays it out."""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from itertools import groupby
from pathlib import Path

import cv2
import numpy as np

from unmask.disk.files import whole_file, write_text
from unmask.errors import DatasetError
from unmask.videos.demo.camera import shoot
from unmask.videos.demo.portraits import other, still
from unmask.videos.demo.script import FAKE, MARK, METADATA, PEOPLE, DemoClip, Take
from unmask.videos.demo.swap import swapped

log = logging.getLogger(__name__)

CODEC = "mp4v"


def film(out_dir: Path, clips: list[DemoClip], *, threads: int | None = None) -> list[Path]:
    """Write ``out_dir/<name>.mp4`` for every clip, then ``out_dir/metadata.json``; return all.

    A file appears under its name only when it is whole, the metadata last. The same plan gives the
    same bytes, whatever the number of ``threads`` (None: one for each core).

    Raises:
        DatasetError: ``out_dir`` holds the metadata of another dataset, or the clips cannot be
            written there.
    """
    try:
        out_dir.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatasetError(
            f"cannot make the folder {out_dir}: {error.strerror}; name another one"
        ) from None
    _refuse_foreign(out_dir, clips)
    for person in PEOPLE:  # read before the threads start, so that each is read once
        still(person)
    groups = [list(members) for _, members in groupby(clips, key=lambda clip: clip.group)]
    with ThreadPoolExecutor(threads or os.cpu_count()) as pool:
        for members in pool.map(lambda members: _film_group(out_dir, members), groups):
            log.info("filmed %s", ", ".join(clip.file for clip in members))
    write_text(out_dir / METADATA, json.dumps(metadata(clips), indent=1) + "\n")
    return [*(out_dir / clip.file for clip in clips), out_dir / METADATA]


def metadata(clips: list[DemoClip]) -> dict[str, dict[str, str | bool]]:
    """What DFDC's ``metadata.json`` says of the clips, by file name in alphabetical order."""
    entries: dict[str, dict[str, str | bool]] = {}
    for clip in sorted(clips, key=lambda clip: clip.file):
        label = "FAKE" if clip.label == FAKE else "REAL"
        entries[clip.file] = {"label": label, "split": "train", MARK: True}
        if clip.original is not None:
            entries[clip.file]["original"] = f"{clip.original}.mp4"
    return entries


def pictures(clips: list[DemoClip]) -> Iterator[list[np.ndarray]]:
    """The frames of clips that share a take, before encoding: for each frame one per clip."""
    first = clips[0]
    return shoot(first.take, [_image(clip) for clip in clips], still(first.person).matte)


def _image(clip: DemoClip) -> np.ndarray:
    if clip.swap is None:
        return still(clip.person).image
    return swapped(still(clip.person), still(other(clip.person)), clip.swap, clip.take)


def _film_group(out_dir: Path, clips: list[DemoClip]) -> list[DemoClip]:
    with ExitStack() as stack:
        writers = [stack.enter_context(_writer(out_dir / clip.file, clip.take)) for clip in clips]
        for frames in pictures(clips):
            for writer, frame in zip(writers, frames, strict=True):
                writer.write(frame)
    return clips


@contextmanager
def _writer(path: Path, take: Take) -> Iterator[cv2.VideoWriter]:
    """A video writer whose file takes its name only after the last frame."""
    codec = cv2.VideoWriter.fourcc(*CODEC)
    with whole_file(path) as partial:
        writer = cv2.VideoWriter(str(partial), codec, take.fps, (take.width, take.height))
        try:
            yield writer
        finally:
            writer.release()
        if not _is_whole(partial, take.frames):
            raise DatasetError(
                f"{path} could not be written; see that {path.parent} may be written to and that "
                "its disk has room, then run again"
            )


def _is_whole(path: Path, frames: int) -> bool:
    """Whether the file holds so many frames: OpenCV does not say when it cannot write."""
    video = cv2.VideoCapture(str(path)) if path.exists() else None
    return video is not None and round(video.get(cv2.CAP_PROP_FRAME_COUNT)) == frames


def _refuse_foreign(out_dir: Path, clips: list[DemoClip]) -> None:
    """Stop before the metadata of other videos is overwritten."""
    path = out_dir / METADATA
    try:
        known = set(json.loads(path.read_text("utf-8")))
    except FileNotFoundError:
        return
    except (ValueError, TypeError):
        known = {METADATA}
    strangers = sorted(known - {clip.file for clip in clips})
    if strangers:
        raise DatasetError(
            f"{path} is about other videos ({strangers[0]}, {len(strangers)} in all); give the "
            f"demo a folder of its own, or delete {out_dir} first"
        )
