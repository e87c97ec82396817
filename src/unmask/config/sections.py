"""The sections of ``config.yaml`` as typed models. Unknown keys are forbidden everywhere.

Each field's description is what the settings schema shows in an editor, so it says what the
setting does and when to change it. Defaults stand here once; ``config.yaml`` repeats them for
the reader, and a test holds the two equal.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from unmask.errors import ModelError
from unmask.model.catalog import MESO, check_backbone, check_input_size, scaling_of

Share = Annotated[float, Field(ge=0, le=1)]
SomeShare = Annotated[float, Field(gt=0, le=1)]
Percent = Annotated[int, Field(ge=1, le=100)]
Seed = Annotated[int, Field(ge=0, le=2**31 - 1)]


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


class Data(Section):
    """What to do about videos that cannot be used."""

    max_bad_fraction: Share = Field(
        0.1,
        description="Share of the videos that may be quarantined (unreadable, no face) before the "
        "run stops. The reasons are in results/quarantine.csv either way.",
    )


class Frames(Section):
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
        description="A video of which less than this share of its announced frames can be decoded "
        "is quarantined as truncated.",
    )


class Detect(Section):
    """How faces are found."""

    detector: Literal["mtcnn", "opencv"] = Field(
        "mtcnn", description="mtcnn (boxes and five landmarks) or opencv (Haar frontal cascade)."
    )
    min_face: Annotated[float, Field(gt=0)] = Field(
        0.1,
        description="Smallest face to look for: up to 1 a share of the frame's shorter side, above "
        "1 a number of pixels.",
    )
    min_confidence: Share = Field(
        0.9,
        description="Faces below this confidence are not cropped. They stay in the detections, so "
        "a change crops again without detecting again.",
    )
    device: Literal["auto", "cpu", "gpu"] = Field(
        "auto", description="Where the detector runs. auto: a GPU if ONNX Runtime sees one."
    )
    fidelity: bool = Field(
        False,
        description="Follow the mtcnn package's own pyramid at full resolution: slow, the same "
        "boxes as the package.",
    )


class Crop(Section):
    """How faces are cut out."""

    scale: Annotated[float, Field(ge=0.5, le=5)] = Field(
        1.3, description="Side of the square crop over the larger side of the face box."
    )
    size: Annotated[int, Field(ge=16, le=2048)] = Field(
        224, description="Side of the stored crops in pixels."
    )
    faces: Literal["main", "largest", "most_confident", "all"] = Field(
        "largest",
        description="Which faces of a frame to keep: main (the person seen longest and largest), "
        "largest, most_confident, all.",
    )
    align: bool = Field(False, description="Turn the crop so that the eyes are level.")
    quality: Percent = Field(95, description="JPEG quality of the stored crops.")


class Split(Section):
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

    @model_validator(mode="after")
    def _shares_and_folds(self) -> Split:
        total = self.train + self.val + self.test
        if abs(total - 1) > 1e-6:
            raise ValueError(
                f"train + val + test must be 1, they are {total:g}. For example: "
                "train: 0.6, val: 0.2, test: 0.2"
            )
        if self.folds is not None and self.fold >= self.folds:
            raise ValueError(
                f"fold counts from 0, so with folds: {self.folds} it is at most "
                f"{self.folds - 1}. For example: fold: 0"
            )
        return self


class Augment(Section):
    """Random changes to the training crops, drawn anew each time a crop is seen."""

    rotation: Annotated[float, Field(ge=0, le=180)] = Field(
        10.0, description="Turn by up to this many degrees either way."
    )
    width_shift: Share = Field(0.05, description="Shift sideways by up to this share.")
    height_shift: Share = Field(0.05, description="Shift up or down by up to this share.")
    shear: Annotated[float, Field(ge=0, le=89)] = Field(
        0.0, description="Shear by up to this many degrees."
    )
    zoom: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.1, description="Zoom in or out by up to this share."
    )
    horizontal_flip: bool = Field(True, description="Mirror half of the crops.")
    fill_mode: Literal["nearest", "reflect", "constant", "wrap"] = Field(
        "nearest", description="What fills the area that a shift or turn uncovers."
    )


class Model(Section):
    """The network."""

    backbone: str = Field(
        "Meso4", description="A keras.applications name such as Xception, or Meso4, MesoInception4."
    )
    backbone_args: dict[str, Any] = Field(
        default_factory=dict, description="Further arguments of the backbone, e.g. {alpha: 0.25}."
    )
    weights: str = Field(
        "none", description="imagenet, none (from scratch), or the path of a weights file."
    )
    head: Literal["native", "pool", "flatten"] = Field(
        "native",
        description="native: the paper's own (Meso4, MesoInception4); pool: global average "
        "pooling; flatten: all features into a dense layer.",
    )
    dense_units: Annotated[int, Field(ge=0, le=8192)] = Field(
        0, description="Units of a dense ReLU layer before the output. 0: none."
    )
    dropout: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.0, description="Dropout before the output layer (the native heads have their own)."
    )
    input_size: Annotated[int, Field(ge=16, le=1024)] = Field(
        128, description="Side in pixels of what the network sees; crops are resized to it."
    )
    scaling: Literal["auto", "unit", "tf", "torch", "caffe", "none"] = Field(
        "auto",
        description="How pixels are scaled: auto is what the backbone was trained with; unit 0..1; "
        "tf -1..1; torch ImageNet mean and spread; caffe BGR less the ImageNet mean.",
    )
    trainable: bool = Field(True, description="false freezes the backbone and trains the head.")

    @model_validator(mode="after")
    def _backbone_is_known(self) -> Model:
        try:
            check_backbone(self.backbone)
            scaling_of(self.backbone, self.scaling)
            check_input_size(self.backbone, self.input_size)
        except ModelError as error:
            raise ValueError(str(error)) from None
        return self

    @model_validator(mode="after")
    def _meso_has_its_own_head_and_no_imagenet_weights(self) -> Model:
        if self.head == "native" and (self.dense_units or self.dropout):
            raise ValueError(
                "model.head: the native head has its own dense layer and dropout. For example: "
                "dense_units: 0 and dropout: 0.0, or head: pool"
            )
        if self.backbone in MESO and self.weights == "imagenet":
            raise ValueError(
                f"model.weights: there are no ImageNet weights of {self.backbone}. "
                "For example: weights: none"
            )
        return self


class Train(Section):
    """How the network is trained."""

    epochs: Annotated[int, Field(ge=1, le=10000)] = Field(30, description="Passes over the data.")
    batch_size: Annotated[int, Field(ge=1, le=4096)] = Field(8, description="Crops a step.")
    optimizer: Literal["rmsprop", "adam", "adamw", "sgd"] = Field(
        "adam", description="The optimizer. adamw also decays the weights."
    )
    learning_rate: Annotated[float, Field(gt=0, le=10)] = Field(
        1e-3, description="The highest learning rate that the schedule reaches."
    )
    schedule: Literal["constant", "cosine"] = Field(
        "constant", description="cosine lets the learning rate fall to zero over the epochs."
    )
    warmup_epochs: Annotated[float, Field(ge=0)] = Field(
        0.0, description="Epochs over which the learning rate rises from zero."
    )
    weight_decay: Annotated[float, Field(ge=0, le=1)] = Field(
        0.01, description="Weight decay. Used by adamw only."
    )
    class_weight: Literal["none", "balanced"] = Field(
        "balanced",
        description="balanced makes both classes count the same, however many there are.",
    )
    label_smoothing: Annotated[float, Field(ge=0, lt=0.5)] = Field(
        0.0, description="Moves the labels this far from 0 and 1 towards the middle."
    )
    monitor: Literal["val_auc", "val_loss"] = Field(
        "val_auc", description="What the best epoch is chosen by; val_auc is a video-level AUC."
    )
    patience: Annotated[int, Field(ge=1)] | None = Field(
        None, description="Stop after this many epochs without a better one. null: never."
    )
    precision: Literal["float32", "mixed_bfloat16", "mixed_float16"] = Field(
        "float32", description="mixed_bfloat16 is much faster on hardware that has it."
    )
    seed: Seed = Field(0, description="Seed of the initial weights, shuffling and augmentation.")

    @model_validator(mode="after")
    def _warm_up_ends(self) -> Train:
        if self.warmup_epochs > self.epochs:
            raise ValueError(
                f"warmup_epochs is {self.warmup_epochs:g} but there are {self.epochs} epochs. "
                "For example: warmup_epochs: 1"
            )
        return self


class Evaluate(Section):
    """How the trained model is judged."""

    aggregate: Literal["mean", "median", "max", "trimmed", "confident"] = Field(
        "mean",
        description="How frame scores become a video's score. trimmed leaves out the extreme "
        "tenths; confident is the rule of the DFDC winner.",
    )
    threshold: Annotated[float, Field(ge=0, le=1)] | Literal["val"] = Field(
        "val",
        description="A video that reaches it is called fake. val: best balanced accuracy on the "
        "validation videos.",
    )
    log_loss_clip: Annotated[float, Field(ge=0, lt=0.5)] = Field(
        1e-7, description="Probabilities are kept this far from 0 and 1 in the log loss."
    )
    bootstrap: Annotated[int, Field(ge=0, le=100000)] = Field(
        2000, description="Resamples of groups behind each confidence interval. 0: no intervals."
    )
    confidence: Annotated[float, Field(gt=0, lt=1)] = Field(
        0.95, description="Level of the confidence intervals."
    )
    seed: Seed = Field(0, description="Seed of the resampling.")


class Report(Section):
    """The page that shows the results."""

    title: str = Field("unmask report", description="Heading of the page.")
    gallery: Annotated[int, Field(ge=0, le=200)] = Field(
        12, description="Example crops shown for hits and for misses."
    )
