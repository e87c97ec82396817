"""The contract in a model file: what its input has to look like. Read without loading the model.

:class:`Contract` names every key with the values that it may have. To let models say something
more, add a key there: nothing else needs to know, and older files go on without it.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Annotated, Any, Literal, TypedDict

from unmask.disk.foreign import parse_json, shown_value
from unmask.errors import ModelError
from unmask.model.form import Range, faults
from unmask.model.members import CONTRACT, read_member

CLASSES = ["real", "fake"]
"""The order of the classes: the label is the position, so 1 is fake."""

Share = Annotated[float, Range(ge=0, le=1)]
Percent = Annotated[int, Range(ge=1, le=100)]

_ABSENT = "not set"


class FramesOfModel(TypedDict, total=False):
    """How frames were taken: arguments of :func:`unmask.frames.sample.extract_frames`.

    Here and below the ranges are those of ``config.yaml``, which a test holds them to; pydantic
    would take longer to import than a contract takes to read.
    """

    fps: Annotated[float, Range(gt=0, le=1000)] | None
    count: Annotated[int, Range(ge=1)] | None
    max_size: Annotated[int, Range(ge=16)] | None
    quality: Percent
    min_decoded: Share


class DetectOfModel(TypedDict, total=False):
    """How faces were found: arguments of :func:`unmask.detections.detect.detect_faces`."""

    detector: Literal["mtcnn", "opencv"]
    min_face: Annotated[float, Range(gt=0)]
    device: Literal["auto", "cpu", "gpu"]
    fidelity: bool


class CropOfModel(TypedDict, total=False):
    """How faces were cut out: arguments of :func:`unmask.faces.crop.crop_faces`."""

    place: Literal["landmarks", "box"]
    eye_distance: Annotated[float, Range(ge=0.05, le=1)]
    eye_line: Share
    scale: Annotated[float, Range(ge=0.5, le=5)]
    size: Annotated[int, Range(ge=16, le=2048)]
    faces: Literal["main", "largest", "most_confident", "all"]
    min_confidence: Share
    align: bool
    quality: Percent
    min_track: Annotated[int, Range(ge=1, le=1000)]
    smooth_s: Annotated[float, Range(ge=0, le=5)]


class ScoringOfModel(TypedDict, total=False):
    """How frames become a video's score."""

    aggregate: Literal["mean", "median", "max", "trimmed", "confident"]
    flip: bool


class LookOfModel(TypedDict, total=False):
    """What the crops of the training looked like (:class:`unmask.faces.look.Look`)."""

    eye_distance: Annotated[float, Range(ge=0)] | None
    eye_line: float | None
    sharpness: Annotated[float, Range(ge=0)] | None


class CountsOfModel(TypedDict, total=False):
    """How much there was of a part of the data."""

    videos: Annotated[int, Range(ge=0)]
    groups: Annotated[int, Range(ge=0)]
    crops: Annotated[int, Range(ge=0)]


class CardOfModel(TypedDict, total=False):
    """What the training saw and how, see :mod:`unmask.model.card`."""

    data: dict[str, CountsOfModel]
    recipe: dict[str, dict[str, Any]]


class _Needed(TypedDict):
    classes: Annotated[list[str], Range(ge=2, le=2)]
    input_size: Annotated[int, Range(ge=16, le=1024)]
    channels: Literal["RGB"]
    scaling: Literal["auto", "unit", "tf", "torch", "caffe", "none"]
    backbone: str


class Contract(_Needed, total=False):
    """What a model file says of itself. An unknown key, or a value out of its range, is refused."""

    backbone_args: dict[str, Any]
    frames: FramesOfModel
    detect: DetectOfModel
    crop: CropOfModel
    threshold: Annotated[float, Range(gt=0, lt=1)]
    undecided: Annotated[list[Share], Range(ge=2, le=2)] | None
    scoring: ScoringOfModel
    look: LookOfModel
    data: str
    settings: str
    device: str
    precision: str
    seed: Annotated[int, Range(ge=0)]
    versions: dict[str, str]
    demo: bool
    card: CardOfModel


def read_contract(path: Path) -> dict[str, Any]:
    """The contract of a model file, without loading the model. Raises ModelError as load does."""
    path = Path(path)
    source = f"{path}: {CONTRACT}"
    contract = parse_json(read_member(path, CONTRACT), source, ModelError)
    if not isinstance(contract, dict):
        raise ModelError(f"{source} is not a JSON object.")
    _bring_up_to_date(contract)
    check_form(contract, path)
    return contract


def check_form(contract: dict[str, Any], path: Path) -> None:
    """Raise ModelError, naming the first key that is wrong, unless it has the form of one."""
    needed = _Needed.__required_keys__
    if missing := [key for key in _Needed.__annotations__ if key in needed - contract.keys()]:
        raise ModelError(f"{path}: its contract lacks {', '.join(missing)}.")
    if fault := next(faults(contract, Contract), None):
        raise ModelError(f"{path}: its contract cannot be used: {fault}")
    if contract["classes"] != CLASSES:
        raise ModelError(
            f"{path}: its classes are {shown_value(contract['classes'])}; they have to be "
            f"{CLASSES}, in this order."
        )
    low, high = contract.get("undecided") or (0, 1)
    if low > high:
        raise ModelError(f"{path}: its contract cannot be used: undecided: {low} is above {high}.")


def _bring_up_to_date(contract: dict[str, Any]) -> None:
    """Put what earlier versions wrote where it is today."""
    detect, crop = contract.get("detect"), contract.get("crop")
    if isinstance(detect, dict) and isinstance(crop, dict) and "min_confidence" in detect:
        crop.setdefault("min_confidence", detect.pop("min_confidence"))


def contract_text(contract: dict[str, Any]) -> str:
    """A contract as every model file and export holds it."""
    return json.dumps(contract, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def check_contract(contract: dict[str, Any], expected: dict[str, Any]) -> None:
    """Raise ModelError unless a model's contract has all that is expected, to any depth.

    The message has a line for each difference: the key, the model's value, the expected one.
    """
    lines = list(_differences(contract, json.loads(json.dumps(expected)), ""))
    if lines:
        raise ModelError(
            "The model was trained on inputs prepared in another way:\n"
            + "\n".join(lines)
            + "\nPrepare the inputs with the model's settings, or train a new model."
        )


def _differences(have: Any, want: Any, key: str) -> list[str]:
    if isinstance(have, dict) and isinstance(want, dict):
        parts = [
            _differences(have.get(name, _ABSENT), want[name], f"{key}.{name}" if key else name)
            for name in sorted(want)
        ]
        return list(itertools.chain.from_iterable(parts))
    return (
        [] if have == want else [f"  {key}: the model has {_show(have)}, here it is {_show(want)}"]
    )


def _show(value: Any) -> str:
    return value if value == _ABSENT else json.dumps(value, ensure_ascii=False, sort_keys=True)
