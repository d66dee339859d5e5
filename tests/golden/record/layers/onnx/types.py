"""Random layers of each type, as ONNX spells them."""

import random

from tests.golden.record.layers.drafts import Layer, Shape, draw_pad, rank_of
from tests.golden.record.layers.mistakes import spoil
from tests.golden.record.layers.onnx.drafts import (
    AUTO_PADS,
    OnnxDraft,
    convolution_axis,
    convolution_draft,
    draw_opset,
    draw_output_size,
    pool_draft,
    spell_layer,
    transposed_axis,
)
from tests.golden.record.layers.onnx.mistakes import CONVOLUTION_MISTAKES, POOL_MISTAKES, TRANSPOSED_MISTAKES
from tests.golden.record.layers.sampler import Builder, LayerSampler, for_each_rank


def spell_convolution(rng: random.Random, draft: OnnxDraft, *names: str) -> tuple[Layer, Shape]:
    layer, shape = spell_layer(rng, draft, "kernel_shape", "strides", "dilations", *names)
    if rng.random() < 0.06:
        layer["kernel"] = layer.pop("kernel_shape")
    return layer, shape


def convolution(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = convolution_draft(type_, rng, convolution_axis)
    if rng.random() < 0.3:
        draft.parameters["auto_pad"] = rng.choice(AUTO_PADS)
        for axis in draft.axes:
            axis.dilation = 1 if draft.parameters["auto_pad"] != "VALID" else axis.dilation
    spoil(rng, draft, CONVOLUTION_MISTAKES)
    return spell_convolution(rng, draft)


def transposed(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """Groups always divide the output channels: a weight has the channels of one group only."""
    draft = convolution_draft(type_, rng, transposed_axis)
    if rng.random() < 0.3:
        draft.parameters["auto_pad"] = rng.choice(AUTO_PADS)
    if rng.random() < 0.3:
        draft.parameters["output_shape"] = [draw_output_size(rng, axis) for axis in draft.axes]
    spoil(rng, draft, TRANSPOSED_MISTAKES)
    group = draft.parameters["group"]
    if group > 0:
        draft.parameters["out_channels"] = group * max(1, draft.parameters["out_channels"] // group)
    return spell_convolution(rng, draft, "output_padding")


def spell_pool(rng: random.Random, draft: OnnxDraft) -> tuple[Layer, Shape]:
    spoil(rng, draft, POOL_MISTAKES)
    layer, shape = spell_layer(rng, draft, "kernel_shape", "strides", "dilations")
    if rng.random() < 0.03:
        del layer["kernel_shape"]
    return layer, shape


def max_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    return spell_pool(rng, pool_draft(type_, rng))


def avg_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = pool_draft(type_, rng)
    draft.parameters["count_include_pad"] = rng.random() < 0.5
    return spell_pool(rng, draft)


def lp_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = pool_draft(type_, rng)
    draft.parameters["p"] = rng.choice((1, 2, 2, 3))
    return spell_pool(rng, draft)


def global_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """A wrong rank is drawn only where ONNX refuses it: the operator itself takes any rank."""
    rank = rank_of(type_)
    shape = [rng.randint(1, 6 if rank < 3 else 4) for _ in range(rank + 2)]
    if rng.random() < 0.25:
        shape[rng.randrange(len(shape))] = 0
    if rng.random() < 0.25:
        shape = {1: shape[: rng.choice((1, 2))], 2: shape, 3: [*shape, 2]}[rank]
    return {"type": type_, "opset": draw_opset(rng)}, shape


def pad(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    mode = rng.choice(("constant", "constant", "reflect", "reflect", "replicate", "circular"))
    rank = rng.choice((1, 2, 3))
    sizes = [rng.randint(1, 7 if rank < 3 else 5) for _ in range(rank)]
    pairs = [[draw_pad(rng, size), draw_pad(rng, size)] for size in sizes]
    if rng.random() < 0.5:
        position = rng.randrange(rank)
        pairs[position] = draw_edge_pair(rng, sizes[position])
    if rng.random() < 0.06:
        sizes[rng.randrange(rank)] = 0
    leading = [rng.randint(1, 3) for _ in range(rng.choice((2, 2, 2, 2, 2, 1, 0, 3)))]
    if leading and rng.random() < 0.05:
        leading[rng.randrange(len(leading))] = 0
    shape = [*leading, *sizes]
    if rng.random() < 0.04 and not leading:
        shape = shape[1:]
    layer = {"type": type_, "opset": draw_opset(rng), "padding": pairs, "mode": mode}
    if mode == "constant" and rng.random() < 0.5:
        layer["value"] = rng.choice((0, 1, -2, 2.5))
    return layer, shape


def draw_edge_pair(rng: random.Random, size: int) -> list[int]:
    """Amounts near the input's size, or a crop at one end and about the rest at the other."""
    crop = rng.choice((0, 0, -1, -2, -size, -size - 1))
    pair = [crop, rng.choice((size + crop - 1, size + crop, size + crop + 1, 2 * size, 0, -1))]
    return pair if rng.random() < 0.5 else pair[::-1]


def upsample(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    rank = rng.choice((1, 2, 3))
    factors = [rng.choice((0, -1)) if rng.random() < 0.12 else rng.randint(1, 4) for _ in range(rank)]
    shape = [rng.choice((0, 1)) if rng.random() < 0.1 else rng.randint(1, 4) for _ in range(rank + 2)]
    factor: int | list[int] = factors[0] if len(set(factors)) == 1 and rng.random() < 0.7 else factors
    if isinstance(factor, list) and rng.random() < 0.15:
        factor = [*factor, 2] if rng.random() < 0.5 or rank == 1 else factor[1:]
    return {"type": type_, "opset": draw_opset(rng), "scale_factor": factor, "mode": "nearest"}, shape


def pixel_shuffle(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    factor = rng.randint(1, 4)
    batch, channels, height, width = (rng.randint(1, 4) for _ in range(4))
    shape = [batch, channels * factor**2, height, width]
    if type_ == "pixel_unshuffle":
        shape = [batch, channels, height * factor, width * factor]
    return block_layer(type_, rng, factor, shape, "upscale_factor" if type_ == "pixel_shuffle" else "downscale_factor")


def block_layer(type_: str, rng: random.Random, factor: int, shape: Shape, name: str) -> tuple[Layer, Shape]:
    mistake = rng.random()
    if mistake < 0.3:
        shape[rng.randrange(1, 4)] += rng.choice((-1, 1, 2))
    elif mistake < 0.36:
        shape = rng.choice((shape[1:], shape[:-1], [*shape, factor]))
    elif mistake < 0.41:
        factor = rng.choice((0, -1, -factor))
    elif mistake < 0.45:
        shape[rng.randrange(4)] = 0
    return {"type": type_, "opset": draw_opset(rng), name: factor}, shape


def flatten(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    rank = rng.randint(1, 5) if rng.random() < 0.95 else 0
    shape = [rng.randint(0, 5) if rng.random() < 0.1 else rng.randint(1, 5) for _ in range(rank)]
    axis = rng.choice((rng.randint(-len(shape), len(shape)), rng.randint(-len(shape) - 2, len(shape) + 2)))
    layer = {"type": type_, "opset": draw_opset(rng), "axis": axis}
    if axis == 1 and rng.random() < 0.5:
        del layer["axis"]
    return layer, shape


def linear(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    features = 0 if rng.random() < 0.05 else rng.randint(1, 12)
    outputs = 0 if rng.random() < 0.05 else rng.randint(1, 12)
    shape = [rng.choice((0, 1, 2, 3)) if rng.random() < 0.1 else rng.randint(1, 4) for _ in range(rng.randint(0, 4))]
    last = max(features + rng.choice((-2, -1, 1, 2, 3)), 0) if rng.random() < 0.4 else features
    layer = {"type": type_, "opset": draw_opset(rng), "in_features": features, "out_features": outputs}
    return layer, [] if rng.random() < 0.02 else [*shape, last]


def batch_norm(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """The channel axis is the second one; any number of axes from two."""
    shape = [rng.randint(1, 6) for _ in range(rng.randint(1 if rng.random() < 0.3 else 2, 5))]
    if rng.random() < 0.1:
        shape[rng.randrange(len(shape))] = 0
    features = shape[1] if len(shape) > 1 else shape[0]
    if rng.random() < 0.35:
        features = max(0, rng.choice((features - 1, features + 1, features + 2, shape[0], shape[-1])))
    return {"type": type_, "opset": draw_opset(rng), "num_features": features}, shape


SPATIAL_TYPES: dict[str, Builder] = {
    "conv": convolution, "conv_transpose": transposed, "max_pool": max_pool, "avg_pool": avg_pool, "lp_pool": lp_pool,
    "global_max_pool": global_pool, "global_avg_pool": global_pool,
}  # fmt: skip
SAMPLER = LayerSampler(
    types=for_each_rank(SPATIAL_TYPES)
    | {
        "pad": pad, "upsample": upsample, "pixel_shuffle": pixel_shuffle, "pixel_unshuffle": pixel_shuffle,
        "flatten": flatten, "linear": linear, "batch_norm": batch_norm,
    },
    weights={
        "conv": 12, "conv_transpose": 12, "max_pool": 10, "avg_pool": 10, "lp_pool": 6, "global_max_pool": 1,
        "global_avg_pool": 1, "pad": 12, "upsample": 3, "pixel_shuffle": 3, "pixel_unshuffle": 3, "flatten": 3,
        "linear": 3, "batch_norm": 3,
    },
    value_weights={
        "conv": 9, "conv_transpose": 9, "max_pool": 7, "avg_pool": 9, "lp_pool": 4, "global_max_pool": 1,
        "global_avg_pool": 1, "pad": 8,
    },
    identity=lambda layer: {**layer, "opset": None},  # the opset alone makes no new case
)  # fmt: skip
