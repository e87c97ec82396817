"""What happens during a training: progress, validation, keeping the best weights."""

from __future__ import annotations

import logging
import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from unmask.errors import TrainingError
from unmask.progress import duration
from unmask.training.checkpoint import Checkpoint, State
from unmask.training.optimizers import LearningRate, averaged_weights, plateau_scale, steps_done
from unmask.training.settings import TrainSettings
from unmask.training.validation import EpochScore, Validation, is_better

log = logging.getLogger(__name__)

HISTORY = ("epoch", "loss", "accuracy", "val_loss", "val_accuracy", "val_auc", "learning_rate")


class Progress(keras.callbacks.Callback):
    """Says how far a training is and how long it will take: a bar on a terminal, now and then a
    line in a log file."""

    def __init__(
        self, batch_size: int, epochs: int, every_s: float = 30.0, bar: bool | None = None
    ) -> None:
        super().__init__()
        self.batch_size, self.epochs, self.every_s = batch_size, epochs, every_s
        self.bar = sys.stderr.isatty() if bar is None else bar
        self.epoch_s: float | None = None
        self.began: float

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Start the clock. What went before, validation too, says how long an epoch takes."""
        now = time.monotonic()
        if hasattr(self, "began"):
            self.epoch_s = now - self.began
        self.epoch, self.began = epoch + 1, now
        self.said = self.began

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Say how far it is, if it is time."""
        now, done, steps = time.monotonic(), batch + 1, self.params["steps"]
        if done == steps or now - self.said < (0.2 if self.bar else self.every_s):
            return
        self.said = now
        spent = max(now - self.began, 1e-9)
        rate = done * self.batch_size / spent
        where = f"epoch {self.epoch}/{self.epochs}"
        left = duration(self._left(spent, done / steps))
        if self.bar:
            full = "#" * (30 * done // steps)
            sys.stderr.write(
                f"\r{where} [{full:<30}] {done}/{steps} {rate:.3g} crops/s, {left} left "
            )
            sys.stderr.flush()
        else:
            log.info("%s: batch %d of %d, %.3g crops/s, %s left", where, done, steps, rate, left)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Wipe the bar away."""
        if self.bar:
            sys.stderr.write("\r" + " " * 94 + "\r")

    def _left(self, spent: float, share: float) -> float:
        """Seconds to the end of the last epoch, as the epoch before went, or this one goes."""
        whole = self.epoch_s or spent / share
        return max(whole * (1 - share), 0) + whole * (self.epochs - self.epoch)


class StopAtNaN(keras.callbacks.Callback):
    """Ends a training whose loss is NaN. ``base`` is its learning rate, ``key``
    that rate's name in the section ``train``."""

    def __init__(self, base: float, key: str = "learning_rate") -> None:
        super().__init__()
        self.base, self.key = base, key

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """Check the loss so far."""
        if not math.isfinite((logs or {}).get("loss", 0.0)):
            raise TrainingError(
                f"The loss is NaN in batch {batch + 1} of the epoch: the learning "
                f"rate {self.base:g} is too high for this network. Lower it, for example:\n"
                f"  train:\n    {self.key}: {self.base / 10:.1g}"
            )


class BestEpoch(keras.callbacks.Callback):
    """Validates after each epoch, keeps the best weights, and stops when none gets better.

    ``validator`` scores weights on the validation split. After each epoch the state of the training
    goes to ``checkpoint``; :meth:`resume` takes it up again.
    """

    def __init__(
        self,
        validator: Callable[[list[np.ndarray]], EpochScore],
        settings: TrainSettings,
        checkpoint: Checkpoint,
    ) -> None:
        super().__init__()
        self.validator, self.settings, self.checkpoint = validator, settings, checkpoint
        self.course: LearningRate
        self.best: Validation | None = None
        self.best_epoch, self.threshold = 0, 0.5
        self.weights: list[np.ndarray] = []
        self.rows: list[list[str]] = []
        self.better: list[bool] = []

    @property
    def epochs_done(self) -> int:
        """How many epochs are behind."""
        return len(self.rows)

    @property
    def over(self) -> bool:
        """Whether the training is done: all epochs behind, or too many without a better one."""
        patience, waited = self.settings.patience, self.epochs_done - self.best_epoch
        tired = self.best_epoch > 0 and bool(patience and waited >= patience)
        return tired or self.epochs_done >= self.settings.epochs

    def resume(self, state: State) -> None:
        """Take up a training where its last state was kept."""
        notes = state.notes
        self.rows, self.better = notes["rows"], notes["better"]
        self.best = Validation(*notes["best"])
        self.best_epoch, self.threshold = notes["best_epoch"], notes["threshold"]
        self.weights = state.best

    def follow(self, course: LearningRate) -> None:
        """Take note of the learning rate from here on."""
        self.course = course
        if course.plateau:
            course.scale.assign(plateau_scale(self.better))

    def on_epoch_begin(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Start the clock."""
        self.began = time.monotonic()

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Validate, keep the weights if they are the best, note the figures, say them."""
        trained = time.monotonic() - self.began
        weights = averaged_weights(self.model)
        judged = self.validator(weights)
        result, logs = judged.figures, logs or {}
        # The last step of the epoch is the one before the next.
        rate = float(self.course(steps_done(self.model.optimizer) - 1))
        figures = (logs["loss"], logs["accuracy"], result.loss, result.accuracy, result.auc)
        self.rows.append([str(epoch + 1), *(f"{figure:.6f}" for figure in figures), f"{rate:.6g}"])
        self.better.append(is_better(result, self.best, self.settings.monitor))
        if self.better[-1]:
            self.best, self.best_epoch, self.weights = result, epoch + 1, weights
            self.threshold = judged.threshold
        log.info(
            "epoch %d/%d: loss %.4f, accuracy %.3f, val_loss %.4f, val_accuracy %.3f, "
            "val_auc %.4f%s (%.1f s, then %.1f s of validation)",
            *(epoch + 1, self.settings.epochs, *figures, " *" if self.better[-1] else ""),
            *(trained, time.monotonic() - self.began - trained),
        )
        self.follow(self.course)
        self.checkpoint.save(self._state())
        if self.over and self.epochs_done < self.settings.epochs:
            log.info("no better epoch in %d: stopping", self.settings.patience)
            self.model.stop_training = True

    def _state(self) -> State:
        notes = {
            "rows": self.rows,
            "better": self.better,
            "best": list(vars(self.best).values()),
            "best_epoch": self.best_epoch,
            "threshold": self.threshold,
        }
        variables, optimizer = self.model.variables, self.model.optimizer.variables
        return State(
            self.epochs_done,
            [keras.ops.convert_to_numpy(variable) for variable in variables],
            [keras.ops.convert_to_numpy(variable) for variable in optimizer],
            self.weights,
            notes,
        )


class TensorBoardLog(keras.callbacks.Callback):
    """Writes what ``selection`` noted of each epoch into ``folder``. Comes after it."""

    def __init__(self, folder: Path, selection: BestEpoch) -> None:
        super().__init__()
        self.selection = selection
        self.writer = tf.summary.create_file_writer(str(folder))

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        """Write the last row of the history."""
        with self.writer.as_default():
            for name, figure in list(zip(HISTORY, self.selection.rows[-1], strict=True))[1:]:
                kind = tf.compat.v1.SummaryMetadata(data_class="DATA_CLASS_SCALAR")
                kind.plugin_data.plugin_name = "scalars"
                tf.summary.write(name, tf.constant(float(figure)), epoch + 1, kind)
        self.writer.flush()
