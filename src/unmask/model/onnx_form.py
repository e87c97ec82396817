"""One form for equal ONNX graphs, whatever names and order a converter gave them."""

from __future__ import annotations

from collections import Counter

import onnx


def canonical(model: onnx.ModelProto, input_name: str, output_name: str) -> onnx.ModelProto:
    """The same graph with nodes in the order in which its output needs them, named by number.

    The model has one input and one output, a batch of any size each, and no subgraphs.
    """
    graph = model.graph
    weights = {tensor.name: tensor for tensor in graph.initializer}
    names = {graph.input[0].name: input_name, "": ""}
    form = onnx.ModelProto(ir_version=model.ir_version, producer_name="unmask")
    form.opset_import.extend(sorted(model.opset_import, key=lambda opset: opset.domain))
    form.graph.name = graph.name
    counts: Counter[str] = Counter()

    def number(kind: str) -> str:
        counts[kind] += 1
        return f"{kind}_{counts[kind]}"

    for node in _in_order(graph):
        for name in node.input:
            if name not in names:
                names[name] = number("weight")
                tensor = form.graph.initializer.add()
                tensor.CopyFrom(weights[name])
                tensor.name = names[name]
        copy = form.graph.node.add()
        copy.CopyFrom(node)
        copy.ClearField("doc_string")
        copy.name = number(node.op_type)
        for place, name in enumerate(node.output):
            names[name] = f"{copy.name}.{place}" if name else ""
            if name == graph.output[0].name:
                names[name] = output_name
        copy.input[:] = [names[name] for name in node.input]
        copy.output[:] = [names[name] for name in node.output]
        del copy.attribute[:]
        copy.attribute.extend(sorted(node.attribute, key=lambda attribute: attribute.name))
    for value, name, kept in (
        (graph.input[0], input_name, form.graph.input),
        (graph.output[0], output_name, form.graph.output),
    ):
        info = kept.add()
        info.CopyFrom(value)
        info.name = name
        info.type.tensor_type.shape.dim[0].dim_param = "batch"
    onnx.checker.check_model(form)
    return form


def _in_order(graph: onnx.GraphProto) -> list[onnx.NodeProto]:
    """The nodes that the output needs, each after those it needs itself, depth first."""
    maker = {name: node for node in graph.node for name in node.output if name}
    ordered: list[onnx.NodeProto] = []
    seen: set[int] = set()
    todo = [(maker[graph.output[0].name], False)]
    while todo:
        node, ready = todo.pop()
        if ready:
            ordered.append(node)
        elif id(node) not in seen:
            seen.add(id(node))
            todo.append((node, True))
            todo += [(maker[name], False) for name in reversed(node.input) if name in maker]
    return ordered
