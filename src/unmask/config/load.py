"""Reading the configuration from YAML, and checking it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from unmask.config.messages import explain
from unmask.config.schema import Config
from unmask.config.yaml_file import check_size, read_yaml_file
from unmask.errors import ConfigError


def validate(settings: Mapping[str, Any]) -> Config:
    """Check ``settings`` (nested mappings, as read from YAML).

    Raises:
        ConfigError: says for each mistake what was given, what is allowed, and the right line.
    """
    try:
        check_size(settings)
        return Config.model_validate(settings)
    except ValidationError as error:
        raise ConfigError(explain(error, Config)) from None
    except ValueError as error:
        raise ConfigError(f"The settings cannot be used: {error}.") from None


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file; an empty file is an empty mapping.

    Raises:
        ConfigError: not there, not YAML, or not a mapping.
    """
    content = read_yaml_file(Path(path), ConfigError)
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise ConfigError(f"{path} must hold sections (`frames:`, `train:`, …), not a list or text")
    return content


def read_layers(paths: Iterable[Path]) -> dict[str, Any]:
    """YAML files laid over each other, section by section, as ``snakemake --configfile`` does.

    Raises:
        ConfigError: one of them is not there, not YAML, or not a mapping.
    """
    merged: dict[str, Any] = {}
    for path in paths:
        _overlay(merged, read_yaml(path))
    return merged


def _overlay(base: dict[str, Any], top: dict[str, Any]) -> None:
    for key, value in top.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            _overlay(base[key], value)
        else:
            base[key] = value


def json_schema() -> dict[str, Any]:
    """The JSON schema of ``config.yaml``, with which editors complete and check it."""
    schema = Config.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = "unmask configuration"
    return schema
