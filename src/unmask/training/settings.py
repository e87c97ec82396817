"""The settings of a training, and what came out of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class TrainSettings:
    """How to train: the section ``train`` of the configuration, which explains each.

    ``cache_mb``: decoded crops are kept in memory up to this size.
    """

    epochs: int = 30
    batch_size: int = 8
    optimizer: str = "adam"
    learning_rate: float = 1e-3
    schedule: str = "constant"
    warmup_epochs: float = 0.0
    frozen_epochs: int = 0
    frozen_learning_rate: float = 1e-3
    weight_decay: float = 0.01
    ema: float = 0.0
    class_weight: str = "balanced"
    sampling: str = "all"
    crops_per_video: int | None = None
    label_smoothing: float = 0.0
    monitor: str = "val_auc"
    patience: int | None = None
    precision: str = "auto"
    tensorboard: bool = False
    seed: int = 0
    cache_mb: int = 2048


@dataclass(frozen=True)
class TrainingResult:
    """What a training made: three files, and the figures of the epoch whose weights were kept.

    ``best_epoch`` counts from 1. ``val_auc`` is NaN where validation has one class only.
    """

    model: Path
    history: Path
    picture: Path
    epochs: int
    best_epoch: int
    val_auc: float
    val_loss: float
    val_accuracy: float
