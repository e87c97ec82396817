"""What an epoch shows, and in which order.

It depends on the seed and the number of the epoch alone, so a training can go on at any epoch.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from unmask.training.crops import Crops

BLENDED = -1
"""In the place of a fake crop: the real one of the pair, blended with itself."""


def epoch_order(
    crops: Crops,
    seed: int,
    epoch: int,
    crops_per_video: int | None = None,
    sampling: str = "all",
) -> np.ndarray:
    """The positions of the crops that an epoch shows, in their order, (n,) int64.

    Args:
        crops: The split.
        seed: Of the training.
        epoch: Its number, from 0.
        crops_per_video: Of each video so many crops, drawn anew for each epoch; None: all.
        sampling: With ``balanced``, real and fake take turns; of the more frequent class so many
            are drawn, anew for each epoch, as there are of the other.
    """
    order = np.random.default_rng((seed, epoch)).permutation(len(crops))
    if crops_per_video:
        order = order[_rank(_numbers(crops.videos)[order]) < crops_per_video]
    if sampling == "balanced":
        of_class = [order[crops.labels[order] == label] for label in (0, 1)]
        count = min(map(len, of_class))
        order = np.stack([chosen[:count] for chosen in of_class], 1).reshape(-1)
    return order


def epoch_pairs(
    crops: Crops,
    seed: int,
    epoch: int,
    crops_per_video: int | None = None,
    self_blended: str | float = "none",
) -> np.ndarray:
    """The pairs that an epoch shows: positions of a real crop and of its fake, (n, 2) int64.

    The fake is a crop of the same group, from a video drawn anew for each epoch, that stands at
    the same time or next to it; or it is BLENDED.

    Args:
        crops: The split.
        seed: Of the training.
        epoch: Its number, from 0.
        crops_per_video: Of each real video so many crops, drawn anew for each epoch; None: all.
        self_blended: The share of pairs whose fake is made of the real crop; ``none`` or ``only``.
            With a share, real crops of groups without a fake are always blended; with ``none``
            they are left out.
    """
    rng = np.random.default_rng((seed, epoch))
    real = rng.permutation(np.flatnonzero(crops.labels == 0))
    if crops_per_video:
        real = real[_rank(_numbers(crops.videos)[real]) < crops_per_video]
    named = {"none": 0.0, "only": 1.0}
    share = named[self_blended] if isinstance(self_blended, str) else self_blended
    if share == 1:
        return np.stack([real, np.full_like(real, BLENDED)], 1)
    fakes = _fakes(crops)
    blended, which = rng.random(len(real)) < share, rng.random(len(real))
    pairs = []
    for number, made, draw in zip(real, blended, which, strict=True):
        videos = fakes.get(crops.groups[number])
        if made or (not videos and share):
            pairs.append((number, BLENDED))
        elif videos:
            at = videos[int(draw * len(videos))]
            nearest = np.abs(crops.times[at] - crops.times[number]).argmin()
            pairs.append((number, at[nearest]))
    return np.array(pairs, np.int64).reshape(-1, 2)


def class_weights(labels: np.ndarray, mode: str) -> np.ndarray:
    """The weights of real and fake, float32 (2,): 1 with ``none``; with ``balanced``, both classes
    sum alike among ``labels`` and the mean over them is 1."""
    if mode == "none":
        return np.ones(2, np.float32)
    counts = np.bincount(labels, minlength=2)
    return (len(labels) / (2 * np.maximum(counts, 1))).astype(np.float32)


def _fakes(crops: Crops) -> dict[str, list[np.ndarray]]:
    """The fake videos of each group, as the positions of their crops."""
    of_video: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number in np.flatnonzero(crops.labels == 1):
        of_video[crops.groups[number], crops.videos[number]].append(int(number))
    found = defaultdict(list)
    for (group, _), numbers in of_video.items():
        found[group].append(np.array(numbers))
    return dict(found)


def _numbers(names: list[str]) -> np.ndarray:
    """A number for each name, the same for equal ones."""
    return np.unique(np.asarray(names), return_inverse=True)[1].reshape(-1)


def _rank(keys: np.ndarray) -> np.ndarray:
    """For each entry, how many equal ones stand before it."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[starts, len(keys)])
    rank = np.empty(len(keys), np.int64)
    rank[order] = np.arange(len(keys)) - np.repeat(starts, lengths)
    return rank
