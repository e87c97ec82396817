"""Two folders, ``real`` and ``fake``, perhaps below ``train``, ``val`` and ``test``.

Folders below ``fake`` name the method. Which files belong together, their names have to tell
(:mod:`unmask.videos.pairs`). Images in a folder of their own, such as ``real/anna/0001.jpg``, are
taken for frames of one video: face crops (``cropped: true``) become that video, of others the
folder is the group. A folder just below ``fake`` is one if ``real`` has it too; else it names a
method, unless ``real`` has folders of crops and no fake lies deeper.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePosixPath

from unmask.config.datasets import Folders
from unmask.errors import DatasetError
from unmask.labels import CLASS_NAMES, FAKE
from unmask.videos.media_types import is_image
from unmask.videos.readers.listing import Clip, Listing, by_folder, find_media, parse_split

_SPLIT_FOLDERS = ("train", "val", "valid", "validation", "test")


def read(root: Path, settings: Folders) -> Listing:
    """List ``{real,fake}/…`` or ``{train,val,test}/{real,fake}/…`` below ``root``."""
    listing = Listing(namespace=settings.name)
    found = find_media(root)
    listing.problems += found.problems()
    layouts = [_layout(path, settings) for path in found.media]
    filmed = {parts[1] for _, parts in layouts if parts[0].lower() == "real" and len(parts) > 2}
    deep = any(parts[0].lower() == "fake" and len(parts) > 3 for _, parts in layouts)
    flat = settings.video_per == "folder" or (settings.cropped and bool(filmed) and not deep)
    for path, (split, parts) in zip(found.media, layouts, strict=True):
        label = CLASS_NAMES.index(parts[0].lower())
        *folders, stem = *parts[1:-1], PurePosixPath(path).stem
        clip = Clip(path, "-".join([parts[0].lower(), *folders, stem]), label, split=split)
        listing.clips.append(clip)
        if is_image(Path(path)):
            names_method = label == FAKE and len(folders) == 1 and folders[0] not in filmed
            if folders and (flat or not names_method):
                clip.group = f"{split}/{folders[-1]}" if split else folders[-1]
                folders.pop()
            clip.folders = ()
        else:
            clip.folders = tuple(folders)
        clip.method = "-".join(folders) if label == FAKE else ""
    if settings.cropped and settings.video_per != "file":
        _make_videos(listing)
    return listing


def _make_videos(listing: Listing) -> None:
    """Make one video of the images of each folder of crops."""
    parts = {clip.path: clip for clip in listing.clips if clip.group}
    if not parts:
        return
    listing.clips = [clip for clip in listing.clips if clip.path not in parts]
    folders = by_folder(parts)
    for folder, images in folders.items():
        part = parts[images[0]]
        name = part.name.removesuffix(f"-{PurePosixPath(part.path).stem}")
        made = replace(part, path=folder, name=name, group="", images=images)
        listing.clips.append(made)
    first = next(iter(folders))
    listing.notes.append(
        f"{len(folders)} folders of crops are a video each, such as {first} of "
        f"{len(folders[first])}. If each image is a video by itself, write:\n    video_per: file"
    )


def _layout(path: str, settings: Folders) -> tuple[str, list[str]]:
    """The split, or nothing, and the path from the folder of the class on."""
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
    return split, parts
