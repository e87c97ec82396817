"""The detector that ships with unmask: it is there, it is taken where no other is, it says so."""

import json
import subprocess
import sys
import zipfile

import numpy as np
import pytest
import skimage.data
from PIL import Image

from commands import call_here
from unmask.model.contract import read_contract
from unmask.prediction.detector import CARD, SHIPPED, TRAINED, model_to_use
from unmask.prediction.run_settings import scoring_of_run


def test_a_model_trained_here_wins_and_one_that_is_named_wins_over_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert model_to_use() == SHIPPED
    TRAINED.parent.mkdir(parents=True)
    TRAINED.write_bytes(b"")
    assert model_to_use() == TRAINED
    assert model_to_use(tmp_path / "other.keras") == tmp_path / "other.keras"


def test_its_file_is_small_and_says_how_videos_are_prepared_and_judged():
    assert SHIPPED.stat().st_size < 10e6
    contract = read_contract(SHIPPED)
    assert {"frames", "detect", "crop", "look"} <= set(contract)
    scoring = scoring_of_run(SHIPPED, contract)
    low, high = scoring.undecided
    assert 0 < low < scoring.threshold < high < 1
    assert scoring.flip


def test_its_card_names_what_the_file_holds():
    card, contract = CARD.read_text("utf-8"), read_contract(SHIPPED)
    assert f"{contract['threshold']:g}" in card
    assert "no proof" in card
    for heading in ("Data", "Never shown", "Measured", "Threshold"):
        assert f"## {heading}" in card


def test_a_threshold_that_is_given_takes_the_undecided_range_away():
    contract = read_contract(SHIPPED)
    assert scoring_of_run(SHIPPED, contract, threshold=0.5).undecided is None


SHOWS = ("pydantic", "jinja2", "matplotlib", "sklearn", "pandas", "snakemake", "dvc")


@pytest.mark.parametrize(
    ("absent", "option"),
    [(("tensorflow", "keras", *SHOWS), "--csv=a.csv"), (("tensorflow", "keras"), "--html=a.html")],
)
def test_scoring_needs_none_of_what_trains_and_shows(tmp_path, absent, option):
    Image.fromarray(skimage.data.astronaut()).save(tmp_path / "portrait.png")
    program = (
        f"import sys; sys.modules.update(dict.fromkeys({absent}))\n"
        "from unmask.cli import main; sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, "predict", "portrait.png", "--json", "-", option],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=True,
    )  # fmt: skip
    assert json.loads(done.stdout)["files"][0]["verdict"] == "real"
    if "html" in option:
        assert "needs TensorFlow, which is not installed" in (tmp_path / "a.html").read_text()


def test_a_picture_is_scored_before_any_training_and_the_card_is_named(tmp_path):
    Image.fromarray(skimage.data.astronaut()).save(tmp_path / "portrait.png")
    wanted = ("--json", "found.json", "--html", "page.html")
    done = call_here("unmask", "predict", "portrait.png", *wanted, cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    found = json.loads((tmp_path / "found.json").read_text())
    assert found["model"] == str(SHIPPED)
    assert found["card"] == str(CARD)
    assert found["files"][0]["verdict"] == "real"
    assert str(CARD) in done.stdout
    assert "the detector that ships with unmask" in (tmp_path / "page.html").read_text()


@pytest.mark.parametrize("scale", [1.0, 100.0])
def test_weights_of_half_the_size_give_nearly_the_same_scores(tmp_path, scale):
    from unmask.model import runtime

    runtime.start()
    from unmask.model.build import build_model
    from unmask.model.half import WEIGHTS, halve
    from unmask.model.model_file import load_model, save_model

    model = build_model(input_size=32)
    model.set_weights([weight * scale for weight in model.get_weights()])
    whole, half = tmp_path / "whole.keras", tmp_path / "half.keras"
    form = {"classes": ["real", "fake"], "input_size": 32, "channels": "RGB", "scaling": "unit"}
    save_model(model, whole, form | {"backbone": "Meso4"})
    halve(whole, half)
    sizes = [zipfile.ZipFile(path).getinfo(WEIGHTS).file_size for path in (whole, half)]
    assert sizes[1] < sizes[0]
    loaded, contract = load_model(half)
    assert contract["backbone"] == "Meso4"
    for given, kept in zip(model.get_weights(), loaded.get_weights(), strict=True):
        assert kept.dtype == np.float32
        np.testing.assert_allclose(kept, given, rtol=1e-3, atol=1e-6)


def test_a_weight_too_large_for_16_bits_is_said(tmp_path):
    from unmask.model import runtime

    runtime.start()
    from unmask.model.build import build_model
    from unmask.model.half import halve
    from unmask.model.model_file import save_model

    model = build_model(input_size=32)
    model.set_weights([weight + 1e6 for weight in model.get_weights()])
    form = {"classes": ["real", "fake"], "input_size": 32, "channels": "RGB", "scaling": "unit"}
    save_model(model, tmp_path / "whole.keras", form | {"backbone": "Meso4"})
    with pytest.raises(ValueError, match="does not fit into 16-bit"):
        halve(tmp_path / "whole.keras", tmp_path / "half.keras")


def test_a_score_in_the_undecided_range_is_undecided_whatever_the_interval_says(tmp_path):
    from unmask.model import runtime

    runtime.start()
    from unmask.prediction.outputs import lines
    from unmask.prediction.predictor import Predictor
    from unmask.prediction.prepare import prepare

    Image.fromarray(skimage.data.astronaut()).save(tmp_path / "portrait.png")
    prepared = prepare(tmp_path / "portrait.png", read_contract(SHIPPED), tmp_path / "work")
    near = Predictor(SHIPPED, threshold=0.5, undecided=(0.0, 1.0)).score(prepared)
    assert near.decided is False
    assert "undecided: so near the threshold" in lines(near)[0]
    assert Predictor(SHIPPED, threshold=0.5).score(prepared).decided is None
