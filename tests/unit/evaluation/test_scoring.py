"""The trained model scores the crops of the dataset. Starts TensorFlow, so it takes seconds."""

from __future__ import annotations

import json
from argparse import ArgumentParser

import numpy as np
import pytest

from results_tree import DATASET, Results, read
from unmask.commands import score as command
from unmask.errors import ConfigError, DatasetError, ModelError, UnreadableMedia
from unmask.evaluation.score_dataset import Scores, score_dataset

CONTRACT = {
    "classes": ["real", "fake"],
    "input_size": 32,
    "channels": "RGB",
    "scaling": "unit",
    "backbone": "none",
    "crop": {"scale": 1.3, "size": 32},
}


@pytest.fixture(scope="module")
def model_path(tmp_path_factory):
    """A network that calls red crops fake: its score rises with the mean of the red channel."""
    import keras

    from unmask.model.model_file import save_model

    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            keras.layers.Rescaling(1 / 255),
            keras.layers.GlobalAveragePooling2D(),
            keras.layers.Dense(1, activation="sigmoid"),
        ]
    )
    model.layers[-1].set_weights([np.array([[8.0], [0.0], [0.0]]), np.array([-4.0])])
    path = tmp_path_factory.mktemp("model") / "model.keras"
    save_model(model, path, CONTRACT)
    return path


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path)


def test_every_crop_of_validation_and_test_is_scored(results, model_path):
    scores = score_dataset(results.dataset, results.crops, model_path)
    frames, videos = scores.frames, scores.videos
    assert [row.video for row in videos] == [
        "test_f1", "test_f2", "test_r1", "test_r2", "val_f1", "val_f2", "val_r1", "val_r2",
    ]  # fmt: skip
    assert len(frames) == 16
    assert [(row.video, row.frame) for row in frames[:2]] == [("test_f1", 0), ("test_f1", 15)]
    for row in videos:
        assert (row.p_fake > 0.5) == (row.label == 1)
        assert row.n_faces == 2


def test_scores_follow_the_pixels_as_the_model_computes_them(results, model_path):
    videos = score_dataset(results.dataset, results.crops, model_path, splits=("test",)).videos
    # Crops are drawn with a red of 60 and 210 of 255; JPEG moves it by a little.
    expected = {0: 1 / (1 + np.exp(4 - 8 * 60 / 255)), 1: 1 / (1 + np.exp(4 - 8 * 210 / 255))}
    for row in videos:
        assert row.p_fake == pytest.approx(expected[row.label], abs=0.01)


def test_the_most_suspicious_face_of_a_frame_counts_and_crops_are_counted(results, model_path):
    rows = [tuple(row.values()) for row in read(results.dataset)]
    real = next(row for row in rows if row[1] == "test_r1")
    red = next(row for row in rows if row[1] == "test_f1")
    somebody_else = (red[0], *real[1:4], 1, *real[5:])
    results.table("dataset.csv", DATASET, [*rows, somebody_else])
    found = score_dataset(results.dataset, results.crops, model_path, splits=("test",))
    scores = [row.p_fake for row in found.frames if row.video == "test_r1"]
    assert len(scores) == 2 and scores[0] > 0.9 > 0.2 > scores[1]
    people = [row for row in found.tracks if row.video == "test_r1"]
    assert [(row.track, row.n_faces) for row in people] == [(0, 2), (1, 1)]
    assert people[0].p_fake < 0.2 < 0.9 < people[1].p_fake, "two people are scored apart"
    video = next(row for row in found.videos if row.video == "test_r1")
    assert video.n_faces == 3
    assert video.p_fake == pytest.approx(np.mean(scores), abs=1e-6)


def test_the_model_refuses_crops_made_another_way(results, model_path):
    same = {"crop": {"scale": 1.3}, "input_size": 32}
    score_dataset(results.dataset, results.crops, model_path, expected_contract=same)
    other = {"crop": {"scale": 1.6}}
    with pytest.raises(ModelError, match=r"crop\.scale"):
        score_dataset(results.dataset, results.crops, model_path, expected_contract=other)


def test_without_crops_the_tables_are_empty(results, model_path):
    results.table("dataset.csv", DATASET, [])
    assert score_dataset(results.dataset, results.crops, model_path) == Scores()


def test_a_wrong_aggregate_fails_before_the_model_is_loaded(results, tmp_path):
    with pytest.raises(ConfigError, match="aggregate"):
        score_dataset(results.dataset, results.crops, tmp_path / "none.keras", aggregate="avg")


def test_a_crop_that_is_not_there_is_named(results, model_path):
    gone = results.crops / read(results.dataset)[-1]["file"]
    gone.unlink()
    with pytest.raises(UnreadableMedia, match=gone.name):
        score_dataset(results.dataset, results.crops, model_path)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (
            ("../secret.jpg", "x", 0, 0, 0, 0, "g3", "test", "", "own"),
            "'../secret.jpg' is not a file inside",
        ),
        (("a.jpg", "test_r1", 0, 0, 0, 1, "g3", "test", "", "own"), "line 22: test_r1 has another"),
        (("a.jpg", "test_r1", 0, 0, 0, 0, "g3", "val", "", "own"), "line 22: test_r1 has another"),
        (("a.jpg", "x", 0, 0, 0, "fake", "g3", "val", "", "own"), "line 22: label 'fake'"),
    ],
)
def test_a_table_that_contradicts_itself_is_refused(results, tmp_path, row, complaint):
    rows = [tuple(row.values()) for row in read(results.dataset)]
    results.table("dataset.csv", DATASET, [*rows, row])
    with pytest.raises(DatasetError, match=complaint):
        score_dataset(results.dataset, results.crops, tmp_path / "none.keras")


def test_the_command_writes_the_tables_the_same_each_time(results, model_path, tmp_path):
    settings = tmp_path / "settings.json"
    settings.write_text(json.dumps({"code": "", "settings": {"aggregate": "max"}}))
    parser = ArgumentParser()
    command.add_arguments(parser)
    written = []
    for run in ("a", "b"):
        names = ("frames", "tracks", "videos")
        frames, tracks, videos = (tmp_path / f"{run}-{name}.csv" for name in names)
        arguments = [
            "--dataset", results.crops, "--index", results.dataset, "--model", model_path,
            "--settings", settings, "--frames", frames, "--tracks", tracks,
            "--videos", videos,
        ]  # fmt: skip
        assert command.run(parser.parse_args(list(map(str, arguments)))) == 0
        written.append(frames.read_bytes() + tracks.read_bytes() + videos.read_bytes())
    assert written[0] == written[1]
    assert list(read(tmp_path / "a-videos.csv")[0].values())[:5] == [
        "test_f1", "1", "g3", "test", "2",
    ]  # fmt: skip
