"""Provenance: what a result was made of, as one key that is stored with the result.

The key of a result has three parts: digests of the code of its stage, of its settings, and of its
sources, which are the keys of all that it was made from, down to the fingerprints of the videos. So
what it ought to be is known before any job runs, in any clone, whatever the times of the files are,
and in which part another key differs tells why a result is old.

A job stores the key of what it really read: in the index of its video, or in a receipt,
``results/workflow/made_of/<stage>.json``, which also says what the files were that it wrote.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from unmask.disk.contents import KEY
from unmask.disk.files import digest
from unmask.workflow import stage_settings

_HEAD = 256
_KEY_IN_HEAD = re.compile(
    rb'^\{\s*"' + KEY.encode() + rb'": "([0-9a-f]{16}(?:-[0-9a-f]{16}){0,2})"'
)


def _digest_of(sources: Iterable[str]) -> str:
    return digest("\n".join(sorted(sources)))


class Parts(NamedTuple):
    """What the parts of a key stand for. Keys of older versions have no parts: all are empty."""

    code: str = ""
    settings: str = ""
    sources: str = ""


def parts(key: str) -> Parts:
    """The parts of a key."""
    found = key.split("-")
    return Parts(*found) if len(found) == len(Parts._fields) else Parts()


def key(settings: str, sources: Iterable[str]) -> str:
    """The key of a result.

    Args:
        settings: content of the settings file of its stage.
        sources: keys, fingerprints or digests of what it is made from, in any order.
    """
    return f"{_code_and_settings(settings)}-{_digest_of(sources)}"


@lru_cache(maxsize=64)
def _code_and_settings(text: str) -> str:
    """The first parts of the keys of a stage, given the content of its settings file."""
    code, settings = stage_settings.parse(text)
    return f"{code}-{digest(json.dumps(settings, sort_keys=True))}"


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
            return key_in(file.read(_HEAD))
    except OSError:
        return ""


def key_in(data: bytes) -> str:
    """The key at the start of an index or receipt; empty if there is none."""
    found = _KEY_IN_HEAD.match(data)
    return found[1].decode() if found else ""
