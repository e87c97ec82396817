"""Real trainings of Meso4 on a few small crops, and the errors before one starts. 40 s."""

import csv
import json
import logging
import math
import re
import shutil
import subprocess
import sys

import cv2
import numpy as np
import pytest

from unmask.errors import TrainingError
from unmask.faces.look import Look
from unmask.model import runtime
from unmask.model.build import build_model
from unmask.model.model_file import load_model
from unmask.model.predict_crops import predict_crops
from unmask.training.augment.chain import augmentation
from unmask.training.batches import Batches, in_memory
from unmask.training.crops import look_of_split, read_split
from unmask.training.examples import epoch_order, epoch_pairs
from unmask.training.train import train
from unmask.training.validation import validate
from unmask.workflow.stage_settings import text

SIDE = 32
MODEL = {"backbone": "Meso4", "input_size": SIDE}
AUGMENT = {"rotation": 5.0, "horizontal_flip": True, "fill_mode": "reflect"}
TRAIN = {
    "epochs": 5,
    "batch_size": 8,
    "learning_rate": 5e-3,
    "precision": "float32",
    "seed": 1,
}
CONTRACT = {"crop": {"scale": 1.3}, "detect": {"detector": "mtcnn"}}


def make_dataset(folder, sides=(("train", 8), ("val", 4)), frames=3):
    """Crops in which the fakes are redder; every second video is fake."""
    rng = np.random.default_rng(0)
    rows = []
    for split, videos in sides:
        for video in range(videos):
            label, name = video % 2, f"{split}{video}"
            for frame in range(frames):
                crop = rng.integers(0, 120, (40, 40, 3), dtype=np.uint8)
                crop[..., 2] += 100 * label
                file = folder / f"dataset/{name}_{frame}.jpg"
                file.parent.mkdir(parents=True, exist_ok=True)
                cv2.imwrite(str(file), cv2.GaussianBlur(crop, (0, 0), 2))
                group = f"{split}{video // 2}"
                rows.append((file.name, name, frame, frame / 2, label, group, split))
    columns = ("file", "video", "frame", "time_s", "label", "group", "split")
    table = [dict(zip(columns, row, strict=True)) for row in rows]
    write_table(folder / "dataset.csv", table)
    return folder


def write_table(path, rows):
    with path.open("w", newline="") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def run(folder, out, *, augment=AUGMENT, model=MODEL, checkpoint=None, strategy=None, **settings):
    return train(
        folder / "dataset.csv",
        folder / "dataset",
        out,
        model=model,
        augment=augment,
        train=TRAIN | settings,
        contract=CONTRACT,
        checkpoint=checkpoint,
        strategy=strategy,
    )


def read_history(path):
    with path.open() as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("crops"))


@pytest.fixture(scope="module")
def trained(dataset, tmp_path_factory):
    return run(dataset, tmp_path_factory.mktemp("out") / "model")


def test_a_training_learns_what_tells_the_classes_apart(trained):
    history = read_history(trained.history)
    assert trained.val_auc == 1.0
    assert float(history[-1]["loss"]) < float(history[0]["loss"])
    assert trained.epochs == len(history) == 5


def test_the_saved_weights_are_those_of_the_best_epoch(dataset, trained):
    model, _ = load_model(trained.model)
    val = read_split(dataset / "dataset.csv", dataset / "dataset", "val")
    scores = predict_crops(model, val.files, input_size=SIDE)
    result = validate(scores, val.labels, val.videos)
    history = read_history(trained.history)
    ranking = sorted(history, key=lambda row: (-float(row["val_auc"]), float(row["val_loss"])))
    assert int(ranking[0]["epoch"]) == trained.best_epoch
    assert result.auc == float(ranking[0]["val_auc"])
    assert result.loss == pytest.approx(float(ranking[0]["val_loss"]), abs=2e-6)


def test_the_model_holds_how_its_input_is_made(trained):
    _, contract = load_model(trained.model)
    versions = contract.pop("versions")
    assert set(versions) == {"keras", "numpy", "tensorflow", "unmask"}
    assert re.fullmatch("[0-9a-f]{16}", contract.pop("settings"))
    assert 0 < contract.pop("threshold") < 1
    assert contract.pop("card")["data"]["train//fake/"]["crops"] == 12
    assert contract == CONTRACT | {
        "classes": ["real", "fake"],
        "input_size": SIDE,
        "device": "cpu",
        "channels": "RGB",
        "scaling": "unit",
        "backbone": "Meso4",
        "backbone_args": {},
        "precision": "float32",
        "data": "",
        "seed": 1,
        "look": {"eye_distance": None, "eye_line": None, "sharpness": None},
    }


def test_what_the_training_crops_look_like_is_read_off_the_table(tmp_path):
    marks = "0.3 0.3 0.7 0.3 0.5 0.5 0.35 0.7 0.65 0.7"
    rows = [
        {"file": f"{n}.jpg", "split": "train", "landmarks": marks, "sharpness": sharp}
        for n, sharp in enumerate((0.2, 0.3, 0.4))
    ]
    rows += [{**rows[0], "landmarks": ""}, {**rows[0], "split": "val", "sharpness": 9}]
    write_table(tmp_path / "dataset.csv", rows)
    assert look_of_split(tmp_path / "dataset.csv", "train") == Look(0.4, 0.3, 0.25)


def test_nothing_but_the_three_files_is_left(trained):
    names = sorted(path.name for path in trained.model.parent.iterdir())
    assert names == ["augmentation.jpg", "history.csv", "model.keras"]


def test_a_picture_shows_crops_before_and_after_augmentation(trained):
    picture = cv2.imread(str(trained.picture))
    height, width = picture.shape[:2]
    assert (height, width) == (2 * 120, 8 * 120)
    before, after = picture[8:112, 8:112].astype(int), picture[128:232, 8:112].astype(int)
    assert np.abs(before - after).mean() > 1


def test_crops_read_anew_train_the_same_model_as_crops_in_memory(
    dataset, trained, tmp_path, caplog
):
    caplog.set_level(logging.INFO)
    again = run(dataset, tmp_path, cache_mb=0)
    assert "over the budget" in caplog.text
    assert again.history.read_bytes() == trained.history.read_bytes()
    assert again.model.read_bytes() == trained.model.read_bytes()


def test_the_command_in_another_process_makes_the_same_model(dataset, trained, tmp_path):
    settings = {"model": MODEL, "augment": AUGMENT, "train": TRAIN, "contract": CONTRACT}
    (tmp_path / "train.json").write_text(text(settings, code=""))
    arguments = ["--dataset", dataset / "dataset", "--index", dataset / "dataset.csv"]
    arguments += ["--settings", tmp_path / "train.json", "--output-dir", tmp_path / "model"]
    done = subprocess.run(
        [sys.executable, "-m", "unmask", "train", *map(str, arguments)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    ours, theirs = (load_model(m)[0] for m in (trained.model, tmp_path / "model/model.keras"))
    for one, other in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    assert (tmp_path / "model/history.csv").read_bytes() == trained.history.read_bytes()
    lines = done.stderr.splitlines()
    assert lines[0] == "training: 24 crops (12 fake) of 8 videos"
    assert sum(line.startswith("epoch ") for line in lines) == 5
    assert len(lines) == 10
    assert done.stdout == ""


def make_batches(dataset, *, batch_size, seed=0, cache=True, self_blended=None, effects=()):
    crops = read_split(dataset / "dataset.csv", dataset / "dataset", "train")
    images = in_memory(crops, SIDE, 100) if cache else None
    weights = np.array([0.5, 2.0], np.float32)

    def order(epoch):
        if self_blended is None:
            return epoch_order(crops, seed, int(epoch))
        return epoch_pairs(crops, seed, int(epoch), self_blended=self_blended)

    return Batches(crops, images, weights, order, SIDE, batch_size, seed, effects)


def test_another_seed_starts_from_other_weights_and_order(dataset):
    starts = []
    for seed in (1, 1, 2):
        runtime.make_deterministic(seed)
        weights = build_model(**MODEL).get_weights()[0]
        batches = make_batches(dataset, batch_size=24, seed=seed).dataset(0, 1)
        starts.append((weights, next(batches.as_numpy_iterator())[0]))
    for same, again, other in zip(*starts, strict=True):
        np.testing.assert_array_equal(same, again)
        assert not np.array_equal(same, other)


def test_a_training_stops_when_it_gets_no_better(dataset, tmp_path):
    # With a rate of almost zero only the running averages move.
    result = run(
        dataset, tmp_path, optimizer="sgd", learning_rate=1e-9, patience=1, epochs=50,
        schedule="cosine", warmup_epochs=1, precision="mixed_bfloat16", batch_size=100,
    )  # fmt: skip
    history = read_history(result.history)
    assert result.epochs == result.best_epoch + 1 < 50
    assert history[0]["learning_rate"] == "1e-09"
    model, _ = load_model(result.model)
    assert model.get_layer("meso4").layers[1].compute_dtype == "float32"


def test_a_loss_that_is_no_number_ends_the_training(dataset, tmp_path):
    with pytest.raises(TrainingError, match=r"too high(.|\n)*learning_rate: 1e\+29"):
        run(dataset, tmp_path, optimizer="sgd", learning_rate=1e30)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("cache_mb", [0, 100])
def test_an_unreadable_crop_is_named(dataset, tmp_path, cache_mb):
    copy = shutil.copytree(dataset, tmp_path / "copy")
    bad = copy / "dataset/train3_1.jpg"
    bad.write_bytes(bad.read_bytes()[:60])
    with pytest.raises(TrainingError, match=r"train3_1\.jpg cannot be read"):
        run(copy, tmp_path / "out", cache_mb=cache_mb)


def test_a_missing_crop_is_named(dataset, tmp_path):
    copy = shutil.copytree(dataset, tmp_path / "copy")
    (copy / "dataset/val1_0.jpg").unlink()
    with pytest.raises(TrainingError, match=r"1 of 12 val crops in .*val1_0\.jpg"):
        run(copy, tmp_path / "out")


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        (lambda row: row["split"] == "train", r"no crops in the val split(.|\n)*split:"),
        (lambda row: row["split"] == "val", r"no crops in the train split(.|\n)*split:"),
        (lambda row: row["split"] == "val" or row["label"] == "1", "training crops are fake"),
        (lambda row: row["split"] == "train" or row["label"] == "0", "validation crops are real"),
    ],
)
def test_splits_that_cannot_be_trained_on_are_refused(dataset, tmp_path, keep, message):
    rows = [row for row in read_history(dataset / "dataset.csv") if keep(row)]
    write_table(tmp_path / "dataset.csv", rows)
    (tmp_path / "dataset").symlink_to(dataset / "dataset")
    with pytest.raises(TrainingError, match=message):
        run(tmp_path, tmp_path / "out")


def test_validation_with_one_class_can_choose_by_the_loss(dataset, tmp_path):
    rows = read_history(dataset / "dataset.csv")
    write_table(
        tmp_path / "dataset.csv",
        [row for row in rows if row["split"] == "train" or row["label"] == "0"],
    )
    (tmp_path / "dataset").symlink_to(dataset / "dataset")
    result = run(tmp_path, tmp_path / "out", epochs=1, monitor="val_loss")
    assert math.isnan(result.val_auc)


def test_a_table_without_labels_or_with_odd_ones_is_refused(dataset, tmp_path):
    rows = read_history(dataset / "dataset.csv")
    table = tmp_path / "dataset.csv"
    write_table(table, [row | {"label": "FAKE"} for row in rows])
    with pytest.raises(TrainingError, match=r"label of train0_0\.jpg is 'FAKE'"):
        read_split(table, dataset / "dataset", "train")
    write_table(table, [{"file": row["file"], "split": row["split"]} for row in rows])
    with pytest.raises(TrainingError, match="lacks the columns video, label"):
        read_split(table, dataset / "dataset", "train")


def test_an_epoch_holds_every_crop_once_in_an_order_of_its_own(dataset):
    batches = make_batches(dataset, batch_size=10)
    seen = list(batches.dataset(0, 2).as_numpy_iterator())
    assert [len(batch[1]) for batch in seen] == [10, 10, 4, 10, 10, 4]
    assert batches.steps == 3
    epochs = [np.concatenate([batch[0] for batch in seen[part : part + 3]]) for part in (0, 3)]
    orders = [
        [int(np.flatnonzero((batches.images == crop).all((1, 2, 3)))[0]) for crop in epoch]
        for epoch in epochs
    ]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(24))
    assert orders[0] != orders[1]
    labels = np.concatenate([batch[1] for batch in seen[:3]])[:, 0]
    np.testing.assert_array_equal(labels, batches.crops.labels[orders[0]])
    weights = np.concatenate([batch[2] for batch in seen[:3]])
    np.testing.assert_array_equal(weights, np.where(labels == 1, 2.0, 0.5))


@pytest.mark.parametrize("self_blended", [None, "none", "only", 0.5])
@pytest.mark.parametrize("cache", [True, False])
def test_batches_from_a_later_epoch_on_are_those_of_the_whole(dataset, cache, self_blended):
    batches = make_batches(dataset, batch_size=10, cache=cache, self_blended=self_blended)
    whole = list(batches.dataset(0, 3).as_numpy_iterator())
    rest = list(batches.dataset(2, 3).as_numpy_iterator())
    assert len(rest) == batches.steps
    for one, other in zip(whole[-len(rest) :], rest, strict=True):
        for part, same in zip(one, other, strict=True):
            np.testing.assert_array_equal(part, same)


def test_a_batch_of_pairs_holds_real_faces_and_then_a_fake_of_each(dataset):
    batches = make_batches(dataset, batch_size=10, self_blended="none")
    for images, labels, _ in batches.dataset(0, 2).as_numpy_iterator():
        half = len(images) // 2
        assert labels[:, 0].tolist() == [0] * half + [1] * half
        shown = [
            int(np.flatnonzero((batches.images == image).all((1, 2, 3)))[0]) for image in images
        ]
        groups, times = np.array(batches.crops.groups)[shown], batches.crops.times[shown]
        assert groups[:half].tolist() == groups[half:].tolist()
        assert times[:half].tolist() == times[half:].tolist()


def test_both_faces_of_a_pair_pass_the_same_draw_of_augmentation(dataset):
    # Where the fake is the real crop itself, nothing may tell the two apart.
    batches = make_batches(dataset, batch_size=12, self_blended="only", effects=augmentation(
        rotation=20, horizontal_flip=True, brightness=0.2, hue=0.1, erase=0.5, erase_part=0.3,
        downscale=0.5, blur=0.5, noise=0.5, jpeg=0.5, video=0.5,
    ))  # fmt: skip
    object.__setattr__(batches, "_blend", lambda face, *_: np.stack([face, face]))
    for images, _, _ in batches.dataset(0, 1).as_numpy_iterator():
        np.testing.assert_array_equal(*np.split(images, 2))


def test_the_settings_that_the_configuration_makes_are_understood():
    from unmask.config.schema import Config
    from unmask.training.settings import TrainSettings
    from unmask.workflow.stages import STAGES

    settings = json.loads(json.dumps(STAGES["train"].select(Config())))
    assert TrainSettings(**settings["train"]) == TrainSettings(), "the two sets of defaults differ"
