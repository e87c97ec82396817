"""Ids of videos: short, safe in a path and a shell, and unique over all datasets."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

MAX_LENGTH = 100
_PLAIN = re.compile("[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?")


def slug(text: str) -> str:
    """``text`` in the letters a-z, A-Z, 0-9, ``_`` and ``-`` (not in front); accents are dropped.

    Where a letter has no such spelling, or the text is too long for a file name, six digits of
    its hash keep different texts apart.
    """
    if len(text) <= MAX_LENGTH and _PLAIN.fullmatch(text):
        return text
    plain = unicodedata.normalize("NFKD", text)
    ascii_only = "".join(char for char in plain if not unicodedata.combining(char))
    short = re.sub(r"[^A-Za-z0-9_-]+", "_", ascii_only).strip("_-")[:MAX_LENGTH]
    if not ascii_only.isascii() or len(ascii_only) > MAX_LENGTH or not short:
        return f"{short}-{_digest(text)}".strip("-")
    return short


def unique_ids(videos: Sequence[tuple[str, str, str]]) -> list[str]:
    """One id a video, given as (name, dataset, path within the dataset).

    A video is called by its name. Videos that share a name (upper and lower case being one, as
    on many disks) are called by dataset and path, all of them, so that no id depends on the
    order of the list.
    """
    ids = [slug(name) for name, _, _ in videos]
    for rename in (_with_path, _with_digest):
        for positions in _clashes(ids):
            for position in positions:
                ids[position] = rename(*videos[position])
    return ids


def _clashes(ids: Sequence[str]) -> list[list[int]]:
    places: dict[str, list[int]] = defaultdict(list)
    for position, name in enumerate(ids):
        places[name.casefold()].append(position)
    return [positions for positions in places.values() if len(positions) > 1]


def _with_path(name: str, dataset: str, path: str) -> str:
    return slug(f"{dataset}-{path.replace('/', '-')}")


def _with_digest(name: str, dataset: str, path: str) -> str:
    return f"{_with_path(name, dataset, path)}-{_digest(f'{dataset}/{path}')}"


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:6]
