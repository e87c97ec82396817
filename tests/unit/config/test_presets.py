"""The named recipes: presets with a published number to hold against."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from commands import REPOSITORY
from unmask.config.load import read_layers, validate
from unmask.workflow.make_plan import make_plan

RECIPES = sorted(path.stem for path in (REPOSITORY / "presets").glob("*-*.yaml"))
METHODS = ("Deepfakes", "Face2Face", "FaceSwap", "NeuralTextures")


def faceforensics(root: Path) -> None:
    """Three pairs of videos, a pair a split, laid out as the download script leaves them."""
    for split, (one, two) in {"train": "01", "val": "23", "test": "45"}.items():
        originals = [f"original_sequences/youtube/c23/videos/00{name}.mp4" for name in (one, two)]
        swaps = [
            f"manipulated_sequences/{method}/c23/videos/00{a}_00{b}.mp4"
            for method in METHODS
            for a, b in ((one, two), (two, one))
        ]
        for name in (*originals, *swaps):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_bytes(name.encode())
        (root / f"{split}.json").write_text(json.dumps([[f"00{one}", f"00{two}"]]), "utf-8")


def test_the_named_recipes_are_there():
    names = "xception-ffpp efficientnetb4-ffpp meso4-ffpp mesoinception4-ffpp efficientnetb4-sbi"
    assert set(names.split()) <= set(RECIPES)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_makes_a_plan_that_trains_on_the_authors_split(recipe, tmp_path):
    faceforensics(tmp_path / "data/ffpp")
    settings = read_layers([REPOSITORY / "config.yaml", REPOSITORY / f"presets/{recipe}.yaml"])
    plan = make_plan(settings, tmp_path)
    sides = [(video.split, video.label) for video in plan.used]
    for split in ("train", "val", "test"):
        assert (sides.count((split, 0)), sides.count((split, 1))) == (2, 8)
    assert {"train", "metrics"} <= set(plan.absent)


@pytest.mark.parametrize("recipe", RECIPES)
def test_a_recipe_trains_on_crops_that_are_as_large_as_its_input(recipe):
    config = validate(read_layers([REPOSITORY / f"presets/{recipe}.yaml"]))
    assert config.crop.size == config.model.input_size
    assert config.frames.count == 32


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_page_and_the_recipe_name_the_same_published_numbers(recipe):
    head = (REPOSITORY / f"presets/{recipe}.yaml").read_text("utf-8").split("\n\n")[0]
    [row] = [
        line
        for line in (REPOSITORY / "docs/training.md").read_text("utf-8").splitlines()
        if line.startswith(f"| [`{recipe}`](../presets/{recipe}.yaml)")
    ]
    published = re.findall(r"0\.\d{2,3}\b", row)
    assert published
    assert set(published) <= set(re.findall(r"0\.\d{2,3}\b", head))
