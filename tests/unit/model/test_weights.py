"""Weights from files and from Keras' cache. One test starts a process of its own: 10 s."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import keras
import numpy as np
import pytest

from unmask.errors import WeightsError
from unmask.model.build import build_model
from unmask.model.meso4 import meso4, paper_head
from unmask.model.weights import trained_on_efficientnet_scaling

MOBILENET = Path(__file__).parents[3].parent / "shared/data/mobilenet_2_5_224_tf_no_top.h5"
needs_mobilenet = pytest.mark.skipif(
    not MOBILENET.is_file(), reason="../shared/data has no MobileNet weights"
)
SLIM = {"backbone": "MobileNet", "backbone_args": {"alpha": 0.25}, "input_size": 64}


def assert_equal_weights(one, other):
    for mine, theirs in zip(one.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(mine, theirs)


@needs_mobilenet
def test_a_published_file_fills_the_backbone():
    model = build_model(**SLIM, weights=str(MOBILENET))
    published = keras.applications.MobileNet(
        alpha=0.25, include_top=False, weights=str(MOBILENET), input_shape=(64, 64, 3)
    )
    assert_equal_weights(model.get_layer(published.name), published)


@needs_mobilenet
def test_a_file_of_another_width_does_not_fit():
    with pytest.raises(WeightsError, match=r"does not fit MobileNet(.|\n)*weights: none"):
        build_model(backbone="MobileNet", input_size=64, weights=MOBILENET)


@pytest.mark.parametrize("file", ["Meso4_DF.h5", "Meso4_DF.weights.h5"])
def test_a_file_of_a_whole_mesonet_fills_the_blocks(tmp_path, file):
    blocks = meso4(32)
    x = blocks.output
    for layer in [*paper_head(), keras.layers.Dense(1, activation="sigmoid")]:
        x = layer(x)
    whole = keras.Model(blocks.input, x)
    save = whole.save_weights if file.endswith(".weights.h5") else whole.save
    save(tmp_path / file)
    model = build_model(input_size=32, weights=tmp_path / file)
    assert_equal_weights(model.get_layer("meso4"), blocks)


def test_a_saved_model_goes_on_where_it_stopped(tmp_path):
    first = build_model(input_size=32)
    first.save(tmp_path / "first.keras")
    assert_equal_weights(build_model(input_size=32, weights=tmp_path / "first.keras"), first)


def test_a_saved_model_with_another_head_gives_its_backbone(tmp_path):
    first = build_model(input_size=32)
    first.save(tmp_path / "first.keras")
    second = build_model(input_size=64, head="pool", weights=tmp_path / "first.keras")
    assert_equal_weights(second.get_layer("meso4"), first.get_layer("meso4"))


def test_a_saved_model_with_another_backbone_does_not_fit(tmp_path):
    build_model(input_size=32).save(tmp_path / "first.keras")
    with pytest.raises(WeightsError, match="does not fit mesoinception4"):
        build_model(backbone="MesoInception4", input_size=32, weights=tmp_path / "first.keras")


def test_published_efficientnet_weights_get_the_scaling_they_were_trained_with(tmp_path):
    published = keras.applications.EfficientNetB0(include_top=False, weights=None)
    published.save(tmp_path / "published.h5")
    model = build_model(
        backbone="EfficientNetB0", input_size=32, weights=tmp_path / "published.h5"
    )  # fmt: skip
    assert_equal_weights(model.get_layer("efficientnetb0"), published)
    assert "scaling" in [layer.name for layer in model.layers]


@pytest.mark.parametrize(
    ("before", "within", "expected"),
    [([], ["rescaling"], False), (["scaling"], ["rescaling"], True), ([], ["one", "two"], True)],
)
def test_a_saved_efficientnet_goes_on_with_its_own_scaling(tmp_path, before, within, expected):
    def chain(x, names):
        for name in names:
            x = keras.layers.Rescaling(2.0, name=name)(x)
        return x

    inputs, inner = keras.Input((8, 8, 3)), keras.Input((8, 8, 3))
    backbone = keras.Model(inner, chain(inner, within))
    keras.Model(inputs, backbone(chain(inputs, before))).save(tmp_path / "tuned.keras")
    assert trained_on_efficientnet_scaling("EfficientNetB3", tmp_path / "tuned.keras") is expected
    assert not trained_on_efficientnet_scaling("Meso4", tmp_path / "tuned.keras")


def test_a_missing_file_is_named_with_the_way_out():
    with pytest.raises(WeightsError, match=r"there is no file absent\.h5(.|\n)*weights: none"):
        build_model(input_size=32, weights="absent.h5")


def test_another_format_is_refused(tmp_path):
    with pytest.raises(WeightsError, match=r"ending in \.h5 or \.keras"):
        build_model(input_size=32, weights=tmp_path / "weights.pt")


@pytest.mark.parametrize("name", ["broken.h5", "broken.keras"])
def test_a_broken_file_is_named(tmp_path, name):
    (tmp_path / name).write_bytes(b"not weights")
    with pytest.raises(WeightsError, match=name):
        build_model(input_size=32, weights=tmp_path / name)


def test_there_are_no_imagenet_weights_for_meso():
    with pytest.raises(WeightsError, match="no ImageNet weights for Meso4"):
        build_model(input_size=32, weights="imagenet")


IMAGENET_SCRIPT = """
import sys
from unmask.model import runtime
runtime.start()
from unmask.errors import WeightsError
from unmask.model.build import build_model
name, *more = sys.argv[1:]
try:
    build_model(backbone=name, input_size=224, weights="imagenet")
except WeightsError as error:
    print(error)
if more:
    model = build_model(
        backbone="MobileNet", backbone_args={"alpha": 0.25}, input_size=224, weights="imagenet"
    )
    print("cached", model.count_params())
"""


@pytest.mark.parametrize(
    ("backbone", "file"),
    [
        ("Xception", "xception_weights_tf_dim_ordering_tf_kernels_notop.h5"),
        pytest.param("NASNetMobile", "nasnet_mobile_no_top.h5", marks=pytest.mark.long),
    ],
)
def test_imagenet_weights_come_from_the_cache_or_the_error_names_the_place(
    tmp_path, backbone, file
):
    cache = tmp_path / "models"
    cache.mkdir()
    arguments = [backbone]
    if MOBILENET.is_file():
        shutil.copy(MOBILENET, cache)
        arguments.append("cached")
    nowhere = "http://127.0.0.1:9"
    done = subprocess.run(
        [sys.executable, "-c", IMAGENET_SCRIPT, *arguments],
        env=os.environ
        | {"KERAS_HOME": str(tmp_path), "https_proxy": nowhere, "HTTPS_PROXY": nowhere},
        capture_output=True,
        text=True,
        check=True,
    )
    assert str(cache / file) in done.stdout
    assert "weights: none" in done.stdout
    assert done.stderr == ""
    if MOBILENET.is_file():
        assert "cached 218801" in done.stdout
