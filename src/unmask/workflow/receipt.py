"""Receipts: the key of a result that is several files, and what these are."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from unmask.disk.contents import KEY, of, sealed
from unmask.disk.files import write_text
from unmask.faces.index import FaceIndex
from unmask.workflow.keys import key_of_job, key_of_many, read_key, read_source


class Receipt:
    """Takes the key of a result before the work, and writes the receipt after it.

    ``keys`` are further keys or fingerprints of what the result is made from.
    """

    def __init__(self, args: Namespace, *keys: str) -> None:
        self.path = args.receipt
        self.key = key_of_job(args.settings, [*map(read_source, args.made_from), *keys])

    def holds(self) -> bool:
        """Whether the receipt of these very files is there: another job has made them."""
        if not self.path or read_key(self.path) != self.key:
            return False
        files = files_of(self.path.read_bytes())
        return all(Path(path).exists() and of(Path(path)) == was for path, was in files.items())

    def write(self, *outputs: Path) -> None:
        """Write the receipt of these files, if one is asked for: the last thing that a job does."""
        if self.path:
            write_receipt(self.path, self.key, outputs)


def keys_of_crops(indexes: Iterable[FaceIndex], cropped: Iterable[Path]) -> list[str]:
    """The keys of what :func:`load_face_indexes` read: one of all videos, one of all datasets."""
    return [key_of_many(keys) for keys in each_key_of_crops(indexes, cropped)]


def each_key_of_crops(
    indexes: Iterable[FaceIndex], cropped: Iterable[Path]
) -> tuple[dict[str, str], dict[str, str]]:
    """The key of each video's crops by its id, and of each dataset that was crops by its name."""
    videos = {index.video: index.made_of for index in indexes if index.made_of}
    return videos, {path.stem: read_key(path.with_suffix(".json")) for path in cropped}


def write_receipt(path: Path, made_of: str, outputs: Iterable[Path]) -> None:
    """Store the key of a result that is several files and folders, and what they are."""
    write_text(path, sealed({KEY: made_of, "files": {out.as_posix(): of(out) for out in outputs}}))


def files_of(receipt: bytes) -> dict[str, str]:
    """What the files and folders were that a receipt names, by path, given its bytes."""
    return dict(json.loads(receipt)["files"])
