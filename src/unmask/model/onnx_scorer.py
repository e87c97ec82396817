"""Scoring crops on ONNX Runtime, without TensorFlow, from the graph that a model file holds.

The graph gives the logit of fake. It has no weights of its own: each is one of Keras' weights in
the same file, its axes in another order.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from unmask.errors import ModelError
from unmask.model.crop_pixels import fit, read_crop
from unmask.model.logits import mean_logit

GRAPH, SOURCES = "scoring.onnx", "scoring.json"
"""Members of the model file: the graph, and where each of its weights comes from."""

WEIGHTS = "model.weights.h5"
INPUT, OUTPUT = "rgb", "logit"

CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
CUDA_OPTIONS = {"cudnn_conv_algo_search": "DEFAULT", "use_tf32": "0"}
"""The same algorithm every time, in full precision."""


def has_graph(path: Path) -> bool:
    """Whether a model file can be scored without Keras."""
    with zipfile.ZipFile(path) as archive:
        return GRAPH in archive.namelist()


class OnnxScorer:
    """The graph of a model file, ready to score; on a GPU where ONNX Runtime can use one.

    Crops are scored one at a time, so that no other has a part in a score.
    """

    def __init__(self, path: Path) -> None:
        """Load the graph.

        Raises:
            ModelError: it is damaged.
        """
        try:
            with zipfile.ZipFile(path) as archive:
                graph, sources = archive.read(GRAPH), json.loads(archive.read(SOURCES))
                weights = _weights(archive.read(WEIGHTS), sources)
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
        return float(self._session.run([OUTPUT], {INPUT: pixels})[0][0, 0])


def _weights(stored: bytes, sources: dict[str, Any]) -> dict[str, onnxruntime.OrtValue]:
    """The weights of the graph, from those that Keras stored."""
    found = {}
    with h5py.File(io.BytesIO(stored)) as file:
        for name, (source, axes, shape) in sources.items():
            values = np.asarray(file[source][()], np.float32).transpose(axes).reshape(shape)
            found[name] = onnxruntime.OrtValue.ortvalue_from_numpy(np.ascontiguousarray(values))
    return found
