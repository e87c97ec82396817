"""Scoring crops on ONNX Runtime, without TensorFlow, from the graph that a model file holds.

The graph gives the logit of fake. It has no weights of its own: each is one of Keras' weights in
the same file, its axes in another order.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from unmask.disk.foreign import parse_json
from unmask.errors import ModelError
from unmask.model.crop_pixels import fit, read_crop
from unmask.model.logits import mean_logit
from unmask.model.members import GRAPH, SOURCES, WEIGHTS, check_archive, read_member

INPUT, OUTPUT = "rgb", "logit"

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
CUDA_OPTIONS = {"cudnn_conv_algo_search": "DEFAULT", "use_tf32": "0"}
"""The same algorithm every time, in full precision."""


_LOOPS = ("Loop", "Scan", "If")


def _op(name: str) -> bytes:
    """How a node of a graph names what it does (protobuf: field 4, a text)."""
    return bytes([4 << 3 | 2, len(name)]) + name.encode()


class OnnxScorer:
    """The graph of a model file, ready to score; on a GPU where ONNX Runtime can use one.

    Crops are scored one at a time, so that no other has a part in a score.
    """

    def __init__(self, path: Path) -> None:
        """Load the graph.

        Raises:
            ModelError: it is damaged, or no such file as we write.
        """
        check_archive(path)
        graph, sources, stored = (read_member(path, name) for name in (GRAPH, SOURCES, WEIGHTS))
        if found := next((name for name in _LOOPS if _op(name) in graph), None):
            raise ModelError(f"{path}: its {GRAPH} has a {found}, which may never end.")
        try:
            weights = _weights(stored, parse_json(sources, SOURCES, ModelError))
            options = onnxruntime.SessionOptions()
            options.use_deterministic_compute = True
            options.add_external_initializers(list(weights), list(weights.values()))
            usable = CUDA in onnxruntime.get_available_providers()
            providers = [(CUDA, CUDA_OPTIONS), CPU] if usable else [CPU]
            self._session = onnxruntime.InferenceSession(graph, options, providers=providers)
            self.input_size: int = self._session.get_inputs()[0].shape[1]
        except Exception as error:
            # Whatever a damaged file makes the libraries raise, the graph cannot be used.
            raise ModelError(f"{path}: its {GRAPH} cannot be loaded: {error}") from error

    def logits(
        self, crops: Iterable[Path | NDArray[np.uint8]], *, flip: bool = False
    ) -> NDArray[np.float64]:
        """Score crops: image files, or RGB (height, width, 3) uint8.

        Args:
            crops: resized here as in training.
            flip: a crop's score is the mean of its own and its mirror image's.

        Returns:
            The logit of fake of each, shape (n,).

        Raises:
            ModelError: an array has another form.
            UnreadableMedia: a file that cannot be read, named.
        """
        found = []
        for crop in crops:
            rgb = fit(crop if isinstance(crop, np.ndarray) else read_crop(crop), self.input_size)
            views = [self._logit(view) for view in ([rgb, rgb[:, ::-1]] if flip else [rgb])]
            found.append(float(mean_logit(np.array(views))) if flip else views[0])
        return np.array(found, np.float64)

    def _logit(self, rgb: NDArray[np.uint8]) -> float:
        pixels = np.ascontiguousarray(rgb, np.float32)[np.newaxis]
        try:
            return float(self._session.run([OUTPUT], {INPUT: pixels})[0][0, 0])
        except Exception as error:
            # Whatever a foreign graph makes the library raise, it gives no score.
            raise ModelError(f"The model's {GRAPH} cannot be run: {error}") from error


def _weights(stored: bytes, sources: dict[str, Any]) -> dict[str, onnxruntime.OrtValue]:
    """The weights of the graph, from those that Keras stored."""
    found = {}
    with h5py.File(io.BytesIO(stored)) as file:
        kept: dict[str, h5py.Dataset] = {}
        # Links to other files are passed over.
        file.visititems(lambda name, entry: kept.update({name: entry}))
        for name, (source, axes, shape) in sources.items():
            values = _values(kept[source]).transpose(axes).reshape(shape)
            found[name] = onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(values))
    return found


def _values(kept: h5py.Dataset) -> NDArray[np.float32]:
    if kept.id.get_storage_size() < kept.nbytes or kept.external or kept.is_virtual:
        raise ValueError(f"{kept.name} is not all in the file")
    values = np.asarray(kept[()], np.float32)
    if not np.isfinite(values).all():
        raise ValueError(f"not all numbers of {kept.name} are finite. Train the model again")
    return values
