"""Random nodes of ONNX in its own words: an operator, its attributes, and the shapes of its inputs.

Most fit; a size or an attribute is changed now and then, so that some are refused.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

Shape = list[int]
Node = tuple[dict[str, Any], list[Shape]]
"""A layer object without its name, and the shapes of its inputs."""
ODD = 0.25
"""How many nodes have something changed."""


def sizes(rng: Random, least: int, most: int) -> Shape:
    """A shape of so many axes."""
    return [rng.randint(1, 5) for _ in range(rng.randint(least, most))]


def quantize(rng: Random) -> Node:
    shape = sizes(rng, 1, 4)
    axis = rng.randrange(-len(shape), len(shape))
    scale = [] if rng.random() < 0.4 else [shape[axis]]
    return {"type": rng.choice(["QuantizeLinear", "DequantizeLinear"]), "axis": axis}, [shape, scale, scale]


def dynamic_quantize(rng: Random) -> Node:
    return {"type": "DynamicQuantizeLinear"}, [sizes(rng, 0, 4)]


def convolution(rng: Random) -> Node:
    groups, rank = rng.choice([1, 1, 2]), 2
    spatial, kernel = [rng.randint(2, 6) for _ in range(rank)], [rng.randint(1, 3) for _ in range(rank)]
    x, w = [rng.randint(1, 2), 2 * groups, *spatial], [groups * rng.randint(1, 2), 2, *kernel]
    layer = {"group": groups, "strides": [rng.randint(1, 2)] * rank, "pads": [rng.randint(0, 1)] * 2 * rank}
    if rng.random() < 0.5:
        return {"type": "ConvInteger", **layer}, [x, w]
    return {"type": "QLinearConv", **layer}, [x, [], [], w, [], [], [], [], *([[w[0]]] if rng.random() < 0.5 else [])]


def product(rng: Random) -> Node:
    batch, (n, k, m) = sizes(rng, 0, 2), sizes(rng, 3, 3)
    first, second = [*batch, n, k], [*batch[rng.randint(0, len(batch)) :], k, m]
    if rng.random() < 0.5:
        return {"type": "MatMulInteger"}, [first, second]
    return {"type": "QLinearMatMul"}, [first, [], [], second, [], [], [], []]


def scatter(rng: Random) -> Node:
    shape = sizes(rng, 1, 4)
    indices = [rng.randint(1, size) for size in shape]
    return {"type": "ScatterElements", "axis": rng.randrange(-len(shape), len(shape))}, [shape, indices, indices]


def scatter_nd(rng: Random) -> Node:
    shape, rows = sizes(rng, 1, 4), sizes(rng, 0, 2)
    count = rng.randint(1, len(shape))
    return {"type": "ScatterND"}, [shape, [*rows, count], [*rows, *shape[count:]]]


def gather_nd(rng: Random) -> Node:
    shape = sizes(rng, 2, 4)
    batch = rng.randint(0, 1)
    rows = [*shape[:batch], *sizes(rng, 0, 2)]
    return {"type": "GatherND", "batch_dims": batch}, [shape, [*rows, rng.randint(1, len(shape) - batch)]]


def suppression(rng: Random) -> Node:
    batch, boxes, classes = sizes(rng, 3, 3)
    return {"type": "NonMaxSuppression"}, [[batch, boxes, 4], [batch, classes, boxes]]


def compress(rng: Random) -> Node:
    shape = sizes(rng, 1, 4)
    axis = rng.randrange(-len(shape), len(shape))
    return {"type": "Compress", "axis": axis}, [shape, [shape[axis]]]


def unique(rng: Random) -> Node:
    shape = sizes(rng, 1, 4)
    return {"type": "Unique", **({"axis": rng.randrange(len(shape))} if rng.random() < 0.5 else {})}, [shape]


def reverse(rng: Random) -> Node:
    shape, batch = sizes(rng, 2, 4), rng.randint(0, 1)
    return {"type": "ReverseSequence", "batch_axis": batch, "time_axis": 1 - batch}, [shape, [shape[batch]]]


def boxes(rng: Random) -> Node:
    shape, count = [1, *sizes(rng, 3, 3)], rng.randint(1, 4)
    if rng.random() < 0.5:
        return {"type": "MaxRoiPool", "pooled_shape": sizes(rng, 2, 2)}, [shape, [count, 5]]
    return {"type": "RoiAlign", "output_height": rng.randint(1, 4)}, [shape, [count, 4], [count]]


def matrix(rng: Random) -> Node:
    kind = rng.choice(["Det", "EyeLike", "Multinomial"])
    if kind == "Det":
        return {"type": kind}, [[*sizes(rng, 0, 2), *[rng.randint(1, 4)] * 2]]
    return {"type": kind, **({"sample_size": 3} if kind == "Multinomial" else {})}, [sizes(rng, 2, 2)]


def fourier(rng: Random) -> Node:
    shape = [*sizes(rng, 2, 4), rng.choice([1, 2])]
    layer = {"type": "DFT", "onesided": rng.choice([0, 0, 1]), "inverse": rng.choice([0, 0, 1])}
    if rng.random() < 0.5:
        layer["axis"] = rng.randrange(-len(shape), len(shape))
    if rng.random() < 0.4:
        layer["dft_length"] = rng.randint(1, 8)
    return layer, [shape]


def short_fourier(rng: Random) -> Node:
    length = rng.randint(2, 6)
    signal = [rng.randint(1, 2), rng.randint(4, 20), 1]
    layer = {"type": "STFT", "frame_step": rng.randint(1, 4), "onesided": rng.choice([0, 1])}
    return (layer, [signal, [length]]) if rng.random() < 0.5 else ({**layer, "frame_length": length}, [signal])


def loss(rng: Random) -> Node:
    scores = sizes(rng, 2, 4)
    kind = rng.choice(["SoftmaxCrossEntropyLoss", "NegativeLogLikelihoodLoss"])
    inputs = [scores, [scores[0], *scores[2:]], *([scores[1:2]] if rng.random() < 0.4 else [])]
    return {"type": kind, "reduction": rng.choice(["none", "mean", "sum"])}, inputs


def running(rng: Random) -> Node:
    shape = sizes(rng, 1, 3)
    return {"type": "BitShift", "direction": rng.choice(["LEFT", "RIGHT"])}, [shape, shape[rng.randint(0, 1) :]]


def rotary(rng: Random) -> Node:
    batch, heads, length, half = rng.randint(1, 2), rng.randint(1, 3), rng.randint(1, 4), rng.randint(1, 3)
    cache = [batch, length, half]
    if rng.random() < 0.5:
        return {"type": "RotaryEmbedding"}, [[batch, heads, length, 2 * half], cache, cache]
    layer = {"type": "RotaryEmbedding", "num_heads": heads}
    return layer, [[batch, length, heads * 2 * half], cache, cache]


def attention(rng: Random) -> Node:
    batch, heads, new, old, features = (rng.randint(1, 3) for _ in range(5))
    shape, past = [batch, heads, new, features], [batch, heads, old, features]
    mask = [[new, old + new]]
    return {"type": "Attention", "return_state": True}, [shape, shape, shape, *mask, past, past]


def write_cache(rng: Random) -> Node:
    shape = sizes(rng, 3, 4)
    return {"type": "TensorScatter"}, [shape, [*shape[:-2], rng.randint(1, shape[-2]), shape[-1]], shape[:1]]


DRAWS: Mapping[str, Callable[[Random], Node]] = {
    draw.__name__: draw
    for draw in (
        *(quantize, dynamic_quantize, convolution, product, scatter, scatter_nd, gather_nd, suppression, compress),
        *(unique, reverse, boxes, matrix, fourier, short_fourier, loss, running, rotary, attention, write_cache),
    )
}


def drawn(rng: Random) -> Node:
    """A random node; some with one size changed, an axis more or less, or an attribute moved."""
    layer, inputs = rng.choice(list(DRAWS.values()))(rng)
    inputs = [list(shape) for shape in inputs]
    if rng.random() < ODD:
        shape = rng.choice(inputs)
        if shape and rng.random() < 0.7:
            shape[rng.randrange(len(shape))] += 1
        elif shape and rng.random() < 0.5:
            shape.pop()
        else:
            shape.append(2)
    return layer, inputs
