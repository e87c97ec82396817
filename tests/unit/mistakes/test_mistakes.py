"""What people get wrong in the first hour, and that each is answered with the line to write.

No frames around a message, no traceback, and nothing is made before the mistake is told.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from commands import REPOSITORY, call
from unmask.cli import main
from unmask.config.load import read_layers
from unmask.errors import UnmaskError
from unmask.workflow.make_plan import make_plan

MINE = "datasets:\n    - name: mine\n      kind: folders\n      root: {}"

SETTINGS = {
    # where the videos are
    "datasets:\n  name: mine\n  kind: folders\n  root: v": MINE.format("v"),
    "datasets: v": MINE.format("v"),
    "datasets: [v]": MINE.format("v"),
    "datasets:": MINE.format("data/mine"),
    "datasets: []": MINE.format("data/mine"),
    "datasets: [{name: a, kind: folder, root: v}]": "- kind: folders",
    "datasets: [{name: a, kind: FaceForensics++, root: v}]": "- kind: faceforensics",
    "datasets: [{name: a, root: v}]": "- kind: folders",
    "datasets: [{kind: folders, root: v}]": "- name: mine",
    "datasets: [{name: a, kind: folders}]": "- root: data/mine",
    "datasets: [{name: my videos, kind: folders, root: v}]": "- name: my-videos",
    "datasets: [{name: a, kind: folders, root: absent}]": "there is no folder absent",
    "datasets: [{name: a, kind: folders, root: ~/absent}]": "there is no folder {home}/absent",
    "datasets: [{name: a, kind: dfdc, root: v}]": "write `kind: folders`",
    "datasets: [{name: a, kind: table, root: v}]": "columns path,label",
    "datasets: [{name: a, kind: demo}, {name: A, kind: folders, root: v}]": "name: a2",
    # numbers and words
    "frames: {fpss: 2}": "fps: 2",
    "frames: {fps: all}": "fps: null",
    "frames:\n  fps:2": "frames:\n    fps: 2",
    "split: {train: 60, val: 20, test: 20}": "train: 0.6",
    "split: {train: 0.9}": "train: 0.6, val: 0.2, test: 0.2",
    "data: {max_bad_fraction: 10}": "max_bad_fraction: 0.1",
    "evaluate: {threshold: 50}": "threshold: 0.5",
    "train: {epochs: 0}": "epochs: 1",
    "train: {epochs: ten}": "epochs: 30",
    "train: {optimizer: Adam}": "optimizer: adam",
    "train: {patience: never}": "patience: null",
    "detect: {detector: MTCNN}": "detector: mtcnn",
    "crop: {faces: biggest}": "faces: largest",
    "augment: {horizontal_flip: maybe}": "horizontal_flip: true",
    "model: {backbone: xception, head: pool}": "backbone: Xception",
    "model: {backbone: Xception}": "head: pool",
    "model: {weights: ImageNet}": "weights: imagenet",
    "predict: {inputs: clips}": "inputs: [clips]",
    # keys in the wrong place
    "epochs: 10": "train:\n    epochs: 10",
    "training: {epochs: 3}": "Write:\n  train: …",
    "evaluate: {aggregate: mean}": "score:\n    aggregate: mean",
    # YAML
    "frames:\n\tfps: 2": "indented by spaces, not by tabs",
    "train:\n  epochs: 3\n   batch_size: 4": 'in "config.yaml", line 3',
    "- frames": "must hold sections",
}


@pytest.mark.parametrize("written", SETTINGS)
def test_a_mistake_in_the_settings_is_answered_with_the_line(written, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    (tmp_path / "v").mkdir()
    (tmp_path / "config.yaml").write_text(written)
    with pytest.raises(UnmaskError) as caught:
        make_plan(read_layers([Path("config.yaml")]))
    assert SETTINGS[written].format(home=tmp_path / "home") in str(caught.value)
    assert not (tmp_path / "results").exists()


def test_the_line_that_is_proposed_is_right(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    corrected = 0
    for written in SETTINGS:
        (tmp_path / "config.yaml").write_text(written)
        try:
            make_plan(read_layers([tmp_path / "config.yaml"]), write=False)
        except UnmaskError as error:
            _, found, line = str(error).rpartition("Write:\n")
            if not found or "…" in line or "root: " in line or "- " in line:
                continue  # a part of an entry, or folders that are not there
            make_plan(yaml.safe_load(line), write=False)
            corrected += 1
    assert corrected > 15


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("predct a.mp4", "Did you mean predict?"),
        ("a.mp4", "unmask predict a.mp4"),
        ("predict a.mp4 --jsn x", "Did you mean --json?"),
        ("predict a.mp4 --threshold 50", "Allowed: 0 to 1, such as 0.5"),
        ("predict a.mp4 --jobs 0", "Allowed: 1 and more"),
        (
            "predict a.mp4 --min-face 5%",
            "a share of the picture's shorter side such as 0.05",
        ),
        ("predict a.mp4 --model absent.keras", "There is no model file absent.keras"),
        ("config absent.yaml", "absent.yaml cannot be read: No such file or directory"),
        ("export model.pb", "For example: model.onnx"),
        ("serve --port 99999", "Allowed: 0 to 65535"),
    ],
)
def test_a_mistake_in_a_command_is_answered_with_what_was_meant(
    command, said, tmp_path, capsys, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    try:
        status = main(command.split())
    except SystemExit as end:
        status = end.code
    assert status == 2
    error = capsys.readouterr().err
    assert said in error
    assert "usage:" not in error and "Traceback" not in error


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--config", "epochs=10"], "The configuration cannot be used.\n\nepochs: there is no"),
        (["--configfile", "presets/tutoril.yaml"], "Did you mean presets/tutorial.yaml?"),
        (["--configfile", "presets/tutorial.yaml", "train"], "snakemake … -- train"),
        (["trian"], "There is no target trian, and no rule makes such a file. Did you mean train?"),
        (["results/frames/nobody"], "There is no video 'nobody' in the datasets."),
    ],
)
def test_snakemake_puts_no_frame_around_a_mistake(arguments, said, tmp_path):
    options = ("--logger", "unmask", "--directory", str(tmp_path))
    done = call("snakemake", *options, *arguments, cwd=REPOSITORY)
    assert done.returncode != 0
    assert said in done.stdout
    assert not any(word in done.stdout for word in ("Error", "Exception", "Traceback", ".smk"))
    assert not (tmp_path / "data").exists()
