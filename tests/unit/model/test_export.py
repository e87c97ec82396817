"""Exports score real crops as the model does, say what their input is, and are reproducible."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from itertools import product
from pathlib import Path

import cv2
import keras
import numpy as np
import onnx
import onnxruntime
import pytest
import tensorflow as tf

import media
from unmask.errors import ModelError
from unmask.model import export, runtime
from unmask.model.build import build_model
from unmask.model.export import export_model
from unmask.model.model_file import load_model, save_model

NETWORKS = {
    "Meso4": {"input_size": 64},
    "MobileNet": {
        "backbone": "MobileNet",
        "backbone_args": {"alpha": 0.25},
        "head": "pool",
        "input_size": 64,
    },
    "EfficientNetV2B0": {"backbone": "EfficientNetV2B0", "head": "pool", "input_size": 64},
}


@pytest.fixture(scope="module")
def crops() -> np.ndarray:
    """Both portraits' faces from closer and closer: RGB (8, 64, 64, 3) uint8."""
    found = []
    for who, (x, y, side) in {"hopper": (150, 60, 250), "collins": (140, 20, 200)}.items():
        for margin in (0, 8, 16, 24):
            near, far = margin, side - margin
            face = media.portrait(who)[y + near : y + far, x + near : x + far]
            found.append(cv2.resize(face, (64, 64), interpolation=cv2.INTER_AREA)[..., ::-1])
    return np.stack(found)


@pytest.fixture(scope="module")
def trained(request, crops, tmp_path_factory) -> Path:
    """A model file whose frozen batch norms have seen the crops, so that scores differ."""
    runtime.make_deterministic(7)
    model = build_model(**NETWORKS[request.param])
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model(crops, training=True)
    next(layer for layer in model.layers if isinstance(layer, keras.Model)).trainable = False
    path = tmp_path_factory.mktemp(request.param) / "model.keras"
    contract = {
        "classes": ["real", "fake"],
        "input_size": 64,
        "channels": "RGB",
        "scaling": "auto",
        "backbone": request.param,
        "crop": {"scale": 1.3, "place": "box"},
    }
    save_model(model, path, contract)
    return path


def onnx_scores(path: Path, rgb: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(["p_fake"], {"rgb": rgb.astype(np.float32)})[0]


def tflite_scores(path: Path, rgb: np.ndarray) -> np.ndarray:
    run = tf.lite.Interpreter(model_path=str(path)).get_signature_runner()
    return run(rgb=rgb.astype(np.float32))["p_fake"]


SCORES = {"onnx": onnx_scores, "tflite": tflite_scores}
QUICK = ("Meso4", "onnx"), ("Meso4", "tflite"), ("MobileNet", "onnx")


@pytest.mark.parametrize(
    ("trained", "kind"),
    [
        pytest.param(*tried, marks=() if tried in QUICK else pytest.mark.long)
        for tried in product(NETWORKS, SCORES)
    ],
    indirect=["trained"],
)
def test_an_export_scores_crops_as_the_model_does_in_batches_of_any_size(
    trained, crops, tmp_path, kind
):
    target = tmp_path / f"new folder/m.{kind}"
    export_model(trained, target)
    model, _ = load_model(trained)
    expected = model.predict_on_batch(crops)
    assert np.ptp(expected) > 1e-2, "the crops are told apart"
    for count in (1, 3, len(crops)):
        scores = SCORES[kind](target, crops[:count])
        assert scores.shape == (count, 1)
        np.testing.assert_allclose(scores, expected[:count], atol=1e-5)
    assert [path.name for path in target.parent.iterdir()] == [target.name]


@pytest.fixture(scope="module")
def meso4(tmp_path_factory) -> Path:
    runtime.make_deterministic(5)
    path = tmp_path_factory.mktemp("meso4") / "model.keras"
    contract = {
        "classes": ["real", "fake"],
        "input_size": 32,
        "channels": "RGB",
        "scaling": "unit",
        "backbone": "Meso4",
        "crop": {"scale": 1.3, "place": "box"},
    }
    save_model(build_model(input_size=32), path, contract)
    return path


def test_an_onnx_file_holds_the_contract_of_the_model(meso4, tmp_path):
    export_model(meso4, tmp_path / "m.onnx")
    session = onnxruntime.InferenceSession(tmp_path / "m.onnx")
    held = json.loads(session.get_modelmeta().custom_metadata_map["unmask.json"])
    assert held == load_model(meso4)[1]
    assert "(batch, 32, 32, 3), float32 in 0..255" in session.get_modelmeta().description
    onnx.checker.check_model(onnx.load(tmp_path / "m.onnx"), full_check=True)


def test_a_tflite_file_is_also_a_zip_archive_with_the_contract(meso4, tmp_path):
    export_model(meso4, tmp_path / "m.tflite")
    with zipfile.ZipFile(tmp_path / "m.tflite") as archive:
        assert json.loads(archive.read("unmask.json")) == load_model(meso4)[1]


@pytest.mark.parametrize("kind", ["onnx", pytest.param("tflite", marks=pytest.mark.long)])
def test_the_same_model_gives_the_same_bytes_in_another_process(meso4, tmp_path, kind):
    here = tmp_path / f"here.{kind}"
    export_model(meso4, here)
    there = tmp_path / f"there.{kind}"
    done = subprocess.run(
        [sys.executable, "-m", "unmask", "export", str(there), "--model", str(meso4)],
        env={**os.environ, "PYTHONHASHSEED": "77"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr.strip().endswith(f"wrote {there}")
    assert here.read_bytes() == there.read_bytes()


def test_another_ending_is_refused_with_one_that_will_do(meso4, tmp_path):
    with pytest.raises(ModelError, match=r"\.onnx or \.tflite.*For example: .*m\.onnx"):
        export_model(meso4, tmp_path / "m.pb")


def test_without_the_converter_it_says_how_to_install_it(meso4, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "tf2onnx", None)
    with pytest.raises(ModelError, match=r"pip install --editable '\.\[export\]'"):
        export_model(meso4, tmp_path / "m.onnx")
    export_model(meso4, tmp_path / "m.tflite")


def test_an_export_that_scores_otherwise_is_not_written(meso4, tmp_path, monkeypatch):
    monkeypatch.setattr(export, "TOLERANCE", -1)
    with pytest.raises(ModelError, match="is not written: its scores would be"):
        export_model(meso4, tmp_path / "m.onnx")
    assert not list(tmp_path.iterdir())


def test_a_model_that_is_not_there_is_a_message(tmp_path):
    with pytest.raises(ModelError, match="no model file"):
        export_model(tmp_path / "model.keras", tmp_path / "m.onnx")
