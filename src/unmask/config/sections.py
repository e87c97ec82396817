"""The sections of ``config.yaml`` as typed models. Unknown keys are forbidden everywhere.

Each field's description is what the settings schema shows in an editor, so it says what the
setting does and when to change it. Defaults stand here once; ``config.yaml`` repeats them for
the reader, and a test holds the two equal.
"""

from __future__ import annotations

import os
import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from unmask.disk.foreign import shown_value

Share = Annotated[float, Field(ge=0, le=1)]
SomeShare = Annotated[float, Field(gt=0, le=1)]
Percent = Annotated[int, Field(ge=1, le=100)]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]
_LONGEST_PATH, _LONGEST_NAME = 4095, 255


def _possible(path: str) -> str:
    """A path that a disk can hold."""
    odd = any(letter < " " or "\ud800" <= letter <= "\udfff" for letter in path)
    name = b"" if odd else path.encode()
    if odd or len(name) > _LONGEST_PATH or max(map(len, name.split(b"/"))) > _LONGEST_NAME:
        raise ValueError(
            f"got {shown_value(path)}, allowed: a path without control characters, each name in it "
            f"at most {_LONGEST_NAME} bytes long. For example: data/mine"
        )
    return path


FilePath = Annotated[str, AfterValidator(_possible)]
UserPath = Annotated[str, AfterValidator(os.path.expanduser), AfterValidator(_possible)]
"""A path in which ``~`` is the user's home."""


class Section(BaseModel):
    """A section of the configuration: no unknown keys, no silent change of type."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _yes_is_not_one(cls, values: Any) -> Any:
        """YAML's true would pass as the number 1."""
        for key, value in values.items() if isinstance(values, dict) else ():
            field = cls.model_fields.get(key)
            if isinstance(value, bool) and field and field.annotation in (int, float):
                raise ValueError(
                    f"{key}: got {str(value).lower()}, allowed: a number. "
                    f"For example: {key}: {field.get_default()}"
                )
        return values


class DataSettings(Section):
    """What to do about videos that cannot be used."""

    max_bad_fraction: Share = Field(
        0.1,
        description="Share of the videos that may be quarantined (unreadable, no face) before the "
        "run stops. The reasons are in results/quarantine.csv either way.",
    )


class FramesSettings(Section):
    """Which frames are taken from a video."""

    fps: Annotated[float, Field(gt=0, le=1000)] | None = Field(
        2.0, description="Frames a second to sample, by timestamp. null takes every frame."
    )
    count: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Take this many frames, spread evenly, instead of fps (32 is common)."
    )
    max_size: Annotated[int, Field(ge=16)] | None = Field(
        None, description="Shrink frames to fit within a square of this many pixels. null: as is."
    )
    quality: Percent = Field(95, description="JPEG quality of the stored frames.")
    min_decoded: Share = Field(
        0.9,
        description="A video of which less than this share of its announced frames is there is "
        "quarantined as truncated. Frames that are decoded count if they decode. Frames that "
        "nobody wants and no wanted one depends on are not decoded: they count if their packets "
        "are whole. Where any packet is not, every frame is decoded.",
    )
    max_pixels: Annotated[int, Field(ge=10_000)] = Field(
        120_000_000,
        description="A video or image of more pixels (width times height) is quarantined: a few "
        "kB can claim any size. 8K video has 33 million.",
    )
    max_seconds: Annotated[float, Field(gt=0)] = Field(
        14400.0, description="A longer video is quarantined; so is one of 300 times as many frames."
    )
    timeout: Annotated[float, Field(gt=0)] = Field(
        3600.0,
        description="A video whose frames take more seconds than this is quarantined. Far more "
        "than any takes, so that it does not depend on the machine what is.",
    )


class DetectSettings(Section):
    """How faces are found."""

    detector: Literal["mtcnn", "opencv"] = Field(
        "mtcnn",
        description="mtcnn, or opencv (Haar frontal cascade; MTCNN's last network adds "
        "the landmarks).",
    )
    min_face: Annotated[float, Field(gt=0)] = Field(
        0.1,
        description="Smallest face to look for: up to 1 a share of the frame's shorter side, above "
        "1 a number of pixels.",
    )
    device: Literal["auto", "cpu", "gpu"] = Field(
        "auto", description="Where the detector runs. auto: a GPU if ONNX Runtime sees one."
    )
    fidelity: bool = Field(
        False,
        description="Follow the mtcnn package's own pyramid at full resolution: slow, the same "
        "boxes as the package.",
    )


class CropSettings(Section):
    """How faces are cut out."""

    place: Literal["landmarks", "box"] = Field(
        "landmarks",
        description="By what a crop is placed. landmarks: eyes always at the same place, so that "
        "detectors and datasets agree. box: around the face box.",
    )
    eye_distance: Annotated[float, Field(ge=0.05, le=1)] = Field(
        0.4,
        description="With place: landmarks. Distance of the eyes as a share of the side; smaller "
        "shows more around the face.",
    )
    eye_line: Share = Field(
        0.3, description="With place: landmarks. How far below the upper side the eyes are."
    )
    scale: Annotated[float, Field(ge=0.5, le=5)] = Field(
        1.3,
        description="With place: box. Side of the square crop over the larger side of the box.",
    )
    size: Annotated[int, Field(ge=16, le=2048)] = Field(
        224, description="Side of the stored crops in pixels."
    )
    faces: Literal["main", "largest", "most_confident", "all"] = Field(
        "main",
        description="Which faces of a frame to keep: main (the person seen longest and largest), "
        "largest, most_confident, all.",
    )
    min_confidence: Share = Field(
        0.9,
        description="Faces below this confidence are not cropped. They stay in the detections.",
    )
    align: bool = Field(False, description="Turn the crop so that the eyes are level.")
    quality: Percent = Field(95, description="JPEG quality of the stored crops.")
    min_track: Annotated[int, Field(ge=1, le=1000)] = Field(
        2,
        description="Drop faces that are seen in fewer sampled frames as false alarms, where "
        "others are seen in more. 1 keeps all.",
    )
    smooth_s: Annotated[float, Field(ge=0, le=5)] = Field(
        0.15,
        description="Steady a face's box and landmarks through time by a Gaussian of so many "
        "seconds: of use from about 5 frames a second on. 0: not.",
    )


class SplitSettings(Section):
    """How groups are dealt out to training, validation and test."""

    train: SomeShare = Field(0.6, description="Share of the videos, dealt out by group.")
    val: SomeShare = Field(0.2, description="Share that chooses the best epoch and threshold.")
    test: Share = Field(0.2, description="Share that the metrics are measured on.")
    seed: Seed = Field(0, description="Another seed deals the groups out differently.")
    folds: Annotated[int, Field(ge=3, le=100)] | None = Field(
        None,
        description="Cross-validation: deal the groups into this many folds instead; test is fold "
        "number `fold`, validation the next one, training the rest.",
    )
    fold: Annotated[int, Field(ge=0)] = Field(
        0, description="Which fold is the test split. Used only with `folds`."
    )

    pair_by: str = Field(
        "name",
        description="Which files of `folders`, and of a `table` without groups, belong together. "
        "name: those of one name. prefix: also a fake whose name begins with that of a real video. "
        "none: none. Or a regular expression: those in whose path it finds the same text.",
    )
    people: Literal["separate", "shared"] = Field(
        "separate",
        description="Whether one name of a subject in two datasets means two people or one.",
    )

    together: UserPath | None = Field(
        None,
        description="A CSV with columns `video,other`, ids of two videos that are to be in one "
        "group, such as rows of results/duplicates.csv.",
    )
    duplicates: Literal["warn", "error"] = Field(
        "warn",
        description="What to do where videos that look alike are on different sides of the split: "
        "name them, or stop before the training.",
    )

    @field_validator("pair_by")
    @classmethod
    def _a_way_or_an_expression(cls, value: str) -> str:
        if value in ("name", "prefix", "none"):
            return value
        try:
            groups, fault = re.compile(value).groups, ""
        except re.error as error:
            groups, fault = 0, f" ({error})"
        if not groups:
            raise ValueError(
                f"got {value!r}{fault}, allowed: name, prefix, none, or a regular "
                "expression with what files share in parentheses. For example: "
                r"pair_by: '/(\d+)[^/]*$'"
            )
        return value

    @model_validator(mode="after")
    def _shares_and_folds(self) -> SplitSettings:
        total = self.train + self.val + self.test
        if abs(total - 1) > 1e-6:
            raise ValueError(
                f"train + val + test must be 1, they are {total:g}. For example: "
                "train: 0.6, val: 0.2, test: 0.2"
            )
        if self.folds is None and self.fold:
            raise ValueError(
                f"fold: {self.fold} says which fold is the test split, but there are no folds. For "
                "example: folds: 5"
            )
        if self.folds is not None and self.fold >= self.folds:
            raise ValueError(
                f"fold counts from 0, so with folds: {self.folds} it is at most "
                f"{self.folds - 1}. For example: fold: 0"
            )
        return self
