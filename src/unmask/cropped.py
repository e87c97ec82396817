"""Datasets whose images are face crops already: nothing is detected, all become one size.

The whole dataset is one job. A job an image would spend its time on starting.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from unmask.faces import adopt_crop
from unmask.manifest import Video
from unmask.records import FaceIndex


def adopt_dataset(
    videos: Iterable[Video], out_dir: Path, *, size: int, quality: int
) -> list[FaceIndex]:
    """Bring the images of a cropped dataset to ``size`` pixels, below ``out_dir/<video>/``.

    An image that cannot be read becomes a quarantined record.
    """
    shutil.rmtree(out_dir, ignore_errors=True)
    out_dir.mkdir(parents=True)
    return [
        adopt_crop(
            Path(video.path), out_dir / video.video, video=video.video, size=size, quality=quality
        )
        for video in videos
    ]
