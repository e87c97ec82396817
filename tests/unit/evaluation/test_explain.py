"""Heat maps: finite for every family of networks, faithful to the score, and on the evidence."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from unmask.errors import ModelError
from unmask.evaluation.explain.heat import METHODS, contributions, heat_maps
from unmask.evaluation.explain.layers import split_model
from unmask.model import runtime
from unmask.model.build import build_model
from unmask.model.catalog import BACKBONES

FAMILIES = {
    "ConvNeXtTiny": {},
    "DenseNet121": {},
    "EfficientNetB0": {},
    "EfficientNetLite0": {},
    "EfficientNetV2B0": {},
    "InceptionResNetV2": {},
    "InceptionV3": {},
    "MobileNet": {"alpha": 0.25},
    "MobileNetV2": {"alpha": 0.35},
    "MobileNetV3Small": {},
    "NASNetMobile": {},
    "ResNet50": {},
    "ResNet50V2": {},
    "VGG16": {},
    "VGG19": {},
    "Xception": {},
    "Meso4": {},
    "MesoInception4": {},
}
"""One member of each family."""

QUICK = ("EfficientNetB0", "MobileNet", "Meso4")

SLIM = {"backbone": "MobileNet", "backbone_args": {"alpha": 0.25}, "input_size": 128}
LAST = "conv_pw_13_relu"


def crops(size, count=2):
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8)


@pytest.fixture
def at_once(backbone):
    """Run large networks without making graphs of them; ConvNeXt's convolutions need one."""
    tf.config.run_functions_eagerly(not backbone.startswith("ConvNeXt"))
    yield
    tf.config.run_functions_eagerly(False)


def log_odds(model, images):
    p = model.predict_on_batch(images)[:, 0].astype(np.float64)
    return np.log(p / (1 - p))


def test_every_network_belongs_to_a_family_that_is_tried():
    def family(name):
        maker = getattr(keras.applications, name, None)
        return maker.__module__ if maker else name

    assert {family(name) for name in BACKBONES} == {family(name) for name in FAMILIES}


@pytest.mark.parametrize(
    "backbone",
    [pytest.param(name, marks=() if name in QUICK else pytest.mark.long) for name in FAMILIES],
)
def test_each_family_gives_a_finite_map_of_the_inputs_size(backbone, at_once):
    keras.utils.set_random_seed(1)
    model = build_model(backbone=backbone, backbone_args=FAMILIES[backbone], input_size=96)
    split = split_model(model)
    maps = [heat_maps(split, crops(96, 1), toward=toward)[0] for toward in ("fake", "real")]
    for one in maps:
        assert one.shape == (96, 96)
        assert one.dtype == np.float32
        assert np.isfinite(one).all()
        assert one.min() >= 0
        assert one.max() in (0, 1)
    assert max(one.max() for one in maps) == 1


@pytest.mark.parametrize(
    "backbone", ["Meso4", "MesoInception4", pytest.param("MobileNet", marks=pytest.mark.long)]
)
@pytest.mark.parametrize("head", ["native", "pool", "flatten"])
def test_every_head_works(backbone, head):
    split = split_model(build_model(backbone=backbone, head=head, input_size=64))
    assert heat_maps(split, crops(64)).shape == (2, 64, 64)


@pytest.mark.parametrize(
    ("backbone", "size", "layer", "cells"),
    [
        ("VGG16", 150, "block4_conv3", 18),
        ("Meso4", 128, None, 32),
        ("MobileNet", 224, "conv_pw_11_relu", 14),
    ],
)
def test_the_map_is_twice_as_fine_as_that_of_the_last_convolution(backbone, size, layer, cells):
    split = split_model(build_model(backbone=backbone, input_size=size))
    assert layer in (None, split.layer)
    assert contributions(split, crops(size, 1)).shape == (1, cells, cells)


@pytest.mark.parametrize("head", ["pool", "flatten"])
def test_at_the_end_of_the_backbone_contributions_add_up_to_the_models_log_odds(head):
    model = build_model(**SLIM, head=head)
    model.layers[-1].bias.assign([0.25])
    total = contributions(split_model(model, LAST), crops(128)).sum(axis=(1, 2)) + 0.25
    np.testing.assert_allclose(total, log_odds(model, crops(128)), atol=1e-4)


def test_grad_cam_agrees_where_the_head_pools_and_does_not_where_it_flattens():
    for head, agrees in (("pool", True), ("flatten", False)):
        split = split_model(build_model(**SLIM, head=head), LAST)
        ours, theirs = (contributions(split, crops(128), method=method) for method in METHODS)
        assert np.allclose(ours, theirs, atol=1e-3 * np.abs(ours).max()) is agrees


def test_what_speaks_for_real_is_the_opposite_of_what_speaks_for_fake():
    split = split_model(build_model(input_size=64))
    fake, real = (contributions(split, crops(64), toward=toward) for toward in ("fake", "real"))
    np.testing.assert_allclose(fake, -real)


@pytest.mark.parametrize("head", ["pool", "flatten"])
def test_another_top_gives_another_map(head):
    """The sanity check of Adebayo et al., 2018: a map that ignores the weights explains nothing."""
    model = build_model(**SLIM, head=head)
    split = split_model(model)
    before = heat_maps(split, crops(128))
    kernel = model.layers[-1].kernel
    kernel.assign(np.random.default_rng(1).normal(size=kernel.shape))
    after = heat_maps(split, crops(128))
    likeness = np.corrcoef(before.ravel(), after.ravel())[0, 1]
    assert abs(likeness) < 0.5


@pytest.mark.parametrize(
    "backbone", ["Meso4", "MobileNet", pytest.param("ResNet50", marks=pytest.mark.long)]
)
def test_a_model_from_a_file_gives_the_map_it_gave_before(backbone, tmp_path):
    model = build_model(backbone=backbone, input_size=64)
    model.save(tmp_path / "model.keras")
    again = keras.models.load_model(tmp_path / "model.keras")
    before, after = (heat_maps(split_model(one), crops(64, 1)) for one in (model, again))
    np.testing.assert_allclose(before, after, atol=1e-4)


def test_a_map_is_finite_under_mixed_precision():
    with runtime.precision("mixed_bfloat16"):
        split = split_model(build_model(input_size=64))
    assert np.isfinite(heat_maps(split, crops(64))).all()


def test_the_heat_lies_on_what_makes_the_difference():
    """Fakes differ from real images by a striped patch, somewhere, and by nothing else."""
    keras.utils.set_random_seed(0)
    rng = np.random.default_rng(0)
    images = rng.integers(90, 160, (64, 64, 64, 3)).astype(np.uint8)
    labels = np.arange(64) % 2
    inside = np.zeros((64, 64, 64), bool)
    for number in np.flatnonzero(labels):
        y, x = rng.integers(4, 40, 2)
        inside[number, y : y + 20, x : x + 20] = True
        images[number, y : y + 20 : 2, x : x + 20] = 255
        images[number, y + 1 : y + 20 : 2, x : x + 20] = 0
    model = build_model(input_size=64, head="pool")
    model.compile(keras.optimizers.Adam(0.01), "binary_crossentropy")
    model.fit(images, labels, batch_size=16, epochs=10, verbose=0)
    assert ((model.predict(images, verbose=0)[:, 0] > 0.5) == labels).mean() > 0.95
    fakes = labels == 1
    maps = heat_maps(split_model(model), images[fakes])
    share = (maps * inside[fakes]).sum() / maps.sum()
    assert share > 3 * inside[fakes].mean()
    hottest = maps.reshape(len(maps), -1).argmax(axis=1)
    hits = np.take_along_axis(inside[fakes].reshape(len(maps), -1), hottest[:, None], axis=1)
    assert hits.mean() > 0.9


def test_a_network_of_another_build_is_refused():
    pixels = keras.Input((32, 32, 3))
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(4, 3)(pixels))
    model = keras.Model(pixels, keras.layers.Dense(1, activation="sigmoid")(pooled))
    with pytest.raises(ModelError, match="trained with unmask"):
        split_model(model)


def test_an_unknown_method_lists_the_known_ones():
    split = split_model(build_model(input_size=64))
    with pytest.raises(ModelError, match="allowed are hirescam, gradcam"):
        heat_maps(split, crops(64), method="guess")
