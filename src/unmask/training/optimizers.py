"""Optimizers and the course of the learning rate."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from keras import ops

from unmask.training.settings import TrainSettings

PLATEAU_EPOCHS = 3
"""With the plateau schedule, the rate falls after so many epochs without a better one."""
PLATEAU_FACTOR = 0.3


class LearningRate(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up to the base rate, then constant or a cosine down to zero at the last step.

    All of it times ``scale``, a variable, for schedules that follow the course of the training.
    """

    plateau = False
    """Whether the scale follows the validation: see :func:`plateau_scale`."""

    def __init__(self, base: float, steps: int, warmup: int = 0, cosine: bool = False) -> None:
        self.base, self.steps, self.warmup, self.cosine = base, steps, warmup, cosine
        self.scale = keras.Variable(1.0, trainable=False, dtype="float32", name="scale")

    def __call__(self, step: Any) -> Any:
        """The learning rate of a step, which counts from 0."""
        step = ops.cast(step, "float32")
        rising = (step + 1) / max(self.warmup, 1)
        rate = ops.ones_like(step)
        if self.cosine:
            done = (step - self.warmup) / max(self.steps - self.warmup, 1)
            rate = 0.5 * (1 + ops.cos(math.pi * ops.clip(done, 0, 1)))
        return self.base * self.scale * ops.where(step < self.warmup, rising, rate)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "base": self.base,
            "steps": self.steps,
            "warmup": self.warmup,
            "cosine": self.cosine,
        }


def make_learning_rate(settings: TrainSettings, steps_per_epoch: int, epochs: int) -> LearningRate:
    """The learning rate over all steps of so many epochs."""
    course = LearningRate(
        settings.learning_rate,
        epochs * steps_per_epoch,
        round(min(settings.warmup_epochs, epochs) * steps_per_epoch),
        settings.schedule == "cosine",
    )
    course.plateau = settings.schedule == "plateau"
    return course


def plateau_scale(better: list[bool]) -> float:
    """How far the plateau schedule has lowered the rate, by which epochs so far were the best."""
    scale, waited = 1.0, 0
    for was_better in better:
        waited = 0 if was_better else waited + 1
        if waited == PLATEAU_EPOCHS:
            scale, waited = scale * PLATEAU_FACTOR, 0
    return scale


def make_optimizer(
    settings: TrainSettings, course: LearningRate, averaged: bool = False
) -> keras.optimizers.Optimizer:
    """The optimizer of the settings. ``sgd`` has Nesterov momentum 0.9; only ``adamw`` decays
    weights, and biases and normalization not at all. ``averaged``: it also keeps the moving average
    of the weights that ``settings.ema`` asks for."""
    ema = {"use_ema": True, "ema_momentum": settings.ema} if averaged and settings.ema else {}
    if settings.optimizer == "sgd":
        return keras.optimizers.SGD(course, momentum=0.9, nesterov=True, **ema)
    if settings.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(course, **ema)
    if settings.optimizer == "adam":
        return keras.optimizers.Adam(course, **ema)
    optimizer = keras.optimizers.AdamW(course, weight_decay=settings.weight_decay, **ema)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer


def averaged_weights(model: keras.Model) -> list[np.ndarray]:
    """The weights of a model in training, in the order of ``get_weights``.

    Where its optimizer averages them over the steps, the averages.
    """
    optimizer = getattr(model.optimizer, "inner_optimizer", model.optimizer)
    weights = {id(weight): weight for weight in model.weights}
    if optimizer.use_ema and steps_done(optimizer):
        averages = optimizer._model_variables_moving_average
        for weight, average in zip(model.trainable_variables, averages, strict=True):
            weights[id(weight)] = average
    return [ops.convert_to_numpy(weights[id(weight)]) for weight in model.weights]


def steps_done(optimizer: keras.optimizers.Optimizer) -> int:
    """How many steps an optimizer has made."""
    return int(ops.convert_to_numpy(optimizer.iterations))
