"""Random layers of each type, as Keras spells them."""

import random

from tests.golden.record.layers.drafts import Layer, Shape, spell
from tests.golden.record.layers.keras.drafts import (
    INTERPOLATIONS,
    MISSING,
    PADDINGS,
    border_draft,
    draw_convolution,
    draw_draft,
    either_stride_or_dilation,
    make_room,
    spell_layer,
    transposed_axis,
    window_axis,
    without_defaults,
)
from tests.golden.record.layers.keras.mistakes import (
    CONVOLUTION_MISTAKES,
    DEPTH_MISTAKES,
    FILTER_MISTAKES,
    GROUP_MISTAKES,
    INPUT_MISTAKES,
    POOL_MISTAKES,
    TRANSPOSED_MISTAKES,
    as_pairs,
    other_border,
    wrong_length,
)
from tests.golden.record.layers.mistakes import no_mistake, set_parameter, spoil
from tests.golden.record.layers.sampler import Builder, LayerSampler, for_each_rank


def convolution(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = draw_convolution(type_, rng, 0.03)
    if type_ == "conv1d" and rng.random() < 0.35:
        draft.parameters["padding"] = "causal"
    groups = rng.choice((1, 1, 1, 2, 3))
    draft.channels = groups * rng.randint(1, 3)
    draft.parameters |= {"filters": groups * rng.randint(1, 3), "groups": groups}
    make_room(rng, draft)
    spoil(rng, draft, CONVOLUTION_MISTAKES + FILTER_MISTAKES + GROUP_MISTAKES)
    return spell_layer(rng, draft, "kernel_size", "strides", "dilation_rate")


def depthwise(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """Mostly equal strides: Keras refuses different ones, unless there is a dilation."""
    draft = draw_convolution(type_, rng, 0.3)
    draft.parameters["depth_multiplier"] = rng.choice((1, 2, 3))
    if rng.random() < 0.6:
        for axis in draft.axes:
            axis.stride = draft.axes[0].stride
    mistakes = CONVOLUTION_MISTAKES + DEPTH_MISTAKES
    if type_.startswith("separable"):
        draft.parameters["filters"] = rng.randint(1, 4)
        mistakes += FILTER_MISTAKES
    make_room(rng, draft)
    spoil(rng, draft, mistakes)
    return spell_layer(rng, draft, "kernel_size", "strides", "dilation_rate")


def transposed(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = draw_draft(type_, rng, transposed_axis)
    either_stride_or_dilation(rng, draft, 0.03)
    draft.parameters |= {
        "filters": rng.randint(1, 4), "padding": rng.choice(PADDINGS), "use_bias": rng.random() < 0.6,
    }  # fmt: skip
    for axis in draft.axes:
        axis.output_padding = min(axis.output_padding, axis.stride - 1)
    if rng.random() < 0.45:
        draft.parameters["output_padding"] = None
    spoil(rng, draft, TRANSPOSED_MISTAKES)
    return spell_layer(rng, draft, "kernel_size", "strides", "dilation_rate", "output_padding")


def pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = draw_draft(type_, rng, window_axis)
    for axis in draft.axes:
        axis.dilation = 1
    draft.parameters["padding"] = rng.choice(PADDINGS)
    if rng.random() < 0.3:
        draft.parameters["strides"] = rng.choice((None, MISSING))
    make_room(rng, draft)
    spoil(rng, draft, POOL_MISTAKES)
    return spell_layer(rng, draft, "pool_size", "strides")


def global_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = draw_draft(type_, rng, window_axis)
    draft.parameters["keepdims"] = rng.random() < 0.5
    spoil(rng, draft, [*INPUT_MISTAKES, set_parameter("pool_size", 2)])
    return spell_layer(rng, draft)


def adaptive_pool(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = draw_draft(type_, rng, window_axis)
    sizes: list[int | None] = [rng.randint(1, 9) for _ in draft.axes]
    draft.parameters["output_size"] = spell(rng, [sizes[0]] * len(sizes) if rng.random() < 0.2 else sizes)
    entry = rng.choice((0, -1, None))
    spoiled = [entry if position == 0 else size for position, size in enumerate(sizes)]
    spoil(rng, draft, [*INPUT_MISTAKES, wrong_length("output_size"), set_parameter("output_size", spoiled, 0, None)])
    return spell_layer(rng, draft)


def flatten(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    shape = [rng.choice((0, 1, 2, 3)) if rng.random() < 0.1 else rng.randint(1, 5) for _ in range(rng.randint(0, 5))]
    layer: Layer = {"type": type_}
    if rng.random() < 0.6:
        layer["data_format"] = rng.choice(("channels_last", "channels_first", "channels_first", "NCHW"))
    if rng.random() < 0.1:
        layer["start_dim"] = 2
    return layer, shape


def linear(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    shape = [rng.choice((0, 1, 2, 3)) if rng.random() < 0.1 else rng.randint(1, 5) for _ in range(rng.randint(0, 5))]
    layer = {"type": type_, "units": rng.randint(1, 9), "use_bias": rng.random() < 0.6}
    if rng.random() < 0.2:
        layer["units"] = rng.choice((0, -1, None, [3]))
    return layer, shape


def batch_norm(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    rank = rng.randint(0, 5)
    shape = [rng.choice((0, 1, 2, 3)) if rng.random() < 0.1 else rng.randint(1, 5) for _ in range(rank)]
    layer: Layer = {"type": type_, "axis": rng.randint(-rank - 2, rank + 1)}
    if rng.random() < 0.6:
        layer["axis"] = rng.choice((-1, 1, rng.randint(-rank, max(rank - 1, -rank))))
    if rng.random() < 0.2:
        layer[rng.choice(("center", "scale"))] = rng.random() < 0.5
    return layer, shape


def pad(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = border_draft(type_, rng)
    pairs = [[rng.randint(0, 4), rng.randint(0, 4)] for _ in draft.axes]
    amount = rng.randint(0, 4)
    draft.parameters["padding"] = rng.choice((pairs, pairs, pairs, amount))
    if len(pairs) > 1 and rng.random() < 0.15:
        draft.parameters["padding"] = [pair[0] for pair in pairs]
    negative = [[-rng.randint(1, 3), pairs[0][1]], *pairs[1:]]
    more = [as_pairs("padding", pairs), set_parameter("padding", negative, -1), other_border(rng)]
    spoil(rng, draft, INPUT_MISTAKES + more)
    return spell_layer(rng, draft)


def crop(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    """Crops that leave several positions, one, none, or one less than none."""
    draft = border_draft(type_, rng)
    pairs = []
    for axis in draft.axes:
        total = rng.randint(0, axis.size - 1) if rng.random() < 0.85 else axis.size + rng.choice((-1, 0, 1))
        before = rng.choice((0, total, rng.randint(0, total), rng.randint(0, total)))
        pairs.append([before, total - before])
    least = max(0, min(axis.size for axis in draft.axes) - 1) // 2
    draft.parameters["cropping"] = rng.choice((pairs, pairs, pairs, pairs, rng.randint(0, least + 1)))
    if len(pairs) > 1 and rng.random() < 0.1:
        draft.parameters["cropping"] = [rng.randint(0, max(0, (axis.size - 1) // 2)) for axis in draft.axes]
    negative = [[-rng.randint(1, 3), pairs[0][1]], *pairs[1:]]
    more = [as_pairs("cropping", pairs), set_parameter("cropping", negative, -1)]
    spoil(rng, draft, INPUT_MISTAKES + more)
    return spell_layer(rng, draft)


def upsample(type_: str, rng: random.Random) -> tuple[Layer, Shape]:
    draft = border_draft(type_, rng)
    rank = len(draft.axes)
    sizes = [rng.randint(1, 4) for _ in draft.axes]
    draft.parameters["size"] = sizes[0] if rank == 1 and rng.random() < 0.9 else spell(rng, sizes)
    if rank == 2 and rng.random() < 0.6:
        draft.parameters["interpolation"] = rng.choice((*INTERPOLATIONS, "bilinear", "bilinear"))
    wrong = [rng.choice((0, -1)), *sizes[1:]]
    mistakes = [
        set_parameter("size", wrong if rank > 1 else wrong[0]), set_parameter("interpolation", "linear", "bilinear"),
        set_parameter("size", [*sizes, 2]), no_mistake,
    ]  # fmt: skip
    spoil(rng, draft, INPUT_MISTAKES + mistakes)
    return spell_layer(rng, draft)


SPATIAL_TYPES: dict[str, Builder] = {
    "conv": convolution, "conv_transpose": transposed, "max_pool": pool, "avg_pool": pool,
    "global_max_pool": global_pool, "global_avg_pool": global_pool, "adaptive_max_pool": adaptive_pool,
    "adaptive_avg_pool": adaptive_pool,
}  # fmt: skip
SAMPLER = LayerSampler(
    types=for_each_rank(SPATIAL_TYPES)
    | for_each_rank({"depthwise_conv": depthwise, "separable_conv": depthwise}, ranks=(1, 2))
    | {"batch_norm": batch_norm, "flatten": flatten, "linear": linear, "pad": pad, "crop": crop, "upsample": upsample},
    weights={
        "conv": 8, "depthwise_conv": 8, "separable_conv": 6, "conv_transpose": 10, "max_pool": 6, "avg_pool": 6,
        "global_max_pool": 1, "global_avg_pool": 1, "adaptive_max_pool": 2, "adaptive_avg_pool": 2, "batch_norm": 3,
        "flatten": 2, "linear": 3, "pad": 8, "crop": 8, "upsample": 8,
    },
    value_weights={
        "conv": 8, "depthwise_conv": 7, "separable_conv": 5, "conv_transpose": 9, "max_pool": 4, "avg_pool": 6,
        "global_max_pool": 1, "global_avg_pool": 1, "adaptive_max_pool": 2, "adaptive_avg_pool": 2,
        "flatten": 2, "linear": 2, "pad": 4, "crop": 3, "upsample": 5,
    },
    without_defaults=without_defaults,
)  # fmt: skip
