"""DeepfakeBench (Yan et al. 2023): folders of face crops, and lists of the videos of each split.

A list of its ``dataset_json`` reads ``{"Celeb-DF-v2": {"CelebDFv2_real": {"test": {"id0_0000":
{"label": "CelebDFv2_real", "frames": ["…/Celeb-real/frames/id0_0000/000.png", …]}}}}}``. Several
compression levels stand between split and video.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from unmask.config.datasets import DeepfakeBench
from unmask.disk.foreign import MB, read_json
from unmask.errors import DatasetError
from unmask.labels import FAKE, REAL, SPLITS
from unmask.videos.readers import celebdf, faceforensics
from unmask.videos.readers.listing import Clip, Listing, by_folder, inside

_IN_TEST = "not in the test list, and of one original with a video in it"


def read(root: Path, settings: DeepfakeBench) -> Listing:
    """List the videos of a list, each with its split; of several that of the test list.

    Groups are known for the videos of FaceForensics++ and Celeb-DF; for others names have to tell.
    Videos of the lists for training and validation are left out if one of their group is tested.
    """
    source = inside(settings.list, source=f"Dataset '{settings.name}', list")
    content = read_json(root / source, DatasetError, most=256 * MB)
    listing, seen = Listing(namespace=settings.name), dict[str, Clip]()
    spaces = set()
    for split, levels, name, entry in _entries(content, source):
        if settings.compression and levels and settings.compression not in levels:
            continue
        images = _present(root, entry["frames"])
        if not images:
            listing.problems.append((f"{source}: {name}", "none of its frames is in the folder"))
            continue
        clip, space = _clip(images, entry["label"])
        spaces.add(space)
        known = seen.setdefault(clip.path, clip)
        if known.label != clip.label:
            raise DatasetError(f"{source}: {name} is both real and fake. Delete one of the two.")
        if SPLITS.index(split) > SPLITS.index(known.split or split) or not known.split:
            known.split = split
    listing.clips += [seen[path] for path in sorted(seen)]
    if len(spaces) == 1:
        listing.namespace = spaces.pop() or settings.name
    tested = {clip.group for clip in listing.clips if clip.group and clip.split == "test"}
    for clip in listing.clips:
        if clip.split != "test" and clip.group in tested:
            clip.left_out = _IN_TEST
    return listing


def _entries(content: Any, source: str) -> Iterator[tuple[str, list[str], str, dict[str, Any]]]:
    """Split, compression levels, name and entry of each video.

    Raises:
        DatasetError: it is laid out otherwise.
    """
    found = False
    for dataset in _values(content):
        for of_class in _values(dataset):
            for split in SPLITS:
                for *levels, name, entry in _videos(of_class.get(split), split):
                    found = True
                    yield split, levels, name, entry
    if not found:
        raise DatasetError(
            f"{source} is no list of DeepfakeBench: it must read "
            '{"<dataset>": {"<class>": {"test": {"<video>": {"label": …, "frames": […]}}}}}.'
        )


def _values(node: Any) -> list[dict[str, Any]]:
    values = node.values() if isinstance(node, dict) else ()
    return [value for value in values if isinstance(value, dict)]


def _videos(node: Any, *names: str) -> Iterator[tuple[Any, ...]]:
    """The names on the way to each entry with frames, and the entry."""
    if not isinstance(node, dict):
        return
    if isinstance(node.get("frames"), list) and isinstance(node.get("label"), str):
        yield *names[1:-1], names[-1], node
        return
    for name, inner in node.items():
        yield from _videos(inner, *names, name)


def _present(root: Path, frames: list[Any]) -> tuple[str, ...]:
    """Those of the frames that are in the folder, by the longest end of their path that is."""
    paths = [PurePosixPath(str(frame).replace("\\", "/")) for frame in frames]
    for cut in range(len(paths[0].parts) - 1) if paths else ():
        ends = ["/".join(path.parts[cut:]) for path in paths]
        if ".." not in ends[0] and not ends[0].startswith("/") and (root / ends[0]).is_file():
            there = by_folder(end for end in ends if (root / end).is_file())
            return there[str(PurePosixPath(ends[0]).parent)]
    return ()


def _clip(images: tuple[str, ...], name: str) -> tuple[Clip, str]:
    """The video of these images, and the namespace of its groups; empty where there is none."""
    folder = PurePosixPath(images[0]).parent
    label = REAL if "real" in name.lower() else FAKE
    end = folder.parts[-5:]
    if end[0] in faceforensics.FOLDERS and not faceforensics.problem_of(end, label, "frames"):
        clip, space = faceforensics.clip_of("/".join(end), label, images), "faceforensics"
    elif (found := celebdf.FOLDERS.keys() & set(end)) and (
        known := celebdf.clip_of(str(folder), found.pop(), images)
    ):
        known.subject = known.donor = ""
        clip, space = known, "celebdf"
    else:
        clip = Clip(str(folder), folder.name, label, method=name, folders=(), images=images)
        clip.method, space = name if label == FAKE else "", ""
    clip.path = str(folder)
    return clip, space
