"""The configuration: one typed model, read from YAML, checked before any work starts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field, ValidationError, model_validator

from unmask.config import sections, training
from unmask.config.datasets import AnyDataset, Demo
from unmask.config.messages import explain
from unmask.config.sections import Section
from unmask.errors import ConfigError


def _demo() -> list[AnyDataset]:
    return [Demo(kind="demo")]


class Config(Section):
    """Everything that can be set. A section that is left out has its defaults."""

    datasets: list[AnyDataset] = Field(
        default_factory=_demo, min_length=1, description="The datasets, one or several."
    )
    data: sections.Data = Field(default_factory=sections.Data)
    frames: sections.Frames = Field(default_factory=sections.Frames)
    detect: sections.Detect = Field(default_factory=sections.Detect)
    crop: sections.Crop = Field(default_factory=sections.Crop)
    split: sections.Split = Field(default_factory=sections.Split)
    augment: training.Augment = Field(default_factory=training.Augment)
    model: training.Model = Field(default_factory=training.Model)
    train: training.Train = Field(default_factory=training.Train)
    evaluate: sections.Evaluate = Field(default_factory=sections.Evaluate)
    report: sections.Report = Field(default_factory=sections.Report)
    explore: sections.Explore = Field(default_factory=sections.Explore)
    predict: sections.Predict = Field(default_factory=sections.Predict)

    @model_validator(mode="before")
    @classmethod
    def _an_empty_section_has_its_defaults(cls, values: Any) -> Any:
        if isinstance(values, dict):
            return {key: value for key, value in values.items() if value is not None}
        return values

    @model_validator(mode="after")
    def _dataset_names_differ(self) -> Config:
        names = [dataset.name.casefold() for dataset in self.datasets]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice is not None:
            raise ValueError(
                f"datasets: the name '{twice}' is used twice. For example: name: {twice}2"
            )
        if sum(dataset.kind == "demo" for dataset in self.datasets) > 1:
            raise ValueError("datasets: the demo can stand in the list once. Delete the others.")
        return self

    @model_validator(mode="after")
    def _native_head_needs_meso(self) -> Config:
        if self.model.head == "native" and not self.model.backbone.startswith("Meso"):
            raise ValueError(
                f"model.head: native is for Meso4 and MesoInception4; {self.model.backbone} "
                "needs another. For example: head: pool"
            )
        return self

    @model_validator(mode="after")
    def _self_blended_fakes_come_in_pairs(self) -> Config:
        if self.augment.self_blended != "none" and self.train.sampling != "pairs":
            raise ValueError(
                f"augment.self_blended: {self.augment.self_blended} needs pairs of a real crop and "
                f"its fake, but train.sampling is {self.train.sampling}. For example: "
                "sampling: pairs"
            )
        return self

    @property
    def weights_files(self) -> list[str]:
        """The weights file, if the model starts from one."""
        return [] if self.model.weights in ("imagenet", "none") else [self.model.weights]


def validate(settings: Mapping[str, Any]) -> Config:
    """Check ``settings`` (nested mappings, as read from YAML).

    Raises:
        ConfigError: says for each mistake what was given, what is allowed, and the right line.
    """
    try:
        return Config.model_validate(settings)
    except ValidationError as error:
        raise ConfigError(explain(error, Config)) from None


def read_yaml(path: Path) -> dict[str, Any]:
    """The mapping in a YAML file; an empty file is an empty mapping.

    Raises:
        ConfigError: not there, not YAML, or not a mapping.
    """
    try:
        content = yaml.safe_load(Path(path).read_text("utf-8"))
    except OSError as error:
        raise ConfigError(f"{path} cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not YAML: {error}") from None
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
