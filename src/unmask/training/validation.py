"""Scoring the validation split after each epoch."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
from sklearn.metrics import roc_auc_score

from unmask.evaluation.threshold import best_threshold
from unmask.model.pixels import read_all
from unmask.model.predict_crops import predict_crops
from unmask.training.augment.self_blend import self_blended as blend
from unmask.training.batches import in_memory
from unmask.training.crops import Crops


@dataclass(frozen=True)
class EpochScore:
    """How weights did: their figures, and the threshold that would tell the videos apart best."""

    figures: Validation
    threshold: float


class Validator:
    """Scores weights on the crops of the validation split.

    Where ``self_blended`` leaves no fakes, it judges by pairs: each real crop, and itself blended
    with itself, always in the same way.
    """

    def __init__(
        self,
        scorer: keras.Model,
        crops: Crops,
        *,
        batch_size: int,
        budget_mb: float,
        self_blended: str | float = "none",
        seed: int = 0,
    ) -> None:
        self._scorer, self._batch_size, self._seed = scorer, batch_size, seed
        self._size = scorer.input_shape[1]
        fake = crops.labels == 1
        self._paired = self_blended == "only" or (self_blended != "none" and not fake.any())
        self._crops = crops.take(np.flatnonzero(~fake)) if self._paired else crops
        self._labels, self._videos = self._crops.labels, self._crops.videos
        if self._paired:
            self._labels = np.tile([0, 1], len(self._crops))
            names = [(video, f"{video} blended") for video in self._crops.videos]
            self._videos = list(itertools.chain.from_iterable(names))
        self._images = in_memory(self._crops, self._size, budget_mb)

    def __call__(self, weights: list[np.ndarray]) -> EpochScore:
        """Score the split with these weights, in the order of ``get_weights``."""
        self._scorer.set_weights(weights)
        shown: Iterable[Path | np.ndarray] = self._crops.files
        if self._paired:
            shown = self._pairs()
        elif self._images is not None:
            shown = self._images
        scores = predict_crops(
            self._scorer, shown, input_size=self._size, batch_size=self._batch_size
        )
        figures = validate(scores, self._labels, self._videos)
        threshold, _ = best_threshold(*by_video(scores, self._labels, self._videos))
        return EpochScore(figures, threshold)

    def _pairs(self) -> Iterator[np.ndarray]:
        """Real faces and the fakes made of them, in turn: (size, size, 3) uint8."""
        for number, marks in enumerate(self._crops.landmarks):
            if self._images is None:
                (face,) = read_all([self._crops.files[number]], self._size)
            else:
                face = self._images[number]
            yield from blend(face, marks, np.random.default_rng((self._seed, number)))


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
