"""Datasets whose images are face crops already: all are brought to one geometry and one size.

The whole dataset is one job. A job an image would spend its time on starting.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from unmask.detections.index import Face
from unmask.errors import UnreadableMedia
from unmask.faces.crop import STAGE, look_of, rounded, shares
from unmask.faces.geometry import Geometry, crop_square
from unmask.faces.index import Crop, FaceIndex, Quality
from unmask.faces.look import sharpness
from unmask.faces.ready_crops import ReadyCrops
from unmask.files import fresh_directory
from unmask.frames.images import read_image, write_jpeg
from unmask.records import Square

KEEP = "keep"
"""The setting `geometry` of a dataset whose crops are taken as they are."""

_FILE = "000000_0.jpg"


def adopt_dataset(
    images: Mapping[str, Path],
    out_dir: Path,
    *,
    size: int,
    quality: int,
    keep: bool = False,
    jobs: int = 1,
    **geometry: Any,
) -> list[FaceIndex]:
    """Bring the images of a cropped dataset to one geometry and ``size``, below ``out_dir/<id>/``.

    An image that cannot be read, or without a face, becomes a quarantined record.

    Args:
        images: the files, by id.
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
    source: Path,
    out_dir: Path,
    index: FaceIndex,
    finder: ReadyCrops,
    place: Geometry | None,
    quality: int,
) -> FaceIndex:
    """Write the crop of one image; ``place`` is None where it is taken as it is."""
    with fresh_directory(out_dir) as folder:
        try:
            image = read_image(source)
        except UnreadableMedia as error:
            return index.quarantine(STAGE, str(error))
        height, width = image.shape[:2]
        whole = Face((0.0, 0.0, float(width), float(height)), 1.0)
        face = finder.find(image)
        if place is None:
            square, face = Square(width / 2, height / 2, max(width, height)), face or whole
        elif face is None:
            return index.quarantine(
                STAGE, "no face is found in the crop (`geometry: keep` would take it as it is)"
            )
        else:
            square = rounded(place.square(face.box, face.landmarks))
        crop = crop_square(image, square, index.size)
        write_jpeg(folder / _FILE, crop, quality)
        made = Crop(_FILE, 0, 0.0, face.box, face.confidence, square)
        made.landmarks, made.sharpness = shares(face.landmarks, square), sharpness(crop)
        index.faces.append(made)
        index.quality = Quality(1, 1, max(face.box[2:]), face.confidence, **vars(look_of([made])))
    return index
