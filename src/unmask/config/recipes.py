"""Recipes: how crops are made and a network is trained on them, as one of ``presets/`` has it.

A recipe is written into ``config.yaml`` itself. So the file says what is in force, whichever tool
reads it, DVC records the values, and a line that is changed afterwards is simply another value.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

import unmask
from unmask.config.load import read_yaml, validate
from unmask.config.messages import closest
from unmask.config.schema import Config
from unmask.disk.files import write_text
from unmask.errors import ConfigError

PRESETS = Path(unmask.__file__).parent.parent.parent / "presets"

DEMO = "demo"
"""The recipe that is no preset: the defaults, which train within a minute."""

FOR_REAL_VIDEOS = "elsewhere"

SECTIONS = ("frames", "detect", "crop", "augment", "model", "train", "score")
"""What a recipe decides. What the data is, and how it is measured and shown, it leaves alone."""

Values = dict[str, dict[str, Any]]


def recipes(presets: Path = PRESETS) -> dict[str, str]:
    """The name of every recipe, with the first sentence of what it is for."""
    found = {DEMO: "The smallest network, for the few clips of the demo."}
    for path in sorted(presets.glob("*.yaml")):
        lines = path.read_text("utf-8").splitlines()
        head = [line.lstrip("# ") for line in lines[: lines.index("")]]
        found[path.stem] = " ".join(head).split(". ")[0].rstrip(".") + "."
    return found


def values_of(recipe: str, presets: Path = PRESETS) -> Values:
    """What a recipe decides, every key of it.

    Raises:
        ConfigError: there is none of that name.
    """
    if recipe not in (known := recipes(presets)):
        near = closest(recipe, list(known), FOR_REAL_VIDEOS)
        raise ConfigError(
            f"{recipe}: there is no such recipe. Allowed: {', '.join(known)}.\n"
            f"Write:\n  unmask recipe {near}"
        )
    preset = {} if recipe == DEMO else read_yaml(presets / f"{recipe}.yaml")
    return _decided(validate({key: preset[key] for key in SECTIONS if key in preset}))


def recipe_of(config: Config, presets: Path = PRESETS) -> str | None:
    """The recipe whose values a configuration has, all of them."""
    return next((r for r in recipes(presets) if values_of(r, presets) == _decided(config)), None)


def advice(config: Config) -> str:
    """What to write where real videos are to train the network of the demo; nothing elsewhere."""
    real = [dataset.name for dataset in config.datasets if dataset.kind != DEMO]
    if not real or config.model != type(config.model)():
        return ""
    return (
        f"{', '.join(real)}: the recipe is the demo's, a small network from scratch, for a few "
        "clips of two people. For real videos, write one into config.yaml:\n"
        f"  unmask recipe {FOR_REAL_VIDEOS}"
    )


def write_recipe(path: Path, recipe: str, presets: Path = PRESETS) -> list[str]:
    """Write the values of a recipe into a configuration file, which keeps its comments.

    Keys that the file does not have, and that would have their defaults, stay out.

    Returns:
        A line for each value that changed: key, value before, value now.

    Raises:
        ConfigError: there is no such recipe, or the file cannot be used.
    """
    before = _decided(validate(read_yaml(path)))
    wanted, defaults = values_of(recipe, presets), values_of(DEMO)
    changed = {
        (section, key): value
        for section, values in wanted.items()
        for key, value in values.items()
        if value != before[section][key]
    }
    yaml = _editor()
    content = yaml.load(path.read_text("utf-8")) or CommentedMap()
    for (section, key), value in changed.items():
        if not isinstance(content.get(section), dict):
            content[section] = CommentedMap()
        if value == defaults[section][key] and key not in content[section]:
            continue
        content[section][key] = _flow(value) if isinstance(value, dict) else value
    validate(content)
    _write(path, yaml, content)
    return [f"{s}.{k}: {_shown(before[s][k])} → {_shown(v)}" for (s, k), v in changed.items()]


def _decided(config: Config) -> Values:
    return config.model_dump(include=set(SECTIONS))


def _editor() -> YAML:
    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.representer.add_representer(
        type(None), lambda writer, _: writer.represent_scalar("tag:yaml.org,2002:null", "null")
    )
    return yaml


def _flow(value: Mapping[str, Any]) -> CommentedMap:
    """A mapping that is written on one line."""
    flow = CommentedMap(value)
    flow.fa.set_flow_style()
    return flow


def _write(path: Path, yaml: YAML, content: CommentedMap) -> None:
    text = StringIO()
    yaml.dump(content, text)
    write_text(path, text.getvalue())


def _shown(value: Any) -> str:
    return (
        "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    )
