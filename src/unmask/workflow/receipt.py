"""Receipts: the key of a result that is several files, with their fingerprints."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterable
from pathlib import Path

from unmask.faces.index import FaceIndex
from unmask.files import fingerprint, write_text
from unmask.workflow.keys import KEY, key_of_job, key_of_many, read_key, read_source


class Receipt:
    """Takes the key of a result before the work, and writes the receipt after it.

    ``keys`` are further keys or fingerprints of what the result is made from.
    """

    def __init__(self, args: Namespace, *keys: str) -> None:
        self.path = args.receipt
        self.key = key_of_job(args.settings, [*map(read_source, args.made_from), *keys])

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
    """Store the key of a result that is several files, with their fingerprints."""
    content = {KEY: made_of, "files": {file.as_posix(): fingerprint(file) for file in outputs}}
    write_text(path, json.dumps(content, indent=1) + "\n")


def is_whole(receipt: Path, where: Path) -> bool:
    """Whether the files that a receipt names, seen from ``where``, are those that were written."""
    try:
        files = json.loads(receipt.read_text("utf-8"))["files"]
        return all(fingerprint(where / file) == found for file, found in files.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False
