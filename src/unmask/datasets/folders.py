"""Two folders, ``real`` and ``fake``, perhaps below ``train``, ``val`` and ``test``.

Folders below ``fake`` name the method. Files of the same name belong to one group: where
``fake/swap/anna.mp4`` was made from ``real/anna.mp4``, they must not be parted by the split, and
where they have nothing in common, keeping them together costs nothing.
"""

from __future__ import annotations

from pathlib import Path, PurePosixPath

from unmask.config.datasets import AnyDataset
from unmask.datasets.listing import Clip, Listing, find_media, parse_split
from unmask.errors import DatasetError
from unmask.labels import CLASS_NAMES, FAKE

_SPLIT_FOLDERS = ("train", "val", "valid", "validation", "test")


def read(root: Path, settings: AnyDataset) -> Listing:
    """List ``{real,fake}/…`` or ``{train,val,test}/{real,fake}/…`` below ``root``."""
    listing = Listing(namespace=settings.name)
    for path in find_media(root):
        parts = list(PurePosixPath(path).parts)
        split = ""
        if parts[0].lower() in _SPLIT_FOLDERS:
            split = parse_split(parts.pop(0), source=settings.root)
        if len(parts) < 2 or parts[0].lower() not in CLASS_NAMES:
            raise DatasetError(
                f"Dataset '{settings.name}': {path} is neither in a folder real/ nor in a folder "
                f"fake/ of {settings.root}. Move it into one of them, or write a table of labels "
                "and use `kind: table`."
            )
        label = CLASS_NAMES.index(parts[0].lower())
        stem = PurePosixPath(path).stem
        method = "-".join(parts[1:-1]) if label == FAKE else ""
        name = "-".join([parts[0].lower(), *parts[1:-1], stem])
        listing.clips.append(Clip(path, name, label, group=stem, split=split, method=method))
    return listing
