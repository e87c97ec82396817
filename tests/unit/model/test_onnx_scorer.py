"""Scoring without TensorFlow gives what Keras gives, from the one file."""

from __future__ import annotations

import zipfile

import cv2
import keras
import numpy as np
import pytest

import media
from unmask.errors import ModelError, UnreadableMedia
from unmask.model import crop_pixels, pixels, runtime, scoring_graph
from unmask.model.build import build_model
from unmask.model.half import halve
from unmask.model.members import GRAPH, has_member
from unmask.model.model_file import load_model, save_model
from unmask.model.onnx_scorer import OnnxScorer
from unmask.model.predict_crops import predict_logits
from unmask.model.scorer import load_scorer
from unmask.model.scoring_graph import add_graph

CONTRACT = {
    "classes": ["real", "fake"],
    "input_size": 64,
    "channels": "RGB",
    "scaling": "unit",
    "backbone": "any",
}
NETWORKS = {
    "Meso4": {},
    "MobileNet": {"backbone": "MobileNet", "backbone_args": {"alpha": 0.25}, "head": "pool"},
    "EfficientNetLite0": {"backbone": "EfficientNetLite0", "head": "pool"},
}


@pytest.fixture(scope="module")
def crops() -> np.ndarray:
    """A face from closer and closer: RGB (6, 90, 90, 3) uint8."""
    portrait = media.portrait()
    near = [portrait[60 + n : 310 - n, 150 + n : 400 - n] for n in range(0, 90, 15)]
    return np.stack([cv2.resize(face, (90, 90))[..., ::-1] for face in near])


def saved(model, folder):
    path = folder / "model.keras"
    save_model(model, path, CONTRACT)
    return path


LONG = pytest.param("EfficientNetLite0", marks=pytest.mark.long)


@pytest.fixture(scope="module", params=["Meso4", "MobileNet", LONG])
def network(request, crops, tmp_path_factory):
    """A file with its graph, and the model; its batch norms have seen the crops."""
    runtime.make_deterministic(7)
    model = build_model(**NETWORKS[request.param], input_size=64)
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.5
    model(np.stack([pixels.fit(crop, 64) for crop in crops]), training=True)
    path = saved(model, tmp_path_factory.mktemp(request.param))
    bare = path.stat().st_size
    assert add_graph(path, model)
    assert path.stat().st_size < bare * 1.1 + 60_000, "weights are stored once"
    return path, model


@pytest.mark.parametrize("flip", [False, True])
def test_scores_are_those_of_keras(network, crops, flip):
    path, model = network
    ours = OnnxScorer(path).logits(list(crops), flip=flip)
    theirs = predict_logits(model, list(crops), input_size=64, flip=flip)
    np.testing.assert_allclose(1 / (1 + np.exp(-ours)), 1 / (1 + np.exp(-theirs)), atol=1e-6)


def test_no_other_crop_has_a_part_in_a_score(network, crops):
    scorer = OnnxScorer(network[0])
    together = scorer.logits([*crops, *crops[::-1]])
    alone = [scorer.logits([crop])[0] for crop in crops]
    assert together.tolist() == [*alone, *alone[::-1]]


def test_keras_loads_a_file_with_a_graph_and_the_same_graph_is_made_again(network, crops):
    path, model = network
    before = path.read_bytes()
    loaded, _ = load_model(path)
    inputs = np.stack([pixels.fit(crop, 64) for crop in crops])
    np.testing.assert_array_equal(loaded.predict_on_batch(inputs), model.predict_on_batch(inputs))
    assert add_graph(path, loaded)
    assert path.read_bytes() == before


def test_files_and_arrays_are_scored_alike(network, crops, tmp_path):
    files = []
    for number, crop in enumerate(crops):
        files.append(tmp_path / f"{number}.png")
        cv2.imwrite(str(files[-1]), crop[..., ::-1])
    scorer = OnnxScorer(network[0])
    assert scorer.logits(files).tolist() == scorer.logits(list(crops)).tolist()


def test_weights_of_half_the_size_leave_the_old_graph_behind(network, tmp_path):
    halve(network[0], tmp_path / "half.keras")
    assert not has_member(tmp_path / "half.keras", GRAPH)


@pytest.mark.parametrize("suffix", [".jpg", ".png", ".bmp"])
@pytest.mark.parametrize("size", [90, 64, 31, 7, 91, 224])
def test_pixels_are_those_of_training(crops, tmp_path, suffix, size):
    path = tmp_path / f"crop{suffix}"
    cv2.imwrite(str(path), crops[2][..., ::-1])
    ours = crop_pixels.fit(crop_pixels.read_crop(path), size)
    np.testing.assert_array_equal(ours, pixels.read_input(str(path), size))


@pytest.mark.parametrize("shape", [(50, 90), (90, 50), (1, 1), (7, 300)])
def test_crops_that_are_no_squares_are_resized_as_in_training(shape):
    crop = np.random.default_rng(3).integers(0, 256, (*shape, 3), dtype=np.uint8)
    np.testing.assert_array_equal(crop_pixels.fit(crop, 32), pixels.fit(crop, 32))


def test_what_is_no_crop_is_refused(tmp_path):
    with pytest.raises(ModelError, match=r"\(32, 32\) float64"):
        crop_pixels.fit(np.zeros((32, 32)), 32)
    (tmp_path / "empty.jpg").write_bytes(b"")
    (tmp_path / "text.jpg").write_text("no image")
    for name in ("empty.jpg", "text.jpg", "absent.jpg"):
        with pytest.raises(UnreadableMedia, match=name):
            crop_pixels.read_crop(tmp_path / name)


@pytest.fixture
def meso4(tmp_path):
    runtime.make_deterministic(5)
    model = build_model(input_size=64)
    return saved(model, tmp_path), model


@pytest.mark.parametrize("why", ["no converter", "other scores", "unknown layer"])
def test_a_file_without_a_graph_is_scored_with_keras(meso4, crops, monkeypatch, caplog, why):
    caplog.set_level("INFO")
    path, model = meso4
    before = path.read_bytes()
    if why == "no converter":
        monkeypatch.setattr(scoring_graph, "find_spec", lambda _: None)
    elif why == "other scores":
        monkeypatch.setattr(scoring_graph, "ON_AVERAGE", -1.0)
    else:
        monkeypatch.setattr(scoring_graph, "_convert", lambda _: 1 / 0)
    assert not add_graph(path, model)
    assert "is scored with Keras" in caplog.text
    assert path.read_bytes() == before
    scorer, contract = load_scorer(path)
    assert contract == CONTRACT
    theirs = predict_logits(model, list(crops), input_size=64)
    np.testing.assert_array_equal(scorer.logits(list(crops)), theirs)


@pytest.mark.parametrize("damage", ["nonsense", "another size", "other classes"])
def test_a_graph_that_does_not_fit_its_file_is_said(meso4, tmp_path, damage):
    path, model = meso4
    add_graph(path, model)
    odd = tmp_path / "odd.keras"
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(odd, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if damage == "nonsense" and name == GRAPH:
                content = content[:200]
            if name == "unmask.json" and damage == "another size":
                content = content.replace(b'"input_size": 64', b'"input_size": 32')
            if name == "unmask.json" and damage == "other classes":
                content = content.replace(b'"fake"', b'"forged"')
            new.writestr(name, content)
    said = {"nonsense": "cannot be loaded", "another size": "promises RGB of 32 px"}
    with pytest.raises(ModelError, match=said.get(damage, "in this order")):
        load_scorer(odd)
