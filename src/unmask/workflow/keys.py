"""Provenance: what a result was made of, as one key that is stored with the result.

The key of a result is a digest of the settings file of its stage (settings and code) and of the
keys of all that it was made from, down to the fingerprints of the videos. So it follows from
settings and sources alone: what it ought to be is known before any job runs, in any clone, whatever
the times of the files are.

A job stores the key of what it really read: in the index of its video, or in a receipt,
``results/made_of/<stage>.json``, which also holds fingerprints of the files it wrote.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from unmask.files import digest

KEY = "made_of"
"""Name of the key's field, which stands first in a file."""

_HEAD = 256
_KEY_IN_HEAD = re.compile(rb'^\{\s*"' + KEY.encode() + rb'": "([0-9a-f]{16})"')


def key(settings: str, sources: Iterable[str]) -> str:
    """The key of a result.

    Args:
        settings: content of the settings file of its stage.
        sources: keys, fingerprints or digests of what it is made from, in any order.
    """
    return digest("\n".join([digest(settings), *sorted(sources)]))


def key_of_job(settings: Path, sources: Iterable[str]) -> str:
    """The key of the result that a job is about to make with the settings in a file."""
    return key(settings.read_text("utf-8"), sources)


def key_of_many(keys: Mapping[str, str]) -> str:
    """One key for the results of many videos or datasets, given the key of each by its name."""
    return digest("\n".join(f"{name} {keys[name]}" for name in sorted(keys)))


def read_source(path: Path) -> str:
    """What a file adds to the key of a result made from it: its own key, else its digest."""
    return read_key(path) or digest(path.read_text("utf-8"))


def read_key(path: Path) -> str:
    """The key stored in an index or receipt; empty if there is none."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError:
        return ""
    found = _KEY_IN_HEAD.match(head)
    return found[1].decode() if found else ""
