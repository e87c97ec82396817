"""The sections of ``config.yaml`` about the network and its training."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from unmask.config.sections import Section, Seed, Share, UserPath
from unmask.errors import ModelError
from unmask.model.catalog import MESO, check_backbone, check_input_size, scaling_of


class AugmentSettings(Section):
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
    brightness: Share = Field(0.0, description="Lighter or darker by up to this share.")
    contrast: Share = Field(0.0, description="Contrast up or down by up to this share.")
    saturation: Share = Field(0.0, description="Color stronger or weaker by up to this share.")
    hue: Share = Field(0.0, description="Colors turned by up to this share of half a circle.")
    erase: Share = Field(0.0, description="Probability that a rectangle is covered.")
    erase_part: Share = Field(
        0.0, description="Probability that the eyes, nose, mouth or half the face is blackened."
    )
    edges: Share = Field(
        0.0, description="Probability that the picture ends close to the face, mirrored there."
    )
    downscale: Share = Field(0.0, description="Probability of shrinking and enlarging again.")
    downscale_to: Annotated[float, Field(gt=0, le=1)] = Field(
        0.4, description="The smallest share of the side that it shrinks to."
    )
    blur: Share = Field(0.0, description="Probability of a Gaussian blur.")
    blur_px: Annotated[float, Field(ge=0.3, le=20)] = Field(
        2.0, description="Its largest sigma in pixels."
    )
    noise: Share = Field(0.0, description="Probability of noise.")
    noise_level: Share = Field(
        0.04, description="Its largest standard deviation, as a share of the full range."
    )
    jpeg: Share = Field(0.0, description="Probability of compression as JPEG.")
    jpeg_quality: Annotated[int, Field(ge=1, le=95)] = Field(
        40, description="The worst quality, up to 95."
    )
    video: Share = Field(0.0, description="Probability of compression as by a video encoder.")
    video_qp: Annotated[int, Field(ge=18, le=51)] = Field(
        40, description="The QP of the worst, from 18; 23 is usual, 40 is visibly bad."
    )
    self_blended: Literal["none", "only"] | Annotated[float, Field(gt=0, lt=1)] = Field(
        "none",
        description="Fakes made of the real faces while training (Shiohara and Yamasaki, CVPR "
        "2022): none, only these, or the share of pairs whose fake is one, such as 0.5. Needs "
        "train.sampling: pairs.",
    )


class ModelSettings(Section):
    """The network."""

    backbone: str = Field(
        "Meso4", description="A keras.applications name such as Xception, or Meso4, MesoInception4."
    )
    backbone_args: dict[str, Any] = Field(
        default_factory=dict, description="Further arguments of the backbone, e.g. {alpha: 0.25}."
    )
    weights: UserPath = Field(
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
        "tf -1..1; torch ImageNet mean and standard deviation; caffe BGR less the ImageNet mean.",
    )
    trainable: bool = Field(True, description="false freezes the backbone and trains the head.")

    @model_validator(mode="after")
    def _backbone_is_known(self) -> ModelSettings:
        try:
            check_backbone(self.backbone)
            scaling_of(self.backbone, self.scaling)
            check_input_size(self.backbone, self.input_size)
        except ModelError as error:
            raise ValueError(str(error)) from None
        return self

    @model_validator(mode="after")
    def _meso_has_its_own_head_and_no_imagenet_weights(self) -> ModelSettings:
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


class TrainSettings(Section):
    """How the network is trained."""

    epochs: Annotated[int, Field(ge=1, le=10000)] = Field(30, description="Passes over the data.")
    batch_size: Annotated[int, Field(ge=1, le=4096)] = Field(8, description="Crops a step.")
    optimizer: Literal["rmsprop", "adam", "adamw", "sgd"] = Field(
        "adam", description="The optimizer. adamw also decays the weights."
    )
    learning_rate: Annotated[float, Field(gt=0, le=10)] = Field(
        1e-3, description="The highest learning rate that the schedule reaches."
    )
    schedule: Literal["constant", "cosine", "plateau"] = Field(
        "constant",
        description="cosine lets the learning rate fall to zero over the epochs; plateau to 0.3 of "
        "it whenever three epochs brought no better one.",
    )
    warmup_epochs: Annotated[float, Field(ge=0)] = Field(
        0.0, description="Epochs over which the learning rate rises from zero."
    )
    frozen_epochs: Annotated[int, Field(ge=0)] = Field(
        0, description="So many epochs train the head alone, before the backbone joins in."
    )
    frozen_learning_rate: Annotated[float, Field(gt=0, le=10)] = Field(
        1e-3, description="The learning rate of those epochs."
    )
    weight_decay: Annotated[float, Field(ge=0, le=1)] = Field(
        0.01, description="Weight decay. Used by adamw only."
    )
    ema: Annotated[float, Field(ge=0, lt=1)] = Field(
        0.0,
        description="Keep a moving average of the weights with this momentum, such as 0.99, and "
        "use it. 0: none.",
    )
    class_weight: Literal["none", "balanced"] = Field(
        "balanced",
        description="balanced makes both classes count the same, however many there are.",
    )
    sampling: Literal["all", "balanced", "pairs"] = Field(
        "all",
        description="What an epoch shows: all crops; as many fakes as real ones, drawn anew; or "
        "pairs: each real crop and a fake made of it, changed alike by the augmentation.",
    )
    crops_per_video: Annotated[int, Field(ge=1)] | None = Field(
        None, description="So many crops of each video an epoch, drawn anew. null: all."
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
    precision: Literal["auto", "float32", "mixed_bfloat16", "mixed_float16"] = Field(
        "auto",
        description="Number format of the training: auto takes the fastest that the hardware has. "
        "The saved model is float32.",
    )
    tensorboard: bool = Field(False, description="Write logs for TensorBoard: logs/tensorboard.")
    seed: Seed = Field(0, description="Seed of the initial weights, shuffling and augmentation.")

    @model_validator(mode="after")
    def _pairs_fill_a_batch(self) -> TrainSettings:
        if self.sampling == "pairs" and self.batch_size % 2:
            raise ValueError(
                f"batch_size is {self.batch_size}, but a batch of pairs has an even number of "
                f"crops. For example: batch_size: {self.batch_size + 1}"
            )
        return self

    @model_validator(mode="after")
    def _warm_up_ends(self) -> TrainSettings:
        if self.warmup_epochs > self.epochs:
            raise ValueError(
                f"warmup_epochs is {self.warmup_epochs:g} but there are {self.epochs} epochs. "
                "For example: warmup_epochs: 1"
            )
        if self.frozen_epochs >= self.epochs and self.frozen_epochs:
            raise ValueError(
                f"frozen_epochs is {self.frozen_epochs} of {self.epochs} epochs, so the backbone "
                "would never be trained. For example: frozen_epochs: 1, or model.trainable: false"
            )
        return self
