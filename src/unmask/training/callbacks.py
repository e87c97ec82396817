"""What happens during a training: progress, validation, keeping the best weights."""

from __future__ import annotations

import logging
import math
import sys
import time
from collections.abc import Callable
from typing import Any

import keras
import numpy as np

from unmask.errors import TrainingError
from unmask.training.optimizers import Course
from unmask.training.selection import Validation, is_better

log = logging.getLogger(__name__)

HISTORY = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "val_auc", "learning_rate")


class Progress(keras.callbacks.Callback):
    """Says how far an epoch is: a bar on a terminal, now and then a line in a log file."""

    def __init__(self, batch_size: int, every_s: float = 30.0, bar: bool | None = None) -> None:
        super().__init__()
        self.batch_size, self.every_s = batch_size, every_s
        self.bar = sys.stderr.isatty() if bar is None else bar

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Start the clock."""
        self.epoch, self.began = epoch + 1, time.monotonic()
        self.said = self.began

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Say how far it is, if it is time."""
        now, done, steps = time.monotonic(), batch + 1, self.params["steps"]
        if done == steps or now - self.said < (0.2 if self.bar else self.every_s):
            return
        self.said = now
        rate = done * self.batch_size / max(now - self.began, 1e-9)
        where = f"epoch {self.epoch}/{self.params['epochs']}"
        if self.bar:
            full = "#" * (30 * done // steps)
            sys.stderr.write(f"\r{where} [{full:<30}] {done}/{steps} {rate:.3g} crops/s ")
            sys.stderr.flush()
        else:
            log.info("%s: batch %d of %d, %.3g crops/s", where, done, steps, rate)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Wipe the bar away."""
        if self.bar:
            sys.stderr.write("\r" + " " * 78 + "\r")


class StopAtNaN(keras.callbacks.Callback):
    """Ends a training whose loss is no number any more. ``base`` is ``train.learning_rate``."""

    def __init__(self, base: float) -> None:
        super().__init__()
        self.base = base

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Check the loss so far."""
        if not math.isfinite((logs or {}).get("loss", 0.0)):
            raise TrainingError(
                f"The loss is no number any more, in batch {batch + 1} of the epoch: the learning "
                f"rate {self.base:g} is too high for this network. Lower it, for example:\n"
                f"  train:\n    learning_rate: {self.base / 10:.1g}"
            )


class Selection(keras.callbacks.Callback):
    """Validates after each epoch, keeps the best weights, and stops when none gets better.

    ``judge`` scores weights on the validation split.
    """

    def __init__(
        self,
        judge: Callable[[list[np.ndarray]], Validation],
        course: Course,
        monitor: str,
        patience: int | None,
    ) -> None:
        super().__init__()
        self.judge, self.course, self.monitor, self.patience = judge, course, monitor, patience
        self.best: Validation | None = None
        self.best_epoch = 0
        self.weights: list[np.ndarray] = []
        self.rows: list[tuple[Any, ...]] = []

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Start the clock."""
        self.began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Validate, keep the weights if they are the best, note the figures, say them."""
        trained = time.monotonic() - self.began
        weights = self.model.get_weights()
        result = self.judge(weights)
        logs = logs or {}
        # The last step of the epoch is the one before the next.
        rate = float(self.course(int(self.model.optimizer.iterations) - 1))
        figures = (logs["loss"], logs["accuracy"], result.loss, result.accuracy, result.auc)
        self.rows.append((epoch + 1, *(f"{figure:.6f}" for figure in figures), f"{rate:.6g}"))
        better = is_better(result, self.best, self.monitor)
        if better:
            self.best, self.best_epoch, self.weights = result, epoch + 1, weights
        log.info(
            "epoch %d/%d: loss %.4f, accuracy %.3f, val_loss %.4f, val_accuracy %.3f, "
            "val_auc %.4f%s (%.1f s, then %.1f s of validation)",
            *(epoch + 1, self.params["epochs"], *figures, " *" if better else ""),
            *(trained, time.monotonic() - self.began - trained),
        )
        if self.patience and epoch + 1 - self.best_epoch >= self.patience:
            log.info("no better epoch in %d: stopping", self.patience)
            self.model.stop_training = True
