"""Weights files of PyTorch in the form from before 2020, read without PyTorch.

Such a file is a row of pickles and the raw numbers behind them. The small unpickler here knows
dictionaries and arrays and nothing else: no code of the file can run.
"""

from __future__ import annotations

import io
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

_MAGIC = 0x1950A86A20F9469CFC6C
_DTYPES: dict[str, np.dtype] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


def read_state(path: Path) -> dict[str, np.ndarray]:
    """The arrays of a ``state_dict`` by their names.

    Raises:
        pickle.UnpicklingError: The file is no such file, or names anything but arrays.
    """
    with Path(path).open("rb") as file:
        unpickler = _Unpickler(file)
        if unpickler.load() != _MAGIC:
            raise pickle.UnpicklingError("not a weights file of PyTorch")
        _version, _system, tensors, keys = (unpickler.load() for _ in range(4))
        numbers = {}
        for key in keys:
            dtype, count = unpickler.storages[key]
            stored = int(np.frombuffer(file.read(8), "<i8")[0])
            if stored != count:
                raise pickle.UnpicklingError(f"{count} numbers were expected, {stored} are there")
            raw = file.read(count * dtype.itemsize)
            numbers[key] = np.frombuffer(raw, dtype)
    return {name: tensor.array(numbers) for name, tensor in tensors.items()}


class _Tensor:
    """A view on a storage: where it begins, its shape and its strides, in numbers."""

    def __init__(self, key: str, offset: int, shape: tuple, strides: tuple, *_: Any) -> None:
        self.key, self.offset, self.shape, self.strides = key, offset, shape, strides

    def array(self, numbers: dict[str, np.ndarray]) -> np.ndarray:
        """The array, from the numbers of each storage."""
        source = numbers[self.key][self.offset :]
        reach = 1 + sum((n - 1) * step for n, step in zip(self.shape, self.strides, strict=True))
        if min((*self.shape, *self.strides, reach), default=1) < 0 or reach > len(source):
            raise pickle.UnpicklingError("an array reaches beyond its numbers")
        steps = tuple(step * source.itemsize for step in self.strides)
        return np.lib.stride_tricks.as_strided(source, self.shape, steps, writeable=False).copy()


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: io.BufferedReader) -> None:
        super().__init__(file)
        self.storages: dict[str, tuple[np.dtype, int]] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _Tensor
        if module == "torch" and name in _DTYPES:
            return name
        raise pickle.UnpicklingError(f"{module}.{name} is not an array")

    def persistent_load(self, pid: Any) -> str:
        _, kind, key, _, count, _ = pid
        self.storages[key] = (_DTYPES[kind], int(count))
        return key
