"""``unmask predict``: new files are scored as the pipeline would have scored them."""

from __future__ import annotations

import csv
import json

import pytest

import media
from workflow.conftest import run


def predict(finished, folder, *arguments):
    model = finished / "results/model/model.keras"
    return run("unmask", "predict", f"--model={model}", *map(str, arguments), cwd=folder)


def test_a_clip_gets_the_score_that_the_pipeline_gave_it(finished, tmp_path):
    with (finished / "results/predictions/videos.csv").open() as file:
        scored = list(csv.DictReader(file))
    paths = [finished / f"data/demo/{row['video']}.mp4" for row in scored[:3]]
    done = predict(finished, tmp_path, *paths, "--json", "out.json", "--csv", "out.csv")
    assert done.returncode == 0, done.stdout
    content = json.loads((tmp_path / "out.json").read_text())
    metrics = json.loads((finished / "results/metrics.json").read_text())
    assert content["threshold"] == metrics["video"]["threshold"]
    for row, result in zip(scored, content["files"], strict=False):
        assert result["p_fake"] == pytest.approx(float(row["p_fake"]), abs=1e-6)
        assert result["n_faces"] == int(row["n_faces"])
        called = "fake" if result["p_fake"] >= content["threshold"] else "real"
        assert result["verdict"] == called
        assert len(result["frames"]) == 2
        assert [track["n_faces"] for track in result["tracks"]] == [2]
    with (tmp_path / "out.csv").open() as file:
        assert [row["file"] for row in csv.DictReader(file)] == [str(path) for path in paths]


def test_a_folder_with_a_broken_file_still_has_the_rest_scored(finished, tmp_path):
    folder = tmp_path / "clips"
    folder.mkdir()
    media.portrait_clip(folder / "good.mp4", frames=3)
    media.write_image(folder / "still.png", media.portrait("collins"))
    media.text_file(folder / "<b>bad.mp4")
    media.blank_clip(folder / "faceless.mp4")
    done = predict(finished, tmp_path, folder, "--html", "page.html", "--json", "out.json")
    assert done.returncode == 1
    assert "Traceback" not in done.stdout
    files = json.loads((tmp_path / "out.json").read_text())["files"]
    scored = {path["file"].rpartition("/")[2]: path["p_fake"] is not None for path in files}
    assert scored == {
        "good.mp4": True,
        "still.png": True,
        "<b>bad.mp4": False,
        "faceless.mp4": False,
    }
    assert all(file["reason"] for file in files if file["p_fake"] is None)
    page = (tmp_path / "page.html").read_text()
    assert "<b>bad" not in page
    assert "&lt;b&gt;bad" in page


def test_a_threshold_can_be_given_and_the_verdict_follows_it(finished, tmp_path):
    media.portrait_clip(tmp_path / "a.mp4", frames=3)
    for threshold, verdict in (("0", "fake"), ("1", "real")):
        done = predict(finished, tmp_path, "a.mp4", "--threshold", threshold)
        assert f"a.mp4: {verdict}, p_fake" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["absent.mp4"], "There is no file or folder absent.mp4"),
        (["empty"], "There is no video or image in the folder empty"),
        (["a.mp4", "--model", "other.keras"], "There is no model file other.keras"),
        (["a.mp4", "--aggregate", "best"], "allowed: mean"),
    ],
)
def test_what_cannot_be_used_is_said_without_a_traceback(finished, tmp_path, arguments, said):
    (tmp_path / "empty").mkdir()
    media.blank_clip(tmp_path / "a.mp4")
    done = predict(finished, tmp_path, *arguments)
    assert done.returncode == 2
    assert said in done.stdout
    assert "Traceback" not in done.stdout
