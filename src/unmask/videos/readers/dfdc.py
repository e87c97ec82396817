"""DFDC (Dolhansky et al. 2020): folders of videos, each folder with its ``metadata.json``.

The root is one such folder (the sample, the preview of a part) or holds many of them
(``dfdc_train_part_0`` …). An entry reads
``"a.mp4": {"label": "FAKE", "split": "train", "original": "b.mp4"}``.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath
from typing import Any

from unmask.config.datasets import Dfdc
from unmask.disk.foreign import read_json, shown, shown_value
from unmask.errors import DatasetError
from unmask.labels import FAKE, TRAINING
from unmask.videos.media_types import name_parts
from unmask.videos.readers.listing import (
    Clip,
    Listing,
    find_media,
    inside,
    parse_label,
    parse_split,
)

METADATA = "metadata.json"


def read(root: Path, settings: Dfdc) -> Listing:
    """List a DFDC folder, or a folder of part folders.

    Videos that are listed but absent, and videos that are present but unlisted, are reported as
    problems. The ``split`` of the metadata is used only where it tells videos apart: in DFDC's
    own files it says ``train`` throughout.
    """
    found = find_media(root)
    tables = [root / path for path in found.beside if PurePosixPath(path).name == METADATA]
    if not tables:
        raise DatasetError(
            f"Dataset '{settings.name}': there is no {METADATA} in {settings.root} or in the "
            "folders in it. A DFDC folder has one beside its videos. For videos in two folders "
            "real/ and fake/ write `kind: folders`."
        )
    listing = Listing(namespace="dfdc")
    present = set(found.media)
    for path in tables:
        folder = path.parent.relative_to(root)
        _add_part(listing, present, PurePosixPath(folder.as_posix()), _load(path))
    listing.problems += [(path, f"in the folder but not in {METADATA}") for path in sorted(present)]
    listing.problems += found.problems()
    _group_by_first_original(listing.clips)
    if len({clip.split for clip in listing.clips}) < 2:
        for clip in listing.clips:
            clip.split = ""
    _split_by_part(listing.clips, settings)
    return listing


def parse_entry(name: str, entry: Any, *, source: str) -> Clip:
    """One entry of a ``metadata.json`` as a clip; its path is its file name.

    Raises:
        DatasetError: not a mapping, no label or one that is not known, a path out of the folder.
    """
    if not isinstance(entry, dict) or "label" not in entry:
        raise DatasetError(
            f'{source}: {shown_value(name)} has no label. Write "label": "REAL" or "FAKE".'
        )
    path = inside(name, source=source)
    label = parse_label(_text(entry["label"]), source=f"{source}, {shown(name)}")
    original = entry.get("original") if label == FAKE else None
    if not isinstance(original, str | None):
        raise DatasetError(
            f"{source}: the original of {shown_value(name)} must be a file name or null."
        )
    return Clip(
        path=path,
        name=name_parts(path)[0],
        label=label,
        group=name_parts(original or path)[0],
        split=parse_split(_text(entry.get("split")), source=f"{source}, {shown(name)}"),
        method=_text(entry.get("method")),
    )


def _text(value: Any) -> str:
    """A value of an entry as a text; what is none of those that can be one stands as it is seen."""
    if value is None:
        return ""
    return str(value) if isinstance(value, str | bool | float) else shown_value(value)


def _group_by_first_original(clips: list[Clip]) -> None:
    """A fake made from a fake belongs to what that was made from."""
    made_from = {clip.name: clip.group for clip in clips}
    for clip in clips:
        seen = {clip.name}
        while clip.group not in seen and clip.group in made_from:
            seen.add(clip.group)
            clip.group = made_from[clip.group]


def _split_by_part(clips: list[Clip], settings: Dfdc) -> None:
    """Give the videos of the parts in ``test_parts`` and ``val_parts`` that split, others train.

    Raises:
        DatasetError: there is no such part.
    """
    chosen = dict.fromkeys(settings.test_parts, "test")
    chosen |= dict.fromkeys(settings.val_parts, "val")
    if not chosen:
        return
    numbers = {part for clip in clips for part in _parts(clip)}
    if absent := sorted(set(chosen) - numbers):
        raise DatasetError(
            f"Dataset '{settings.name}': there is no part {absent[0]}. Parts are known by the "
            f"number at the end of a folder's name; there are {sorted(numbers) or 'none'}."
        )
    rest = "train" if "val" in chosen.values() else TRAINING
    for clip in clips:
        clip.split = next((chosen[part] for part in _parts(clip) if part in chosen), rest)


def _parts(clip: Clip) -> list[int]:
    """Numbers at the end of the names of a clip's folders, the innermost first."""
    folders = reversed(PurePosixPath(clip.path).parts[:-1])
    return [int(found[0]) for name in folders if (found := re.search(r"\d+$", name))]


def _add_part(
    listing: Listing, present: set[str], folder: PurePosixPath, entries: dict[str, Any]
) -> None:
    below = "" if folder == PurePosixPath() else f"{folder}/"
    for name, entry in entries.items():
        clip = parse_entry(name, entry, source=f"{below}{METADATA}")
        clip.path = f"{below}{clip.path}"
        if clip.path in present:
            present.remove(clip.path)
            listing.clips.append(clip)
        else:
            listing.problems.append((clip.path, f"in {METADATA} but not in the folder"))


def _load(path: Path) -> dict[str, Any]:
    def no_contradiction(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in pairs:
            if key in found and found[key] != value:
                raise DatasetError(
                    f"{path.name} in {path.parent.name}: {key!r} stands there twice, with "
                    f"{shown_value(found[key])} and {shown_value(value)}. Delete the wrong one."
                )
            found[key] = value
        return found

    entries = read_json(path, DatasetError, object_pairs_hook=no_contradiction)
    if not isinstance(entries, dict):
        raise DatasetError(f"{path} must be a JSON object with an entry a video.")
    return entries
