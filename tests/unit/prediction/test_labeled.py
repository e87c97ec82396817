"""A finished model is measured on labeled videos of any kind of dataset."""

from __future__ import annotations

import csv
import json

import pytest

import media
from small_model import CONTRACT
from unmask.cli import main
from unmask.model.build import build_model
from unmask.model.model_file import save_model


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    path = tmp_path_factory.mktemp("model") / "model.keras"
    network = build_model(
        backbone="Meso4", backbone_args={}, weights="none", head="native", dense_units=0,
        dropout=0.0, input_size=48, scaling="unit", trainable=True,
    )  # fmt: skip
    save_model(network, path, CONTRACT)
    return path


def rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def crops(tmp_path, monkeypatch):
    """Face crops of two classes, and an image that is none."""
    for label in ("real", "fake"):
        for number in range(3):
            folder = tmp_path / "data/mine" / label
            folder.mkdir(parents=True, exist_ok=True)
            seed = 10 * number + (label == "fake")
            media.write_image(folder / f"{label}{number}.png", media.texture((64, 64), seed=seed))
    media.text_file(tmp_path / "data/mine/real/broken.png")
    monkeypatch.chdir(tmp_path)


CROPS = """\
datasets:
  - {name: mine, kind: folders, root: data/mine, cropped: true, geometry: keep}
"""


def test_a_model_is_measured_on_ready_crops_and_what_cannot_be_read_is_told(
    model, crops, tmp_path, capsys
):
    (tmp_path / "other.yaml").write_text(CROPS)
    assert main(["evaluate", str(model), "--config", "other.yaml", "--output", "out"]) == 0
    metrics = json.loads((tmp_path / "out/metrics.json").read_text())
    video = metrics["video"]
    assert (video["n_real"], video["n_fake"]) == (3, 3)
    assert video["threshold"] == 0.4  # the one in the model file
    assert video["coverage"] == pytest.approx(6 / 7, abs=1e-6)
    assert [row["video"] for row in rows(tmp_path / "out/quarantine.csv")] == ["real-broken"]
    low, high = video["auc_ci"]
    assert low < video["auc"] < high or video["auc"] in (low, high)
    told = capsys.readouterr()
    assert "3 real and 3 fake videos in 6 groups, 0.857 of all could be scored" in told.out
    assert "broken.png: real, " in told.err


def test_two_evaluations_of_the_same_videos_are_compared(model, crops, tmp_path, capsys):
    (tmp_path / "other.yaml").write_text(CROPS)
    for name, flip in (("a", "--no-flip"), ("b", "--flip")):
        arguments = ["--config", "other.yaml", "--output", name, flip]
        assert main(["evaluate", str(model), *arguments]) == 0
    assert main(["compare", "a", "b", "--json", "found.json"]) == 0
    assert "3 real and 3 fake videos in 6 groups, scored by all." in capsys.readouterr().out
    (found,) = json.loads((tmp_path / "found.json").read_text())["comparisons"]
    assert found["difference"] == pytest.approx(found["auc_a"] - found["auc_b"])
    assert 0 <= found["p"] <= 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "Name a folder of labeled videos"),
        (["data/mine", "--config", "other.yaml"], "Name a folder of labeled videos"),
        (["data/gone"], "there is no folder data/gone"),
        (["data/mine", "--kind", "clips"], "kind: got 'clips', allowed: demo"),
        (["data/mine", "--threshold", "1.5"], "--threshold 1.5: allowed is a number from 0 to 1"),
        (["data/mine", "--aggregate", "avg"], "got 'avg', allowed: mean"),
        (["--config", "empty.yaml"], "empty.yaml has no `datasets:`"),
    ],
)
def test_what_cannot_be_evaluated_is_said(model, crops, tmp_path, capsys, arguments, said):
    (tmp_path / "empty.yaml").write_text("train: {epochs: 1}\n")
    assert main(["evaluate", str(model), *arguments]) == 2
    assert said in capsys.readouterr().err
