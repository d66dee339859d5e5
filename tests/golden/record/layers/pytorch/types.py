"""Random layers of each type, as PyTorch spells them."""

import random

from tests.golden.record.layers.drafts import Draft, EvenAxis, Layer, Shape, dilate_some, draw_pad, rank_of
from tests.golden.record.layers.mistakes import (
    empty_axis,
    empty_batch,
    empty_channels,
    no_mistake,
    set_parameter,
    spoil,
)
from tests.golden.record.layers.pytorch.drafts import (
    PADDING_MODES,
    convolution_axis,
    convolution_draft,
    draw_output_size,
    pool_draft,
    transposed_axis,
    window_parameters,
    without_defaults,
)
from tests.golden.record.layers.pytorch.mistakes import (
    CONVOLUTION_MISTAKES,
    DILATION_MISTAKES,
    POOL_MISTAKES,
    TRANSPOSED_MISTAKES,
    WINDOW_MISTAKES,
    other_rank,
)
from tests.golden.record.layers.sampler import Builder, LayerSampler, for_each_rank


def convolution(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = convolution_draft(type_, rng, convolution_axis)
    draft.parameters["padding_mode"] = rng.choice(("zeros", *PADDING_MODES))
    if rng.random() < 0.2:
        draft.parameters["padding"] = rng.choice(("same", "same", "valid"))
        if draft.parameters["padding"] == "same":
            for axis in draft.axes:
                axis.stride = 1
    spoil(rng, draft, CONVOLUTION_MISTAKES)
    window = window_parameters(rng, draft, "kernel_size", "stride", "padding", "dilation")
    return {"type": type_, **window, **draft.parameters}, draft.shape


def transposed(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = convolution_draft(type_, rng, transposed_axis)
    spoil(rng, draft, TRANSPOSED_MISTAKES)
    window = window_parameters(rng, draft, "kernel_size", "stride", "padding", "dilation", "output_padding")
    layer = {"type": type_, **window, **draft.parameters}
    if rng.random() < 0.3:
        layer["output_size"] = draw_output_size(rng, draft)
        if rng.random() < 0.8:
            del layer["output_padding"]
    return layer, draft.shape


def spell_pool(rng: random.Random, draft: Draft[EvenAxis], *names: str) -> tuple[Layer, Shape]:
    window = window_parameters(rng, draft, "kernel_size", "stride", *names)
    if draft.type == "lp_pool1d":
        window["kernel_size"] = draft.axes[0].kernel  # PyTorch trips over a one-element list here, and only here
    if rng.random() < 0.25:
        del window["stride"]
    return {"type": draft.type, **window, **draft.parameters}, draft.shape


def max_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = pool_draft(type_, rng)
    dilate_some(rng, draft.axes, 0.4, lambda axis: axis.size + 2 * axis.padding)
    draft.parameters = {"ceil_mode": rng.random() < 0.5}
    spoil(rng, draft, POOL_MISTAKES + DILATION_MISTAKES)
    return spell_pool(rng, draft, "padding", "dilation")


def avg_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = pool_draft(type_, rng)
    draft.parameters = {"ceil_mode": rng.random() < 0.5, "count_include_pad": rng.random() < 0.5}
    mistakes = list(POOL_MISTAKES)
    if rank_of(type_) > 1:
        mistakes += [set_parameter("divisor_override", 0, -1)]
        if rng.random() < 0.3:
            draft.parameters["divisor_override"] = rng.randint(1, 9)
    spoil(rng, draft, mistakes)
    return spell_pool(rng, draft, "padding")


def lp_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = pool_draft(type_, rng)
    for axis in draft.axes:
        axis.padding, axis.size = 0, max(axis.size, axis.kernel)
    draft.parameters = {"norm_type": rng.choice((1, 2, 3, 4)), "ceil_mode": rng.random() < 0.5}
    spoil(rng, draft, [*WINDOW_MISTAKES, set_parameter("norm_type", 0, -1)])
    return spell_pool(rng, draft)


def adaptive_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = pool_draft(type_, rng)
    sizes: list[int | None] = [rng.randint(1, 9) for _ in draft.axes]
    for position in range(len(sizes)):
        if len(sizes) > 1 and rng.random() < 0.2:
            sizes[position] = None
    spoil(rng, draft, [other_rank, empty_axis, empty_batch, empty_channels, no_mistake, no_mistake])
    if rng.random() < 0.2:
        sizes[rng.randrange(len(sizes))] = rng.choice((0, 0, -1, -2))
    shared = sizes[0] is not None and (len(sizes) == 1 or rng.random() < 0.2)
    return {"type": type_, "output_size": sizes[0] if shared and rng.random() < 0.8 else sizes}, draft.shape


def flatten(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    rank = rng.randint(1, 5)
    shape = [rng.choice((0, 1, 2, 3, 4, 5)) if rng.random() < 0.2 else rng.randint(1, 5) for _ in range(rank)]
    first, last = (rng.randint(-rank, rank - 1) if rng.random() < 0.7 else rng.choice((1, -1)) for _ in range(2))
    if rng.random() < 0.6 and first % rank > last % rank:
        first, last = last, first
    if rng.random() < 0.15:
        first, last = rng.choice(((rank, last), (first, rank), (-rank - 1, last), (first, -rank - 1)))
    return {"type": type_, "start_dim": first, "end_dim": last}, shape


def linear(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    features = rng.choice((0, -1)) if rng.random() < 0.08 else rng.randint(1, 12)
    outputs = rng.choice((0, -1)) if rng.random() < 0.08 else rng.randint(1, 12)
    shape = [rng.choice((0, 1, 2, 3)) if rng.random() < 0.2 else rng.randint(1, 4) for _ in range(rng.randint(0, 4))]
    last = features + rng.choice((-2, -1, 1, 2, 3)) if rng.random() < 0.3 else features
    layer = {"type": type_, "in_features": features, "out_features": outputs, "bias": rng.random() < 0.6}
    return layer, [*shape, max(last, 0)]


def batch_norm(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """The channel axis is the second one at every rank; sometimes there is an axis too few or too many."""
    shape = [rng.randint(1, 6) for _ in range(rank_of(type_) + 2)]
    if rng.random() < 0.12:
        shape = rng.choice((shape[:-1], shape[:-1], shape[:-2], [*shape, 2]))
    if rng.random() < 0.15:
        shape[rng.randrange(len(shape))] = 0
    features = shape[1] if len(shape) > 1 else shape[0]
    if rng.random() < 0.25:
        features = rng.choice((features - 1, features + 1, features + 2, shape[0], shape[-1]))
    return {"type": type_, "num_features": features, "affine": rng.random() < 0.5}, shape


def pad(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    mode = rng.choice(("constant", "constant", "reflect", "replicate", "circular"))
    rank = rng.choice((1, 2, 3))
    sizes = [rng.randint(1, 7 if rank < 3 else 5) for _ in range(rank)]
    pairs = [[draw_pad(rng, size), draw_pad(rng, size)] for size in sizes]
    if rng.random() < 0.35:
        position = rng.randrange(rank)
        size = sizes[position]
        pairs[position][rng.randrange(2)] = rng.choice((size - 1, size, size + 1, 2 * size, -1, -2, -size, -size - 1))
    if rng.random() < 0.1:
        sizes[rng.randrange(rank)] = 0
    leading = [rng.randint(1, 3) for _ in range(rng.choice((1, 1, 2, 2, 2, 2, 0, 3)))]
    if leading and rng.random() < 0.05:
        leading[rng.randrange(len(leading))] = 0
    shape = [*leading, *sizes]
    if rng.random() < 0.04:
        shape = shape[1:]
    value = rng.choice((0, 0, 1, -2, 2.5)) if mode == "constant" else rng.choices((0, 3), (9, 1))[0]
    return {"type": type_, "padding": pairs, "mode": mode, "value": value}, shape


SPATIAL_TYPES: dict[str, Builder] = {
    "conv": convolution, "conv_transpose": transposed, "max_pool": max_pool, "avg_pool": avg_pool, "lp_pool": lp_pool,
    "adaptive_max_pool": adaptive_pool, "adaptive_avg_pool": adaptive_pool, "batch_norm": batch_norm,
}  # fmt: skip
SAMPLER = LayerSampler(
    types=for_each_rank(SPATIAL_TYPES) | {"flatten": flatten, "linear": linear, "pad": pad},
    weights={
        "conv": 8, "conv_transpose": 8, "max_pool": 7, "avg_pool": 7, "lp_pool": 2, "adaptive_max_pool": 2,
        "adaptive_avg_pool": 2, "batch_norm": 2, "flatten": 4, "linear": 3, "pad": 12,
    },
    value_weights={
        "conv": 8, "conv_transpose": 6, "max_pool": 5, "avg_pool": 6, "lp_pool": 1, "adaptive_max_pool": 2,
        "adaptive_avg_pool": 2, "pad": 8,
    },
    without_defaults=without_defaults,
)  # fmt: skip
