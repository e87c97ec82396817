"""The crops of a dataset as batches for training.

Pixels stay uint8 until augmentation. Crops that fit the memory budget are decoded once and looked
up from there; the batches are the same either way.
"""

from __future__ import annotations

import csv
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf

from unmask.errors import TrainingError
from unmask.model.augment import augment
from unmask.model.inputs import read_all, read_input

log = logging.getLogger(__name__)

_COLUMNS = ("file", "video", "label", "split")


@dataclass(frozen=True)
class Crops:
    """The crops of a split: files, labels (int, 1 is fake) and the video each is from."""

    files: list[Path]
    labels: np.ndarray
    videos: list[str]

    def __len__(self) -> int:
        return len(self.files)

    @property
    def classes(self) -> set[int]:
        """The labels that occur."""
        return set(self.labels.tolist())


def read_split(dataset_csv: Path, dataset_dir: Path, split: str) -> Crops:
    """The crops of a split, in the order of the table. ``file`` is relative to ``dataset_dir``.

    Raises TrainingError for a table that lacks columns or holds another label than 0 and 1, and
    for files that are not there.
    """
    with Path(dataset_csv).open(newline="", encoding="utf-8") as lines:
        table = csv.DictReader(lines)
        missing = [name for name in _COLUMNS if name not in (table.fieldnames or ())]
        if missing:
            raise TrainingError(f"{dataset_csv} lacks the columns {', '.join(missing)}.")
        rows = [row for row in table if row["split"] == split]
    odd = next((row for row in rows if row["label"] not in ("0", "1")), None)
    if odd is not None:
        raise TrainingError(
            f"{dataset_csv}: the label of {odd['file']} is {odd['label']!r}; it has to be 0 for "
            "real or 1 for fake."
        )
    files = [Path(dataset_dir) / row["file"] for row in rows]
    absent = [file for file in files if not file.is_file()]
    if absent:
        raise TrainingError(
            f"{len(absent)} of {len(files)} {split} crops in {dataset_csv} are missing, the first "
            f"is {absent[0]}. Make them again: snakemake --cores all dataset --forcerun dataset"
        )
    labels = np.array([int(row["label"]) for row in rows], np.int64)
    return Crops(files, labels, [row["video"] for row in rows])


def check_splits(train: Crops, val: Crops, monitor: str) -> None:
    """Raise TrainingError, with the setting to change, for splits that cannot be trained on."""
    for name, crops in (("train", train), ("val", val)):
        if not len(crops):
            raise TrainingError(
                f"There are no crops in the {name} split. Give it a larger share, for example:\n"
                "  split:\n    train: 0.6\n    val: 0.2\n    test: 0.2"
            )
    if len(train.classes) < 2:
        raise TrainingError(
            f"All {len(train)} training crops are {_named(train)}; both classes are needed. Add "
            "videos of the other, or deal the groups out differently:\n  split:\n    seed: 1"
        )
    if len(val.classes) < 2 and monitor == "val_auc":
        raise TrainingError(
            f"All {len(val)} validation crops are {_named(val)}, so there is no AUC to choose the "
            "best epoch by. Give validation a larger share (split.val), or choose by the loss:\n"
            "  train:\n    monitor: val_loss"
        )


def class_weights(labels: np.ndarray, mode: str) -> np.ndarray:
    """A weight for each crop, float32: 1 with ``none``; with ``balanced`` both classes sum alike.

    Balanced weights are n / (2 x the crops of the class), so that their mean is 1.
    """
    if mode == "none":
        return np.ones(len(labels), np.float32)
    counts = np.bincount(labels, minlength=2)
    return (len(labels) / (2 * counts[labels])).astype(np.float32)


def in_memory(crops: Crops, size: int, budget_mb: float) -> np.ndarray | None:
    """The decoded crops (n, size, size, 3) uint8, or None where they exceed the budget."""
    needed = len(crops) * size * size * 3 / 2**20
    if needed > budget_mb:
        log.info("%d crops need %.0f MB, over the budget: read anew", len(crops), needed)
        return None
    return read_all(crops.files, size)


def training_batches(
    crops: Crops,
    images: np.ndarray | None,
    weights: np.ndarray,
    *,
    size: int,
    batch_size: int,
    seed: int,
    augmentation: Sequence[keras.layers.Layer],
) -> tf.data.Dataset:
    """Endless batches: images (b, size, size, 3) float32, labels (b, 1), weights (b,).

    Each epoch is shuffled anew and ends with a batch of what is left. The order depends on the
    seed alone; what augmentation draws on the seed and the number of the batch.
    """
    with tf.device("/CPU:0"):
        labels = tf.constant(crops.labels[:, None], tf.float32)
        weighting = tf.constant(weights, tf.float32)
        names = tf.constant([str(file) for file in crops.files])
        held = None if images is None else tf.constant(images)

    order = tf.data.Dataset.range(len(crops)).shuffle(
        len(crops), seed=seed, reshuffle_each_iteration=True
    )  # fmt: skip
    if held is None:
        reading = order.map(
            lambda i: (i, read_input(tf.gather(names, i), size)), tf.data.AUTOTUNE
        ).batch(batch_size)
    else:
        reading = order.batch(batch_size).map(lambda i: (i, tf.gather(held, i)), tf.data.AUTOTUNE)

    def finish(step: tf.Tensor, batch: tuple[tf.Tensor, tf.Tensor]) -> tuple[tf.Tensor, ...]:
        which, pixels = batch
        pixels = augment(augmentation, pixels, tf.stack([tf.constant(seed, tf.int64), step]))
        return pixels, tf.gather(labels, which), tf.gather(weighting, which)

    return reading.repeat().enumerate().map(finish, tf.data.AUTOTUNE).prefetch(2)


def _named(crops: Crops) -> str:
    return "fake" if 1 in crops.classes else "real"
