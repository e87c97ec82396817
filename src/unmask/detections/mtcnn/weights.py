"""The trained weights of the three networks, read from the ``mtcnn`` package's files.

Importing ``mtcnn`` would import TensorFlow, and joblib, which wrote the files, takes as long to
import as all the rest together. So the files are found without importing the package, and read
by a small unpickler that knows NumPy arrays and nothing else: no code of the file can run.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import lz4.frame
import numpy as np

from unmask.errors import WeightsError

NETWORKS = ("pnet", "rnet", "onet")


def load(folder: Path | None = None) -> tuple[dict[str, list[np.ndarray]], str]:
    """Read the weights of all three networks.

    Args:
        folder: where ``pnet.lz4``, ``rnet.lz4`` and ``onet.lz4`` lie; by default, in the
            installed ``mtcnn`` package.

    Returns:
        The float32 arrays of each network, in the order of its layers, and a SHA-256 over the
        three files that names this version of the weights.

    Raises:
        WeightsError: a file is missing, damaged, or holds anything but arrays.
    """
    folder = package_folder() if folder is None else Path(folder)
    arrays, digest = {}, hashlib.sha256()
    for name in NETWORKS:
        path = folder / f"{name}.lz4"
        try:
            packed = path.read_bytes()
            arrays[name] = read_arrays(lz4.frame.decompress(packed))
        except (OSError, RuntimeError, pickle.UnpicklingError, EOFError, ValueError) as error:
            raise WeightsError(
                f"The face detector's weights cannot be read from {path}: {error}\n"
                "Install the package that holds them again: "
                "pip install --force-reinstall --no-deps 'mtcnn>=1.0,<2'"
            ) from error
        digest.update(packed)
    return arrays, digest.hexdigest()


def package_folder() -> Path:
    """Return the folder of the weights in the installed ``mtcnn`` package.

    Raises:
        WeightsError: the package is not installed.
    """
    spec = find_spec("mtcnn")
    if spec is None or spec.origin is None:
        raise WeightsError(
            "The face detector's weights come with the package mtcnn, which is not installed: "
            "pip install 'mtcnn>=1.0,<2'"
        )
    return Path(spec.origin).parent / "assets" / "weights"


def read_arrays(data: bytes) -> list[np.ndarray]:
    """Read a list of arrays as ``joblib.dump`` writes it (uncompressed).

    Raises:
        pickle.UnpicklingError: the data name anything else than arrays.
    """
    entries = _ArrayUnpickler(io.BytesIO(data)).load()
    if not isinstance(entries, list) or not all(isinstance(e, _StoredArray) for e in entries):
        raise pickle.UnpicklingError("a list of arrays was expected")
    return [entry.array for entry in entries]


class _StoredArray:
    """An array in a joblib file: its pickled description, then padding and its raw bytes."""

    file: io.BytesIO  # set by the unpickler, on a subclass of its own
    array: np.ndarray

    def __setstate__(self, state: dict[str, Any]) -> None:
        # Called when the description is complete, so the file stands at the padding.
        self.file.read(self.file.read(1)[0])
        shape, dtype = state["shape"], state["dtype"]
        raw = self.file.read(int(np.prod(shape)) * dtype.itemsize)
        self.array = np.frombuffer(raw, dtype).reshape(shape, order=state["order"])


class _ArrayUnpickler(pickle.Unpickler):
    """Reads joblib's array files, and refuses to look up any name they do not need."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file)
        self._allowed = {
            ("joblib.numpy_pickle", "NumpyArrayWrapper"): type(
                "_StoredArray", (_StoredArray,), {"file": file}
            ),
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
        }

    def find_class(self, module: str, name: str) -> Any:
        try:
            return self._allowed[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"{module}.{name} is not an array") from None
