"""``docs/settings.md``: every setting as a row of a table, from the typed configuration."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, get_args

import yaml
from pydantic import BaseModel

from unmask.config.datasets import AnyDataset
from unmask.config.schema import Config
from unmask.workflow.stages import STAGES

HEADER = """\
# Settings

<!-- Written by `make generate` from src/unmask/config. -->

Every key of `config.yaml`, with what it may be and what it is where you leave it out. Keys that are
not here are refused. *From* names the first stages that are made again after a change; those made
of their results follow ([What runs again](reruns.md) has the whole table).
[`config.yaml`](../config.yaml) itself has the same keys with a remark each. `snakemake -n` says,
before anything runs, whether the settings can be used.

An editor that knows the YAML language server completes and checks `config.yaml` as you type, by
[`config.schema.json`](config.schema.json).
"""

DATASETS = """\
## datasets

The list of datasets, one or several; the demo, if it is left out. What a change makes again depends
on the videos it concerns: a new dataset in the list leaves what was made of the others up to their
crops.
"""

_RANGES = {
    "exclusiveMinimum": "above",
    "minimum": "from",
    "exclusiveMaximum": "below",
    "maximum": "up to",
}
_WORDS = {
    "integer": "whole number",
    "number": "number",
    "boolean": "`true`, `false`",
    "string": "text",
    "object": "keys and values",
    "null": "`null`",
}


def settings_page() -> str:
    """The page as Markdown."""
    parts = [HEADER, DATASETS]
    for kind in get_args(get_args(AnyDataset)[0]):
        name = kind.model_json_schema()["properties"]["kind"]["const"]
        parts.append(f"### kind: {name}\n\n{_about(kind)}\n\n{_table(kind)}")
    for name, field in Config.model_fields.items():
        if name != "datasets":
            section = field.annotation
            parts.append(f"## {name}\n\n{_about(section)}\n\n{_table(section, name)}")
    return "\n".join(parts)


def _about(model: type[BaseModel]) -> str:
    return (model.__doc__ or "").replace("``", "`")


def _table(model: type[BaseModel], section: str = "") -> str:
    columns = ["key", "allowed", "default", "what it does", *(["from"] if section else [])]
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for key, schema in model.model_json_schema()["properties"].items():
        if "const" in schema:
            continue
        field = model.model_fields[key]
        value = field.get_default(call_default_factory=True)
        default = "needed" if field.is_required() else f"`{_yaml(value)}`"
        cells = [f"`{key}`", _allowed(schema), default, schema.get("description", "")]
        if section:
            cells.append(", ".join(f"`{stage}`" for stage in _first_stages(f"{section}.{key}")))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _allowed(schema: dict[str, Any]) -> str:
    """What a value may be, in words, from its JSON schema."""
    if "anyOf" in schema:
        return ", or ".join(_allowed(member) for member in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(f"`{value}`" for value in schema.get("enum", [schema.get("const")]))
    if schema["type"] == "array":
        return f"list of {_allowed(schema['items'])}s"
    if "pattern" in schema:
        return f"letters, digits, `-` and `_`; at most {schema['maxLength']}"
    limits = [f"{text} {schema[key]:.10g}" for key, text in _RANGES.items() if key in schema]
    return " ".join([_WORDS[schema["type"]], *limits])


def _first_stages(key: str) -> Iterator[str]:
    """The stages that name the key, but for those that run anyway because one of these did."""
    named = [
        name
        for name, stage in STAGES.items()
        if any(key == k or key.startswith(f"{k}.") for k in stage.keys)
    ]
    for name in named:
        if not _before(name) & set(named):
            yield name


def _before(stage: str) -> set[str]:
    """All stages that a stage is made from, directly or not."""
    after = set(STAGES[stage].after)
    return after.union(*map(_before, after)) if after else after


def _yaml(value: Any) -> str:
    text = yaml.safe_dump(value, default_flow_style=True, width=1000)
    return text.removesuffix("\n").removesuffix("\n...")
