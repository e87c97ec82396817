"""The model file: a ``.keras`` archive that also holds what its input has to look like.

Keras loads it as any other. Its extra member ``unmask.json`` is the contract: class order, input
size and scaling, how the crops were made, library versions. The bytes depend on nothing but the
model and the contract.
"""

from __future__ import annotations

import itertools
import json
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import keras

from unmask.errors import ModelError

CONTRACT = "unmask.json"
CLASSES = ["real", "fake"]
"""The order of the classes: the label is the position, so 1 is fake."""

_REQUIRED = ("classes", "input_size", "channels", "scaling", "backbone")
_NO_DATE = (1980, 1, 1, 0, 0, 0)
_ABSENT = "not set"


def save_model(model: keras.Model, path: Path, contract: dict[str, Any]) -> None:
    """Write a model with its contract, whole or not at all. Equal models give equal bytes.

    Raises ModelError where the contract lacks a required key or does not fit the model.
    """
    path = Path(path)
    contract = json.loads(json.dumps(contract))
    _check_form(contract, model, path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        plain, whole = Path(folder) / "plain.keras", Path(folder) / "whole.keras"
        model.save(plain)
        with zipfile.ZipFile(plain) as source, zipfile.ZipFile(whole, "w") as target:
            members = {name: source.read(name) for name in source.namelist()}
            members["config.json"] = _numbered(members["config.json"])
            members["metadata.json"] = _undated(members["metadata.json"])
            text = json.dumps(contract, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
            members[CONTRACT] = text.encode()
            for name in sorted(members):
                info = zipfile.ZipInfo(name, _NO_DATE)
                info.external_attr = 0o644 << 16
                target.writestr(info, members[name])
        whole.replace(path)


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


def read_contract(path: Path) -> dict[str, Any]:
    """The contract of a model file, without loading the model. Raises ModelError as load does."""
    path = Path(path)
    if not path.is_file():
        raise ModelError(f"There is no model file {path}. Train one: snakemake --cores all train")
    if path.suffix != ".keras" or not zipfile.is_zipfile(path):
        raise ModelError(f"{path} is not a .keras model file. Use the model.keras of a training.")
    try:
        with zipfile.ZipFile(path) as archive:
            contract = json.loads(archive.read(CONTRACT))
    except KeyError as error:
        raise ModelError(
            f"{path} holds no {CONTRACT}, so nothing says how its input is prepared. Use a model "
            "trained with unmask."
        ) from error
    except (ValueError, zipfile.BadZipFile) as error:
        raise ModelError(f"{path}: {CONTRACT} cannot be read: {error}") from error
    if not isinstance(contract, dict):
        raise ModelError(f"{path}: {CONTRACT} is not a JSON object.")
    return contract


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
