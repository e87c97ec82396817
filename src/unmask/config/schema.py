"""The configuration as one typed model."""

from __future__ import annotations

from typing import Any

from pydantic import Field, model_validator

from unmask.config import results, sections, training
from unmask.config.datasets import AnyDataset, Demo
from unmask.config.sections import Section


def _demo() -> list[AnyDataset]:
    return [Demo(kind="demo")]


class Config(Section):
    """Everything that can be set. A section that is left out has its defaults."""

    datasets: list[AnyDataset] = Field(
        default_factory=_demo, min_length=1, description="The datasets, one or several."
    )
    data: sections.DataSettings = Field(default_factory=sections.DataSettings)
    frames: sections.FramesSettings = Field(default_factory=sections.FramesSettings)
    detect: sections.DetectSettings = Field(default_factory=sections.DetectSettings)
    crop: sections.CropSettings = Field(default_factory=sections.CropSettings)
    split: sections.SplitSettings = Field(default_factory=sections.SplitSettings)
    augment: training.AugmentSettings = Field(default_factory=training.AugmentSettings)
    model: training.ModelSettings = Field(default_factory=training.ModelSettings)
    train: training.TrainSettings = Field(default_factory=training.TrainSettings)
    score: results.ScoreSettings = Field(default_factory=results.ScoreSettings)
    evaluate: results.EvaluateSettings = Field(default_factory=results.EvaluateSettings)
    repeats: results.RepeatsSettings = Field(default_factory=results.RepeatsSettings)
    explain: results.ExplainSettings = Field(default_factory=results.ExplainSettings)
    report: results.ReportSettings = Field(default_factory=results.ReportSettings)
    explore: results.ExploreSettings = Field(default_factory=results.ExploreSettings)
    predict: results.PredictSettings = Field(default_factory=results.PredictSettings)

    @model_validator(mode="before")
    @classmethod
    def _an_empty_section_has_its_defaults(cls, values: Any) -> Any:
        if isinstance(values, dict):
            if "datasets" in values and values["datasets"] is None:
                raise ValueError(
                    "datasets: nothing stands below it. Write:\n  datasets:\n    - name: mine\n"
                    "      kind: folders\n      root: data/mine"
                )
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
