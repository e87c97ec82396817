"""Videos that look alike and are on different sides of the split: what names did not tell.

Three images of a video, at a sixth, a half and five sixths of those that were sampled, are reduced
to the signs of 16x16 brightness steps (the difference hash of Krawetz 2013). Videos of which at
most 15 % of these bits differ are near-duplicates: the same video recoded or shrunk, a fake and
what it was made from, or one person in one scene.

Measured with one face crop a video of 3,000 originals of DFDC, 4.5 million pairs: 38 differ in
less, and all 36 that were looked at show one person in one scene. Of 400 of the crops, shrunk to
half the side and saved at JPEG quality 30, 99 % are found again; shifted by 4 to 8 of 224 pixels,
90 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from unmask.dataset.duplicates import LIMIT, Pair
from unmask.errors import UnreadableMedia
from unmask.frames.images import read_image
from unmask.labels import CLASS_NAMES, SPLITS
from unmask.videos.manifest import Video

SIDE = 16
"""Brightness steps in a row, and rows."""

PLACES = (1 / 6, 1 / 2, 5 / 6)
FLAT = 4.0
"""Images whose brightness varies less than this, as a standard deviation of 255, say nothing."""

_ROWS = 256


def image_bits(path: Path) -> NDArray[np.uint8] | None:
    """The hash of an image, shape (32,); None if it cannot be read, or shows nothing."""
    try:
        gray = cv2.cvtColor(read_image(path), cv2.COLOR_BGR2GRAY)
    except UnreadableMedia:
        return None
    small = cv2.resize(gray, (SIDE + 1, SIDE), interpolation=cv2.INTER_AREA).astype(np.int16)
    if small.std() < FLAT:
        return None
    return np.packbits(small[:, 1:] > small[:, :-1])


def video_bits(images: Sequence[Path]) -> NDArray[np.uint8] | None:
    """The hash of a video, shape (96,), from its sampled images in order of time.

    None if there are none, or if one of the three that are looked at says nothing.
    """
    if not images:
        return None
    parts = [image_bits(images[int(place * len(images))]) for place in PLACES]
    known = [part for part in parts if part is not None]
    return np.concatenate(known) if len(known) == len(parts) else None


def find_pairs(videos: Sequence[Video], images: Mapping[str, Sequence[Path]]) -> list[Pair]:
    """Near-duplicates on different sides of the split, those that differ least first.

    ``images`` are those of each video by its id, in order of time.
    """
    with ThreadPoolExecutor() as pool:
        hashes = list(pool.map(lambda video: video_bits(images.get(video.id, ())), videos))
    sides = {
        split: [
            (video, bits)
            for video, bits in zip(videos, hashes, strict=True)
            if video.split == split and bits is not None
        ]
        for split in SPLITS
    }
    pairs = []
    for one, two in combinations(SPLITS, 2):
        if sides[one] and sides[two]:
            pairs += _alike(sides[one], sides[two])
    return sorted(pairs, key=lambda pair: (pair.difference, pair.video, pair.other))


def _alike(
    first: Sequence[tuple[Video, NDArray[np.uint8]]],
    second: Sequence[tuple[Video, NDArray[np.uint8]]],
) -> list[Pair]:
    all_bits = np.stack([bits for _, bits in second])
    pairs = []
    for start in range(0, len(first), _ROWS):
        some = np.stack([bits for _, bits in first[start : start + _ROWS]])
        # A column of eight bytes at a time: the table of all pairs stays small.
        differ = np.zeros((len(some), len(all_bits)), np.uint16)
        for a, b in zip(_words(some), _words(all_bits), strict=True):
            differ += np.bitwise_count(a[:, None] ^ b[None, :])
        for row, column in np.argwhere(differ <= LIMIT * all_bits.shape[1] * 8):
            share = differ[row, column] / (all_bits.shape[1] * 8)
            pairs.append(_pair(first[start + row][0], second[column][0], float(share)))
    return pairs


def _words(bits: NDArray[np.uint8]) -> NDArray[np.uint64]:
    """Shape (videos, 96) as (12, videos)."""
    return np.ascontiguousarray(np.ascontiguousarray(bits).view(np.uint64).T)


def _pair(one: Video, two: Video, difference: float) -> Pair:
    names = CLASS_NAMES[one.label], CLASS_NAMES[two.label]
    return Pair(one.id, two.id, one.split, two.split, *names, round(difference, 4))
