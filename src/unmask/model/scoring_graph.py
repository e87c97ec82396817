"""Puts into a model file the graph that ONNX Runtime scores with, see :mod:`onnx_scorer`."""

from __future__ import annotations

import io
import itertools
import json
import logging
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import h5py
import keras
import numpy as np
import tensorflow as tf
from scipy.special import expit

from unmask.disk.files import scratch_directory
from unmask.model.export import quiet, traced, trial_images
from unmask.model.members import EXTRAS, GRAPH, SOURCES, WEIGHTS
from unmask.model.onnx_scorer import INPUT, OUTPUT, OnnxScorer
from unmask.model.predict_crops import without_sigmoid

if TYPE_CHECKING:
    import onnx

log = logging.getLogger(__name__)

OPSET = 17
ON_AVERAGE, AT_MOST = 1e-6, 1e-5
"""How far probabilities may be from Keras': the mean of a few, and each of them."""


def add_graph(path: Path, model: keras.Model) -> bool:
    """Write a model file again with its graph. Equal models give equal bytes.

    Args:
        path: of :func:`unmask.model.model_file.save_model`.
        model: what it holds.

    Returns:
        Whether there is a graph now. There is none for a network that the converter does not
        know or that scores otherwise on ONNX Runtime, and where there is no converter; such a file
        is scored with Keras.
    """
    if why := _add(Path(path), model):
        log.info("%s is scored with Keras, which starts slowly: %s", path.name, why)
    return not why


def _add(path: Path, model: keras.Model) -> str:
    """Add the graph, or say why there is none."""
    part = without_sigmoid(model)
    if part is None:
        return "it does not end in a sigmoid"
    if keras.backend.backend() != "tensorflow":
        return "it was trained on JAX"
    if find_spec("tf2onnx") is None:
        return "tf2onnx is not installed"
    try:
        with quiet():
            graph = _convert(part)
    except Exception as error:
        # The converter raises anything for a layer that it does not know.
        return f"it cannot be converted: {error}"
    with scratch_directory(path) as folder:
        whole = folder / path.name
        if _write(path, whole, graph) > EXTRAS[GRAPH]:
            return "too many of its weights are folded into others"
        apart = _apart(part, OnnxScorer(whole))
        if not (apart.mean() <= ON_AVERAGE and apart.max() <= AT_MOST):
            return f"on ONNX Runtime its scores would be up to {apart.max():.2g} away"
        whole.replace(path)
    return ""


def _convert(part: keras.Model) -> onnx.ModelProto:
    """The graph as it is: what an optimizer folds into the weights would not be in the file."""
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )
    from tf2onnx.tfonnx import process_tf_graph

    from unmask.model import onnx_form

    frozen = convert_variables_to_constants_v2(traced(part).get_concrete_function())
    with tf.Graph().as_default() as graph:
        tf.import_graph_def(frozen.graph.as_graph_def(add_shapes=True), name="")
        converted = process_tf_graph(
            graph,
            opset=OPSET,
            input_names=[frozen.inputs[0].name],
            output_names=[frozen.outputs[0].name],
        )
    return onnx_form.canonical(converted.make_model("unmask"), INPUT, OUTPUT)


def _write(source: Path, target: Path, graph: onnx.ModelProto) -> int:
    """Write the file with a graph; the size of that in bytes."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w") as new:
        members = [
            (info, old.read(info))
            for info in old.infolist()
            if info.filename not in (GRAPH, SOURCES)
        ]
        (stored,) = (content for info, content in members if info.filename == WEIGHTS)
        sources = _refer(graph, stored)
        text = json.dumps(sources, sort_keys=True) + "\n"
        for name, content in (
            (GRAPH, graph.SerializeToString(deterministic=True)),
            (SOURCES, text.encode()),
        ):
            info = zipfile.ZipInfo(name, members[0][0].date_time)
            info.external_attr, info.compress_type = 0o644 << 16, zipfile.ZIP_DEFLATED
            members.append((info, content))
        for info, content in sorted(members, key=lambda member: member[0].filename):
            new.writestr(info, content)
    return graph.ByteSize()


def _refer(graph: onnx.ModelProto, stored: bytes) -> dict[str, Any]:
    """Take weights out of a graph that are in Keras' file, and tell where each is found there.

    A weight is known by its values: converters change its name, its shape and its axes.
    """
    from onnx import TensorProto, numpy_helper

    with h5py.File(io.BytesIO(stored)) as file:
        kept = {name: np.asarray(entry[()], np.float32) for name, entry in _datasets(file)}
    sources: dict[str, Any] = {}
    for tensor in graph.graph.initializer:
        values = numpy_helper.to_array(tensor)
        if values.ndim and values.dtype == np.float32 and (found := _found(values, kept)):
            sources[tensor.name] = [*found, list(values.shape)]
            tensor.ClearField("raw_data")
            tensor.ClearField("float_data")
            tensor.data_location = TensorProto.EXTERNAL
            tensor.external_data.add(key="location", value=WEIGHTS)
    return sources


def _datasets(file: h5py.File) -> Iterator[tuple[str, h5py.Dataset]]:
    names: list[str] = []
    file.visit(names.append)
    yield from ((name, file[name]) for name in names if isinstance(file[name], h5py.Dataset))


def _found(values: np.ndarray, kept: dict[str, np.ndarray]) -> tuple[str, list[int]] | None:
    """Which of the stored weights has these values, and in which order of its axes."""
    for name, array in kept.items():
        if array.size != values.size:
            continue
        for axes in itertools.permutations(range(array.ndim)):
            moved = array.transpose(axes)
            if np.array_equal(moved.flat[:64], values.flat[:64]) and np.array_equal(
                moved.ravel(), values.ravel()
            ):
                return name, list(axes)
    return None


def _apart(part: keras.Model, scorer: OnnxScorer) -> np.ndarray:
    """How far the probabilities of a few images are from those of Keras."""
    images = trial_images(scorer.input_size)
    ours = scorer.logits(list(images))
    theirs = np.asarray(part.predict_on_batch(images.astype(np.float32)))[:, 0]
    return np.abs(expit(ours) - expit(theirs.astype(np.float64)))
