"""What is known of a model's test, beside every verdict, and when it leaves all undecided."""

from __future__ import annotations

import json
from functools import cache

import numpy as np
import pytest

from unmask.disk.records import Square
from unmask.faces.index import Crop, FaceIndex
from unmask.model.contract import read_contract
from unmask.prediction.detector import SHIPPED
from unmask.prediction.model_test import DEMO, GUESSES, ONE_CLASS, ModelTest, model_test
from unmask.prediction.outputs import content, lines
from unmask.prediction.page import prediction_page
from unmask.prediction.results import Prediction
from unmask.prediction.run_settings import scoring_of_run


def metrics(auc=0.9, span=(0.8, 0.95)):
    return {"auc": auc, "auc_ci": span, "n_real": 40, "n_fake": 50, "threshold": 0.4}


@pytest.mark.parametrize(
    ("contract", "measured", "doubt"),
    [
        ({}, metrics(), ""),
        ({"demo": False}, metrics(), ""),
        ({"demo": True}, metrics(), DEMO),
        ({}, metrics(span=(0.5, 1.0)), GUESSES),
        ({}, metrics(span=None), GUESSES),
        ({}, metrics(auc=0.3, span=(0.2, 0.4)), GUESSES),
        ({}, metrics(auc=None, span=None), ONE_CLASS),
        ({"demo": True}, {}, DEMO),
        ({}, {}, ""),
    ],
)
def test_a_model_that_may_guess_or_knows_the_demo_alone_decides_nothing(contract, measured, doubt):
    assert model_test(contract, measured).doubt == doubt


def test_the_test_is_told_with_its_videos_and_its_interval():
    told = model_test({}, metrics()).told
    assert told == "Tested on 40 real and 50 fake videos: AUC 0.900 (0.800 to 0.950)."
    assert model_test({}, {}).told == ""


def test_what_the_run_measured_is_found_beside_its_model(tmp_path):
    (tmp_path / "metrics.json").write_text(json.dumps({"video": metrics(span=(0.3, 1.0))}))
    beside = scoring_of_run(tmp_path / "model/model.keras", {}).tested
    assert (beside.doubt, beside.told[:18]) == (GUESSES, "Tested on 40 real ")
    moved = scoring_of_run(tmp_path / "elsewhere/deep/model.keras", {"demo": True})
    assert moved.tested == ModelTest("", DEMO)
    assert moved.how["doubt"] == DEMO


def test_every_form_of_output_says_the_same(tmp_path):
    test = ModelTest("Tested on 3 real and 3 fake videos.", GUESSES)
    result = Prediction("a.mp4", 0.9, verdict="fake", decided=False, why_undecided=GUESSES)
    result.n_faces, result.coverage, result.sampled = 8, 1.0, [(0, 0.0)]
    assert lines(result)[0].endswith(f"undecided: {GUESSES}")
    found = content([result], model=tmp_path, threshold=0.5, test=test)
    assert (found["tested"], found["doubt"]) == (test.told, GUESSES)
    assert found["files"][0]["why_undecided"] == GUESSES
    page = prediction_page([result], model=tmp_path / "m.keras", threshold=0.5, test=test)
    assert test.told in page
    assert page.count(GUESSES) == 3, "above all, in the table, with the file"


@cache
def shipped(**how):
    from unmask.prediction.predictor import Predictor

    return Predictor(SHIPPED, threshold=0.5, **how)


@pytest.mark.parametrize(
    ("faces", "sampled", "how", "why"),
    [
        (3, 20, {}, "3 frames with a face: too few"),
        (1, 20, {}, "1 frame with a face: too few"),
        (6, 6, {}, ""),
        (1, 1, {}, ""),
        (6, 6, {"doubt": DEMO}, DEMO),
    ],
)
def test_too_few_faces_of_a_video_decide_nothing(tmp_path, faces, sampled, how, why):
    import cv2

    size = read_contract(SHIPPED)["crop"]["size"]
    picture = np.full((size, size, 3), 90, np.uint8)
    cv2.imwrite(str(tmp_path / "0.png"), picture)
    box, square = (0, 0, size, size), Square(0, 0, size)
    crops = [Crop("0.png", n, n / 2, box, 1.0, square) for n in range(faces)]
    index = FaceIndex("a", faces=crops)
    times = [(number, number / 2) for number in range(sampled)]
    result = shipped(**how).score_crops("a.mp4", index, tmp_path, times)
    assert result.why_undecided == why
    assert (result.decided is False) == bool(why)
