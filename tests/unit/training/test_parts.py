"""The parts of a training on their own: learning rate, selection, progress, start-up."""

import io
import logging
import math
import os
import sys

import keras
import numpy as np
import pytest

from unmask.errors import ModelError
from unmask.model import runtime
from unmask.progress import duration
from unmask.training.callbacks import Progress
from unmask.training.checkpoint import Checkpoint, State
from unmask.training.crops import Crops
from unmask.training.devices import choose_precision, cpu_flags
from unmask.training.examples import BLENDED, class_weights, epoch_order, epoch_pairs
from unmask.training.optimizers import (
    LearningRate,
    make_learning_rate,
    make_optimizer,
    plateau_scale,
)
from unmask.training.settings import TrainSettings
from unmask.training.validation import Validation, is_better, validate, video_auc


def rates(course, steps):
    return [float(course(step)) for step in range(steps)]


def test_a_constant_rate_stays():
    assert rates(LearningRate(0.1, 4), 4) == pytest.approx([0.1] * 4)


def test_warm_up_rises_in_a_line():
    assert rates(LearningRate(0.1, 8, warmup=4), 6) == pytest.approx(
        [0.025, 0.05, 0.075, 0.1, 0.1, 0.1]
    )


def test_the_cosine_starts_at_the_base_rate_and_falls_to_zero():
    falling = rates(LearningRate(0.1, 10, warmup=2, cosine=True), 11)
    assert falling[2] == pytest.approx(0.1)
    assert falling[6] == pytest.approx(0.05)
    assert falling[10] == pytest.approx(0, abs=1e-8)
    assert falling[2:] == sorted(falling[2:], reverse=True)


def test_warm_up_is_counted_in_epochs():
    settings = TrainSettings(warmup_epochs=0.5, epochs=3, schedule="cosine")
    config = make_learning_rate(settings, 10, 3).get_config()
    assert config == {"base": 1e-3, "steps": 30, "warmup": 5, "cosine": True}


@pytest.mark.parametrize("name", ["rmsprop", "adam", "adamw", "sgd"])
def test_every_optimizer_follows_the_rate(name):
    optimizer = make_optimizer(TrainSettings(optimizer=name), LearningRate(0.02, 5))
    assert type(optimizer).__name__.lower() == name
    assert float(optimizer.learning_rate) == pytest.approx(0.02)


def test_adamw_decays_kernels_but_no_biases():
    layer = keras.layers.Dense(1, kernel_initializer="ones", bias_initializer="ones")
    layer.build((None, 1))
    settings = TrainSettings(optimizer="adamw", weight_decay=0.5)
    optimizer = make_optimizer(settings, LearningRate(0.1, 5))
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
    step_through(Progress(8, 3))
    assert [message.split(",")[0] for message in caplog.messages] == [
        "epoch 1/3: batch 1 of 3",
        "epoch 1/3: batch 2 of 3",
    ]


def test_a_terminal_gets_a_bar(caplog, monkeypatch):
    caplog.set_level(logging.INFO)
    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", screen)
    step_through(Progress(8, 3))
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


def test_a_training_on_jax_wants_it_installed(monkeypatch):
    monkeypatch.setenv("KERAS_BACKEND", "jax")
    monkeypatch.setattr(runtime, "find_spec", lambda name: None if name == "jax" else name)
    with pytest.raises(ModelError, match="JAX is not installed"):
        runtime.start(or_jax=True)
    runtime.start()
    assert keras.backend.backend() == "tensorflow"


def crops(labels, videos, groups=None, times=None):
    marks, count = np.zeros((len(labels), 5, 2), np.float32), len(labels)
    times = np.zeros(count) if times is None else np.array(times)
    return Crops([None] * count, np.array(labels), videos, marks, groups or videos, times)


def test_balanced_weights_make_both_classes_count_the_same():
    labels = np.array([1, 1, 1, 0])
    weights = class_weights(labels, "balanced")[labels]
    assert weights[labels == 1].sum() == pytest.approx(weights[labels == 0].sum())
    assert weights.mean() == pytest.approx(1)
    np.testing.assert_array_equal(class_weights(labels, "none"), np.ones(2))


def test_balanced_epochs_alternate_and_draw_the_frequent_class_anew():
    split = crops([0] * 3 + [1] * 15, [f"v{i}" for i in range(18)])
    seen = [epoch_order(split, 0, epoch, sampling="balanced") for epoch in range(30)]
    for order in seen:
        assert split.labels[order].tolist() == [0, 1] * 3
        assert len(set(order)) == 6
    assert set(np.concatenate(seen)) == set(range(18))


def test_an_epoch_shows_so_many_crops_of_a_video_drawn_anew():
    videos = ["a"] * 10 + ["b"] * 2 + ["c"] * 5
    split = crops([0] * 10 + [1] * 7, videos)
    orders = [epoch_order(split, 0, epoch, crops_per_video=3) for epoch in range(40)]
    for order in orders:
        shown = [videos[number] for number in order]
        assert {name: shown.count(name) for name in "abc"} == {"a": 3, "b": 2, "c": 3}
    assert set(np.concatenate(orders)) == set(range(17))


FAKED = crops(
    [0, 0, 1, 1, 1, 1, 0],
    ["a", "a", "b", "b", "c", "c", "d"],
    ["a", "a", "a", "a", "a", "a", "d"],
    [0, 5, 0.1, 4, 3, 9, 0],
)
"""Two crops of the real video a, of its fakes b and c, and one of a real video without a fake."""


def test_a_pair_is_a_real_crop_and_the_next_in_time_of_a_fake_of_its_group():
    seen = {tuple(pair) for epoch in range(30) for pair in epoch_pairs(FAKED, 0, epoch)}
    assert seen == {(0, 2), (0, 4), (1, 3), (1, 4)}


def test_a_share_of_the_pairs_is_blended_and_all_where_there_is_no_fake():
    only = epoch_pairs(FAKED, 0, 0, self_blended="only")
    assert sorted(map(tuple, only)) == [(0, BLENDED), (1, BLENDED), (6, BLENDED)]
    epochs = [epoch_pairs(FAKED, 0, epoch, self_blended=0.25) for epoch in range(400)]
    assert all(sorted(pairs[:, 0]) == [0, 1, 6] for pairs in epochs)
    fakes = {real: [p for pairs in epochs for r, p in pairs if r == real] for real in (0, 1, 6)}
    assert set(fakes[6]) == {BLENDED}
    shares = [np.mean(np.array(fakes[real]) == BLENDED) for real in (0, 1)]
    assert np.all(np.abs(np.array(shares) - 0.25) < 0.07)


def test_pairs_of_an_epoch_take_so_many_crops_of_a_real_video():
    seen = [epoch_pairs(FAKED, 0, epoch, 1, "only")[:, 0] for epoch in range(20)]
    assert all(sorted(real) in ([0, 6], [1, 6]) for real in seen)
    assert set(np.concatenate(seen)) == {0, 1, 6}


def test_the_plateau_schedule_waits_three_epochs():
    history = [True, False, False, False, False, False, False, True, False, False]
    scales = [plateau_scale(history[: epoch + 1]) for epoch in range(len(history))]
    assert scales == pytest.approx([1, 1, 1, 0.3, 0.3, 0.3, 0.09, 0.09, 0.09, 0.09])


def test_a_schedule_can_be_lowered_while_it_runs():
    course = LearningRate(0.1, 4)
    course.scale.assign(0.3)
    assert rates(course, 2) == pytest.approx([0.03] * 2)


def test_precision_follows_what_the_machine_reports(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    assert choose_precision("mixed_float16") == "mixed_float16"
    info = tmp_path / "cpuinfo"
    info.write_text("processor : 0\nflags\t\t: fpu avx512_bf16 sse\n\nprocessor : 1\n")
    assert cpu_flags(info) == {"fpu", "avx512_bf16", "sse"}
    assert cpu_flags(tmp_path / "absent") == set()
    fast = "avx512_bf16" in cpu_flags() or "amx_bf16" in cpu_flags()
    assert choose_precision("auto") == ("mixed_bfloat16" if fast else "float32")
    assert "precision: " in caplog.messages[-1]


STATE = State(3, [np.arange(3.0), np.ones((2, 2))], [np.int64(7)], [], {"rows": [["1"]]})


def test_a_checkpoint_gives_back_what_it_was_given(tmp_path):
    keeper = Checkpoint(tmp_path / "deep/train.npz", "a")
    assert keeper.load() is None
    keeper.save(STATE)
    state = keeper.load()
    assert (state.epochs_done, state.notes, state.best) == (3, STATE.notes, [])
    np.testing.assert_array_equal(state.variables[1], np.ones((2, 2)))
    assert state.optimizer[0] == 7
    keeper.remove()
    assert list(tmp_path.iterdir()) == []


def test_a_checkpoint_of_another_training_or_a_broken_one_starts_anew(tmp_path, caplog):
    caplog.set_level(logging.INFO)
    path = tmp_path / "train.npz"
    Checkpoint(path, "a").save(STATE)
    assert Checkpoint(path, "b").load() is None
    assert "is of another training" in caplog.text
    path.write_bytes(path.read_bytes()[:100])
    assert Checkpoint(path, "a").load() is None
    assert "cannot be read" in caplog.text
    path.write_bytes(b"")
    assert Checkpoint(path, "a").load() is None


@pytest.mark.parametrize(("seconds", "words"), [(5, "5 s"), (600, "10 min"), (7500, "2 h 05 min")])
def test_time_left_is_said_in_words(seconds, words):
    assert duration(seconds) == words
