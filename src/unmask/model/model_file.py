"""The model file: a ``.keras`` archive that also holds what its input has to look like.

Keras loads it as any other. Its extra member ``unmask.json`` is the contract: class order, input
size and scaling, how the crops were made, library versions. The bytes depend on nothing but the
model and the contract.
"""

from __future__ import annotations

import json
import math
import re
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np

from unmask.disk.files import scratch_directory, whole_file
from unmask.errors import ModelError
from unmask.model.contract import CONTRACT, check_form, contract_text, read_contract
from unmask.model.members import check_archive

_LEAST_BYTES, _UNSAVED = 2, 100_000
"""Of a weight in a file (:mod:`unmask.model.half`), and how many may be made that none holds."""
_MOST_SAID = 500
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def save_model(model: keras.Model, path: Path, contract: dict[str, Any]) -> None:
    """Write a model with its contract, whole or not at all. Equal models give equal bytes.

    Raises ModelError where the contract lacks a required key or does not fit the model.
    """
    path = Path(path)
    contract = json.loads(json.dumps(contract))
    check_form(contract, path)
    _check_shapes(contract, model, path)
    with scratch_directory(path) as folder, whole_file(path) as whole:
        plain = folder / "plain.keras"
        model.save(plain)
        with zipfile.ZipFile(plain) as source, zipfile.ZipFile(whole, "w") as target:
            members = {name: source.read(name) for name in source.namelist()}
            members["config.json"] = _numbered(members["config.json"])
            members["metadata.json"] = _undated(members["metadata.json"])
            members[CONTRACT] = contract_text(contract).encode()
            for name in sorted(members):
                info = zipfile.ZipInfo(name, _NO_DATE)
                info.external_attr = 0o644 << 16
                target.writestr(info, members[name])


def load_model(path: Path) -> tuple[keras.Model, dict[str, Any]]:
    """A model, ready to score, and its contract. Runs no code that the file brings along.

    Raises ModelError for a missing file, one that is not a ``.keras`` archive of ours, a contract
    that does not fit, or content that Keras will not load in safe mode.
    """
    path = Path(path)
    contract = read_contract(path)
    weights = check_archive(path)
    try:
        with _at_most(weights // _LEAST_BYTES + _UNSAVED):
            model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:
        # Whatever a foreign file makes Keras raise, the model cannot be used.
        why = str(error).strip()[:_MOST_SAID] or type(error).__name__
        raise ModelError(f"{path} cannot be loaded: {why}{_too_old(contract)}") from error
    _check_shapes(contract, model, path)
    if not all(np.isfinite(array).all() for array in model.get_weights()):
        raise ModelError(f"{path}: not all its weights are finite numbers. Train it again.")
    return model, contract


def _too_old(contract: dict[str, Any]) -> str:
    """What to do where the Keras that wrote a file is newer than the one that reads it."""
    written, here = contract.get("versions", {}).get("keras", "0"), keras.__version__
    if _numbers(written) <= _numbers(here):
        return ""
    return (
        f"\nKeras {written} wrote it, and this is Keras {here}, which may be too old to read it. "
        f"Install that one:\n  pip install 'keras>={written}'"
    )


def _numbers(version: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", version)[:3]]


@contextmanager
def _at_most(count: int) -> Iterator[None]:
    """Let layers make no more weights than the file can hold: a few words ask for any number."""
    make, left = keras.layers.Layer.add_weight, count

    def add_weight(self: keras.layers.Layer, shape: Any = None, *args: Any, **kwargs: Any) -> Any:
        nonlocal left
        left -= math.prod((shape,) if isinstance(shape, int) else shape or ())
        if left < 0:
            raise ModelError("its layers have more weights than the file holds.")
        return make(self, shape, *args, **kwargs)

    keras.layers.Layer.add_weight = add_weight
    try:
        yield
    finally:
        keras.layers.Layer.add_weight = make


def _check_shapes(contract: dict[str, Any], model: keras.Model, path: Path) -> None:
    size = contract["input_size"]
    shapes = (getattr(model, "input_shape", None), getattr(model, "output_shape", None))
    if shapes != ((None, size, size, 3), (None, 1)):
        raise ModelError(
            f"{path}: its contract promises RGB of {size} px to one probability, the model goes "
            f"from {shapes[0]} to {shapes[1]}."
        )


def _numbered(config: bytes) -> bytes:
    """Number shared objects in order of appearance; Keras takes their address in memory."""
    numbers: dict[int, int] = {}

    def renumber(node: Any) -> Any:
        if isinstance(node, list):
            return [renumber(item) for item in node]
        if isinstance(node, dict):
            return {
                key: numbers.setdefault(item, len(numbers) + 1)
                if key == "shared_object_id"
                else renumber(item)
                for key, item in node.items()
            }
        return node

    return json.dumps(renumber(json.loads(config))).encode()


def _undated(metadata: bytes) -> bytes:
    return json.dumps(json.loads(metadata) | {"date_saved": "1980-01-01@00:00:00"}).encode()
