"""Mistakes of PyTorch layers: each spoils one thing of a draft."""

import random

from tests.golden.record.layers.drafts import Draft, EvenAxis
from tests.golden.record.layers.mistakes import (
    Mistake,
    empty_axis,
    empty_batch,
    empty_channels,
    kernel_too_large,
    set_on_one_axis,
    set_parameter,
    wrong_channels,
    wrong_rank,
)
from tests.golden.record.layers.pytorch.drafts import PADDING_MODES


def padding_about_half(rng: random.Random, draft: Draft[EvenAxis]) -> None:
    """A padding near half the kernel or half the effective kernel."""
    axis = rng.choice(draft.axes)
    axis.padding = rng.choice((axis.kernel // 2, axis.effective // 2)) + rng.choice((0, 1))


def padding_about_size(rng: random.Random, draft: Draft[EvenAxis]) -> None:
    axis = rng.choice(draft.axes)
    axis.size = rng.randint(1, 5)
    axis.padding = max(0, axis.size + rng.choice((-1, 0, 1)))


def same_with_stride(rng: random.Random, draft: Draft[EvenAxis]) -> None:
    draft.parameters["padding"] = "same"
    draft.parameters["padding_mode"] = rng.choice(PADDING_MODES)


def output_padding_about_limit(rng: random.Random, draft: Draft[EvenAxis]) -> None:
    axis = rng.choice(draft.axes)
    limit = rng.choice((axis.stride, axis.dilation, max(axis.stride, axis.dilation)))
    axis.output_padding = limit + rng.choice((-1, 0, 1))


def nothing_left(rng: random.Random, draft: Draft[EvenAxis]) -> None:
    """Padding that leaves one position, none, or one less than none."""
    axis = rng.choice(draft.axes)
    axis.padding = (axis.transposed + rng.choice((-1, 0, 1, 2))) // 2


other_rank = wrong_rank(-2, -1, -1, 1, 1)
WINDOW_MISTAKES: list[Mistake] = [
    set_on_one_axis("kernel", 0, -1), set_on_one_axis("stride", 0, -1), set_on_one_axis("padding", -1, -2),
    kernel_too_large, kernel_too_large, other_rank, empty_axis, empty_batch, empty_channels,
]  # fmt: skip
DILATION_MISTAKES: list[Mistake] = [set_on_one_axis("dilation", 0, -1)]
CHANNEL_MISTAKES: list[Mistake] = [
    wrong_channels(0), set_parameter("groups", 2, 3, 4, 5), set_parameter("groups", 0, -1),
    set_parameter("in_channels", 0, -1), set_parameter("out_channels", 0, -1),
]  # fmt: skip
CONVOLUTION_MISTAKES = WINDOW_MISTAKES + DILATION_MISTAKES + CHANNEL_MISTAKES + [same_with_stride, padding_about_size]
TRANSPOSED_MISTAKES = WINDOW_MISTAKES + DILATION_MISTAKES + CHANNEL_MISTAKES + [
    output_padding_about_limit, output_padding_about_limit, set_on_one_axis("output_padding", -1),
    nothing_left, nothing_left, set_parameter("padding_mode", "reflect", "replicate", "circular"),
    set_parameter("padding", "same", "valid"),
]  # fmt: skip
POOL_MISTAKES = [*WINDOW_MISTAKES, padding_about_half, padding_about_half]
