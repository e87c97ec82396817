"""Writes ONNX models: the few messages of ``onnx.proto`` that plain networks need.

Importing ``onnx`` would slow down the start of every per-video job, to write a few hundred bytes
around the weights. The format is Protocol Buffers: a message is a sequence of
fields, each a key (number and wire type) and a value. Field numbers are those of
https://github.com/onnx/onnx/blob/main/onnx/onnx.proto.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

IR_VERSION = 8
OPSET = 13
FLOAT, INT, INTS = 1, 2, 7
"""Codes: of the type of tensors, and of the two types of attributes."""

Attribute = int | Sequence[int]
Shape = Sequence[int | str]


def model(
    name: str,
    nodes: Sequence[bytes],
    weights: Mapping[str, np.ndarray],
    inputs: Mapping[str, Shape],
    outputs: Mapping[str, Shape],
) -> bytes:
    """Serialize a ModelProto. A dimension given as a string is free; all values are float32."""
    graph = b"".join(
        [
            *(_bytes(1, node) for node in nodes),
            _text(2, name),
            *(_bytes(5, _tensor(key, array)) for key, array in weights.items()),
            *(_bytes(11, _value(key, shape)) for key, shape in inputs.items()),
            *(_bytes(12, _value(key, shape)) for key, shape in outputs.items()),
        ]
    )
    opset = _int(2, OPSET)
    return _int(1, IR_VERSION) + _text(2, "unmask") + _bytes(7, graph) + _bytes(8, opset)


def node(
    operator: str, inputs: Sequence[str], outputs: Sequence[str], **attributes: Attribute
) -> bytes:
    """Serialize a NodeProto."""
    return b"".join(
        [
            *(_text(1, name) for name in inputs),
            *(_text(2, name) for name in outputs),
            _text(4, operator),
            *(_bytes(5, _attribute(key, value)) for key, value in attributes.items()),
        ]
    )


def _attribute(name: str, value: Attribute) -> bytes:
    head = _text(1, name)
    if isinstance(value, int):
        return head + _int(3, value) + _int(20, INT)
    return head + b"".join(_int(8, item) for item in value) + _int(20, INTS)


def _tensor(name: str, array: np.ndarray) -> bytes:
    dims = b"".join(_int(1, size) for size in array.shape)
    raw = np.ascontiguousarray(array, "<f4").tobytes()
    return dims + _int(2, FLOAT) + _text(8, name) + _bytes(9, raw)


def _value(name: str, shape: Shape) -> bytes:
    dims = (_text(2, size) if isinstance(size, str) else _int(1, size) for size in shape)
    tensor_type = _int(1, FLOAT) + _bytes(2, b"".join(_bytes(1, dim) for dim in dims))
    return _text(1, name) + _bytes(2, _bytes(1, tensor_type))


def _key(number: int, wire_type: int) -> bytes:
    return _varint(number << 3 | wire_type)


def _int(number: int, value: int) -> bytes:
    return _key(number, 0) + _varint(value & 0xFFFFFFFFFFFFFFFF)  # negative: two's complement


def _bytes(number: int, value: bytes) -> bytes:
    return _key(number, 2) + _varint(len(value)) + value


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode())


def _varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first; the high bit says that more follow."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
