"""The project that each page is read in: a small one of the kind that the page is about."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import media
from projects import SMALL, checkout
from unmask.videos.demo import film_demo

GROUPS = 12
DEMO = {
    "datasets": [{"name": "demo", "kind": "demo", "root": "data/demo", "groups": 8, "seconds": 1}],
    "split": {"train": 0.5, "val": 0.25, "test": 0.25},
}
"""What the pages show is printed of so many."""

_KEPT: list[TemporaryDirectory] = []
"""Folders that are deleted when the tests end."""


def project(page: str, folder: Path) -> Path:
    """Set up what the reader of a page has before its first command. Returns where they are."""
    return _PROJECTS.get(page, _plain)(folder)


@cache
def _filmed(seed: int = 0, groups: int = GROUPS) -> Path:
    """Demo clips, for the reader's own."""
    _KEPT.append(TemporaryDirectory(prefix="unmask-docs-"))
    folder = Path(_KEPT[-1].name)
    film_demo(folder, groups=groups, seconds=2.0, seed=seed)
    return folder


def _pairs(seed: int = 0, groups: int = GROUPS) -> list[tuple[Path, Path]]:
    """Real clips, each with the fake that was made of it."""
    folder = _filmed(seed, groups)
    entries = json.loads((folder / "metadata.json").read_text())
    return sorted(
        (folder / entry["original"], folder / name)
        for name, entry in entries.items()
        if entry["label"] == "FAKE"
    )


def _put(source: Path, target: Path) -> None:
    """Copy a clip, with its new name in a box at the end: no two files are the same."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    name = str(target).encode()
    with target.open("ab") as file:
        file.write(struct.pack(">I4s", 8 + len(name), b"free") + name)


def _own_videos(folder: Path) -> Path:
    """Two folders of videos, as they come: some of them cannot be used."""
    checkout(folder, {})
    real, fake = folder / "data/mine/real", folder / "data/mine/fake/faceswap"
    for number, (original, swap) in enumerate(_pairs(), start=1):
        _put(original, real / f"{number:03d}.mp4")
        _put(swap, fake / f"{number:03d}.mp4")
    media.cut_off(Path(shutil.copyfile(real / "001.mp4", real / "013.mp4")))
    media.blank_clip(real / "014.mp4")
    media.empty_file(fake / "013.mp4")
    media.empty_file(fake / "015.mp4.part")
    for original, swap in _pairs(seed=1, groups=3)[:1]:
        _put(original, folder / "data/new/interview.mp4")
        _put(swap, folder / "data/new/speech.mp4")
    return folder


def _readme(folder: Path) -> Path:
    """What the README starts from: a checkout, here with a demo of seconds, and some videos."""
    checkout(folder, SMALL | DEMO | {"train": {"epochs": 3, "batch_size": 8}})
    for original, swap in _pairs()[:3]:
        _put(original, folder / "data/mine/real" / original.name)
        _put(swap, folder / "data/mine/fake" / original.name)
    _put(_pairs()[5][0], folder / "some/video.mp4")
    _put(_pairs()[6][0], folder / "clips/a.mp4")
    media.blank_clip(folder / "clips/b.mp4", frames=100)
    _put(_pairs()[7][0], folder / "a/folder/c.mp4")
    return folder


def _dfdc(folder: Path) -> Path:
    """Two parts as they are unpacked, each with its metadata."""
    checkout(folder, {})
    for number in range(2):
        part = folder / f"data/dfdc/dfdc_train_part_{number}"
        entries = {}
        for original, swap in _pairs()[number::2]:
            _put(original, part / original.name)
            _put(swap, part / swap.name)
            entries[original.name] = {"label": "REAL", "split": "train"}
            entries[swap.name] = {"label": "FAKE", "split": "train", "original": original.name}
        (part / "metadata.json").write_text(json.dumps(entries))
    return folder


def _put_faceforensics(root: Path) -> None:
    """Two methods at two levels of compression, as the authors' script lays them out."""
    videos = "{}/{}/{}/videos/{}.mp4"
    for number, (original, swap) in enumerate(_pairs()):
        partner = number ^ 1  # the authors swap in both directions
        for level in ("c23", "c40"):
            name = f"{number:03d}"
            _put(original, root / videos.format("original_sequences", "youtube", level, name))
            pair = f"{number:03d}_{partner:03d}"
            for method in ("Deepfakes", "FaceSwap"):
                target = videos.format("manipulated_sequences", method, level, pair)
                _put(swap, root / target)


def _put_celebdf(root: Path) -> None:
    """Four people with two clips each, a fake of each clip, and the list of tests."""
    tests = []
    for number, (original, swap) in enumerate(_pairs()[:8]):
        person, clip = divmod(number, 2)
        real = f"Celeb-real/id{person}_{clip:04d}.mp4"
        fake = f"Celeb-synthesis/id{person}_id{(person + 1) % 4}_{clip:04d}.mp4"
        _put(original, root / real)
        _put(swap, root / fake)
        if number in (2, 5):
            tests += [f"1 {real}", f"0 {fake}"]
    for number, (original, _) in enumerate(_pairs()[8:]):
        _put(original, root / f"YouTube-real/{number:05d}.mp4")
    (root / "List_of_testing_videos.txt").write_text("\n".join(tests) + "\n")


def _faceforensics(folder: Path) -> Path:
    checkout(folder, {})
    _put_faceforensics(folder / "data/ffpp")
    return folder


def _celebdf(folder: Path) -> Path:
    checkout(folder, {})
    _put_celebdf(folder / "data/celebdf")
    return folder


def _two_datasets(folder: Path) -> Path:
    checkout(folder, {})
    _put_faceforensics(folder / "data/ffpp")
    _put_celebdf(folder / "data/celebdf")
    return folder


def _plain(folder: Path) -> Path:
    """A checkout, and the demo of seconds."""
    checkout(folder, SMALL | DEMO)
    return folder


_PROJECTS: dict[str, Callable[[Path], Path]] = {
    "README.md": _readme,
    "docs/scoring.md": _readme,
    "docs/results.md": _plain,
    "docs/dvc.md": _readme,
    "docs/own-videos.md": _own_videos,
    "docs/dfdc.md": _dfdc,
    "docs/faceforensics.md": _faceforensics,
    "docs/celebdf.md": _celebdf,
    "docs/cross-dataset.md": _two_datasets,
}
