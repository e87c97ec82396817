"""Heat maps of the test videos that stand out: files, and a table that the report reads."""

from __future__ import annotations

import json
import shutil
from argparse import ArgumentParser

import cv2
import numpy as np
import pytest

from results_tree import Results, read
from unmask.commands import explain as command
from unmask.evaluation.explain.index import read_heat_maps
from unmask.evaluation.explain.videos import choose_videos, explain_videos
from unmask.evaluation.scores import VideoScore, read_frames, read_videos

CONTRACT = {"classes": ["real", "fake"], "input_size": 64, "channels": "RGB"}
CONTRACT |= {"scaling": "unit", "backbone": "Meso4"}


@pytest.fixture(scope="module")
def model_path(tmp_path_factory):
    import keras

    from unmask.model.build import build_model
    from unmask.model.model_file import save_model

    keras.utils.set_random_seed(0)
    path = tmp_path_factory.mktemp("model") / "model.keras"
    save_model(build_model(backbone="Meso4", input_size=64), path, CONTRACT)
    return path


@pytest.fixture
def results(tmp_path):
    return Results(tmp_path)


def explained(results, model, count):
    return explain_videos(
        results.folder / "maps",
        read_videos(results.videos),
        read_frames(results.frames),
        results.dataset,
        results.crops,
        model,
        heat_maps=count,
    )


def scored(name, label, p_fake, split="test"):
    return VideoScore(name, label, "g", split, 1, p_fake)


def test_the_worst_mistakes_and_the_clearest_hits_come_first_of_each_class_in_turn():
    videos = [scored(f"f{n}", 1, n / 10) for n in range(1, 6)]
    videos += [scored(f"r{n}", 0, n / 10) for n in range(1, 6)]
    videos.append(scored("other", 1, 0.0, split="val"))
    names = [row.video for row in choose_videos(videos, 6)]
    assert names == ["f1", "f5", "r1", "r5", "f2", "f4"]
    assert len(choose_videos(videos, 100)) == 10
    assert choose_videos(videos, 0) == []


def test_a_video_gets_maps_of_its_highest_and_lowest_frames(results, model_path):
    maps = explained(results, model_path, 100)
    of_one = [(row.frame, row.toward) for row in maps if row.video == "test_f1"]
    assert of_one == [(15, "fake"), (0, "real")]
    assert {row.video for row in maps} == {"test_f1", "test_f2", "test_r1", "test_r2"}
    folder = results.folder / "maps"
    crop, heat = (cv2.imread(str(folder / name)) for name in (maps[0].crop, maps[0].heat))
    assert crop.shape == heat.shape == (192, 192, 3)
    assert read_heat_maps(folder)["test_f1"] == [row for row in maps if row.video == "test_f1"]


def test_of_several_faces_in_a_frame_the_one_that_counts_is_shown(results, model_path):
    """The score of a frame is that of its most suspicious face."""
    from unmask.model.model_file import load_model
    from unmask.model.predict_crops import predict_crops

    model, _ = load_model(model_path)
    rng = np.random.default_rng(3)
    rows = read(results.dataset)
    first = next(row for row in rows if row["video"] == "test_f1" and row["frame"] == "15")
    files = []
    for number in range(3):
        name = first["file"].replace("_0.jpg", f"_{number}.jpg")
        image = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
        cv2.imwrite(str(results.crops / name), image)
        files.append(name)
    more = [first | {"file": name, "track": n} for n, name in enumerate(files) if n]
    columns = tuple(first)
    results.table("dataset.csv", columns, ([row[c] for c in columns] for row in [*rows, *more]))
    paths = [results.crops / name for name in files]
    highest = int(predict_crops(model, paths, input_size=64).argmax())

    maps = explained(results, model_path, 100)
    top = next(row for row in maps if (row.video, row.frame) == ("test_f1", 15))
    shown = cv2.imread(str(results.folder / "maps" / top.crop)).astype(float)
    apart = [
        np.abs(cv2.resize(cv2.imread(str(path)), (192, 192)).astype(float) - shown).mean()
        for path in paths
    ]
    assert int(np.argmin(apart)) == highest


def test_without_any_wanted_the_table_is_empty_and_no_model_is_loaded(results, tmp_path):
    assert explained(results, tmp_path / "no such model.keras", 0) == []
    assert read_heat_maps(results.folder / "maps") == {}


def test_the_command_writes_the_same_and_what_was_there_is_gone(results, model_path):
    explained(results, model_path, 2)
    expected = (results.folder / "maps/index.csv").read_text()
    old = shutil.move(results.folder / "maps", results.folder / "again")
    (old / "left over.jpg").touch()
    settings = results.folder / "settings.json"
    settings.write_text(json.dumps({"code": "", "settings": {"heat_maps": 2}}))
    parser = ArgumentParser()
    command.add_arguments(parser)
    arguments = [
        "--dataset", results.crops, "--index", results.dataset, "--model", model_path,
        "--frames", results.frames, "--videos", results.videos, "--settings", settings,
        "--receipt", results.folder / "receipt.json", "--output", results.folder / "again",
    ]  # fmt: skip
    assert command.run(parser.parse_args(list(map(str, arguments)))) == 0
    assert (results.folder / "again/index.csv").read_text() == expected
    assert not (results.folder / "again/left over.jpg").exists()
    assert (results.folder / "receipt.json").is_file()
