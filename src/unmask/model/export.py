"""Exports of a trained model: ONNX and TFLite files that carry its contract.

Each takes ``rgb``, a batch of crops (n, size, size, 3) float32 in 0..255, and gives ``p_fake``
(n, 1); scaling is inside. The contract is that of the model file: in an ONNX file the metadata
property ``unmask.json``; behind the graph of a TFLite file a ZIP archive with that member, which
interpreters pass over and every ZIP reader finds. Equal models give equal bytes.
"""

from __future__ import annotations

import importlib.util
import io
import logging
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from unmask.disk.files import write_bytes
from unmask.errors import ModelError
from unmask.model import onnx_form
from unmask.model.contract import CONTRACT, contract_text
from unmask.model.model_file import load_model

INPUT, OUTPUT = "rgb", "p_fake"
OPSET = 17
TOLERANCE = 1e-4
"""How far a score may be from that of the model itself."""

Converter = Callable[[keras.Model, str], bytes]
Scorer = Callable[[np.ndarray], np.ndarray]


def export_model(source: Path, target: Path) -> None:
    """Write a model file in the format that the suffix of ``target`` names: .onnx or .tflite.

    Raises ModelError for another suffix, a converter that is not installed, a model that cannot be
    converted, and one that scores differently afterwards.
    """
    if target.suffix not in _FORMATS:
        raise ModelError(
            f"{target}: a model is exported to {' or '.join(_FORMATS)}. For example: "
            f"{target.with_suffix('.onnx')}"
        )
    convert, scorer = _FORMATS[target.suffix]
    if target.suffix == ".onnx":
        _check_converter()
    model, contract = load_model(source)
    try:
        with quiet():
            content = convert(model, contract_text(contract))
    except Exception as error:
        # Converters raise anything for a layer that they do not know.
        raise ModelError(
            f"{source}: {contract['backbone']} cannot be converted to {target.suffix}: {error}"
        ) from error
    _check_scores(model, scorer(content), target)
    write_bytes(target, content)


def _check_converter() -> None:
    if importlib.util.find_spec("tf2onnx") is None:
        raise ModelError(
            "An ONNX file is written by tf2onnx, which is not installed. Install it, in the folder "
            "of the checkout:\n  pip install --editable '.[export]'"
        )


def _to_onnx(model: keras.Model, contract: str) -> bytes:
    import tf2onnx
    from tensorflow.python.framework.convert_to_constants import (
        convert_variables_to_constants_v2,
    )

    frozen = convert_variables_to_constants_v2(traced(model).get_concrete_function())
    proto, _ = tf2onnx.convert.from_graph_def(
        frozen.graph.as_graph_def(),
        name="unmask",
        opset=OPSET,
        input_names=[frozen.inputs[0].name],
        output_names=[frozen.outputs[0].name],
    )
    form = onnx_form.canonical(proto, INPUT, OUTPUT)
    form.doc_string = _description(model)
    form.metadata_props.add(key=CONTRACT, value=contract)
    return form.SerializeToString(deterministic=True)


def _to_tflite(model: keras.Model, contract: str) -> bytes:
    archive = keras.export.ExportArchive()
    archive.track(model)
    archive.add_endpoint("serving_default", traced(model))
    with tempfile.TemporaryDirectory() as folder:
        archive.write_out(folder, verbose=False)
        graph = tf.lite.TFLiteConverter.from_saved_model(folder).convert()
    file = io.BytesIO(graph)
    with zipfile.ZipFile(file, "a") as members:
        members.writestr(zipfile.ZipInfo(CONTRACT, (1980, 1, 1, 0, 0, 0)), contract)
    return file.getvalue()


def traced(model: keras.Model) -> Any:
    """A function of TensorFlow that runs a model on a batch of any size."""
    signature = tf.TensorSpec((None, *model.input_shape[1:]), tf.float32, name=INPUT)
    return tf.function(
        lambda rgb: {OUTPUT: model(rgb, training=False)}, input_signature=[signature]
    )


def _description(model: keras.Model) -> str:
    size = model.input_shape[1]
    return (
        f"{INPUT}: face crops (batch, {size}, {size}, 3), float32 in 0..255. {OUTPUT}: the "
        f"probability that each is fake (batch, 1). {CONTRACT} in the metadata says how crops are "
        "made."
    )


def _onnx_scorer(content: bytes) -> Scorer:
    import onnxruntime

    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    return lambda rgb: session.run([OUTPUT], {INPUT: rgb})[0]


def _tflite_scorer(content: bytes) -> Scorer:
    interpreter = tf.lite.Interpreter(model_content=content)
    run = interpreter.get_signature_runner("serving_default")
    return lambda rgb: run(**{INPUT: rgb})[OUTPUT]


_FORMATS: dict[str, tuple[Converter, Callable[[bytes], Scorer]]] = {
    ".onnx": (_to_onnx, _onnx_scorer),
    ".tflite": (_to_tflite, _tflite_scorer),
}


def _check_scores(model: keras.Model, score: Scorer, target: Path) -> None:
    """Raise ModelError unless both score a few images alike, alone and together."""
    images = trial_images(model.input_shape[1]).astype(np.float32)
    expected = model.predict_on_batch(images)
    for count in (len(images), 1):
        worst = np.abs(score(images[:count]) - expected[:count]).max()
        if not worst <= TOLERANCE:
            raise ModelError(
                f"{target} is not written: its scores would be up to {worst:.2g} from those of the "
                f"model, {TOLERANCE:g} is allowed. The converter does not know this backbone; "
                "export to the other format, or train another."
            )


def trial_images(size: int) -> np.ndarray:
    """Noise, dark noise, a slope and black: (4, size, size, 3) uint8."""
    noise = np.random.default_rng(0).uniform(0, 255, (size, size, 3))
    slope = np.broadcast_to(np.linspace(0, 255, size)[:, None, None], noise.shape)
    return np.stack([noise, noise / 4, slope, np.zeros_like(noise)]).astype(np.uint8)


@contextmanager
def quiet() -> Iterator[None]:
    """Hold back the remarks of the converters, which are about their own insides."""
    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    try:
        yield
    finally:
        logging.disable(before)
