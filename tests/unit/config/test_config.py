"""The configuration: what is allowed, and what a mistake is answered with."""

from __future__ import annotations

import json

import pytest
import yaml

from unmask.config.datasets import Demo
from unmask.config.load import json_schema, read_yaml, validate
from unmask.config.messages import MOVED_KEYS
from unmask.config.schema import Config
from unmask.errors import ConfigError


def message(settings: dict) -> str:
    with pytest.raises(ConfigError) as caught:
        validate(settings)
    return str(caught.value)


def test_an_empty_configuration_is_the_demo_with_all_defaults():
    config = validate({})
    assert isinstance(config.datasets[0], Demo)
    assert config.frames.fps == 2


def test_config_yaml_shows_every_setting_with_its_default(repository):
    shown = read_yaml(repository / "config.yaml")
    assert shown == Config().model_dump(), "config.yaml and the defaults in the code differ"


def test_every_preset_is_valid_over_the_defaults(repository):
    presets = sorted((repository / "presets").glob("*.yaml"))
    assert presets
    for preset in presets:
        validate(read_yaml(preset))


def test_a_section_with_all_its_lines_commented_out_has_its_defaults():
    assert validate({"frames": None}) == Config()


def test_a_misspelled_key_is_answered_with_the_right_one_and_the_value_given():
    text = message({"frames": {"fsp": 4}})
    assert "frames.fsp: there is no such key" in text
    assert "  frames:\n    fps: 4" in text


def test_a_misspelled_section_is_answered_with_the_right_one():
    assert "  frames: …" in message({"frmaes": {"fps": 2}})


def test_an_unknown_key_that_resembles_none_is_to_be_deleted():
    assert "Delete the line `xyzzy: …`" in message({"frames": {"xyzzy": 4}})


@pytest.mark.parametrize(
    ("settings", "allowed", "line"),
    [
        ({"frames": {"quality": 150}}, "from 1 up to 100", "quality: 100"),
        ({"frames": {"fps": 0}}, "above 0 up to 1000", "fps: 2.0"),
        ({"frames": {"fps": "two"}}, "a number, above 0 up to 1000, or null", "fps: 2.0"),
        ({"train": {"epochs": 2.5}}, "a whole number", "epochs: 30"),
        ({"detect": {"detector": "mtcn"}}, "mtcnn, opencv", "detector: mtcnn"),
        ({"evaluate": {"threshold": "vall"}}, "or val", "threshold: val"),
        ({"model": {"dropout": 1}}, "from 0 below 1", "dropout: 0.0"),
        ({"split": {"seed": -1}}, "from 0 up to", "seed: 0"),
    ],
)
def test_a_wrong_value_is_answered_with_what_is_allowed_and_a_right_line(settings, allowed, line):
    text = message(settings)
    assert allowed in text
    assert line in text


def test_true_is_not_taken_for_the_number_one():
    assert "epochs: got true, allowed: a number" in message({"train": {"epochs": True}})


def test_a_number_written_as_yaml_reads_it_as_text_is_taken_for_a_number():
    assert validate(yaml.safe_load("train: {learning_rate: 1e-4}")).train.learning_rate == 1e-4


def test_an_unknown_kind_of_dataset_is_answered_with_the_known_ones():
    text = message({"datasets": [{"name": "x", "kind": "dfcd", "root": "data/x"}]})
    assert "demo, dfdc, faceforensics, celebdf, folders, table" in text
    assert "- kind: dfdc" in text


def test_a_mistake_inside_a_dataset_names_its_place_in_the_list():
    text = message({"datasets": [{"kind": "demo"}, {"kind": "dfdc", "name": "x"}]})
    assert "datasets[1].root: this key is needed" in text


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"split": {"train": 0.9}}, "train + val + test must be 1, they are 1.3"),
        ({"split": {"folds": 3, "fold": 3}}, "at most 2"),
        ({"split": {"fold": 1}}, "there are no folds"),
        ({"train": {"epochs": 1, "warmup_epochs": 2}}, "there are 1 epochs"),
        ({"model": {"backbone": "VGG16"}}, "head: pool"),
        ({"split": {"train": 0.8, "val": 0, "test": 0.2}}, "above 0 up to 1"),
        (
            {"datasets": [{"kind": "folders", "name": "a", "root": "d", "geometry": "keep"}]},
            "cropped: true",
        ),
        ({"model": {"dropout": 0.5}}, "head: pool"),
        ({"model": {"weights": "imagenet"}}, "weights: none"),
        (
            {"model": {"backbone": "Xception", "head": "pool", "input_size": 64}},
            "input_size: 71",
        ),
        ({"datasets": []}, "at least one"),
        ({"datasets": [{"kind": "demo"}, {"kind": "demo", "name": "b"}]}, "once"),
        (
            {"datasets": [{"kind": "folders", "name": n, "root": "d"} for n in ("a", "A")]},
            "'a' is used twice",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_refused(settings, said):
    assert said in message(settings)


def test_several_mistakes_are_reported_at_once():
    text = message({"frames": {"quality": 0}, "train": {"epoch": 3}})
    assert "frames.quality" in text
    assert "train.epoch" in text


@pytest.mark.parametrize("content", ["a: [", "- a\n- b", "\xff"])
def test_a_file_that_is_not_a_yaml_mapping_is_refused(tmp_path, content):
    path = tmp_path / "config.yaml"
    path.write_text(content, "latin-1")
    with pytest.raises(ConfigError, match=r"config\.yaml"):
        read_yaml(path)


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(ConfigError, match="cannot be read"):
        read_yaml(tmp_path / "absent.yaml")


def test_an_empty_file_changes_nothing(tmp_path):
    (tmp_path / "empty.yaml").write_text("# nothing\n")
    assert read_yaml(tmp_path / "empty.yaml") == {}


def test_the_schema_describes_every_key_and_forbids_others():
    schema = json_schema()
    json.dumps(schema)
    sections = schema["$defs"]
    assert sections["FramesSettings"]["additionalProperties"] is False
    for name, section in sections.items():
        for key, field in section["properties"].items():
            assert "description" in field or key == "kind", f"{name}.{key} has no description"


@pytest.mark.parametrize("old", MOVED_KEYS)
def test_a_key_of_an_earlier_version_is_answered_with_the_new_line(old):
    section, key = old.split(".")
    new_section, new_key = MOVED_KEYS[old].split(".")
    value = validate({}).model_dump()[new_section][new_key]
    with pytest.raises(ConfigError) as error:
        validate({section: {key: value}})
    corrected = str(error.value).partition("Write:\n")[2]
    assert validate(yaml.safe_load(corrected)) == validate({})


@pytest.mark.parametrize("key", ["bootstrap", "seed"])
def test_a_key_that_has_nothing_left_to_do_is_answered_with_why(key):
    with pytest.raises(ConfigError) as caught:
        validate({"evaluate": {key: 7}})
    assert f"evaluate.{key}: there is no such key any more: intervals are" in str(caught.value)
    assert f"Delete the line `{key}: 7`." in str(caught.value)
