"""What an epoch shows, and in which order."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from unmask.training.crops import Crops


@dataclass(frozen=True)
class Examples:
    """Crops, each as it is or blended with itself: arrays (n,) of the same length.

    ``crop``: its position in the split. ``blended``: whether it is shown blended with itself, which
    makes it a fake. ``labels``: 1 is fake. ``clip``: a number for the video, another for its
    pseudo-fakes.
    """

    crop: np.ndarray
    blended: np.ndarray
    labels: np.ndarray
    clip: np.ndarray

    def __len__(self) -> int:
        return len(self.crop)


def make_examples(crops: Crops, self_blended: str = "none") -> Examples:
    """The examples of a split.

    ``self_blended``: ``none``; ``extra`` shows each real crop a second time, blended with itself,
    as a fake; ``only`` does too, and leaves the dataset's own fakes out.
    """
    everything, real = np.arange(len(crops)), np.flatnonzero(crops.labels == 0)
    shown = real if self_blended == "only" else everything
    twice = real if self_blended != "none" else real[:0]
    clips = np.unique(np.asarray(crops.videos), return_inverse=True)[1].reshape(-1)
    crop = np.concatenate([shown, twice])
    blended = np.arange(len(crop)) >= len(shown)
    return Examples(
        crop,
        blended,
        np.where(blended, 1, crops.labels[crop]),
        clips[crop] + blended * (len(crops) + 1),
    )


def epoch_order(
    examples: Examples,
    seed: int,
    epoch: int,
    crops_per_video: int | None = None,
    sampling: str = "all",
) -> np.ndarray:
    """The positions of the examples that an epoch shows, int64, in their order.

    Depends on the seed and the number of the epoch alone, so a training can go on at any epoch.

    ``crops_per_video``: of each video so many crops, drawn anew for each epoch; None: all.
    ``sampling``: with ``balanced``, real and fake take turns; of the more frequent class so many
    are drawn, anew for each epoch, as there are of the other.
    """
    order = np.random.default_rng((seed, epoch)).permutation(len(examples))
    if crops_per_video:
        order = order[_rank(examples.clip[order]) < crops_per_video]
    if sampling == "balanced":
        of_class = [order[examples.labels[order] == label] for label in (0, 1)]
        count = min(map(len, of_class))
        order = np.stack([chosen[:count] for chosen in of_class], 1).reshape(-1)
    return order


def class_weights(labels: np.ndarray, mode: str) -> np.ndarray:
    """The weights of real and fake, float32 (2,): 1 with ``none``; with ``balanced``, both classes
    sum alike among ``labels`` and the mean over them is 1."""
    if mode == "none":
        return np.ones(2, np.float32)
    counts = np.bincount(labels, minlength=2)
    return (len(labels) / (2 * np.maximum(counts, 1))).astype(np.float32)


def _rank(keys: np.ndarray) -> np.ndarray:
    """For each entry, how many equal ones stand before it."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    lengths = np.diff(np.r_[starts, len(keys)])
    rank = np.empty(len(keys), np.int64)
    rank[order] = np.arange(len(keys)) - np.repeat(starts, lengths)
    return rank
