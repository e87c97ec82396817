"""The contract in a model file: what its input has to look like. Read without loading the model."""

from __future__ import annotations

import itertools
import json
import zipfile
from pathlib import Path
from typing import Any

from unmask.errors import ModelError

CONTRACT = "unmask.json"
CLASSES = ["real", "fake"]
"""The order of the classes: the label is the position, so 1 is fake."""

_ABSENT = "not set"


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
