"""Mistakes of ONNX layers: each spoils one thing of a draft."""

import random

from tests.golden.record.layers.mistakes import (
    Mistake,
    empty_axis,
    empty_batch,
    empty_channels,
    set_on_one_axis,
    set_parameter,
    wrong_channels,
    wrong_rank,
)
from tests.golden.record.layers.onnx.drafts import AUTO_PADS, OnnxDraft, draw_ends, draw_output_size


def kernel_too_large(rng: random.Random, draft: OnnxDraft) -> None:
    """An effective kernel that is larger than the padded input by 0 to the stride plus 1."""
    axis = rng.choice(draft.axes)
    axis.kernel = rng.randint(2, 6)
    axis.before, axis.after = draw_ends(rng, rng.choice((0, axis.kernel - 1)))
    axis.size = max(1, axis.effective - axis.before - axis.after - rng.randint(0, axis.stride + 1))


def pad_about_kernel(rng: random.Random, draft: OnnxDraft) -> None:
    """A pad at one end that is near the kernel or the effective kernel."""
    axis = rng.choice(draft.axes)
    setattr(axis, rng.choice(("before", "after")), rng.choice((axis.kernel, axis.effective)) - rng.choice((0, 0, 1)))


def negative_pad(rng: random.Random, draft: OnnxDraft) -> None:
    setattr(rng.choice(draft.axes), rng.choice(("before", "after")), -rng.randint(1, 2))


def wrong_length(rng: random.Random, draft: OnnxDraft) -> None:
    draft.wrong_length = rng.choice(("kernel_shape", "strides", "dilations", "pads", "output_padding", "output_shape"))


def unbatched(rng: random.Random, draft: OnnxDraft) -> None:
    draft.is_unbatched = True


def pads_beside_auto_pad(rng: random.Random, draft: OnnxDraft) -> None:
    draft.parameters |= {"auto_pad": rng.choice(AUTO_PADS), "both": True}


def same_with_dilation(rng: random.Random, draft: OnnxDraft) -> None:
    draft.parameters["auto_pad"] = rng.choice(AUTO_PADS[:2])
    rng.choice(draft.axes).dilation = rng.choice((2, 3))


def output_padding_about_limit(rng: random.Random, draft: OnnxDraft) -> None:
    axis = rng.choice(draft.axes)
    axis.output_padding = rng.choice((axis.stride, axis.dilation)) + rng.choice((-1, 0, 1))


def nothing_left(rng: random.Random, draft: OnnxDraft) -> None:
    """Pads that leave one position, none, or one less than none."""
    axis = rng.choice(draft.axes)
    axis.before = rng.randint(0, max(axis.transposed, 0))
    axis.after = max(0, axis.transposed - axis.before + rng.choice((-1, 0, 1)))


def output_shape_about_limit(rng: random.Random, draft: OnnxDraft) -> None:
    """Sizes near the largest possible one, and near zero."""
    sizes = [draw_output_size(rng, axis) for axis in draft.axes]
    position = rng.randrange(len(sizes))
    axis = draft.axes[position]
    largest = (axis.size - 1) * axis.stride + axis.effective + axis.stride - 1
    sizes[position] = rng.choice((largest, largest + 1, largest + 2, largest + axis.stride, 0, 1, -1))
    draft.parameters["output_shape"] = sizes


WINDOW_MISTAKES: list[Mistake] = [
    set_on_one_axis("kernel", 0, -1), set_on_one_axis("stride", 0, -1), negative_pad, wrong_length, wrong_length,
    kernel_too_large, kernel_too_large, kernel_too_large, wrong_rank(-2, -1, -1, 1), unbatched, empty_axis, empty_batch,
    empty_channels, pads_beside_auto_pad, set_on_one_axis("dilation", 0, -1), set_parameter("auto_pad", "SAME_BOTH"),
]  # fmt: skip
CHANNEL_MISTAKES: list[Mistake] = [
    wrong_channels(0), wrong_channels(0), set_parameter("group", 2, 3, 4, 5), set_parameter("group", 0, -1),
]  # fmt: skip
CONVOLUTION_MISTAKES: list[Mistake] = [
    *(mistake for mistake in WINDOW_MISTAKES if mistake is not empty_channels), *CHANNEL_MISTAKES, same_with_dilation,
]  # fmt: skip
TRANSPOSED_MISTAKES: list[Mistake] = [
    *(mistake for mistake in WINDOW_MISTAKES if mistake not in (kernel_too_large, empty_channels, empty_axis)),
    *CHANNEL_MISTAKES, output_padding_about_limit, output_padding_about_limit,
    set_on_one_axis("output_padding", -1), nothing_left, nothing_left, output_shape_about_limit,
    output_shape_about_limit, output_shape_about_limit,
]  # fmt: skip
POOL_MISTAKES: list[Mistake] = [*WINDOW_MISTAKES, pad_about_kernel, pad_about_kernel, pad_about_kernel]
