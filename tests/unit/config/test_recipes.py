"""Recipes: a preset's values in ``config.yaml`` itself, where every tool reads them."""

from __future__ import annotations

import pytest

from commands import REPOSITORY
from unmask.cli import main
from unmask.config.load import read_layers, read_yaml, validate
from unmask.config.recipes import SECTIONS, advice, recipe_of, recipes, write_recipe
from unmask.errors import ConfigError
from unmask.workflow.make_plan import make_plan

MINE = "datasets:\n  - name: mine\n    kind: folders\n    root: data/mine\n"
ALL = sorted(recipes())


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text((REPOSITORY / "config.yaml").read_text("utf-8"), "utf-8")
    return path


def videos(folder):
    for name in ("real/a", "real/b", "fake/a", "fake/b"):
        path = folder / f"data/mine/{name}.mp4"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())


@pytest.mark.parametrize("recipe", ALL)
def test_a_recipe_gives_what_its_preset_gives_laid_over_the_defaults(recipe, config):
    write_recipe(config, recipe)
    preset = [] if recipe == "demo" else [REPOSITORY / f"presets/{recipe}.yaml"]
    wanted, now = (validate(read_layers(paths)) for paths in (preset, [config]))
    assert now.model_dump(include=set(SECTIONS)) == wanted.model_dump(include=set(SECTIONS))
    assert recipe_of(now) == recipe
    assert [dataset.kind for dataset in now.datasets] == ["demo"], "the data stays the user's"


def test_only_values_change_no_comment_and_no_line(config):
    before = config.read_text("utf-8").splitlines()
    changed = write_recipe(config, "elsewhere")
    assert "train.epochs: 30 → 4" in changed
    after = config.read_text("utf-8").splitlines()
    assert len(after) == len(before)
    differing = [(one, other) for one, other in zip(before, after, strict=True) if one != other]
    assert len(differing) == len(changed)
    for one, other in differing:
        assert one.partition("#")[2] == other.partition("#")[2]
    write_recipe(config, "demo")
    assert read_yaml(config) == read_yaml(REPOSITORY / "config.yaml")
    assert write_recipe(config, "demo") == []


def test_a_file_of_a_few_lines_gets_those_that_the_recipe_needs(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text(MINE + "train: {epochs: 3, seed: 5}\nevaluate:\n  threshold: 0.4\n")
    write_recipe(path, "tutorial")
    content = read_yaml(path)
    assert content["datasets"] == read_yaml(path)["datasets"]
    assert content["evaluate"] == {"threshold": 0.4}
    assert content["train"]["epochs"] == 10
    assert content["model"]["backbone"] == "VGG16"
    assert "scaling" in content["model"]
    assert "backbone_args" not in content["model"], "it has its default"


@pytest.mark.parametrize(
    ("written", "recipe", "said"),
    [
        (MINE, "elsewere", "unmask recipe elsewhere"),
        ("frames: {fsp: 2}", "dfdc", "frames.fsp: there is no such key"),
        ("a: [", "dfdc", "is not YAML"),
    ],
)
def test_a_mistake_leaves_the_file_as_it_is(tmp_path, written, recipe, said):
    path = tmp_path / "config.yaml"
    path.write_text(written)
    with pytest.raises(ConfigError, match=said):
        write_recipe(path, recipe)
    assert path.read_text() == written


def test_recipe_as_a_key_is_answered_with_the_command():
    with pytest.raises(ConfigError, match="unmask recipe dfdc"):
        validate({"recipe": "dfdc"})


def test_real_videos_with_the_demos_recipe_get_the_line_to_write(tmp_path):
    videos(tmp_path)
    path = tmp_path / "config.yaml"
    path.write_text(MINE)
    assert "unmask recipe elsewhere" in make_plan(read_yaml(path), tmp_path).summary()
    write_recipe(path, "elsewhere")
    assert "unmask recipe" not in make_plan(read_yaml(path), tmp_path).summary()
    assert advice(validate({})) == "", "the demo may have it"


def test_the_command_lists_recipes_and_writes_one(config, capsys):
    assert main(["recipe", "--config", str(config)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert sorted(line[2:].split()[0] for line in lines) == ALL
    assert [line[2:].split()[0] for line in lines if line.startswith("*")] == ["demo"]
    assert main(["recipe", "dfdc", "--config", str(config)]) == 0
    assert "model.backbone: Meso4 → MobileNet" in capsys.readouterr().out
    assert main(["recipe", "none", "--config", str(config)]) == 2
