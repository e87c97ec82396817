"""Trainings with Keras on JAX, which `make test-jax` installs beside the rest.

Keras takes its backend once for a process, so this is a suite of its own.
"""

import json
import logging
import os
import subprocess
import sys

import keras
import numpy as np
import pytest

from unit.training.test_resume import HARD, Stopped, stop_after
from unit.training.test_training import AUGMENT, CONTRACT, MODEL, SIDE, TRAIN, make_dataset, run
from unmask.model.model_file import load_model
from unmask.model.predict_crops import predict_crops
from unmask.training.crops import read_split
from unmask.workflow.stage_settings import text

SCORE = """
import json, sys
from pathlib import Path
from unmask.model import runtime
runtime.start()
import keras
from unmask.model.model_file import load_model
from unmask.model.predict_crops import predict_crops
model, *crops = map(Path, sys.argv[1:])
model, contract = load_model(model)
scores = predict_crops(model, crops, input_size=contract["input_size"])
print(json.dumps([keras.backend.backend(), scores.tolist()]))
"""


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("crops"))


@pytest.fixture(scope="module")
def trained(dataset, tmp_path_factory):
    assert keras.backend.backend() == "jax"
    return run(dataset, tmp_path_factory.mktemp("out"))


def test_a_training_learns_what_tells_the_classes_apart(trained):
    assert trained.val_auc == 1.0
    _, contract = load_model(trained.model)
    assert "jax" in contract["versions"]


def test_tensorflow_scores_with_the_model_as_jax_does(dataset, trained):
    files = read_split(dataset / "dataset.csv", dataset / "dataset", "val").files
    model, _ = load_model(trained.model)
    ours = predict_crops(model, files, input_size=SIDE)
    command = [sys.executable, "-c", SCORE, str(trained.model), *map(str, files)]
    # The environment asks for JAX, and only a training listens.
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=os.environ)
    backend, theirs = json.loads(done.stdout)
    assert backend == "tensorflow"
    np.testing.assert_allclose(ours, theirs, atol=1e-5)


def test_a_training_goes_on_to_the_same_bytes(dataset, tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.INFO)
    hard = HARD | {"precision": "float32", "epochs": 4}
    whole = run(dataset, tmp_path / "whole", **hard)
    checkpoint = tmp_path / "checkpoint/train.npz"
    for epochs in (1, 3):  # within the head's own phase, and within the whole network's
        with monkeypatch.context() as patch, pytest.raises(Stopped):
            stop_after(epochs, patch)
            run(dataset, tmp_path / "model", checkpoint=checkpoint, **hard)
    result = run(dataset, tmp_path / "model", checkpoint=checkpoint, **hard)
    assert "going on after epoch 3 of 4" in caplog.text
    assert result.model.read_bytes() == whole.model.read_bytes()


def test_the_command_trains_on_jax_where_the_environment_says_so(dataset, tmp_path):
    given = {"model": MODEL, "augment": AUGMENT, "train": TRAIN | {"epochs": 1}}
    settings = tmp_path / "train.json"
    settings.write_text(text({**given, "contract": CONTRACT}, code=""))
    receipts = [tmp_path / "dataset.json", tmp_path / "receipt.json"]
    receipts[0].write_text(json.dumps({"made_of": "abc"}))
    command = [
        *(sys.executable, "-m", "unmask", "train", "--dataset", dataset / "dataset"),
        *("--index", dataset / "dataset.csv", "--settings", settings),
        *("--made-from", receipts[0], "--receipt", receipts[1]),
        *("--output-dir", tmp_path / "model"),
    ]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    _, contract = load_model(tmp_path / "model/model.keras")
    assert "jax" in contract["versions"]
