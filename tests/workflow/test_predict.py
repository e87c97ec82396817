"""``unmask predict``: new files are scored as the pipeline would have scored them."""

from __future__ import annotations

import csv
import json
import shutil
import signal
import subprocess
import sys
import zipfile

import cv2
import pytest

import media
from commands import call_here, environment


def predict(finished, folder, *arguments):
    model = finished / "results/model/model.keras"
    return call_here("unmask", "predict", f"--model={model}", *map(str, arguments), cwd=folder)


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
        assert [face["p_fake"] for face in result["faces"]] == [
            frame["p_fake"] for frame in result["frames"]
        ]
    with (tmp_path / "out.csv").open() as file:
        assert [row["file"] for row in csv.DictReader(file)] == [str(path) for path in paths]


def test_a_folder_with_a_broken_file_still_has_the_rest_scored(finished, tmp_path):
    folder = tmp_path / "clips"
    folder.mkdir()
    media.portrait_clip(folder / "good.mp4", frames=3)
    media.write_image(folder / "still.png", media.portrait("collins"))
    media.text_file(folder / "<b>bad.mp4")
    media.blank_clip(folder / "faceless.mp4")
    done = predict(
        finished, tmp_path, folder, "--html", "page.html", "--json", "out.json",
        "--kaggle", "out.csv",
    )  # fmt: skip
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
    assert page.count("Heat map over it") == 2  # of the clip and of the still
    assert "and none for 2 files that could not be scored" in done.stdout
    rows = (tmp_path / "out.csv").read_text().splitlines()
    assert [row.partition(",")[0] for row in rows] == ["filename", "good.mp4", "still.png"]


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
        (["clips/*.mp4"], "No video or image matches clips/*.mp4"),
        (["a.mp4", "--threshold", "2"], "'2' is not a probability. Allowed: 0 to 1"),
        (["a.mp4", "--html", "empty"], "--html empty is a folder"),
        (["a.mp4", "--csv", "a.mp4/out.csv"], "the folder a.mp4 cannot be made"),
        (["a.mp4", "--csv", "a.mp4"], "would write over the input a.mp4"),
        (["a.mp4", "--annotate", "o.avi"], "is written as .mp4 or .webm"),
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


def test_metrics_without_a_threshold_are_answered_with_the_option(finished, tmp_path):
    (tmp_path / "results/model").mkdir(parents=True)
    shutil.copy(finished / "results/model/model.keras", tmp_path / "results/model")
    (tmp_path / "results/metrics.json").write_text("{}")
    media.blank_clip(tmp_path / "a.mp4")
    done = call_here("unmask", "predict", "a.mp4", cwd=tmp_path)
    assert done.returncode == 2
    assert "holds no threshold" in done.stdout and "--threshold 0.5" in done.stdout


def test_new_videos_are_scored_as_the_models_run_scored_its_own(finished, tmp_path):
    (tmp_path / "results/model").mkdir(parents=True)
    shutil.copy(finished / "results/model/model.keras", tmp_path / "results/model")
    metrics = json.loads((finished / "results/metrics.json").read_text())
    assert metrics["scoring"] == {"aggregate": "mean", "flip": False}
    shutil.copy(next((finished / "data/demo").glob("*.mp4")), tmp_path / "a.mp4")

    def score(*arguments):
        done = call_here("unmask", "predict", "a.mp4", "--json=-", *arguments, cwd=tmp_path)
        assert done.returncode == 0, done.stdout
        found = json.loads(done.stdout[done.stdout.index("{") :])
        return found["threshold"], found["files"][0]["p_fake"]

    with zipfile.ZipFile(tmp_path / "results/model/model.keras") as archive:
        contract = json.loads(archive.read("unmask.json"))
    inside = score()
    assert inside[0] == contract["threshold"], "without metrics the threshold of the training"
    mirrored = score("--flip")[1]
    assert mirrored != inside[1]
    metrics["scoring"] = {"aggregate": "max", "flip": True}
    (tmp_path / "results/metrics.json").write_text(json.dumps(metrics))
    assert score() == (metrics["video"]["threshold"], score("--aggregate=max", "--flip")[1])
    assert score("--aggregate=mean")[1] == mirrored


def test_a_quoted_pattern_is_looked_up_and_each_clip_gets_its_boxes(finished, tmp_path):
    (tmp_path / "clips").mkdir()
    media.portrait_clip(tmp_path / "clips/a.mp4", frames=6)
    media.two_faces_clip(tmp_path / "clips/b.mp4")
    done = predict(finished, tmp_path, "clips/*.mp4", "--annotate", "marked")
    assert done.returncode == 0, done.stdout
    written = sorted(path.stem for path in (tmp_path / "marked").iterdir())
    assert written == ["a", "b"]
    assert done.stdout.count("annotated: marked/") == 2
    for path in (tmp_path / "marked").iterdir():
        capture = cv2.VideoCapture(str(path))
        frames = 0
        while capture.grab():
            frames += 1
        assert frames == 6


def test_several_people_get_a_line_each_whatever_becomes_of_the_video(finished, tmp_path):
    model = tmp_path / "all.keras"
    with_faces(finished / "results/model/model.keras", model, "all")
    media.two_faces_clip(tmp_path / "two.mp4", frames=20)
    done = call_here("unmask", "predict", f"--model={model}", "two.mp4", cwd=tmp_path)
    assert "  person 1: " in done.stdout and "  person 2: " in done.stdout


def with_faces(source, target, faces):
    """A copy of a model that was, as it says, trained on other faces of a frame."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "unmask.json":
                contract = json.loads(content)
                contract["crop"]["faces"] = faces
                content = json.dumps(contract)
            new.writestr(name, content)


def test_exit_statuses_tell_scripts_what_happened(finished, tmp_path):
    media.portrait_clip(tmp_path / "a.mp4", frames=3)
    media.blank_clip(tmp_path / "faceless.mp4")
    assert predict(finished, tmp_path, "faceless.mp4").returncode == 3
    called_fake = ("--threshold", "0", "--fail-on-fake")
    assert predict(finished, tmp_path, "a.mp4", "faceless.mp4", *called_fake).returncode == 4
    assert predict(finished, tmp_path, "a.mp4", "--threshold", "0").returncode == 0
    described = call_here("unmask", "predict", "--help", cwd=tmp_path).stdout
    for status in ("0 ", "1 ", "2 ", "3 ", "4 ", "130 "):
        assert f"\n  {status}" in described


def test_json_can_be_the_only_thing_on_the_standard_output(finished, tmp_path):
    media.portrait_clip(tmp_path / "a.mp4", frames=3)
    model = finished / "results/model/model.keras"
    done = subprocess.run(
        ["unmask", "predict", f"--model={model}", "a.mp4", "--json", "-"],
        cwd=tmp_path, env=environment(), capture_output=True, text=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["files"][0]["file"] == "a.mp4"
    assert "a.mp4: " in done.stderr


def test_what_was_scored_before_an_interruption_is_written(finished, tmp_path):
    for number in range(40):
        media.portrait_clip(tmp_path / f"{number:02d}.mp4", frames=3)
    model = finished / "results/model/model.keras"
    command = ["unmask", "predict", f"--model={model}", ".", "--csv", "out.csv"]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=environment(), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True,
        # A shell in the background lets its children ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    for line in process.stdout:
        if "p_fake" in line:
            process.send_signal(signal.SIGINT)
            break
    rest, _ = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in rest
    assert "interrupted: " in rest
    rows = (tmp_path / "out.csv").read_text().splitlines()
    assert 2 <= len(rows) < 41


def test_nothing_heavy_is_imported_before_it_is_needed():
    code = (
        "import sys\n"
        "from unmask.prediction import outputs, page, prepare, results\n"
        "from unmask.videos import find_inputs\n"
        "from unmask.prediction.annotate import annotate, names\n"
        "print(sorted({'tensorflow', 'keras', 'pandas', 'pydantic'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
