"""Scoring the validation split after each epoch."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from sklearn.metrics import roc_auc_score

from unmask.evaluation.threshold import best_threshold
from unmask.model.pixels import read_all
from unmask.model.predict_crops import predict_crops
from unmask.training.augment.self_blend import self_blend
from unmask.training.batches import in_memory
from unmask.training.crops import Crops

_AHEAD = 32


@dataclass(frozen=True)
class Judged:
    """How weights did: their figures, and the threshold that would tell the videos apart best."""

    figures: Validation
    threshold: float


class Judge:
    """Scores weights on the crops of the validation split.

    With ``self_blended`` ``only`` the fakes are left out. Where none are left, each real crop is
    shown a second time, blended with itself, always in the same way.
    """

    def __init__(
        self,
        scorer: keras.Model,
        crops: Crops,
        *,
        batch_size: int,
        budget_mb: float,
        self_blended: str = "none",
        seed: int = 0,
    ) -> None:
        self._scorer, self._batch_size, self._seed = scorer, batch_size, seed
        self._size = scorer.input_shape[1]
        real = np.flatnonzero(crops.labels == 0)
        kept = real if self_blended == "only" else np.arange(len(crops))
        self._crops = _chosen(crops, kept)
        blended = real if self_blended != "none" and len(kept) == len(real) else real[:0]
        self._blended = _chosen(crops, blended)
        self._labels = np.concatenate([self._crops.labels, np.ones(len(blended), np.int64)])
        self._videos = self._crops.videos + [f"{video} blended" for video in self._blended.videos]
        needed_mb = len(blended) * self._size**2 * 3 / 2**20
        fits = needed_mb <= budget_mb / 2
        self._fakes = list(self._blends()) if fits else None
        self._images = in_memory(self._crops, self._size, budget_mb - fits * needed_mb)

    def __call__(self, weights: list[np.ndarray]) -> Judged:
        """Score the split with these weights, in the order of ``get_weights``."""
        self._scorer.set_weights(weights)
        plain: list[Path] | np.ndarray = self._crops.files
        if self._images is not None:
            plain = self._images
        fakes = self._blends() if self._fakes is None else self._fakes
        parts = [
            predict_crops(self._scorer, part, input_size=self._size, batch_size=self._batch_size)
            for part in (plain, fakes)
        ]
        scores = np.concatenate(parts)
        figures = validate(scores, self._labels, self._videos)
        threshold, _ = best_threshold(*by_video(scores, self._labels, self._videos))
        return Judged(figures, threshold)

    def _blends(self) -> Iterator[np.ndarray]:
        """The pseudo-fakes, one after the other: (size, size, 3) uint8."""
        for start in itertools.count(0, _AHEAD):
            some = _chosen(self._blended, np.arange(len(self._blended))[start : start + _AHEAD])
            if not len(some):
                return
            images = tf.constant(read_all(some.files, self._size))
            seed = tf.constant([self._seed, -1 - start], tf.int64)
            blended = self_blend(images, tf.constant(some.landmarks), seed)
            yield from tf.cast(blended, tf.uint8).numpy()


def _chosen(crops: Crops, which: np.ndarray) -> Crops:
    return Crops(
        [crops.files[number] for number in which],
        crops.labels[which],
        [crops.videos[number] for number in which],
        crops.landmarks[which],
    )


_CLIP = 1e-7


@dataclass(frozen=True)
class Validation:
    """How an epoch did: log loss and accuracy over crops, AUC over videos (NaN: one class)."""

    loss: float
    accuracy: float
    auc: float


def validate(p_fake: np.ndarray, labels: np.ndarray, videos: Sequence[str]) -> Validation:
    """Judge crop scores (n,). A video's score is the mean of its crops'."""
    p = np.clip(p_fake.astype(np.float64), _CLIP, 1 - _CLIP)
    loss = -np.mean(np.where(labels == 1, np.log(p), np.log(1 - p)))
    accuracy = np.mean((p > 0.5) == (labels == 1))
    return Validation(
        round(float(loss), 6), round(float(accuracy), 6), video_auc(p, labels, videos)
    )


def video_auc(p_fake: np.ndarray, labels: np.ndarray, videos: Sequence[str]) -> float:
    """ROC AUC of the videos' mean scores, to 6 decimals; NaN where there is one class only."""
    truth, scores = by_video(p_fake, labels, videos)
    if len(np.unique(truth)) < 2:
        return math.nan
    return round(float(roc_auc_score(truth, scores)), 6)


def by_video(
    p_fake: np.ndarray, labels: np.ndarray, videos: Sequence[str]
) -> tuple[np.ndarray, np.ndarray]:
    """Labels and mean scores of the videos, from those of their crops (n,)."""
    _, first, number = np.unique(np.asarray(videos), return_index=True, return_inverse=True)
    return labels[first], np.bincount(number, weights=p_fake) / np.bincount(number)


def is_better(new: Validation, best: Validation | None, monitor: str) -> bool:
    """Whether an epoch beats the best so far: by AUC, then by loss; or by loss alone."""
    if best is None:
        return True
    if monitor == "val_auc" and new.auc != best.auc:
        return new.auc > best.auc
    return new.loss < best.loss
