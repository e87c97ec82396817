"""Datasets whose images are face crops already: all are brought to one geometry and one size.

The whole dataset is one job. A job an image would spend its time on starting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from unmask.detections.index import Face
from unmask.disk.files import fresh_directory
from unmask.disk.records import Square
from unmask.errors import UnreadableMedia
from unmask.faces.crop import STAGE, look_of, rounded, shares
from unmask.faces.geometry import Geometry, crop_square
from unmask.faces.index import Crop, FaceIndex, Quality
from unmask.faces.look import sharpness
from unmask.faces.ready_crops import ReadyCrops
from unmask.frames.bounds import needs_memory
from unmask.frames.images import read_image, write_jpeg
from unmask.frames.limits import USUAL

KEEP = "keep"
"""The setting `geometry` of a dataset whose crops are taken as they are."""


def adopt_dataset(
    images: Mapping[str, Sequence[Path]],
    out_dir: Path,
    *,
    size: int,
    quality: int,
    keep: bool = False,
    jobs: int = 1,
    **geometry: Any,
) -> list[FaceIndex]:
    """Bring the images of a cropped dataset to one geometry and ``size``, below ``out_dir/<id>/``.

    Images that cannot be read, or without a face, are left out. A video of which none is left
    becomes a quarantined record.

    Args:
        images: the files of each video in the order of its frames, by its id. They are numbered
            and timed by that order, an image a second, for nothing tells how fast it was.
        out_dir: is made anew.
        size: side of the results in pixels.
        quality: of the JPEGs, 1..100.
        keep: take images as they are, made square by mirroring. Landmarks are looked for all the
            same.
        jobs: how many images to work on at once.
        geometry: the fields of :class:`unmask.faces.geometry.Geometry`.
    """
    finder = ReadyCrops()
    place = None if keep else Geometry(**geometry)
    with fresh_directory(out_dir) as folder, ThreadPoolExecutor(jobs) as pool:

        def adopt(name: str) -> FaceIndex:
            index = FaceIndex(video=name, size=size)
            return _adopt(images[name], folder / name, index, finder, place, quality)

        return list(pool.map(adopt, images))


def _adopt(
    sources: Sequence[Path],
    out_dir: Path,
    index: FaceIndex,
    finder: ReadyCrops,
    place: Geometry | None,
    quality: int,
) -> FaceIndex:
    """Write the crops of a video; ``place`` is None where images are taken as they are."""
    reasons = []
    with fresh_directory(out_dir) as folder:
        for number, source in enumerate(sources):
            found = _cut(source, index.size, finder, place)
            if isinstance(found, str):
                reasons.append(found)
                continue
            crop, face, square = found
            file = f"{number:06d}_0.jpg"
            write_jpeg(folder / file, crop, quality)
            made = Crop(file, number, float(number), face.box, face.confidence, square)
            made.landmarks, made.sharpness = shares(face.landmarks, square), sharpness(crop)
            index.faces.append(made)
    if not index.faces:
        return index.quarantine(STAGE, reasons[0])
    index.quality = Quality(
        len(sources),
        len(index.faces),
        median(max(made.box[2:]) for made in index.faces),
        median(made.confidence for made in index.faces),
        **vars(look_of(index.faces)),
    )
    return index


def _cut(
    source: Path, size: int, finder: ReadyCrops, place: Geometry | None
) -> tuple[NDArray[np.uint8], Face, Square] | str:
    """The crop of an image with its face and where it was cut, or why there is none."""
    try:
        image = read_image(source, USUAL)
    except (UnreadableMedia, MemoryError) as error:
        return str(error) or needs_memory()
    height, width = image.shape[:2]
    whole = Face((0.0, 0.0, float(width), float(height)), 1.0)
    face = finder.find(image)
    if place is None:
        square, face = Square(width / 2, height / 2, max(width, height)), face or whole
    elif face is None:
        return "no face is found in the crop (`geometry: keep` would take it as it is)"
    else:
        square = rounded(place.square(face.box, face.landmarks))
    return crop_square(image, square, size), face, square
