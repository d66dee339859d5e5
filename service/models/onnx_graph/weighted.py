"""Operators with weights: what the shapes of the weights say of the layer, so that a layer that does not fit is wrong.

A weight that the file does not hold, or that is not made as the operator needs it, stays an input, and is judged there.
"""

from collections.abc import Mapping
from typing import Any

from service.core.geometry.shapes import Shape
from service.models.onnx_graph.plain import known_type
from service.models.onnx_graph.step import Layer, Operator, Step, plain_attributes
from service.models.onnx_graph.values import Value


def convolution(step: Step) -> Layer | None:
    """`[C_out, C_in / group, *kernel]`."""
    weight = step.weight(1)
    if weight is None or len(weight) < 3:
        return None
    group = int(step.attribute("group", 1))
    return _convolving(step, weight, (weight[1] or 0) * group, weight[0] or 0)


def transposed_convolution(step: Step) -> Layer | None:
    """`[C_in, C_out / group, *kernel]`."""
    weight = step.weight(1)
    if weight is None or len(weight) < 3:
        return None
    group = int(step.attribute("group", 1))
    return _convolving(step, weight, weight[0] or 0, (weight[1] or 0) * group)


def _convolving(step: Step, weight: Shape, channels_in: int, channels_out: int) -> Layer | None:
    kernel = list(weight[2:])
    if step.attribute("kernel_shape", kernel) != kernel:
        return None
    bias = step.value(2)
    if bias is not None and step.weight(2) != (channels_out,):
        return None
    parameters = plain_attributes(step.node) | {
        "kernel_shape": kernel,
        "in_channels": channels_in,
        "out_channels": channels_out,
        "bias": bias is not None,
    }
    return Layer(known_type(step) or step.node.type, parameters, step.given[:1])


def gemm(step: Step) -> Layer | None:
    """`[K, N]`, or `[N, K]` where it is transposed; the bias has N numbers, or one."""
    weight, bias = step.weight(1), step.value(2)
    if weight is None or len(weight) != 2 or step.attribute("transA", 0):
        return None
    features, units = weight if not step.attribute("transB", 0) else weight[::-1]
    if bias is not None and step.weight(2) not in ((units,), (1, units)):
        return None
    parameters = plain_attributes(step.node) | {
        "in_features": features,
        "out_features": units,
        "bias": bias is not None,
    }
    return Layer("Gemm", parameters, step.given[:1])


def product(step: Step) -> Layer | None:
    """A product with a matrix of weights, `[K, N]`, is a linear layer."""
    weight, left = step.weight(1), step.value(0)
    if weight is None or len(weight) != 2 or left is None or left.constant or not left.shape:
        return None
    return Layer("linear", {"in_features": weight[0], "out_features": weight[1], "bias": False}, [left])


def batch_norm(step: Step) -> Layer | None:
    """Four weights, each with a number a channel."""
    return None if len(step.given) != 5 or any(step.node.outputs[1:]) else _by_channel(step, 4)


def instance_norm(step: Step) -> Layer | None:
    """Two weights, each with a number a channel."""
    return _by_channel(step, 2)


def _by_channel(step: Step, count: int) -> Layer | None:
    """A normalisation with so many weights of one shape, that of the channels."""
    first, *others = [step.weight(place) for place in range(1, count + 1)]
    if first is None or len(first) != 1 or any(other != first for other in others):
        return None
    return Layer(step.node.type, plain_attributes(step.node) | {"num_features": first[0]}, step.given[:1])


def layer_norm(step: Step) -> Layer | None:
    """A scale, and perhaps a bias, of the shape of the last axes."""
    scale, bias, shape = step.weight(1), step.value(2), step.shape()
    if scale is None or shape is None or any(step.node.outputs[1:]) or not 0 < len(scale) <= len(shape):
        return None
    axis = int(step.attribute("axis", -1))
    axes = -axis if axis < 0 else len(shape) - axis
    if axes != len(scale) or (bias is not None and step.weight(2) != scale):
        return None
    parameters = {"normalized_shape": list(scale), "eps": step.attribute("epsilon", 1e-5)}
    parameters |= {} if bias is not None or step.node.type == "RMSNormalization" else {"bias": False}
    return Layer(step.node.type if "bias" not in parameters else "layer_norm", parameters, step.given[:1])


def lookup(step: Step) -> Layer | None:
    """Rows of a matrix of weights are an embedding; known positions are a parameter."""
    weight, table, indices = step.weight(0), step.value(0), step.value(1)
    axis = int(step.attribute("axis", 0))
    if table is None or indices is None:
        return None
    if weight is not None and len(weight) == 2 and not axis and table.trained and not indices.constant:
        return Layer("embedding", {"num_embeddings": weight[0], "embedding_dim": weight[1]}, [indices])
    numbers = indices.numbers
    if numbers is None or not numbers.is_literal or numbers.values.ndim > 1 or not 0 < numbers.values.size <= 64:
        return None
    return Layer("Gather", {"axis": axis, "indices": numbers.values.tolist()}, [table])


def arithmetic(step: Step) -> Layer | None:
    """Two operands, of which one may be a number."""
    if len(step.inputs) != 2 or {"broadcast", "axis"} & step.node.attributes.keys():
        return None
    for place, value in enumerate(step.inputs):
        other = step.value(1 - place)
        number = None if value is None else scalar(value)
        if (
            number is None
            or other is None
            or other.constant
            or (value is not None and len(value.shape or ()) > (len(other.shape or ())))
        ):
            continue
        parameters: dict[str, Any] = {"other": number} if place else {"other": number, "reversed": True}
        if place == 0 and step.node.type in ("Add", "Mul"):
            parameters.pop("reversed")
        return Layer(step.node.type, parameters, [other])
    return None


def scalar(value: Value) -> float | int | None:
    """The only number of a tensor, where JSON can say it; None for other tensors."""
    numbers = value.numbers
    if numbers is None or numbers.values.size != 1 or not numbers.known or numbers.values.ndim > 1:
        return None
    number = numbers.values.ravel().tolist()[0]
    if isinstance(number, bool) or not -LARGEST_NUMBER < number < LARGEST_NUMBER:
        return None
    return number if isinstance(number, int) else float(str(numbers.values.ravel()[0]))


LARGEST_NUMBER = 1e300
"""A number that is told. Chosen: what JSON readers hold."""

SEQUENCE_INPUTS = 8
"""`X, W, R, B, sequence_lens, initial_h, initial_c, P`; the core tells them by their places."""


def recurrent(step: Step) -> Layer | None:
    """Inputs that are left out before others get the shapes that they would have."""
    last = max((place for place, value in enumerate(step.inputs) if value is not None), default=0)
    rows, features = step.shape(1), step.shape()
    if last > SEQUENCE_INPUTS or not rows or features is None or len(features) != 3 or step.value(2) is None:
        return None
    batch = features[0] if step.attribute("layout", 0) else features[1]
    gates = None if len(rows) < 2 or rows[1] is None else 2 * rows[1]
    states = (batch, rows[0]) if step.attribute("layout", 0) else (rows[0], batch)
    size = step.attribute("hidden_size")
    absent: Mapping[int, Shape] = {3: (rows[0], gates), 4: (batch,), 5: (*states, size), 6: (*states, size)}
    taken = [
        value if value is not None else Value(absent.get(place), constant=True, name=f"{step.node.output}.{place}")
        for place, value in enumerate(step.inputs[: last + 1])
    ]
    return Layer(step.node.type, plain_attributes(step.node), taken)


def quantised_lstm(step: Step) -> Layer | None:
    """An LSTM of onnxruntime with quantised weights, in another order of axes: its sizes are known."""
    size = step.attribute("hidden_size")
    parameters = {"hidden_size": size, "direction": step.attribute("direction", "forward")}
    return None if step.value(0) is None or size is None else Layer("LSTM", parameters, step.given[:1])


WEIGHTED: Mapping[str, Operator] = {
    "Conv": convolution,
    "FusedConv": convolution,
    "ConvTranspose": transposed_convolution,
    "Gemm": gemm,
    "MatMul": product,
    "BatchNormalization": batch_norm,
    "InstanceNormalization": instance_norm,
    "LayerNormalization": layer_norm,
    "RMSNormalization": layer_norm,
    "Gather": lookup,
    **dict.fromkeys(("LSTM", "GRU", "RNN"), recurrent),
    "DynamicQuantizeLSTM": quantised_lstm,
    **dict.fromkeys(("Add", "Sub", "Mul", "Div", "Pow"), arithmetic),
}
"""By operator, the layer with what its weights say."""
