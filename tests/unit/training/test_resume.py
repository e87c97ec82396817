"""Trainings that are cut off, shared among devices, or shown faces blended with themselves."""

import json
import logging
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from unit.training.test_training import (
    AUGMENT,
    CONTRACT,
    MODEL,
    SIDE,
    TRAIN,
    make_dataset,
    read_history,
    run,
)
from unmask.errors import TrainingError
from unmask.model.model_file import load_model
from unmask.workflow.stage_settings import text

HARD = {
    "epochs": 6,
    "optimizer": "adamw",
    "schedule": "cosine",
    "warmup_epochs": 1,
    "ema": 0.8,
    "precision": "mixed_bfloat16",
    "frozen_epochs": 2,
    "sampling": "pairs",
}
"""A training with everything that has a state: moments, averages, a phase, dropout, a schedule."""


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("crops"))


@pytest.fixture(scope="module")
def whole(dataset, tmp_path_factory):
    return run(dataset, tmp_path_factory.mktemp("whole"), **HARD)


class Stopped(Exception):
    pass


def stop_after(epochs, monkeypatch):
    """Cut a training off when so many epochs are behind it."""
    from unmask.training.checkpoint import Checkpoint

    kept = Checkpoint.save

    def save(self, state):
        kept(self, state)
        if state.epochs_done == epochs:
            raise Stopped

    monkeypatch.setattr(Checkpoint, "save", save)


@pytest.mark.parametrize(
    "epochs", [3, *(pytest.param(epochs, marks=pytest.mark.long) for epochs in (1, 2, 5, 6))]
)
def test_a_training_goes_on_to_the_same_bytes(
    dataset, whole, tmp_path, monkeypatch, caplog, epochs
):
    caplog.set_level(logging.INFO)
    checkpoint = tmp_path / "checkpoint/train.npz"
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        stop_after(epochs, patch)
        run(dataset, tmp_path / "model", checkpoint=checkpoint, **HARD)
    assert not (tmp_path / "model").exists()
    result = run(dataset, tmp_path / "model", checkpoint=checkpoint, **HARD)
    assert f"going on after epoch {epochs} of 6" in caplog.text
    assert result.model.read_bytes() == whole.model.read_bytes()
    assert result.history.read_bytes() == whole.history.read_bytes()
    assert not checkpoint.exists()


@pytest.mark.parametrize("epochs", ["some", pytest.param("all", marks=pytest.mark.long)])
def test_a_plateau_and_an_early_stop_survive_an_interruption(
    dataset, tmp_path, monkeypatch, epochs
):
    how = {"optimizer": "sgd", "learning_rate": 1e-9, "schedule": "plateau", "patience": 5}
    how |= {"epochs": 40, "monitor": "val_loss"}
    first = run(dataset, tmp_path / "whole", **how)
    history = read_history(first.history)
    rates = [float(row["learning_rate"]) for row in history]
    assert len(history) == first.best_epoch + 5
    assert rates[-1] == pytest.approx(rates[0] * 0.3)
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        stop_after(first.best_epoch + 3 if epochs == "some" else len(history), patch)
        run(dataset, tmp_path / "model", checkpoint=tmp_path / "train.npz", **how)
    result = run(dataset, tmp_path / "model", checkpoint=tmp_path / "train.npz", **how)
    assert result.history.read_bytes() == first.history.read_bytes()
    assert result.model.read_bytes() == first.model.read_bytes()


def test_another_setting_starts_anew(dataset, tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    checkpoint = tmp_path / "train.npz"
    with monkeypatch.context() as patch, pytest.raises(Stopped):
        stop_after(1, patch)
        run(dataset, tmp_path / "model", checkpoint=checkpoint)
    result = run(dataset, tmp_path / "model", checkpoint=checkpoint, epochs=2)
    assert "is of another training" in caplog.text
    assert result.epochs == 2


@pytest.mark.long
def test_killed_at_a_random_moment_the_command_goes_on_to_the_same_bytes(dataset, tmp_path):
    settings = {"model": MODEL, "augment": AUGMENT, "train": TRAIN | {"epochs": 40}}
    (tmp_path / "train.json").write_text(text(settings | {"contract": CONTRACT}, code=""))
    made = [start(dataset, tmp_path, "undisturbed").wait()]
    rng = np.random.default_rng(0)
    kills, checkpoint = 0, tmp_path / "killed.npz"
    while kills < 3:
        process = start(dataset, tmp_path, "killed")
        before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
        while process.poll() is None:
            fresh = checkpoint.exists() and checkpoint.stat().st_mtime_ns != before
            if fresh:
                time.sleep(rng.uniform(0, 0.3))
                os.kill(process.pid, signal.SIGKILL)
                kills += process.wait() == -signal.SIGKILL
                break
            time.sleep(0.01)
        else:
            break
    assert kills == 3
    made.append(start(dataset, tmp_path, "killed").wait())
    assert made == [0, 0]
    for name in ("model.keras", "history.csv", "augmentation.jpg"):
        files = [(tmp_path / run / name).read_bytes() for run in ("undisturbed", "killed")]
        assert files[0] == files[1]


def start(dataset, folder, name):
    arguments = ["--dataset", dataset / "dataset", "--index", dataset / "dataset.csv"]
    arguments += ["--settings", folder / "train.json", "--output-dir", folder / name]
    arguments += ["--checkpoint", folder / f"{name}.npz"]
    return subprocess.Popen(
        [sys.executable, "-m", "unmask", "train", *map(str, arguments)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def test_the_head_alone_learns_first(dataset, tmp_path, whole):
    history = read_history(whole.history)
    assert [row["learning_rate"] for row in history[:2]] == ["0.001", "0.001"]
    assert float(history[2]["learning_rate"]) == pytest.approx(5e-3, rel=0.01)


@pytest.mark.long
def test_a_backbone_that_is_frozen_for_good_stays_so(dataset, tmp_path):
    frozen = MODEL | {"trainable": False}
    results = [
        run(dataset, tmp_path / str(head_only), model=frozen, epochs=2, frozen_epochs=head_only)
        for head_only in (0, 1)
    ]
    bodies = [load_model(r.model)[0].get_layer("meso4").get_weights() for r in results]
    for one, other in zip(*bodies, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_moving_average_of_the_weights_is_what_is_judged_and_kept(dataset, tmp_path):
    plain = run(dataset, tmp_path / "plain", epochs=3)
    averaged = run(dataset, tmp_path / "averaged", epochs=3, ema=0.9)
    losses = [[row["loss"] for row in read_history(r.history)] for r in (plain, averaged)]
    assert losses[0] == losses[1], "the steps are the same"
    kernels = [load_model(r.model)[0].get_weights()[0] for r in (plain, averaged)]
    assert not np.array_equal(*kernels)


def test_fakes_made_of_real_faces_are_all_that_is_needed(dataset, tmp_path):
    rows = [row for row in read_history(dataset / "dataset.csv") if row["label"] == "0"]
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    (tmp_path / "dataset.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "dataset").symlink_to(dataset / "dataset")
    with pytest.raises(TrainingError, match=r"are real(.|\n)*self_blended: only"):
        run(tmp_path, tmp_path / "model")
    for how in ("only", 0.5):
        blended = {"augment": {"self_blended": how}, "sampling": "pairs", "epochs": 2}
        result = run(tmp_path, tmp_path / str(how), **blended)
        assert 0 <= result.val_auc <= 1


def test_without_real_faces_there_is_nothing_to_blend(dataset, tmp_path):
    rows = [row for row in read_history(dataset / "dataset.csv") if row["label"] == "1"]
    lines = [",".join(rows[0]), *(",".join(row.values()) for row in rows)]
    (tmp_path / "dataset.csv").write_text("\n".join(lines) + "\n")
    (tmp_path / "dataset").symlink_to(dataset / "dataset")
    with pytest.raises(TrainingError, match="no real face can be blended"):
        run(tmp_path, tmp_path / "model", augment={"self_blended": "only"}, sampling="pairs")


def test_tensorboard_logs_hold_every_epoch(dataset, tmp_path):
    from tensorflow.core.util.event_pb2 import Event
    from tensorflow.data import TFRecordDataset

    settings = {"model": MODEL, "augment": AUGMENT, "contract": CONTRACT}
    settings["train"] = TRAIN | {"epochs": 2, "tensorboard": True}
    from unmask.training.train import train

    train(
        dataset / "dataset.csv", dataset / "dataset", tmp_path / "model",
        tensorboard_dir=tmp_path / "logs", **settings,
    )  # fmt: skip
    (file,) = (tmp_path / "logs").iterdir()
    events = [Event.FromString(record.numpy()) for record in TFRecordDataset(str(file))]
    seen = {(value.tag, event.step) for event in events for value in event.summary.value}
    assert {("val_auc", 1), ("val_auc", 2), ("loss", 2)} <= seen


TWO_DEVICES = """
import json, sys
import tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from pathlib import Path
from unmask.training.train import train
two = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]) if sys.argv[1] == "2" else None
given = json.loads(sys.argv[2])
result = train(*map(Path, given.pop("paths")), strategy=two, **given)
"""


@pytest.mark.long
def test_two_devices_train_as_one_does(dataset, tmp_path):
    model = {"backbone": "MobileNet", "backbone_args": {"alpha": 0.25}, "head": "pool"}
    model |= {"input_size": SIDE, "trainable": False}
    histories = []
    for devices in ("1", "2"):
        given = {
            "paths": [f"{dataset}/dataset.csv", f"{dataset}/dataset", str(tmp_path / devices)],
            "model": model, "augment": AUGMENT, "train": TRAIN | {"epochs": 3}, "contract": {},
        }  # fmt: skip
        subprocess.run(
            [sys.executable, "-c", TWO_DEVICES, devices, json.dumps(given)],
            check=True,
        )  # fmt: skip
        histories.append(read_history(tmp_path / devices / "history.csv"))
    one, two = ([float(row["loss"]) for row in history] for history in histories)
    assert one == pytest.approx(two, rel=1e-4)
