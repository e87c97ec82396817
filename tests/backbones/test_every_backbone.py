"""Every backbone is built, trained for a step, saved, loaded, and scores as before.

The largest have hundreds of millions of weights, so this is a suite of its own:
`make test-backbones`.
"""

import gc

import keras
import numpy as np
import pytest

from unmask.model.build import build_model
from unmask.model.catalog import BACKBONES, check_input_size, scaling_of
from unmask.model.contract import CLASSES
from unmask.model.model_file import load_model, save_model
from unmask.model.predict_crops import predict_crops

SIZES = (64, 71, 75)


def smallest(name):
    """The smallest of a few sizes that a backbone takes."""
    from unmask.errors import ModelError

    for size in SIZES:
        try:
            check_input_size(name, size)
        except ModelError:
            continue
        return size
    raise AssertionError(f"{name} takes none of {SIZES}")


@pytest.fixture(autouse=True)
def room():
    yield
    keras.utils.clear_session()
    gc.collect()


@pytest.mark.parametrize("name", sorted(BACKBONES))
def test_a_backbone_trains_saves_loads_and_scores_the_same(name, tmp_path):
    size = smallest(name)
    keras.utils.set_random_seed(0)
    model = build_model(backbone=name, input_size=size)
    rng = np.random.default_rng(0)
    crops = rng.integers(0, 256, (4, size, size, 3), dtype=np.uint8)
    head = model.get_layer("p_fake").get_weights()
    first = next(w for w in model.trainable_variables if w.ndim == 4)
    before = np.array(first)

    # After one step the running averages are still far from the truth, and scores of a deep network
    # without training overflow. So they take over what the step has seen.
    for layer in model._flatten_layers():
        if isinstance(layer, keras.layers.BatchNormalization):
            layer.momentum = 0.0
    model.compile(keras.optimizers.SGD(1e-4), "binary_crossentropy", jit_compile=False)
    loss = model.train_on_batch(crops.astype(np.float32), np.array([[0], [1], [0], [1]]))
    assert np.isfinite(loss)
    assert not np.array_equal(model.get_layer("p_fake").get_weights()[0], head[0])
    assert not np.array_equal(np.array(first), before), "the first layer learns too"

    scores = predict_crops(model, crops, input_size=size)
    assert np.isfinite(scores).all()
    contract = {
        "classes": CLASSES,
        "input_size": size,
        "channels": "RGB",
        "scaling": scaling_of(name),
        "backbone": name,
    }
    save_model(model, tmp_path / "model.keras", contract)
    del model, first
    gc.collect()
    loaded, known = load_model(tmp_path / "model.keras")
    assert known == contract
    np.testing.assert_allclose(predict_crops(loaded, crops, input_size=size), scores, atol=1e-6)
    (tmp_path / "model.keras").unlink()
