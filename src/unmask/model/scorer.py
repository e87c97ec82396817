"""Scoring crops with a model file: on ONNX Runtime where the file can, else with Keras."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from unmask.errors import ModelError
from unmask.model.contract import read_contract
from unmask.model.members import GRAPH, has_member
from unmask.model.onnx_scorer import OnnxScorer


class CropScorer(Protocol):
    """What gives crops their scores."""

    def logits(
        self, crops: Iterable[Path | NDArray[np.uint8]], *, flip: bool = False
    ) -> NDArray[np.float64]:
        """Score crops, see :meth:`unmask.model.onnx_scorer.OnnxScorer.logits`."""


def load_scorer(path: Path) -> tuple[CropScorer, dict[str, Any]]:
    """A model file, ready to score crops, and its contract. Starts TensorFlow only if it has to.

    Raises:
        ModelError: as :func:`unmask.model.model_file.load_model` does.
    """
    contract = read_contract(path)
    if not has_member(path, GRAPH):
        return _KerasScorer(path), contract
    scorer = OnnxScorer(path)
    if scorer.input_size != contract["input_size"]:
        raise ModelError(
            f"{path}: its contract promises RGB of {contract['input_size']} px, the graph takes "
            f"{scorer.input_size} px."
        )
    return scorer, contract


class _KerasScorer:
    def __init__(self, path: Path) -> None:
        from unmask.model import runtime

        runtime.start()
        from unmask.model.model_file import load_model
        from unmask.model.predict_crops import predict_logits

        self._predict = predict_logits
        self._model, contract = load_model(path)
        self._size: int = contract["input_size"]

    def logits(
        self, crops: Iterable[Path | NDArray[np.uint8]], *, flip: bool = False
    ) -> NDArray[np.float64]:
        return self._predict(self._model, crops, input_size=self._size, flip=flip)
