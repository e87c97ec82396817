"""Writes the three networks of MTCNN as ONNX graphs, as they ship with unmask.

    python scripts/mtcnn_graphs.py [FOLDER]

Zhang et al., "Joint face detection and alignment using multitask cascaded convolutional networks"
(2016, arXiv:1604.02878). The weights, the layers and their order are those of the ``mtcnn`` package
1.0 (MIT). A graph takes BGR pixels as OpenCV delivers them, float32 in 0..255, shaped
(n, height, width, 3), and scales them to (p - 127.5) / 128 itself.

======  =========  =======================================================================
graph   window     outputs
======  =========  =======================================================================
pnet    12 pixels  ``scores`` (n, 1, rows, columns), ``offsets`` (n, 4, rows, columns)
rnet    24 pixels  ``scores`` (n, 1), ``offsets`` (n, 4)
onet    48 pixels  ``scores`` (n, 1), ``offsets`` (n, 4), ``landmarks`` (n, 10)
======  =========  =======================================================================

``scores`` are probabilities of a face. ``offsets`` say how far the left, top, right and bottom
side should move, as shares of the window. ``landmarks`` are five x, then five y, as shares too.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import onnx
from onnx import helper, numpy_helper

SHIPPED = Path(__file__).parent.parent / "src/unmask/detections/mtcnn"
INPUT = "pixels"
IR_VERSION, OPSET = 8, 13

Layer = Callable[[str, np.ndarray, np.ndarray], str]
Shape = Sequence[int | str]


def main() -> None:
    """Write ``pnet.onnx``, ``rnet.onnx`` and ``onet.onnx``."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, nargs="?", default=SHIPPED)
    folder = parser.parse_args().folder
    for name, build in BUILDERS.items():
        (folder / f"{name}.onnx").write_bytes(build(package_weights(name)).SerializeToString())


def package_weights(name: str) -> list[np.ndarray]:
    """The float32 arrays of a network in the installed ``mtcnn`` package, in the layers' order."""
    package = Path(find_spec("mtcnn").origin).parent  # importing it would start TensorFlow
    return joblib.load(package / "assets" / "weights" / f"{name}.lz4")


def pnet(weights: Sequence[np.ndarray]) -> onnx.ModelProto:
    """Build the proposal network, which slides a window of 12 pixels in steps of 2."""
    net = _Network(weights)
    x = net.pool(net.conv_prelu(net.image()), 2)
    x = net.conv_prelu(x)
    x = net.conv_prelu(x)
    net.output("offsets", net.conv(x), (4, "rows", "columns"))
    net.output("scores", net.sigmoid(net.conv(x)), (1, "rows", "columns"))
    return net.model("pnet", ("height", "width"))


def rnet(weights: Sequence[np.ndarray]) -> onnx.ModelProto:
    """Build the refinement network, which judges and corrects windows of 24 pixels."""
    net = _Network(weights)
    x = net.pool(net.conv_prelu(net.image()), 3)
    x = net.pool(net.conv_prelu(x), 3)
    x = net.conv_prelu(x)
    x = net.dense_prelu(net.flatten(x))
    net.output("offsets", net.dense(x), (4,))
    net.output("scores", net.sigmoid(net.dense(x)), (1,))
    return net.model("rnet", (24, 24))


def onet(weights: Sequence[np.ndarray]) -> onnx.ModelProto:
    """Build the output network, which adds landmarks, for windows of 48 pixels."""
    net = _Network(weights)
    x = net.pool(net.conv_prelu(net.image()), 3)
    x = net.pool(net.conv_prelu(x), 3)
    x = net.pool(net.conv_prelu(x), 2)
    x = net.conv_prelu(x)
    x = net.dense_prelu(net.flatten(x))
    net.output("offsets", net.dense(x), (4,))
    net.output("landmarks", net.dense(x), (10,))
    net.output("scores", net.sigmoid(net.dense(x)), (1,))
    return net.model("onet", (48, 48))


BUILDERS = {"pnet": pnet, "rnet": rnet, "onet": onet}


class _Network:
    """Collects nodes. Each method adds one layer to a tensor and returns the new tensor's name.

    Layers with weights take the next ones in line, so they must be added in the package's order.
    """

    def __init__(self, weights: Sequence[np.ndarray]) -> None:
        self._next = iter(adapt(weights))
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._outputs: list[onnx.ValueInfoProto] = []

    def image(self) -> str:
        centered = self._add("Sub", INPUT, self._constant(np.float32(127.5)))
        scaled = self._add("Mul", centered, self._constant(np.float32(1 / 128)))
        return self._add("Transpose", scaled, perm=(0, 3, 1, 2))

    def conv(self, x: str) -> str:
        return self._conv(x, *islice(self._next, 2))

    def conv_prelu(self, x: str) -> str:
        return self._bend(self._conv, x, *islice(self._next, 3))

    def dense(self, x: str) -> str:
        return self._dense(x, *islice(self._next, 2))

    def dense_prelu(self, x: str) -> str:
        return self._bend(self._dense, x, *islice(self._next, 3))

    def pool(self, x: str, size: int) -> str:
        # Rounding up equals the package's mix of "same" and "valid" at all sizes that occur.
        return self._add("MaxPool", x, kernel_shape=(size, size), strides=(2, 2), ceil_mode=1)

    def flatten(self, x: str) -> str:
        columns_first = self._add("Transpose", x, perm=(0, 3, 2, 1))
        return self._add("Flatten", columns_first, axis=1)

    def sigmoid(self, x: str) -> str:
        return self._add("Sigmoid", x)

    def output(self, name: str, x: str, shape: Shape) -> None:
        self._nodes.append(helper.make_node("Identity", [x], [name]))
        self._outputs.append(tensor(name, shape))

    def model(self, name: str, size: Shape) -> onnx.ModelProto:
        inputs = [tensor(INPUT, (*size, 3))]
        graph = helper.make_graph(self._nodes, name, inputs, self._outputs, self._constants)
        model = helper.make_model(
            graph,
            producer_name="unmask",
            ir_version=IR_VERSION,
            opset_imports=[helper.make_opsetid("", OPSET)],
        )
        onnx.checker.check_model(model, full_check=True)
        return model

    def _conv(self, x: str, kernel: np.ndarray, bias: np.ndarray) -> str:
        kernel = kernel.transpose(3, 2, 0, 1)
        return self._add("Conv", x, self._constant(kernel), self._constant(bias))

    def _dense(self, x: str, kernel: np.ndarray, bias: np.ndarray) -> str:
        return self._add("Gemm", x, self._constant(kernel), self._constant(bias))

    def _bend(
        self, layer: Layer, x: str, kernel: np.ndarray, bias: np.ndarray, slope: np.ndarray
    ) -> str:
        """Add a layer and its PReLU, x for x > 0 and slope * x below.

        It is the same as mean * x + (1 - mean) * |x|, with mean = (1 + slope) / 2 put into the
        layer. onnxruntime does that several times faster than its own PRelu.
        """
        mean = (1 + slope.astype(np.float64)) / 2
        x = layer(x, kernel * mean, bias * mean.ravel())
        shares = ((1 - mean) / abs(mean)).reshape(-1, *[1] * (slope.ndim - 1))
        return self._add("Add", x, self._add("Mul", self._add("Abs", x), self._constant(shares)))

    def _add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        name = f"tensor{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def _constant(self, value: np.ndarray | np.float32) -> str:
        name = f"weight{len(self._constants)}"
        self._constants.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name


def tensor(name: str, shape: Shape) -> onnx.ValueInfoProto:
    """A float32 input or output, of any count. A dimension given as a string is free."""
    return helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ("count", *shape))


def adapt(weights: Sequence[np.ndarray]) -> list[np.ndarray]:
    """Turn the first layer from RGB to BGR, and the last from two classes to one.

    The softmax over background and face is the sigmoid of their difference.
    """
    first, *middle, kernel, bias = weights
    return [
        first[:, :, ::-1],
        *middle,
        kernel[..., 1:] - kernel[..., :1],
        bias[1:] - bias[:1],
    ]


if __name__ == "__main__":
    main()
