"""Datasets whose images are face crops already: nothing is detected, all become one size.

The whole dataset is one job. A job an image would spend its time on starting.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from unmask.errors import UnreadableMedia
from unmask.faces.crop import STAGE
from unmask.faces.geometry import crop_square
from unmask.faces.index import Crop, FaceIndex, Quality
from unmask.files import fresh_directory
from unmask.frames.images import read_image, write_jpeg


def adopt_dataset(
    images: Mapping[str, Path], out_dir: Path, *, size: int, quality: int
) -> list[FaceIndex]:
    """Bring the images of a cropped dataset to ``size`` pixels, below ``out_dir/<id>/``.

    An image that cannot be read becomes a quarantined record.
    """
    shutil.rmtree(out_dir, ignore_errors=True)
    out_dir.mkdir(parents=True)
    return [
        adopt_crop(path, out_dir / name, video=name, size=size, quality=quality)
        for name, path in images.items()
    ]


def adopt_crop(source: Path, out_dir: Path, *, video: str, size: int, quality: int) -> FaceIndex:
    """Take an image that is a face crop already: make it square by mirroring, and ``size`` wide.

    Args:
        source: the image.
        out_dir: is made anew, and gets ``000000_0.jpg``.
        video: the id that goes into the index.
        size: side of the result in pixels.
        quality: of the JPEG, 1..100.

    Returns:
        The index, quarantined with a reason where the image cannot be read.
    """
    index = FaceIndex(video=video, size=size, scale=1.0)
    with fresh_directory(out_dir) as folder:
        try:
            image = read_image(source)
        except UnreadableMedia as error:
            return index.quarantine(STAGE, str(error))
        height, width = image.shape[:2]
        whole = (0.0, 0.0, float(width), float(height))
        name = "000000_0.jpg"
        write_jpeg(folder / name, crop_square(image, whole, scale=1.0, size=size), quality)
        index.faces.append(Crop(name, 0, 0.0, whole, 1.0))
        index.quality = Quality(1, 1, float(max(width, height)), 1.0)
    return index
