"""The configuration as one typed model."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from unmask.config import sections, training
from unmask.config.datasets import AnyDataset, Demo
from unmask.config.sections import Section


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

    @property
    def weights_files(self) -> list[str]:
        """The weights file, if the model starts from one."""
        return [] if self.model.weights in ("imagenet", "none") else [self.model.weights]

    @model_validator(mode="after")
    def _alignment_needs_landmarks(self) -> Config:
        if self.crop.align and self.detect.detector == "opencv":
            raise ValueError(
                "crop.align: the opencv detector finds no eyes to align by. For example: "
                "detector: mtcnn"
            )
        return self
