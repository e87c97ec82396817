"""The model file: a ``.keras`` archive that also holds what its input has to look like.

Keras loads it as any other. Its extra member ``unmask.json`` is the contract: class order, input
size and scaling, how the crops were made, library versions. The bytes depend on nothing but the
model and the contract.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import keras

from unmask.errors import ModelError
from unmask.files import scratch_directory, whole_file
from unmask.model.contract import CLASSES, CONTRACT, contract_text, read_contract

_REQUIRED = ("classes", "input_size", "channels", "scaling", "backbone")
_NO_DATE = (1980, 1, 1, 0, 0, 0)


def save_model(model: keras.Model, path: Path, contract: dict[str, Any]) -> None:
    """Write a model with its contract, whole or not at all. Equal models give equal bytes.

    Raises ModelError where the contract lacks a required key or does not fit the model.
    """
    path = Path(path)
    contract = json.loads(json.dumps(contract))
    _check_form(contract, model, path)
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
    try:
        model = keras.models.load_model(path, compile=False, safe_mode=True)
    except Exception as error:
        # Whatever a foreign file makes Keras raise, the model cannot be used.
        raise ModelError(f"{path} cannot be loaded: {error}") from error
    _check_form(contract, model, path)
    return model, contract


def _check_form(contract: dict[str, Any], model: keras.Model, path: Path) -> None:
    missing = [key for key in _REQUIRED if key not in contract]
    if missing:
        raise ModelError(f"{path}: its contract lacks {', '.join(missing)}.")
    if contract["classes"] != CLASSES:
        raise ModelError(
            f"{path}: its classes are {contract['classes']}; they have to be {CLASSES}, in this "
            "order."
        )
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
