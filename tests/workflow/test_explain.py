"""On the demo's fakes, the heat lies on the face, where they were made."""

from __future__ import annotations

import csv

import keras
import numpy as np
import pytest

from unmask.evaluation.explain.heat import heat_maps
from unmask.evaluation.explain.layers import split_model
from unmask.evaluation.explain.overlay import share_inside
from unmask.faces.index import FaceIndex
from unmask.model import runtime
from unmask.model.build import build_model
from unmask.model.pixels import read_all

SIZE = 64


@pytest.fixture(scope="module")
def crops(finished):
    """The demo's crops as a network sees them, their labels, and where each has its face."""
    results = finished / "results"
    with (results / "dataset.csv").open() as file:
        rows = list(csv.DictReader(file))
    images = read_all([results / "dataset" / row["file"] for row in rows], SIZE)
    labels = np.array([int(row["label"]) for row in rows])
    masks = []
    for row in rows:
        index = FaceIndex.load(results / f"faces/{row['video']}.json")
        crop = next(crop for crop in index.faces if crop.frame == int(row["frame"]))
        masks.append(inner_face(np.array(crop.landmarks)))
    return images, labels, np.array(masks)


def inner_face(landmarks):
    """From brows to chin and cheek to cheek: a part of the crop, as the box of a face is not."""
    (left, top), (right, bottom) = landmarks.min(0), landmarks.max(0)
    width, height = right - left, bottom - top
    rows, columns = np.mgrid[0:SIZE, 0:SIZE] / SIZE
    across = (columns > left - 0.2 * width) & (columns < right + 0.2 * width)
    return across & (rows > top - 0.2 * height) & (rows < bottom + 0.2 * height)


@pytest.fixture(scope="module")
def model(crops):
    images, labels, _ = crops
    keras.utils.set_random_seed(0)
    with runtime.precision("float32"):
        model = build_model(input_size=SIZE, head="pool")
    model.compile(keras.optimizers.Adam(0.003), "binary_crossentropy")
    model.fit(images, labels, batch_size=8, epochs=60, verbose=0)
    assert ((model.predict(images, verbose=0)[:, 0] > 0.5) == labels).mean() > 0.9
    return model


def test_more_heat_lies_on_the_face_than_on_maps_whose_cells_are_shuffled(crops, model):
    images, labels, masks = crops
    fakes = labels == 1
    maps = heat_maps(split_model(model), images[fakes])
    rng = np.random.default_rng(0)
    shares, shuffled = [], []
    for heat, mask in zip(maps, masks[fakes], strict=True):
        shares.append(share_inside(heat, mask))
        for _ in range(20):
            mixed = rng.permutation(heat.ravel()).reshape(heat.shape)
            shuffled.append(share_inside(mixed, mask))
    assert np.mean(shares) > 1.1 * np.mean(shuffled)


def test_a_top_with_other_weights_sees_other_things(crops, model):
    images, labels, _ = crops
    fakes = images[labels == 1]
    other = keras.models.clone_model(model)
    other.set_weights(model.get_weights())
    kernel = other.layers[-1].kernel
    kernel.assign(np.random.default_rng(3).normal(size=kernel.shape))
    before, after = (heat_maps(split_model(one), fakes) for one in (model, other))
    assert np.abs(before - after).mean() > 0.05
