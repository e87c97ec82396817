"""Celeb-DF v2 (Li et al. 2020): three folders and the authors' list of test videos.

``Celeb-real/id0_0000.mp4``, ``YouTube-real/00000.mp4``, ``Celeb-synthesis/id0_id1_0000.mp4`` (the
face of id1 on the video id0_0000), ``List_of_testing_videos.txt`` with lines such as
``1 YouTube-real/00170.mp4``, in which 1 is *real*. Face crops lie in folders, as DeepfakeBench
cuts them: ``Celeb-real/frames/id0_0000/000.png``.
"""

from __future__ import annotations

import re
from pathlib import Path, PurePosixPath

from unmask.config.datasets import CelebDf
from unmask.disk.foreign import MB, read_bytes
from unmask.errors import DatasetError
from unmask.labels import FAKE, REAL, TRAINING
from unmask.videos.readers.listing import Clip, Listing, by_folder, find_media, official_split

FOLDERS = {"Celeb-real": REAL, "YouTube-real": REAL, "Celeb-synthesis": FAKE}
_NAMES = {
    "Celeb-real": re.compile(r"(id\d+)()_(\d+)"),
    "YouTube-real": re.compile(r"()()(\d+)"),
    "Celeb-synthesis": re.compile(r"(id\d+)_(id\d+)_(\d+)"),
}
_TEST_LIST = "List_of_testing_videos.txt"


def read(root: Path, settings: CelebDf) -> Listing:
    """List the three folders. A fake is in the group of the video that it was made from.

    With the authors' list, exactly the videos that it names are the test split. The others are for
    training, except those made from a video that is tested, or from which one was made: these are
    left out, so that no original is on both sides. The list parts videos, not people. Without it,
    the videos of one person are one group, and a fake knows whose face was put in.
    """
    if not any((root / folder).is_dir() for folder in FOLDERS):
        raise DatasetError(
            f"Dataset '{settings.name}': {settings.root} has none of the folders "
            f"{', '.join(FOLDERS)}."
        )
    listing = Listing(namespace="celebdf")
    for folder in FOLDERS:
        found = find_media(root, folder)
        listing.problems += found.problems()
        videos = by_folder(found.media) if settings.cropped else dict.fromkeys(found.media, ())
        for path, images in videos.items():
            if clip := clip_of(path, folder, images):
                listing.clips.append(clip)
            else:
                listing.problems.append((path, "not named like a video of the dataset"))
    if official_split(listing, settings, lambda: _apply_test_list(root / _TEST_LIST, listing)):
        if settings.use == "all":
            listing.notes += _people_on_both_sides(listing)
        for clip in listing.clips:
            clip.subject = clip.donor = ""
    return listing


def clip_of(path: str, folder: str, images: tuple[str, ...] = ()) -> Clip | None:
    """A video by its path: a file, or a folder of ``images``. None if it is not named like one."""
    name = _NAMES[folder].fullmatch(PurePosixPath(path).stem)
    if not name:
        return None
    label, (person, donor, number) = FOLDERS[folder], name.groups()
    return Clip(
        path,
        f"{folder}-{name[0]}",
        label,
        f"{person}_{number}" if person else f"youtube_{number}",
        method="synthesis" if label == FAKE else "",
        subject=person or "",
        donor=donor or "",
        images=images,
    )


def _apply_test_list(path: Path, listing: Listing) -> str:
    """Make the listed videos the test split. Returns why not; empty if done."""
    if not path.exists():
        return f"there is no {_TEST_LIST} in the folder"
    content = read_bytes(path, 32 * MB, DatasetError)
    lines = content.decode("utf-8-sig", errors="replace").splitlines()
    paths = [line.split()[-1].replace("\\", "/") for line in lines if line.strip()]
    named = {"-".join(PurePosixPath(path).with_suffix("").parts[-2:]): path for path in paths}
    tested = {clip.group for clip in listing.clips if clip.name in named}
    if not tested:
        return f"none of the {len(named)} names in {_TEST_LIST} is a video here"
    absent = named.keys() - {clip.name for clip in listing.clips}
    listing.problems += [(named[n], f"in {_TEST_LIST} but not there") for n in sorted(absent)]
    for clip in listing.clips:
        if clip.name in named:
            clip.split = "test"
        elif clip.group in tested:
            clip.left_out = "not in the authors' test list, and of one original with a video in it"
        else:
            clip.split = TRAINING
    return ""


def _people_on_both_sides(listing: Listing) -> list[str]:
    """A note on the people who are in training and in test by the authors' list."""
    sides: dict[str, set[str]] = {}
    for clip in listing.clips:
        if clip.subject and not clip.left_out:
            sides.setdefault(clip.subject, set()).add(clip.split)
    both = sum(len(found) > 1 for found in sides.values())
    if not both:
        return []
    return [
        f"the authors' list parts videos, not people: {both} of {len(sides)} people are in "
        "training and in test. To part people, write:\n    splits: ours"
    ]
