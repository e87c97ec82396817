"""The phases of a training: first the head alone, where that is asked for, then the whole network.

Each has an optimizer of its own. A training that was cut off goes on within its phase.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from pathlib import Path

import keras

from unmask.training.batches import Batches
from unmask.training.callbacks import BestEpoch, Progress, StopAtNaN, TensorBoardLog
from unmask.training.checkpoint import assign
from unmask.training.devices import compiled
from unmask.training.optimizers import make_learning_rate, make_optimizer
from unmask.training.settings import TrainSettings

log = logging.getLogger(__name__)


def run_phases(
    model: keras.Model,
    batches: Batches,
    selection: BestEpoch,
    settings: TrainSettings,
    shared: Callable[[], AbstractContextManager] = nullcontext,
    tensorboard_dir: Path | None = None,
) -> None:
    """Train a model from where ``selection``'s checkpoint left it, or from the start.

    ``shared``: what its optimizer has to be made in, for several devices.
    """
    state = selection.checkpoint.load()
    if state is not None:
        log.info("going on after epoch %d of %d", state.epochs_done, settings.epochs)
        selection.resume(state)
        assign(model.variables, state.variables)
    frozen = min(settings.frozen_epochs, settings.epochs)
    bodies = [part for part in model.layers if isinstance(part, keras.Model) and part.trainable]
    for first, last in ((0, frozen), (frozen, settings.epochs)):
        if selection.over or selection.epochs_done >= last or first == last:
            continue
        head_only = last == frozen
        with shared():
            for body in bodies:
                body.trainable = not head_only
            _prepare(model, selection, settings, last - first, batches.steps, head_only)
        if state is not None and state.epochs_done > first:
            assign(model.optimizer.variables, state.optimizer)
        callbacks: list[keras.callbacks.Callback] = [
            _nan_stop(settings, head_only),
            Progress(batches.batch_size, settings.epochs),
            selection,
        ]
        if tensorboard_dir is not None:
            callbacks.append(TensorBoardLog(tensorboard_dir, selection))
        model.fit(
            batches.dataset(selection.epochs_done, last),
            epochs=last,
            initial_epoch=selection.epochs_done,
            steps_per_epoch=batches.steps,
            callbacks=callbacks,
            shuffle=False,
            verbose=0,
        )


def _nan_stop(settings: TrainSettings, head_only: bool) -> StopAtNaN:
    key = "frozen_learning_rate" if head_only else "learning_rate"
    return StopAtNaN(getattr(settings, key), key)


def _prepare(
    model: keras.Model,
    selection: BestEpoch,
    settings: TrainSettings,
    epochs: int,
    steps: int,
    head_only: bool,
) -> None:
    """Compile a model for a phase of so many epochs."""
    if head_only:
        log.info("the head alone for %d epochs", epochs)
        settings = replace(
            settings, schedule="constant", learning_rate=settings.frozen_learning_rate
        )
    course = make_learning_rate(settings, steps, epochs)
    optimizer = make_optimizer(settings, course, averaged=not head_only)
    model.compile(
        optimizer,
        keras.losses.BinaryCrossentropy(label_smoothing=settings.label_smoothing),
        metrics=[keras.metrics.BinaryAccuracy(name="accuracy")],
        jit_compile=compiled(),
    )
    model.optimizer.build(model.trainable_variables)
    selection.follow(course)
