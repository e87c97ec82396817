"""Networks by name. Builds real ones; the larger take a second or two each."""

from importlib import import_module

import keras
import numpy as np
import pytest

from unmask.errors import ModelError
from unmask.model import runtime
from unmask.model.backbones import make_backbone
from unmask.model.build import build_model
from unmask.model.catalog import BACKBONES, check_backbone, scaling_of
from unmask.model.scaling import (
    IMAGENET_MEAN,
    IMAGENET_STD,
    efficientnet_file_scaling,
    scale_pixels,
)

OURS = {"Meso4", "MesoInception4", "EfficientNetLite0"}
"""Networks that keras.applications does not have."""


def trainable_parameters(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


def pixels(size=8, count=2):
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def scaled(mode):
    rgb = keras.Input((8, 8, 3))
    return np.asarray(keras.Model(rgb, scale_pixels(rgb, mode))(pixels().astype(np.float32)))


def test_the_tutorials_network_has_16812353_parameters_all_trainable():
    model = build_model(backbone="VGG16", head="flatten", dense_units=256, input_size=150)
    assert model.count_params() == 16_812_353
    assert trainable_parameters(model) == 16_812_353


@pytest.mark.parametrize(("name", "count"), [("Meso4", 27_977), ("MesoInception4", 28_615)])
def test_the_meso_networks_have_the_papers_number_of_trainable_parameters(name, count):
    assert trainable_parameters(build_model(backbone=name, input_size=256)) == count


def test_the_catalog_lists_every_network_of_keras_applications():
    theirs = {name for name in dir(keras.applications) if name[0].isupper()}
    assert set(BACKBONES) - OURS == theirs


@pytest.mark.parametrize("name", sorted(set(BACKBONES) - OURS))
def test_automatic_scaling_is_what_keras_prescribes(name):
    family = getattr(keras.applications, name).__module__.rpartition(".")[2]
    prescribed = import_module(f"keras.applications.{family}").preprocess_input
    expected = prescribed(pixels().astype(np.float32))
    np.testing.assert_allclose(scaled(scaling_of(name)), expected, atol=2e-5)


def test_unit_scaling_is_zero_to_one_and_the_choice_for_meso():
    assert scaling_of("Meso4") == "unit"
    np.testing.assert_allclose(scaled("unit"), pixels() / 255, atol=1e-6)


def test_a_network_that_scales_pixels_itself_gets_them_as_they_are():
    backbone = make_backbone("MobileNetV3Small", 64)
    assert any(isinstance(layer, keras.layers.Rescaling) for layer in backbone.layers)


def test_scaling_pixels_twice_is_refused():
    with pytest.raises(ModelError, match=r"scales pixels itself(.|\n)*scaling: auto"):
        scaling_of("EfficientNetB0", "unit")


def test_an_unknown_scaling_lists_the_known_ones():
    with pytest.raises(ModelError, match="allowed are auto, unit, tf, torch, caffe, none"):
        scaling_of("VGG16", "minmax")


def test_efficientnet_weights_from_a_file_see_what_they_were_trained_on():
    rgb = keras.Input((8, 8, 3))
    stem = keras.layers.Normalization(mean=IMAGENET_MEAN, variance=np.square(IMAGENET_STD))
    ours = keras.Model(rgb, stem(efficientnet_file_scaling(rgb) / 255))
    raw = pixels().astype(np.float32)
    keras_way = (raw / 255 - IMAGENET_MEAN) / IMAGENET_STD / np.sqrt(IMAGENET_STD)
    np.testing.assert_allclose(np.asarray(ours(raw)), keras_way, atol=1e-4)


@pytest.mark.parametrize(
    ("wrong", "right"), [("meso4", "Meso4"), ("Resnet50", "ResNet50"), ("Xceptoin", "Xception")]
)
def test_a_misspelt_backbone_is_answered_with_the_likely_one(wrong, right):
    with pytest.raises(ModelError, match=f"Did you mean (.* or )?{right}"):
        check_backbone(wrong)


def test_a_name_like_no_backbone_gets_the_list():
    with pytest.raises(ModelError, match=r"'zzz' is not a backbone\. Names(.|\n)*DenseNet121"):
        check_backbone("zzz")


def test_backbone_args_reach_the_backbone():
    slim = make_backbone("MobileNet", 32, {"alpha": 0.25})
    assert slim.output_shape[-1] == 256


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"alfa": 0.25}, "has no argument 'alfa'; allowed are alpha, "),
        ({"pooling": "avg"}, "not set here but by model.head"),
        ({"alpha": "wide"}, "cannot be built with"),
    ],
)
def test_backbone_args_that_do_not_fit_are_named(args, message):
    with pytest.raises(ModelError, match=message):
        make_backbone("MobileNet", 32, args)


@pytest.mark.parametrize(("name", "size"), [("Meso4", 16), ("Xception", 32)])
def test_an_input_too_small_for_the_backbone_is_refused(name, size):
    with pytest.raises(ModelError, match=f"{size}"):
        build_model(backbone=name, input_size=size)


def test_integers_and_floats_give_the_same_probability():
    model, crops = build_model(input_size=32), pixels(32)
    from_integers = model.predict_on_batch(crops)
    assert from_integers.shape == (2, 1)
    assert from_integers.dtype == np.float32
    assert ((from_integers > 0) & (from_integers < 1)).all()
    np.testing.assert_array_equal(from_integers, model.predict_on_batch(crops.astype(np.float32)))


def test_the_output_is_float32_under_mixed_precision():
    before = keras.config.dtype_policy().name
    with runtime.precision("mixed_bfloat16"):
        model = build_model(input_size=32)
    assert model.layers[-1].compute_dtype == "float32"
    assert model.get_layer("meso4").layers[1].compute_dtype == "bfloat16"
    assert keras.config.dtype_policy().name == before


def test_pool_and_flatten_differ_in_what_they_keep():
    slim = {"backbone": "MobileNet", "backbone_args": {"alpha": 0.25}, "input_size": 64}
    heads = {head: build_model(**slim, head=head) for head in ("native", "pool", "flatten")}
    assert heads["pool"].layers[-1].input.shape == (None, 256)
    assert heads["flatten"].layers[-1].input.shape == (None, 2 * 2 * 256)
    assert [layer.name for layer in heads["native"].layers] == [
        layer.name for layer in heads["pool"].layers
    ]


def test_a_dense_layer_and_dropout_come_before_the_output():
    model = build_model(head="pool", dense_units=7, dropout=0.3, input_size=32)
    assert [layer.name for layer in model.layers[-4:]] == ["pool", "dense", "dropout", "p_fake"]
    assert model.get_layer("dropout").rate == 0.3


def test_the_native_meso_head_takes_no_further_settings():
    with pytest.raises(ModelError, match="dense_units: 7"):
        build_model(dense_units=7, input_size=32)


def test_an_unknown_head_lists_the_known_ones():
    with pytest.raises(ModelError, match="allowed are native, pool, flatten"):
        build_model(head="round", input_size=32)


def test_a_frozen_backbone_leaves_only_the_head_to_train():
    model = build_model(head="pool", input_size=32, trainable=False)
    assert trainable_parameters(model) == 16 + 1
