"""The parts of a training on their own: learning rate, selection, progress, start-up."""

import io
import logging
import math
import os
import sys

import keras
import numpy as np
import pytest

from unmask.model import runtime
from unmask.training.callbacks import Progress
from unmask.training.optimizers import Course, make_course, make_optimizer
from unmask.training.selection import Validation, is_better, validate, video_auc
from unmask.training.settings import TrainSettings


def rates(course, steps):
    return [float(course(step)) for step in range(steps)]


def test_a_constant_rate_stays():
    assert rates(Course(0.1, 4), 4) == pytest.approx([0.1] * 4)


def test_warm_up_rises_in_a_line():
    assert rates(Course(0.1, 8, warmup=4), 6) == pytest.approx([0.025, 0.05, 0.075, 0.1, 0.1, 0.1])


def test_the_cosine_starts_at_the_base_rate_and_falls_to_zero():
    falling = rates(Course(0.1, 10, warmup=2, cosine=True), 11)
    assert falling[2] == pytest.approx(0.1)
    assert falling[6] == pytest.approx(0.05)
    assert falling[10] == pytest.approx(0, abs=1e-8)
    assert falling[2:] == sorted(falling[2:], reverse=True)


def test_warm_up_is_counted_in_epochs():
    settings = TrainSettings(warmup_epochs=0.5, epochs=3, schedule="cosine")
    config = make_course(settings, 10).get_config()
    assert config == {"base": 1e-3, "steps": 30, "warmup": 5, "cosine": True}


@pytest.mark.parametrize("name", ["rmsprop", "adam", "adamw", "sgd"])
def test_every_optimizer_follows_the_rate(name):
    optimizer = make_optimizer(TrainSettings(optimizer=name), Course(0.02, 5))
    assert type(optimizer).__name__.lower() == name
    assert float(optimizer.learning_rate) == pytest.approx(0.02)


def test_adamw_decays_kernels_but_no_biases():
    layer = keras.layers.Dense(1, kernel_initializer="ones", bias_initializer="ones")
    layer.build((None, 1))
    settings = TrainSettings(optimizer="adamw", weight_decay=0.5)
    optimizer = make_optimizer(settings, Course(0.1, 5))
    still = [np.zeros(variable.shape, np.float32) for variable in layer.trainable_variables]
    optimizer.apply(still, layer.trainable_variables)
    assert float(layer.kernel[0, 0]) == pytest.approx(0.95)
    assert float(layer.bias[0]) == 1


def test_the_auc_is_over_videos_not_crops():
    videos = ["a", "a", "b", "b"]
    labels = np.array([0, 0, 1, 1])
    scores = np.array([0.1, 0.6, 0.4, 0.9])
    assert video_auc(scores, labels, videos) == 1.0
    assert validate(scores, labels, videos) == Validation(
        loss=round(-np.log([0.9, 0.4, 0.4, 0.9]).mean(), 6), accuracy=0.5, auc=1.0
    )


def test_one_class_has_no_auc():
    assert math.isnan(video_auc(np.array([0.1, 0.2]), np.array([1, 1]), ["a", "b"]))


def test_certain_and_wrong_costs_much_but_not_everything():
    assert 16 < validate(np.array([0.0]), np.array([1]), ["a"]).loss < 17


@pytest.mark.parametrize(
    ("monitor", "new", "better"),
    [
        ("val_auc", Validation(loss=2.0, accuracy=0, auc=0.9), True),
        ("val_auc", Validation(loss=0.5, accuracy=0, auc=0.8), True),
        ("val_auc", Validation(loss=1.0, accuracy=0, auc=0.8), False),
        ("val_auc", Validation(loss=0.1, accuracy=0, auc=0.7), False),
        ("val_loss", Validation(loss=0.5, accuracy=0, auc=0.1), True),
        ("val_loss", Validation(loss=2.0, accuracy=0, auc=0.9), False),
    ],
)
def test_the_best_epoch_has_the_higher_auc_then_the_lower_loss(monitor, new, better):
    best = Validation(loss=1.0, accuracy=0.5, auc=0.8)
    assert is_better(new, best, monitor) is better
    assert is_better(new, None, monitor)


def step_through(progress):
    progress.set_params({"steps": 3, "epochs": 3})
    progress.on_epoch_begin(0)
    for batch in range(3):
        progress.said -= 60
        progress.on_train_batch_end(batch)
        progress.on_train_batch_end(batch)
    progress.on_epoch_end(0)


def test_a_log_file_gets_lines(caplog):
    caplog.set_level(logging.INFO)
    step_through(Progress(8))
    assert [message.split(",")[0] for message in caplog.messages] == [
        "epoch 1/3: batch 1 of 3",
        "epoch 1/3: batch 2 of 3",
    ]


def test_a_terminal_gets_a_bar(caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", screen)
    step_through(Progress(8))
    assert "[" + "#" * 20 + " " * 10 + "] 2/3" in screen.getvalue()
    assert "\n" not in screen.getvalue()
    assert caplog.messages == []


def test_start_up_messages_are_shown_only_if_it_fails(capfd):
    with runtime._stderr_held():
        os.write(2, b"chatter")
    assert capfd.readouterr().err == ""
    with pytest.raises(ImportError), runtime._stderr_held():
        os.write(2, b"no such library")
        raise ImportError
    assert capfd.readouterr().err == "no such library"


def test_starting_twice_is_harmless():
    runtime.start()
    runtime.start()
    assert keras.backend.backend() == "tensorflow"
