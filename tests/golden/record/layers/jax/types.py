"""Random layers of each type, as JAX spells them."""

import random

from tests.golden.record.layers.drafts import RANKS, Layer, Shape, draw_axes, rank_of
from tests.golden.record.layers.jax.drafts import (
    JaxDraft,
    convolution_axis,
    convolution_draft,
    draw_kernel,
    pool_axis,
    spell_layer,
    transposed_axis,
    without_defaults,
)
from tests.golden.record.layers.jax.mistakes import CONVOLUTION_MISTAKES, POOL_MISTAKES, TRANSPOSED_MISTAKES
from tests.golden.record.layers.mistakes import spoil
from tests.golden.record.layers.sampler import Builder, LayerSampler, for_each_rank

PADDING_NAMES = ("SAME", "SAME", "SAME_LOWER", "SAME_LOWER", "VALID", "same", "same_lower", "valid")
POOL_PADDING_NAMES = ("SAME", "SAME", "SAME_LOWER", "SAME_LOWER", "VALID", "VALID", "same", "same_lower")
"""A name that is listed twice is drawn twice as often."""


def convolution(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = convolution_draft(type_, rng, convolution_axis)
    groups = rng.choice((1, 1, 1, 2, 3))
    draft.channels = draft.parameters["in_channels"] = groups * rng.randint(1, 3)
    draft.parameters |= {"out_channels": groups * rng.randint(1, 3), "feature_group_count": groups}
    attributes = {"kernel_size": "kernel", "window_strides": "stride", "rhs_dilation": "dilation"}
    if rng.random() < 0.5:
        draft.padding_name = rng.choice(PADDING_NAMES)
        for axis in draft.axes:
            axis.input_dilation = 1
            if draft.padding_name.upper() == "VALID":
                axis.size = max(axis.size, axis.effective)
            else:
                axis.kernel = draw_kernel(rng, len(draft.axes), 6)
    elif rng.random() < 0.4:
        for axis in draft.axes:
            axis.input_dilation = 1
    spoil(rng, draft, CONVOLUTION_MISTAKES)
    if any(axis.input_dilation != 1 for axis in draft.axes) or rng.random() < 0.3:
        attributes["lhs_dilation"] = "input_dilation"
    return spell_layer(rng, draft, attributes)


def transposed(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = convolution_draft(type_, rng, transposed_axis)
    if rng.random() < 0.55:
        draft.padding_name = rng.choices(("SAME", "VALID", "SAME_LOWER"), (5, 4, 2))[0]
        if draft.padding_name == "SAME_LOWER" and rng.random() < 0.7:
            for axis in draft.axes:
                axis.input_dilation = 1
    spoil(rng, draft, TRANSPOSED_MISTAKES)
    return spell_layer(rng, draft, {"kernel_size": "kernel", "strides": "input_dilation", "rhs_dilation": "dilation"})


def pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """A pool with a batch axis, without one, or rarely with two."""
    leading = rng.choices(([rng.randint(1, 3)], [], [2, rng.randint(1, 2)]), (14, 5, 1))[0]
    axes = draw_axes(rng, rank_of(type_), pool_axis)
    draft = JaxDraft(type=type_, axes=axes, leading=leading, channels=rng.randint(1, 3))
    if rng.random() < 0.5:
        draft.padding_name = rng.choice(POOL_PADDING_NAMES)
        for axis in draft.axes:
            if draft.padding_name == "VALID":
                axis.size = max(axis.size, axis.effective)
            else:
                axis.kernel = draw_kernel(rng, len(draft.axes), 6)
    if type_.startswith("avg"):
        draft.parameters = {"count_include_pad": rng.random() < 0.5}
    spoil(rng, draft, POOL_MISTAKES)
    attributes = {"window_shape": "kernel", "strides": "stride", "window_dilation": "dilation"}
    if all(axis.dilation == 1 for axis in draft.axes) and rng.random() < 0.5:
        del attributes["window_dilation"]
    if rng.random() < 0.2:
        del attributes["strides"]
    return spell_layer(rng, draft, attributes)


def global_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """A global pool with or without a batch axis; sometimes axes are missing."""
    rank = rank_of(type_)
    shape = [rng.randint(1, 3) for _ in range(rng.choice((1, 2, 2)))] + [rng.randint(1, 9) for _ in range(rank)]
    return {"type": type_}, shape[: rng.randint(0, rank - 1)] if rng.random() < 0.15 else shape


def flatten(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """Never a range of no axes: JAX would insert an axis of size 1, which nobody expects."""
    shape = [rng.randint(1, 5) for _ in range(rng.randint(1, 5))]
    rank = len(shape)
    first, last = (rng.randint(-rank, rank - 1) if rng.random() < 0.7 else rng.choice((1, -1)) for _ in range(2))
    if first % rank == last % rank + 1 or (rng.random() < 0.7 and first % rank > last % rank):
        first, last = last, first
    if rank == 1:
        first = last = rng.choice((0, -1))
    return {"type": type_, "start_dim": first, "end_dim": last}, shape


def linear(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    features, outputs = rng.randint(1, 12), -1 if rng.random() < 0.06 else rng.randint(1, 12)
    shape = [rng.randint(1, 4) for _ in range(rng.randint(0, 4))]
    last = features + rng.choice((-2, -1, 1, 2, 3)) if rng.random() < 0.25 else features
    layer = {"type": type_, "in_features": -1 if rng.random() < 0.06 else features, "out_features": outputs}
    return layer, [] if rng.random() < 0.08 else [*shape, max(last, 1)]


def pad(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """Pairs for the last axes. Modes other than constant refuse to crop, and repeat the input as often as needed."""
    mode = rng.choice(("constant", "constant", "constant", "reflect", "replicate", "circular"))
    rank = rng.choice(RANKS)
    sizes = [rng.randint(1, 7 if rank < 3 else 4) for _ in range(rank)]
    pairs = [[draw_pad(rng, size, mode), draw_pad(rng, size, mode)] for size in sizes]
    if rng.random() < 0.35:
        position = rng.randrange(rank)
        size, pair = sizes[position], pairs[position]
        end = rng.randrange(2)
        pair[end] = rng.choice((size - 1, size, size + 1, 2 * size, 3 * size - 2, -1, -2, -size, -size - 1))
        if rng.random() < 0.4:
            pair[1 - end] = -size - pair[end] + rng.choice((-1, 0, 1, 2))
    leading = [rng.randint(1, 3) for _ in range(rng.choice((1, 1, 2, 2, 2, 2, 0, 3)))]
    shape = [*leading, *sizes]
    if rng.random() < 0.06 and len(sizes) > 1:
        shape = sizes[1:]
    layer = {"type": type_, "padding": pairs, "mode": mode}
    if mode == "constant":
        layer["value"] = rng.choice((0, 0, 1, -2, 2.5))
    elif rng.random() < 0.05:
        layer["value"] = 3
    if rng.random() < 0.03:
        layer["mode"] = "mirror"
    return layer, shape


def draw_pad(rng: random.Random, size: int, mode: str) -> int:
    """Mostly within the input, rarely a negative amount, which crops."""
    if rng.random() < (0.15 if mode == "constant" else 0.04):
        return -rng.randint(1, 2)
    return rng.randint(0, max(1, min(4, size - 1)))


SPATIAL_TYPES: dict[str, Builder] = {
    "conv": convolution, "conv_transpose": transposed, "max_pool": pool, "avg_pool": pool,
    "global_max_pool": global_pool, "global_avg_pool": global_pool,
}  # fmt: skip
SAMPLER = LayerSampler(
    types=for_each_rank(SPATIAL_TYPES) | {"flatten": flatten, "linear": linear, "pad": pad},
    weights={
        "conv": 10, "conv_transpose": 10, "max_pool": 7, "avg_pool": 7, "global_max_pool": 1, "global_avg_pool": 1,
        "flatten": 3, "linear": 3, "pad": 14,
    },
    value_weights={
        "conv": 10, "conv_transpose": 10, "max_pool": 6, "avg_pool": 7, "global_max_pool": 1, "global_avg_pool": 1,
        "pad": 12,
    },
    without_defaults=without_defaults,
    largest_input=3_000,
)  # fmt: skip
