"""Optimizers and the course of the learning rate."""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from unmask.training.settings import TrainSettings


class Course(keras.optimizers.schedules.LearningRateSchedule):
    """Linear warm-up to the base rate, then constant or a cosine down to zero at the last step."""

    def __init__(self, base: float, steps: int, warmup: int = 0, cosine: bool = False) -> None:
        self.base, self.steps, self.warmup, self.cosine = base, steps, warmup, cosine

    def __call__(self, step: Any) -> Any:
        """The learning rate of a step, which counts from 0."""
        step = ops.cast(step, "float32")
        rising = (step + 1) / max(self.warmup, 1)
        rate = ops.ones_like(step)
        if self.cosine:
            done = (step - self.warmup) / max(self.steps - self.warmup, 1)
            rate = 0.5 * (1 + ops.cos(math.pi * ops.clip(done, 0, 1)))
        return self.base * ops.where(step < self.warmup, rising, rate)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            "base": self.base,
            "steps": self.steps,
            "warmup": self.warmup,
            "cosine": self.cosine,
        }


def make_course(settings: TrainSettings, steps_per_epoch: int) -> Course:
    """The learning rate over all steps of a training."""
    return Course(
        settings.learning_rate,
        settings.epochs * steps_per_epoch,
        round(settings.warmup_epochs * steps_per_epoch),
        settings.schedule == "cosine",
    )


def make_optimizer(settings: TrainSettings, course: Course) -> keras.optimizers.Optimizer:
    """The optimizer of the settings. ``sgd`` has Nesterov momentum 0.9; only ``adamw`` decays
    weights, and biases and normalization not at all."""
    if settings.optimizer == "sgd":
        return keras.optimizers.SGD(course, momentum=0.9, nesterov=True)
    if settings.optimizer == "rmsprop":
        return keras.optimizers.RMSprop(course)
    if settings.optimizer == "adam":
        return keras.optimizers.Adam(course)
    optimizer = keras.optimizers.AdamW(course, weight_decay=settings.weight_decay)
    optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
    return optimizer
