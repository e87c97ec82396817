"""Where to look into a network: the layer that a heat map is drawn from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import keras

from unmask.errors import ModelError

_FAR = 2
"""A map so many times finer is made so early that it shows edges, not what they mean."""

_CONVOLUTIONS = (
    keras.layers.Conv2D,
    keras.layers.DepthwiseConv2D,
    keras.layers.SeparableConv2D,
)


@dataclass(frozen=True, eq=False)
class ModelParts:
    """A classifier taken apart for explaining.

    ``before``: what comes ahead of the backbone, in order. ``body``: the backbone, which gives the
    features to explain, (n, height, width, channels), and its own output. ``after``: the layers
    between that and ``last``, the dense layer whose sigmoid is the probability of fake.
    """

    before: list[Any]
    body: keras.Model
    after: list[Any]
    last: keras.layers.Dense
    layer: str
    input_size: int


def split_model(model: keras.Model, layer: str | None = None) -> ModelParts:
    """Take a classifier of :func:`unmask.model.build.build_model` apart; no weight is copied.

    ``layer`` names the layer of the backbone to explain; None: :func:`explained_layer`.

    Raises ModelError for a model of another build.
    """
    chain = [op for op in model.operations if not isinstance(op, keras.layers.InputLayer)]
    bodies = [place for place, op in enumerate(chain) if isinstance(op, keras.Model)]
    last = chain[-1]
    if len(bodies) != 1 or not isinstance(last, keras.layers.Dense) or last.units != 1:
        raise ModelError(
            "No heat map can be drawn: the model is not a backbone between its scaling and a dense "
            "output. Use a model trained with unmask."
        )
    place = bodies[0]
    body = chain[place]
    chosen = explained_layer(body) if layer is None else body.get_layer(layer)
    return ModelParts(
        before=chain[:place],
        body=keras.Model(body.inputs, [chosen.output, body.outputs[0]]),
        after=chain[place + 1 : -1],
        last=last,
        layer=chosen.name,
        input_size=model.input_shape[1],
    )


def explained_layer(body: keras.Model) -> Any:
    """The deepest layer of a backbone whose map is twice as fine as that of its last convolution.

    Selvaraju et al. take the last convolution itself. For photographs of 224 pixels that does; a
    network of faces ends at 4 to 8 cells a side, and there each cell has seen nearly all of
    the face. With fakes that differ by a patch alone, the hottest place was on the patch in 91 of
    100 maps of a MobileNet of 128 pixels drawn one step earlier, and in 25 drawn at the end; in 100
    and 0 of a Meso4 of 64 pixels.

    Every path through the network leads through the layer, so no evidence goes by on a side
    branch. Where no such layer is fine enough, it is the last one with a map.
    """
    ops = body.operations
    maps = [
        (op, _side(op))
        for op in _waists(ops)
        if _side(op) and not isinstance(op, keras.layers.ZeroPadding2D)
    ]
    if not maps:
        raise ModelError(f"No heat map can be drawn: {body.name} has no layer with a map.")
    convolved = [side for op in ops if isinstance(op, _CONVOLUTIONS) and (side := _side(op)) > 1]
    wanted = 2 * (convolved[-1] if convolved else 1)
    fitting = [op for op, side in maps if wanted <= side <= _FAR * wanted]
    return fitting[-1] if fitting else maps[-1][0]


def _waists(ops: list[Any]) -> list[Any]:
    """Those of the operations, which are in topological order, that no connection passes by."""
    place = {id(op): number for number, op in enumerate(ops)}
    maker = {id(tensor): place[id(op)] for op in ops for tensor in keras.tree.flatten(op.output)}
    last_use = [0] * len(ops)
    for number, op in enumerate(ops):
        if isinstance(op, keras.layers.InputLayer):
            continue
        for tensor in keras.tree.flatten(op.input):
            if id(tensor) in maker:
                last_use[maker[id(tensor)]] = number
    waists, reach = [], 0
    for number, op in enumerate(ops):
        if reach <= number and not isinstance(op, keras.layers.InputLayer):
            waists.append(op)
        reach = max(reach, last_use[number])
    return waists


def _side(op: Any) -> int:
    """The smaller side of an operation's map in cells; 0 where its output is no map."""
    outputs = keras.tree.flatten(op.output)
    if len(outputs) != 1 or len(outputs[0].shape) != 4:
        return 0
    return min(outputs[0].shape[1:3])
