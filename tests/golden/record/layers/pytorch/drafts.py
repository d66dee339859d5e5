"""Drafts of PyTorch layers, and their parameters as PyTorch spells them."""

import random

from tests.golden.record.layers.drafts import (
    AxisBuilder,
    Draft,
    EvenAxis,
    Layer,
    draw_axes,
    draw_size,
    leave_out_defaults,
    per_axis,
    rank_of,
)

PADDING_MODES = ("zeros", "reflect", "replicate", "circular")
SHARED_BY_AXES = ("kernel", "stride", "padding", "dilation")
ATTRIBUTES = {"kernel_size": "kernel"}
"""For a parameter, the attribute of `Axis` that holds it, where their names differ."""
DEFAULTS = {
    "stride": 1, "padding": 0, "dilation": 1, "groups": 1, "bias": True, "padding_mode": "zeros", "output_padding": 0,
    "ceil_mode": False, "count_include_pad": True, "start_dim": 1, "end_dim": -1, "affine": True,
    "mode": "constant", "value": 0,
}  # fmt: skip


def without_defaults(layer: Layer) -> Layer:
    """The same layer, parameters at their default left out; a pool's stride has no such default."""
    return leave_out_defaults(layer, DEFAULTS, kept={"stride"} if "pool" in layer["type"] else ())


def draw_kernel_within(rng: random.Random, room: int) -> int:
    return rng.randint(1, max(1, min(6, room)))


def convolution_axis(rng: random.Random, rank: int) -> EvenAxis:
    size, padding, dilation = draw_size(rng, rank), rng.choice((0, 0, 0, 1, 1, 2, 3, 4)), rng.choice((1, 1, 1, 2, 3))
    kernel = draw_kernel_within(rng, (size + 2 * padding - 1) // dilation + 1)
    return EvenAxis(size=size, kernel=kernel, stride=rng.choice((1, 1, 2, 2, 3, 4)), padding=padding, dilation=dilation)


def transposed_axis(rng: random.Random, rank: int) -> EvenAxis:
    axis = EvenAxis(
        size=rng.randint(1, 7 if rank < 3 else 4), kernel=rng.randint(1, 6 if rank < 3 else 4),
        stride=rng.choice((1, 2, 2, 3, 4)), dilation=rng.choice((1, 1, 1, 2, 3)),
    )  # fmt: skip
    axis.output_padding = rng.randint(0, max(axis.stride, axis.dilation) - 1) if rng.random() < 0.5 else 0
    axis.padding = rng.randint(0, max(0, min(4, (axis.transposed - 1) // 2)))
    return axis


def pool_axis(rng: random.Random, rank: int) -> EvenAxis:
    kernel = rng.randint(1, 6)
    padding = rng.randint(0, kernel // 2) if rng.random() < 0.6 else 0
    axis = EvenAxis(size=draw_size(rng, rank), kernel=kernel, stride=rng.randint(1, 4), padding=padding)
    axis.size = max(axis.size, kernel - 2 * padding) if rng.random() < 0.8 else axis.size
    return axis


def draw_batch(rng: random.Random) -> int | None:
    """Unbatched in one case of four."""
    return rng.choice((None, 1, 2, 3))


def window_parameters(rng: random.Random, draft: Draft[EvenAxis], *names: str) -> Layer:
    """The parameters of the window, each as one integer or as a list."""
    return {name: per_axis(rng, draft.axes, ATTRIBUTES.get(name, name)) for name in names}


def convolution_draft(type_: str, rng: random.Random, axis: AxisBuilder[EvenAxis]) -> Draft[EvenAxis]:
    groups = rng.choice((1, 1, 1, 2, 3))
    inputs, outputs = groups * rng.randint(1, 3), groups * rng.randint(1, 3)
    draft = Draft(
        type=type_, axes=draw_axes(rng, rank_of(type_), axis, SHARED_BY_AXES), batch=draw_batch(rng), channels=inputs
    )
    draft.parameters = {"in_channels": inputs, "out_channels": outputs, "groups": groups, "bias": rng.random() < 0.6}
    return draft


def pool_draft(type_: str, rng: random.Random) -> Draft[EvenAxis]:
    axes = draw_axes(rng, rank_of(type_), pool_axis, SHARED_BY_AXES)
    return Draft(type=type_, axes=axes, batch=draw_batch(rng), channels=rng.randint(1, 3))


def draw_output_size(rng: random.Random, draft: Draft[EvenAxis]) -> list[int]:
    """Sizes that map back to the input, with sometimes one that does not; sometimes the whole shape."""
    sizes = []
    for axis in draft.axes:
        least = (axis.size - 1) * axis.stride - 2 * axis.padding + axis.effective
        sizes.append(least + rng.randint(0, max(axis.stride - 1, 0)))
    if rng.random() < 0.3:
        sizes[rng.randrange(len(sizes))] += rng.choice((-2, -1, 1, 2))
    channels = draft.parameters["out_channels"]
    leading = [channels] if draft.batch is None else [draft.batch, channels]
    return rng.choice((sizes, sizes, sizes, leading + sizes, leading[1:] + sizes, [*sizes, 1]))
