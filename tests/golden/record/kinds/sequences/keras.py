"""Keras' recurrent layers and their wrappers, attention, scalings and slopes."""

import os
import random
from typing import Any

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from tests.golden.record.kinds.sequences.draw import Draw, Drawn, Layer, Shape, size, some

tf.config.threading.set_intra_op_parallelism_threads(1)

RECURRENT = {"rnn": layers.SimpleRNN, "gru": layers.GRU, "lstm": layers.LSTM}
CELLS = {"rnn_cell": layers.SimpleRNNCell, "gru_cell": layers.GRUCell, "lstm_cell": layers.LSTMCell}
WORDS = {
    "hidden_size": "units",
    "bias": "use_bias",
    "projected_shape": "output_shape",
    "kept_axes": "axis",
    "along_axes": "axis",
    "factor": "scale",
    "out_channels": "filters",
    "out_features": "units",
    "stride": "strides",
    "n_power_iterations": "power_iterations",
    "num_channels": "groups",
    "features": "projection_dim",
}
"""Our words, and Keras'."""
CLASSES = {
    "key_dim_attention": layers.MultiHeadAttention,
    "group_query_attention": layers.GroupQueryAttention,
    "dot_attention": layers.Attention,
    "additive_attention": layers.AdditiveAttention,
    "rescaling": layers.Rescaling,
    "normalization": layers.Normalization,
    "unit_normalization": layers.UnitNormalization,
    "prelu": layers.PReLU,
    "rms_norm": layers.RMSNormalization,
    "linear": layers.Dense,
    "flatten": layers.Flatten,
    "conv1d": layers.Conv1D,
    "conv2d": layers.Conv2D,
    "conv_transpose1d": layers.Conv1DTranspose,
    "conv_transpose2d": layers.Conv2DTranspose,
    "depthwise_conv2d": layers.DepthwiseConv2D,
    **RECURRENT,
    **CELLS,
}
OF_THE_CALL = frozenset({"return_attention_scores"})


def version() -> str:
    """The releases that answer."""
    return f"{keras.__version__} with TensorFlow {tf.__version__}"


# --- drawing ----------------------------------------------------------------------------------------------------------


def recurrent(kind: str) -> Draw:
    """A recurrent layer, with initial states now and then."""

    def draw(rng: random.Random) -> Drawn:
        hidden, batch = size(rng), size(rng)
        layer: Layer = {"type": kind, "hidden_size": hidden}
        layer |= some(rng, 0.4, bias=False, return_sequences=True, return_state=True, go_backwards=True)
        layer |= some(rng, 0.4, reset_after=False) if kind == "gru" else {}
        states = [[batch, hidden]] * (1 + (kind == "lstm"))
        return layer, [[batch, size(rng), size(rng)], *(states if rng.random() < 0.3 else [])]

    return draw


def cell(kind: str) -> Draw:
    """A cell with its state."""

    def draw(rng: random.Random) -> Drawn:
        hidden, batch = size(rng), size(rng)
        layer: Layer = {"type": kind, "hidden_size": hidden, **some(rng, 0.3, bias=False)}
        return layer, [[batch, size(rng)], *[[batch, hidden]] * (1 + (kind == "lstm_cell"))]

    return draw


def bidirectional(rng: random.Random) -> Drawn:
    """Both directions."""
    inner, shapes = recurrent(rng.choice(list(RECURRENT)))(rng)
    merge = some(rng, 0.8, merge_mode=rng.choice(("concat", "sum", "mul", "ave", "none")))
    return {"type": "bidirectional", "layer": inner, **merge}, shapes[:1]


def convolution(rng: random.Random) -> Drawn:
    """A convolution."""
    kind = rng.choice(("conv1d", "conv2d", "conv_transpose1d", "conv_transpose2d"))
    rank = int(kind[-2])
    layer: Layer = {"type": kind, "out_channels": size(rng), "kernel_size": rng.randint(1, 3)}
    layer |= some(rng, 0.3, bias=False, stride=2)
    return layer, [[size(rng), *(rng.randint(3, 6) for _ in range(rank)), size(rng)]]


def held(rng: random.Random) -> Drawn:
    """A layer to be wrapped."""
    choice = rng.random()
    if choice < 0.4:
        return convolution(rng)
    leading = [size(rng) for _ in range(rng.randint(1, 2))]
    if choice < 0.7:
        return {"type": "linear", "out_features": size(rng), **some(rng, 0.3, bias=False)}, [[*leading, size(rng)]]
    if choice < 0.85:
        return {"type": "flatten"}, [[*leading, size(rng)]]
    inner, shapes = recurrent(rng.choice(list(RECURRENT)))(rng)
    return {**inner, "return_state": False}, shapes[:1]


def distributed(rng: random.Random) -> Drawn:
    """A layer at every step."""
    inner, [shape] = held(rng)
    return {"type": "time_distributed", "layer": inner}, [[shape[0], size(rng), *shape[1:]]]


def spectral(rng: random.Random) -> Drawn:
    """A weight divided by its largest singular value."""
    inner, shapes = held(rng)
    if rng.random() < 0.2:
        inner = {"type": "depthwise_conv2d", "kernel_size": 2, **some(rng, 0.5, depth_multiplier=rng.randint(2, 3))}
        shapes = [[size(rng), rng.randint(2, 5), rng.randint(2, 5), size(rng)]]
    return {"type": "spectral_norm", "layer": inner}, shapes


def key_dim(rng: random.Random) -> Drawn:
    """Attention with projections, over one or more axes."""
    layer: Layer = {"type": "key_dim_attention", "num_heads": rng.randint(1, 3), "key_dim": rng.randint(1, 4)}
    layer |= some(rng, 0.3, value_dim=size(rng), bias=False, return_attention_scores=True)
    layer |= some(rng, 0.3, projected_shape=rng.choice((size(rng), [size(rng), size(rng)])))
    axes = [size(rng) for _ in range(rng.choice((1, 1, 2, 3)))]
    batch, others = size(rng), list(axes)
    if len(axes) > 1 and rng.random() < 0.5:
        attended = rng.randint(1, len(axes))
        layer["attention_axes"] = rng.choice((attended, [attended]))
        others[attended - 1] = size(rng)
    else:
        others = [size(rng) for _ in axes]
    shapes = [[batch, *axes, size(rng)], [batch, *others, size(rng)], [batch, *others, size(rng)]]
    return layer, shapes[: rng.randint(2, 3)]


def grouped(rng: random.Random) -> Drawn:
    """Attention whose groups of heads share keys and values."""
    heads = rng.randint(1, 2)
    layer: Layer = {"type": "group_query_attention", "head_dim": rng.randint(1, 4), "num_key_value_heads": heads}
    layer |= {"num_query_heads": heads * rng.randint(1, 3), **some(rng, 0.3, bias=False, return_attention_scores=True)}
    batch, keys = rng.randint(2, 4), size(rng)
    shapes = [[batch, size(rng), size(rng)], [batch, keys, size(rng)], [batch, keys, size(rng)]]
    return layer, shapes[: rng.randint(2, 3)]


def unprojected(kind: str) -> Draw:
    """Attention over given tensors."""

    def draw(rng: random.Random) -> Drawn:
        layer: Layer = {"type": kind, **some(rng, 0.3, use_scale=rng.random() < 0.5, return_attention_scores=True)}
        layer |= some(rng, 0.3, score_mode="concat") if kind == "dot_attention" else {}
        leading = [size(rng) for _ in range(rng.choice((0, 1, 1, 1, 2)))]
        others = [1 if rng.random() < 0.1 else length for length in leading]
        features, keys = size(rng), size(rng)
        shapes = [[*leading, size(rng), features], [*others, keys, features], [*others, keys, features]]
        if rng.random() < 0.5:
            shapes[1][-1] = size(rng)
            return layer, shapes
        return layer, shapes[:2]

    return draw


def any_shape(rng: random.Random, least: int = 1) -> Shape:
    """A shape of some axes."""
    return [size(rng) for _ in range(rng.randint(least, 4))]


def axes_of(rng: random.Random, shape: Shape, first: int) -> Any:
    """An axis, or some of them."""
    axes = rng.sample(range(first, len(shape)), rng.randint(1, len(shape) - first))
    return rng.choice((axes[0], sorted(axes), axes[0] - len(shape) if first == 0 else axes[0]))


def rescaling(rng: random.Random) -> Drawn:
    """A constant scale and offset."""
    return {"type": "rescaling", "factor": 0.5, **some(rng, 0.4, offset=1.0)}, [any_shape(rng)]


def normalization(rng: random.Random) -> Drawn:
    """Known means and variances."""
    shape = any_shape(rng, 2)
    layer: Layer = {"type": "normalization", **some(rng, 0.6, kept_axes=rng.choice((axes_of(rng, shape, 1), [])))}
    return layer | rng.choice(({}, {}, {"mean": 1.0, "variance": 2.0})), [shape]


def unit(rng: random.Random) -> Drawn:
    """Vectors of length 1."""
    shape = any_shape(rng)
    return {"type": "unit_normalization", **some(rng, 0.6, along_axes=axes_of(rng, shape, 0))}, [shape]


def prelu(rng: random.Random) -> Drawn:
    """Slopes of elements."""
    shape = any_shape(rng, 2)
    return {"type": "prelu", **some(rng, 0.6, shared_axes=axes_of(rng, shape, 1))}, [shape]


def rms(rng: random.Random) -> Drawn:
    """A root mean square."""
    shape = any_shape(rng)
    layer: Layer = {"type": "rms_norm"}
    if rng.random() < 0.6:
        layer["axis"] = rng.choice((-1, list(range(rng.randrange(len(shape)), len(shape))), axes_of(rng, shape, 0)))
    return layer, [shape]


DRAWS: dict[str, Draw] = {
    **{kind: recurrent(kind) for kind in RECURRENT},
    **{kind: cell(kind) for kind in CELLS},
    "bidirectional": bidirectional,
    "time_distributed": distributed,
    "spectral_norm": spectral,
    "key_dim_attention": key_dim,
    "group_query_attention": grouped,
    "dot_attention": unprojected("dot_attention"),
    "additive_attention": unprojected("additive_attention"),
    "rescaling": rescaling,
    "normalization": normalization,
    "unit_normalization": unit,
    "prelu": prelu,
    "rms_norm": rms,
}


def undefined(layer: Layer, shapes: list[Shape]) -> bool:
    """Whether the answer is of no use: cells without a state, weights that Keras never takes as inputs, and a batch of
    1 that only some paths stretch."""
    kind = layer["type"]
    batches = {shape[0] for shape in shapes if shape}
    if kind in CELLS:
        return len(shapes) != 2 + (kind == "lstm_cell") or len(batches) > 1 or any(len(shape) != 2 for shape in shapes)
    if kind in ("rms_norm", "prelu") and len(shapes) > 1:
        return True
    states = kind in RECURRENT and len(shapes) > 1
    if states and shapes[0][0] == 1 and len(batches) > 1:
        return True
    if states and (len(shapes) > 2 + (kind == "lstm") or (kind == "lstm" and any(len(s) < 2 for s in shapes[1:]))):
        return True
    return kind in ("group_query_attention", "key_dim_attention") and 1 in batches and len(batches) > 1


# --- running ----------------------------------------------------------------------------------------------------------


def made(layer: Layer) -> Any:
    """The Keras layer."""
    kind = layer["type"]
    members = {WORDS.get(name, name): value for name, value in layer.items() if name not in {"type", *OF_THE_CALL}}
    if kind in ("bidirectional", "time_distributed", "spectral_norm"):
        inner = made(members.pop("layer"))
        if members.get("merge_mode") == "none":
            members["merge_mode"] = None
        wrappers = {"bidirectional": layers.Bidirectional, "time_distributed": layers.TimeDistributed}
        return wrappers.get(kind, layers.SpectralNormalization)(inner, **members)
    if kind == "normalization" and members.get("axis") == []:
        members["axis"] = None
    return CLASSES[kind](**members)


def run(layer: Layer, shapes: list[Shape]) -> dict[str, Any]:
    """What comes out of a layer, and what it keeps; raises what Keras raises."""
    kind, module = layer["type"], made(layer)
    first, *others = [np.full(shape, 0.5, dtype="float32") for shape in shapes]
    if kind in RECURRENT:
        given = module(first, initial_state=others) if others else module(first)
    elif kind in CELLS:
        given = module(first, states=others)
    elif kind in ("dot_attention", "additive_attention"):
        given = module([first, *others], **{name: True for name in OF_THE_CALL if layer.get(name)})
    elif kind in ("key_dim_attention", "group_query_attention"):
        if not 1 <= len(others) <= 2:
            raise ValueError("query, value and key")
        given = module(first, *others, **{name: True for name in OF_THE_CALL if layer.get(name)})
    else:
        if others:
            raise ValueError("one input")
        given = module(first)
    flat = tf.nest.flatten(given)
    kept = [sum(int(np.prod(weight.shape)) for weight in weights)
            for weights in (module.trainable_weights, module.non_trainable_weights)]  # fmt: skip
    return {"outputs": [list(part.shape) for part in flat], "parameters": kept[0], "buffers": kept[1]}
