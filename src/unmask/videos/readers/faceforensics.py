"""FaceForensics++ (Rossler et al. 2019) as its download script lays it out.

``original_sequences/{youtube,actors}/<compression>/videos/004.mp4`` and
``manipulated_sequences/<method>/<compression>/videos/004_982.mp4``: the face of 982 on 004. Of
DeepFakeDetection, ``original_sequences/actors/<compression>/videos/24__outside_talking.mp4`` and
``24_23__outside_talking__YR5OVD4S.mp4``: the face of actor 23 on 24. Face crops lie in folders
beside ``videos``, as DeepfakeBench cuts them: ``…/c23/frames/004_982/000.png``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path, PurePosixPath

from unmask.config.datasets import FaceForensics
from unmask.disk.foreign import read_json
from unmask.errors import DatasetError
from unmask.labels import FAKE, REAL
from unmask.videos.readers.listing import Clip, Listing, by_folder, find_media, official_split

COMPRESSIONS = ("raw", "c0", "c23", "c40")
SOURCES = ("youtube", "actors")
METHODS = (
    *("Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures"),
    *("FaceShifter", "DeepFakeDetection"),
)
LISTS = ("train.json", "val.json", "test.json")
"""The authors' split, from ``dataset/splits`` of their repository: pairs of ids."""

FOLDERS = {"original_sequences": REAL, "manipulated_sequences": FAKE}
_NOT_IN_LISTS = "in none of the authors' lists"
_ORIGINAL = re.compile(r"\d{3,4}")
_SWAP = re.compile(r"(\d{3,4})_(\d{3,4})")
_ACTED = re.compile(r"(\d+)__.+")
_ACTED_SWAP = re.compile(r"(\d+)_(\d+)__(.+)__[A-Z0-9]+")


def read(root: Path, settings: FaceForensics) -> Listing:
    """List the videos of every method and, unless one is chosen, every compression level.

    Both videos behind a fake are in its group. A compression level is never a reason to be in
    another group. Videos of actors are tied by the actor. Of the authors' lists of pairs, in
    ``root`` or in ``root/splits``, each is a split; they name no videos of actors.
    """
    if not any((root / folder).is_dir() for folder in FOLDERS):
        raise DatasetError(
            f"Dataset '{settings.name}': {settings.root} has neither original_sequences/ nor "
            "manipulated_sequences/. Set `root:` to the folder that the download script filled."
        )
    listing = Listing(namespace="faceforensics")
    for folder, label in FOLDERS.items():
        found = find_media(root, folder)
        listing.problems += found.problems()
        videos = by_folder(found.media) if settings.cropped else dict.fromkeys(found.media, ())
        for path, images in videos.items():
            parts = PurePosixPath(path).parts
            if problem := problem_of(parts, label, "frames" if settings.cropped else "videos"):
                listing.problems.append((path, problem))
            elif settings.compression in (None, parts[2]):
                listing.clips.append(clip_of(path, label, images))
    official_split(listing, settings, lambda: _apply_lists(root, listing))
    return listing


def _apply_lists(root: Path, listing: Listing) -> str:
    """Give videos the split of the list that names them. Returns why not; empty if done."""
    folder = next((f for f in (root, root / "splits") if (f / LISTS[0]).is_file()), None)
    if folder is None:
        return f"there is no {LISTS[0]} in the folder or in splits/"
    listed = {name: Path(file).stem for file in LISTS for name in _ids(folder / file)}
    swaps = [clip for clip in listing.clips if not clip.subject]
    if not any(clip.group in listed for clip in swaps):
        return f"the lists name other videos than there are here ({len(swaps)})"
    for clip in swaps:
        sides = {listed.get(name) for name in (clip.group, *clip.ties)}
        if len(sides) == 1 and None not in sides:
            clip.split = sides.pop() or ""
        else:
            clip.left_out = _NOT_IN_LISTS
    return ""


def _ids(path: Path) -> set[str]:
    pairs = read_json(path, DatasetError)
    if not isinstance(pairs, list) or not all(isinstance(pair, list) for pair in pairs):
        raise DatasetError(f'{path} must be a list of pairs of ids: [["071", "054"], …]')
    return {str(name) for pair in pairs for name in pair}


def problem_of(parts: Sequence[str], label: int, folder: str = "videos") -> str:
    """Why a path is no video of the dataset, below ``folder``; empty if it is one."""
    if len(parts) != 5 or parts[3] != folder:
        return f"not in <method>/<compression>/{folder}"
    known = METHODS if label == FAKE else SOURCES
    if parts[1] not in known:
        return f"in {parts[1]}/, which is none of {', '.join(known)}"
    if parts[2] not in COMPRESSIONS:
        return f"in {parts[2]}/, which is no compression level ({', '.join(COMPRESSIONS)})"
    stem = PurePosixPath(parts[4]).stem
    names = (_SWAP, _ACTED_SWAP) if label == FAKE else (_ORIGINAL, _ACTED)
    if not any(pattern.fullmatch(stem) for pattern in names):
        return "not named like a video of the dataset"
    return ""


def clip_of(path: str, label: int, images: tuple[str, ...] = ()) -> Clip:
    """A video by its path: a file, or a folder of ``images``."""
    _, method, compression, _, file = PurePosixPath(path).parts
    stem = PurePosixPath(file).stem
    clip = Clip(path, f"{method}-{compression}-{stem}", label, group=stem, images=images)
    if label == FAKE:
        clip.method = method
    if pair := _SWAP.fullmatch(stem):
        clip.group, donor = pair.groups()
        clip.ties = (donor,)
    elif swap := _ACTED_SWAP.fullmatch(stem):
        clip.subject, clip.donor, scene = swap.groups()
        clip.group = f"{clip.subject}__{scene}"
    elif acted := _ACTED.fullmatch(stem):
        clip.subject = acted[1]
    return clip
