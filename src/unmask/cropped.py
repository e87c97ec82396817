"""Datasets whose images are face crops already: nothing is detected, all become one size.

The whole dataset is one job. A job an image would spend its time on starting.
"""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path

from unmask.faces import adopt_crop
from unmask.records import FaceIndex


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
