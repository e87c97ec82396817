"""What `import unmask` offers: the examples of its docstrings, and that it agrees with the rest."""

from __future__ import annotations

import doctest
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

import media
import unmask
from commands import call_here, environment
from unmask.api import Detector
from unmask.disk.records import Square
from unmask.errors import ModelError, UnmaskError, UnreadableMedia
from unmask.faces.geometry import crop_square
from unmask.videos.demo import film_demo

FACES = {"hopper": (250, 190, 250), "collins": (220, 120, 190)}
OTHERS = (
    *(unmask.load, unmask.find_faces, unmask.crop_faces, unmask.evaluate),
    *(Detector.predict, Detector.predict_faces, Detector.crop_faces),
)


def run_example(function) -> None:
    """Run the example of a docstring, with ``unmask`` imported."""
    [example] = doctest.DocTestFinder(recurse=False).find(
        function, function.__qualname__, globs={"unmask": unmask}
    )
    assert example.examples
    told: list[str] = []
    doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(example, out=told.append)
    assert not told, "".join(told)


def fill(folder) -> None:
    """Twelve face crops, a fake of each real one, a table of them, a portrait and a clip."""
    draw = np.random.default_rng(0)
    rows = ["path,label,group"]
    for kind in ("real", "fake"):
        (folder / "data/crops" / kind).mkdir(parents=True)
    for number in range(6):
        who = ("hopper", "collins")[number % 2]
        x, y, side = FACES[who] + draw.uniform(-6, 6, 3)
        crop = crop_square(media.portrait(who), Square(x, y, side, 0.0), 96)
        fake = cv2.GaussianBlur(crop, (0, 0), 1.5)
        for kind, image in {"real": crop, "fake": fake}.items():
            cv2.imwrite(str(folder / f"data/crops/{kind}/{number}.png"), image)
            rows.append(f"crops/{kind}/{number}.png,{kind},{number}")
    (folder / "data/labels.csv").write_text("\n".join(rows) + "\n", "utf-8")
    cv2.imwrite(str(folder / "portrait.png"), media.portrait("collins"))
    clip = film_demo(folder / "demo", groups=3, seconds=1.0)[0]
    clip.rename(folder / "clip.mp4")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with what the examples name, and the model that the example of `train` trains."""
    folder = tmp_path_factory.mktemp("api")
    fill(folder)
    before = os.getcwd()  # noqa: PTH109
    os.chdir(folder)
    try:
        run_example(unmask.train)
        yield folder
    finally:
        os.chdir(before)


@pytest.mark.parametrize("function", OTHERS, ids=lambda function: function.__qualname__)
def test_the_example_of_a_function_runs(folder, function):
    run_example(function)


def test_every_function_has_an_example_that_is_run():
    public = {getattr(unmask, name) for name in unmask.__all__}
    methods = {
        value for name, value in vars(Detector).items() if callable(value) and name[0] != "_"
    }
    assert public | methods == {*OTHERS, unmask.train}


def test_the_crops_of_a_video_score_as_the_video_does(folder):
    detector = unmask.load()
    result = detector.predict("clip.mp4")
    scores = detector.predict_faces(face.image for face in detector.crop_faces("clip.mp4"))
    assert scores == pytest.approx([face.p_fake for face in result.faces], abs=1e-5)


def test_the_command_and_the_function_say_the_same_of_a_clip(folder):
    done = call_here("unmask", "predict", "clip.mp4", "--json", "scores.json", cwd=folder)
    assert done.returncode == 0, done.stdout
    said, detector = json.loads(Path("scores.json").read_text("utf-8")), unmask.load()
    [file], result = said["files"], detector.predict("clip.mp4")
    assert said["threshold"] == detector.threshold
    assert (file["verdict"], file["p_fake"]) == (result.verdict, pytest.approx(result.p_fake))


def test_a_threshold_that_is_given_decides(folder):
    assert unmask.load(threshold=0).predict("clip.mp4").verdict == "fake"
    assert unmask.load(threshold=1).predict("clip.mp4").verdict == "real"


def test_a_video_without_a_face_is_a_reason_and_no_crops(folder):
    cv2.imwrite("empty.png", np.zeros((200, 200, 3), np.uint8))
    assert "no face" in unmask.load().predict("empty.png").reason
    with pytest.raises(UnreadableMedia, match="no face"):
        unmask.crop_faces("empty.png")
    assert unmask.find_faces("empty.png") == []


def test_crops_without_a_face_are_named_and_too_many_of_them_stop_the_training(folder, caplog):
    shutil.copytree("data/crops", "data/some")
    cv2.imwrite("data/some/real/0.png", np.zeros((96, 96, 3), np.uint8))
    cv2.imwrite("data/some/fake/0.png", np.full((96, 96, 3), 9, np.uint8))
    with pytest.raises(UnmaskError, match="2 of 12 videos"):
        unmask.train("data/some", "out")
    assert caplog.text.count("no face is found in the crop") == 2
    assert not Path("out").exists()


def test_the_same_crop_under_two_names_is_trained_on_once(folder, caplog):
    shutil.copytree("data/crops", "data/twice")
    shutil.copy("data/crops/real/0.png", "data/twice/real/copy.png")
    caplog.set_level("INFO")
    with pytest.raises(UnmaskError, match=r"absent\.h5"):
        unmask.train("data/twice", "out", model={"weights": "absent.h5"})
    assert "12 of 12 videos can be used" in caplog.text
    assert "the same content as another" in caplog.text


def test_an_array_is_red_first(folder):
    image = media.portrait("collins")
    assert unmask.find_faces(image[..., ::-1]) == unmask.find_faces("portrait.png")


@pytest.mark.parametrize(
    ("ask", "said"),
    [
        (lambda: unmask.find_faces(np.zeros((9, 9), np.uint8)), r"RGB array .* \(9, 9\) uint8"),
        (lambda: unmask.find_faces("absent.png"), "absent.png: the file is missing"),
        (lambda: unmask.find_faces("portrait.png", min_fase=1), "min_face"),
        (lambda: unmask.crop_faces("clip.mp4", faces="all"), "is no section"),
        (lambda: unmask.crop_faces("clip.mp4", crop={"size": 3}), "crop.size"),
        (lambda: unmask.crop_faces("absent.mp4"), "There is no file"),
        (lambda: unmask.crop_faces("data/crops"), "stands for 12 files"),
        (lambda: unmask.load("absent.keras"), "There is no model file"),
        (lambda: unmask.load(threshold=2), "from 0 to 1"),
        (lambda: unmask.load(aggregate="best"), "best"),
        (lambda: unmask.train("absent", "out"), "absent"),
        (lambda: unmask.train("data/crops", "out", train={"epoch": 1}), "train.epoch"),
        (lambda: unmask.evaluate("absent.csv"), "absent.csv"),
    ],
)
def test_what_a_user_can_mend_is_said(folder, ask, said):
    with pytest.raises((UnmaskError, ModelError), match=said):
        ask()


def run_program(folder, program: str) -> str:
    """What a program prints that says nothing else."""
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder, env=environment(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout


def test_importing_unmask_loads_nothing_and_finding_faces_no_tensorflow(folder):
    program = (
        "import sys, unmask; early = set(sys.modules); print('numpy' in early, 'cv2' in early); "
        "unmask.find_faces('portrait.png'); print('tensorflow' in sys.modules)"
    )
    assert run_program(folder, program).split() == ["False", "False", "False"]


def test_a_model_is_loaded_without_a_word_and_without_tensorflow(folder):
    program = "import sys, unmask; unmask.load(); print('tensorflow' in sys.modules)"
    assert run_program(folder, program).split() == ["False"]


def test_a_name_that_is_not_offered_is_an_ordinary_mistake():
    with pytest.raises(AttributeError, match="no attribute 'predikt'"):
        unmask.predikt  # noqa: B018
    assert set(unmask.__all__) <= set(dir(unmask))
