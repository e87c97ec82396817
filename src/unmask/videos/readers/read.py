"""Readers: from a dataset's folder, as its authors laid it out, to a list of labeled videos.

A reader is a function ``read(root, settings) -> Listing`` in the module of its kind. It looks at
names and label files only and opens no video.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from unmask.config.datasets import AnyDataset
from unmask.errors import DatasetError
from unmask.videos.readers import (
    celebdf,
    deepfakebench,
    demo,
    dfdc,
    faceforensics,
    folders,
    table,
)
from unmask.videos.readers.listing import Listing

READERS: dict[str, Callable[[Path, Any], Listing]] = {
    "celebdf": celebdf.read,
    "deepfakebench": deepfakebench.read,
    "demo": demo.read,
    "dfdc": dfdc.read,
    "faceforensics": faceforensics.read,
    "folders": folders.read,
    "table": table.read,
}


def read_dataset(settings: AnyDataset, where: Path) -> Listing:
    """List the videos of one dataset. A relative root is looked up below ``where``.

    Raises:
        DatasetError: the folder is absent, laid out differently, or its labels contradict.
    """
    root = where / settings.root
    if settings.kind != "demo" and not root.is_dir():
        raise DatasetError(
            f"Dataset '{settings.name}': there is no folder {settings.root}. Set `root:` in "
            f"`datasets:` to the folder that holds the videos (seen from {where.resolve()})."
        )
    listing = READERS[settings.kind](root, settings)
    if not listing.clips:
        problems = "".join(f"\n  {path}: {reason}" for path, reason in listing.problems[:5])
        raise DatasetError(
            f"Dataset '{settings.name}': no labeled video or image was found below "
            f"{settings.root}.{problems}"
        )
    return listing
