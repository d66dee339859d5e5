"""ONNX's recurrent operators, attention, and operators whose weights are inputs, run by onnxruntime."""

import random
from typing import Any

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

from tests.golden.record.kinds.sequences.draw import Draw, Drawn, Layer, Shape, size, some

onnxruntime.set_default_logger_severity(4)
GATES = {"rnn": 1, "gru": 3, "lstm": 4}
OPERATORS = {
    "rnn": "RNN",
    "gru": "GRU",
    "lstm": "LSTM",
    "conv": "Conv",
    "conv_transpose": "ConvTranspose",
    "batch_norm": "BatchNormalization",
    "instance_norm": "InstanceNormalization",
    "layer_norm": "LayerNormalization",
    "rms_norm": "RMSNormalization",
    "group_norm": "GroupNormalization",
    "scaled_dot_product_attention": "Attention",
    "prelu": "PRelu",
    "mean_variance_norm": "MeanVarianceNormalization",
}
WORDS = {"stride": "strides", "groups": "group", "from_axis": "axis", "along_axes": "axes"}
NEWEST = 23
OUTPUTS = {"rnn": 2, "gru": 2, "lstm": 3}


def version() -> str:
    """The releases that answer."""
    return f"{onnx.__version__} with onnxruntime {onnxruntime.__version__}"


# --- drawing ----------------------------------------------------------------------------------------------------------


def recurrent(kind: str) -> Draw:
    """A recurrent operator with its weights."""

    def draw(rng: random.Random) -> Drawn:
        hidden, features, batch, steps = (size(rng) for _ in range(4))
        layer: Layer = {"type": kind, "hidden_size": hidden}
        layer |= some(rng, 0.6, direction=rng.choice(("forward", "reverse", "bidirectional")))
        two, gates = 1 + (layer.get("direction") == "bidirectional"), GATES[kind] * hidden
        shapes = [[steps, batch, features], [two, gates, features], [two, gates, hidden], [two, 2 * gates]]
        return layer, shapes[: rng.randint(3, 4)]

    return draw


def convolved(kind: str) -> Draw:
    """A convolution with its weight."""

    def draw(rng: random.Random) -> Drawn:
        groups, rank = rng.choice((1, 1, 2)), rng.randint(1, 3)
        inputs, outputs = groups * rng.randint(1, 3), groups * rng.randint(1, 3)
        layer: Layer = {"type": kind} | ({"groups": groups} if groups > 1 else {})
        layer |= some(rng, 0.3, stride=[2] * rank)
        kernel = [rng.randint(1, 3) for _ in range(rank)]
        ends = (inputs, outputs // groups) if kind == "conv_transpose" else (outputs, inputs // groups)
        bias = [[outputs]] if rng.random() < 0.4 else []
        return layer, [[size(rng), inputs, *(rng.randint(3, 6) for _ in range(rank))], [*ends, *kernel], *bias]

    return draw


def by_channel(kind: str) -> Draw:
    """A normalisation of channels with its numbers."""

    def draw(rng: random.Random) -> Drawn:
        groups = rng.randint(1, 3)
        channels = groups * rng.randint(1, 3)
        least = 1 if kind == "instance_norm" else 0
        shape = [size(rng), channels, *(size(rng) for _ in range(rng.randint(least, 3)))]
        layer: Layer = {"type": kind} | ({"num_groups": groups} if kind == "group_norm" else {})
        return layer, [shape, *[[channels]] * (4 if kind == "batch_norm" else 2)]

    return draw


def last_axes(kind: str) -> Draw:
    """A normalisation of the axes from one on."""

    def draw(rng: random.Random) -> Drawn:
        shape = [size(rng) for _ in range(rng.randint(1, 4))]
        first = rng.randrange(len(shape))
        layer: Layer = {"type": kind, "from_axis": rng.choice((first, first - len(shape)))}
        layer |= some(rng, 0.4, return_statistics=True) if kind == "layer_norm" else {}
        weight = [rng.choice((length, length, 1)) for length in shape[rng.randrange(len(shape)) :]]
        return layer, [shape, *[weight] * rng.randint(1, 2 if kind == "layer_norm" else 1)]

    return draw


def attention(rng: random.Random) -> Drawn:
    """Attention of heads apart or joined."""
    batch, asked, keys, features, values = (size(rng) for _ in range(5))
    heads = rng.randint(1, 2)
    queries = heads * rng.choice((1, 1, 2))
    layer: Layer = {"type": "scaled_dot_product_attention"}
    mask = [[asked, keys]] if rng.random() < 0.3 else []
    if rng.random() < 0.5:
        return layer, [[batch, queries, asked, features], [batch, heads, keys, features],
                       [batch, heads, keys, values], *mask]  # fmt: skip
    layer |= {"q_num_heads": queries, "kv_num_heads": heads}
    return layer, [[batch, asked, queries * features], [batch, keys, heads * features],
                   [batch, keys, heads * values], *mask]  # fmt: skip


def prelu(rng: random.Random) -> Drawn:
    """Slopes that broadcast to the input."""
    shape = [size(rng) for _ in range(rng.randint(1, 4))]
    return {"type": "prelu"}, [shape, [rng.choice((length, 1)) for length in shape[rng.randint(0, len(shape)) :]]]


def statistics(rng: random.Random) -> Drawn:
    """Means and variances that are taken away."""
    return {"type": "mean_variance_norm"}, [[size(rng) for _ in range(4)]]


DRAWS: dict[str, Draw] = {
    **{kind: recurrent(kind) for kind in GATES},
    **{kind: convolved(kind) for kind in ("conv", "conv_transpose")},
    **{kind: by_channel(kind) for kind in ("batch_norm", "instance_norm", "group_norm")},
    **{kind: last_axes(kind) for kind in ("layer_norm", "rms_norm")},
    "scaled_dot_product_attention": attention,
    "prelu": prelu,
    "mean_variance_norm": statistics,
}


def undefined(layer: Layer, shapes: list[Shape]) -> bool:
    """Whether the case is of no use: numbers that only the service leaves out, and lengths, which are integers."""
    kind = layer["type"]
    fewest = {"batch_norm": 5, "instance_norm": 3, "group_norm": 3, "mean_variance_norm": 1}
    if kind in GATES:
        return not 3 <= len(shapes) <= 4
    return len(shapes) != fewest[kind] if kind in fewest else len(shapes) == 1


# --- running ----------------------------------------------------------------------------------------------------------


def run(layer: Layer, shapes: list[Shape]) -> dict[str, Any]:
    """What comes out of an operator; raises what onnxruntime raises."""
    kind = layer["type"]
    members = {
        WORDS.get(name, name): value for name, value in layer.items() if name not in ("type", "return_statistics")
    }
    names = [f"x{index}" for index in range(len(shapes))]
    count = 3 if layer.get("return_statistics") else OUTPUTS.get(kind, 1)
    outputs = [f"y{index}" for index in range(count)]
    node = helper.make_node(OPERATORS[kind], names, outputs, **members)
    float32 = TensorProto.FLOAT
    graph = helper.make_graph(
        [node],
        "layer",
        [helper.make_tensor_value_info(name, float32, shape) for name, shape in zip(names, shapes, strict=True)],
        [helper.make_tensor_value_info(name, float32, None) for name in outputs],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", NEWEST)])
    model.ir_version = 10
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    feed = {name: np.full(shape, 0.5, dtype="float32") for name, shape in zip(names, shapes, strict=True)}
    given = session.run(None, feed)
    return {"outputs": [list(part.shape) for part in given], "parameters": 0, "buffers": 0}
