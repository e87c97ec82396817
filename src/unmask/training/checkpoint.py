"""The state of a training between two epochs, so that one that was cut off can go on.

A file of plain arrays. It is replaced as a whole after each epoch, names what it belongs to, and is
gone when the training is done.
"""

from __future__ import annotations

import json
import logging
import os
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from unmask.disk.files import whole_file

log = logging.getLogger(__name__)

_META = "meta"


@dataclass(frozen=True)
class State:
    """A training after an epoch: how many are done, the variables of the model and its optimizer,
    the best weights so far, and the rows of the history with what else is plain data."""

    epochs_done: int
    variables: list[np.ndarray]
    optimizer: list[np.ndarray]
    best: list[np.ndarray]
    notes: dict[str, Any]


class Checkpoint:
    """Keeps the last state of one training, which ``identity`` tells from all others.

    ``path`` None keeps nothing.
    """

    def __init__(self, path: Path | None, identity: str = "") -> None:
        self.path = None if path is None else Path(path)
        self.identity = identity

    def save(self, state: State) -> None:
        """Put a state in the place of the one before."""
        if self.path is None:
            return
        meta = {"identity": self.identity, "epochs_done": state.epochs_done, "notes": state.notes}
        parts = {"variables": state.variables, "optimizer": state.optimizer, "best": state.best}
        arrays = {f"{part}{i:05d}": array for part in parts for i, array in enumerate(parts[part])}
        with whole_file(self.path) as fresh, fresh.open("wb") as file:
            # NumPy's hints take any of the names for that of its own option.
            np.savez(file, **{_META: np.array(json.dumps(meta))}, **arrays)  # type: ignore[arg-type]
            file.flush()
            os.fsync(file.fileno())

    def load(self) -> State | None:
        """The state kept, or None where there is none of this training."""
        if self.path is None or not self.path.is_file():
            return None
        try:
            with np.load(self.path, allow_pickle=False) as arrays:
                meta = json.loads(str(arrays[_META]))
                if meta["identity"] != self.identity:
                    log.info("%s is of another training: starting anew", self.path)
                    return None
                parts = (_part(arrays, name) for name in ("variables", "optimizer", "best"))
                variables, optimizer, best = parts
        except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
            log.warning("%s cannot be read (%s): starting anew", self.path, error)
            return None
        return State(meta["epochs_done"], variables, optimizer, best, meta["notes"])

    def remove(self) -> None:
        """Forget the state: the training is done."""
        if self.path is not None:
            self.path.unlink(missing_ok=True)
            with suppress(OSError):  # other files lie beside it
                self.path.parent.rmdir()


def assign(variables: Sequence[Any], values: Sequence[np.ndarray]) -> None:
    """Give variables of Keras the values of a state."""
    for variable, value in zip(variables, values, strict=True):
        variable.assign(value)


def _part(arrays: Any, name: str) -> list[np.ndarray]:
    return [arrays[key] for key in sorted(k for k in arrays.files if k.startswith(name))]
