"""Scoring crops from files and arrays."""

import cv2
import numpy as np
import pytest

from unmask.errors import ModelError, UnreadableMedia
from unmask.model.build import build_model
from unmask.model.pixels import fit, read_image
from unmask.model.predict_crops import predict_crops, predict_logits


@pytest.fixture(scope="module")
def model():
    return build_model(input_size=32)


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crops")
    noise = np.random.default_rng(0).integers(0, 256, (7, 48, 48, 3), dtype=np.uint8)
    paths = []
    for number, image in enumerate(noise):
        paths.append(folder / f"{number}.jpg")
        cv2.imwrite(str(paths[-1]), cv2.GaussianBlur(image, (0, 0), 2))
    return paths


def rgb(path):
    return cv2.imread(str(path))[..., ::-1]


def test_files_are_decoded_to_the_pixels_of_opencv(files):
    np.testing.assert_array_equal(read_image(str(files[0])), rgb(files[0]))


def test_a_png_is_read_too(tmp_path, files):
    cv2.imwrite(str(tmp_path / "crop.png"), rgb(files[0])[..., ::-1])
    np.testing.assert_array_equal(read_image(str(tmp_path / "crop.png")), rgb(files[0]))


def test_a_crop_of_the_right_size_keeps_its_pixels(files):
    np.testing.assert_array_equal(fit(rgb(files[0]), 48), rgb(files[0]))


def test_resizing_averages_away_what_does_not_fit():
    stripes = np.zeros((64, 64, 3), np.uint8)
    stripes[:, ::2] = 255
    small = fit(stripes, 16).numpy()
    assert small.shape == (16, 16, 3)
    assert np.abs(small[:, 2:-2].astype(int) - 128).max() <= 1


def test_files_and_arrays_get_the_same_scores(model, files):
    from_files = predict_crops(model, files, input_size=32)
    from_arrays = predict_crops(model, (rgb(path) for path in files), input_size=32)
    np.testing.assert_array_equal(from_files, from_arrays)
    assert from_files.shape == (7,)
    assert from_files.dtype == np.float32


def test_a_score_does_not_depend_on_the_company(model, files):
    together = predict_crops(model, files, input_size=32, batch_size=3)
    alone = [predict_crops(model, [path], input_size=32)[0] for path in files]
    np.testing.assert_allclose(together, alone, atol=1e-6)


def test_no_crops_give_no_scores(model):
    assert predict_crops(model, [], input_size=32).shape == (0,)


def test_a_size_the_model_does_not_take_is_refused(model, files):
    with pytest.raises(ModelError, match=r"takes RGB of 32 px, not of 64 px(.|\n)*input_size: 32"):
        predict_crops(model, files, input_size=64)


def test_an_array_of_another_form_is_refused(model):
    with pytest.raises(ModelError, match=r"\(32, 32\) float64"):
        predict_crops(model, [np.zeros((32, 32))], input_size=32)


def test_an_unreadable_file_is_named(model, files, tmp_path):
    (tmp_path / "broken.jpg").write_bytes(files[0].read_bytes()[:40])
    with pytest.raises(UnreadableMedia, match=r"broken\.jpg cannot be read"):
        predict_crops(model, [*files, tmp_path / "broken.jpg"], input_size=32)


def test_with_flip_a_score_is_the_mean_with_the_mirror_images(model, files):
    plain = predict_crops(model, files, input_size=32)
    mirrored = predict_crops(model, [rgb(path)[:, ::-1] for path in files], input_size=32)
    both = predict_crops(model, files, input_size=32, flip=True)
    # 48 px are resized to 32, and resizing is symmetric.
    np.testing.assert_allclose(both, (plain + mirrored) / 2, atol=2e-3)
    assert np.abs(both - plain).max() > 1e-6


@pytest.mark.parametrize("flip", [False, True])
def test_logits_are_those_of_the_probabilities_and_go_on_where_they_end(model, files, flip):
    plain = predict_crops(model, files, input_size=32, flip=flip)
    logits = predict_logits(model, files, input_size=32, flip=flip)
    np.testing.assert_allclose(1 / (1 + np.exp(-logits)), plain, atol=1e-6)
    kernel, bias = model.layers[-1].get_weights()
    try:
        model.layers[-1].set_weights([kernel, bias + 40])
        sure = predict_logits(model, files, input_size=32, flip=flip)
        assert (predict_crops(model, files, input_size=32, flip=flip) == 1).all()
        np.testing.assert_allclose(sure, logits + 40, atol=0.05)
    finally:
        model.layers[-1].set_weights([kernel, bias])
