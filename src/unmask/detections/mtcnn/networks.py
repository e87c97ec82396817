"""Runs the three networks of MTCNN with onnxruntime, on the processor or a graphics card.

``scripts/mtcnn_graphs.py`` writes the graphs from the weights of the ``mtcnn`` package, and says
what goes into them and what comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime

from unmask.errors import ConfigError

_HERE = Path(__file__).parent
NETWORKS = ("pnet", "rnet", "onet")
CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"
CUDA_OPTIONS = {"cudnn_conv_algo_search": "DEFAULT", "use_tf32": "0"}
"""The same algorithm every time, in full precision."""

MAX_BATCH = 256
"""Windows judged at once: bounds the memory where a frame has thousands of candidates."""


class Networks:
    """P-Net, R-Net and O-Net, ready to run. ``device`` says where: ``cpu`` or ``gpu``.

    Args:
        device: ``cpu``, ``gpu``, or ``auto``: the GPU where onnxruntime can use one.
        threads: how many threads a network may use on the CPU.

    Raises:
        ConfigError: a GPU is asked for and cannot be used, or the device is unknown.
    """

    def __init__(self, *, device: str = "auto", threads: int = 1) -> None:
        providers = choose_providers(device, onnxruntime.get_available_providers())
        graphs = [_HERE.joinpath(f"{name}.onnx").read_bytes() for name in NETWORKS]
        self.version = sha256(b"".join(graphs)).hexdigest()[:12]
        self._pnet, self._rnet, self._onet = (
            _session(graph, providers, threads) for graph in graphs
        )
        # onnxruntime falls back to the processor where it has CUDA but finds no card.
        self.device = "gpu" if CUDA in self._pnet.get_providers() else "cpu"
        if device == "gpu" and self.device == "cpu":
            raise ConfigError(
                "detect.device: gpu was asked for, but onnxruntime can use no CUDA device here.\n"
                "Install its GPU build: pip uninstall onnxruntime && pip install onnxruntime-gpu\n"
                "or detect on the processor:\n  detect:\n    device: cpu"
            )

    def propose(self, image: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Slide P-Net over an image (height, width, 3), BGR, 0..255, at least 12 by 12 pixels.

        Returns:
            Scores (rows, columns) and offsets (rows, columns, 4). The window at (row, column)
            begins at pixel (2 row, 2 column) and is 12 pixels wide.
        """
        scores, offsets = _run(self._pnet, image[np.newaxis], ("scores", "offsets"))
        return scores[0, 0], offsets[0].transpose(1, 2, 0)

    def refine(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Judge windows (n, 24, 24, 3) with R-Net. Returns scores (n,) and offsets (n, 4)."""
        scores, offsets = _run(self._rnet, windows, ("scores", "offsets"))
        return scores[:, 0], offsets

    def finish(self, windows: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Judge windows (n, 48, 48, 3) with O-Net.

        Returns:
            Scores (n,), offsets (n, 4) and landmarks (n, 5, 2) as shares of the window.
        """
        scores, offsets, marks = _run(self._onet, windows, ("scores", "offsets", "landmarks"))
        return scores[:, 0], offsets, marks.reshape(-1, 2, 5).transpose(0, 2, 1)


def choose_providers(device: str, available: Sequence[str]) -> list[Any]:
    """Return the providers to ask onnxruntime for, the preferred one first.

    Raises:
        ConfigError: the device is unknown.
    """
    if device not in ("auto", "cpu", "gpu"):
        raise ConfigError(
            f"detect.device: {device!r} is not a device. Allowed: auto, cpu, gpu.\n"
            "  detect:\n    device: auto"
        )
    return [(CUDA, CUDA_OPTIONS), CPU] if device != "cpu" and CUDA in available else [CPU]


def _session(model: bytes, providers: list[Any], threads: int) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    return onnxruntime.InferenceSession(model, options, providers=providers)


def _run(
    session: onnxruntime.InferenceSession, pixels: np.ndarray, outputs: Sequence[str]
) -> list[np.ndarray]:
    batches = [
        session.run(outputs, {"pixels": pixels[start : start + MAX_BATCH]})
        for start in range(0, len(pixels), MAX_BATCH)
    ]
    return [np.concatenate(parts) for parts in zip(*batches, strict=True)]
