"""A model file of half the size: its weights as 16-bit numbers.

Keras reads them into the 32-bit variables of the model, so it computes as before, with weights
rounded to 11 significant bits. A graph for ONNX Runtime, which holds what follows from the weights,
is left out: it has to be made anew.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import h5py
import numpy as np

from unmask.model.members import GRAPH, SOURCES, WEIGHTS


def halve(source: Path, target: Path) -> None:
    """Write a ``.keras`` file again with all its 32-bit weights as 16-bit numbers.

    Raises:
        ValueError: A weight is too large for them.
    """
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        for info in old.infolist():
            if info.filename in (GRAPH, SOURCES):
                continue
            content = old.read(info)
            if info.filename == WEIGHTS:
                content, info.compress_type = _halved(content), zipfile.ZIP_DEFLATED
            new.writestr(info, content)


def _halved(content: bytes) -> bytes:
    buffer = io.BytesIO()
    # Without times of creation, equal weights give equal bytes.
    with h5py.File(io.BytesIO(content)) as old, h5py.File(buffer, "w", track_order=False) as new:

        def copy(name: str, entry: h5py.Group | h5py.Dataset) -> None:
            if isinstance(entry, h5py.Group):
                made = new.require_group(name)
            else:
                values = entry[()]
                if entry.dtype == np.float32:
                    with np.errstate(over="ignore"):
                        values = np.asarray(values, np.float16)
                    if not np.isfinite(values).all():
                        raise ValueError(f"{name} does not fit into 16-bit numbers.")
                made = new.create_dataset(name, data=values, track_times=False)
            made.attrs.update(entry.attrs)

        new.attrs.update(old.attrs)
        old.visititems(copy)
    return buffer.getvalue()
