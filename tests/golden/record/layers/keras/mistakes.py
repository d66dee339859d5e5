"""Mistakes of Keras layers: each spoils one thing of a draft."""

import random
from typing import Any

from tests.golden.record.layers.keras.drafts import MISSING, KerasDraft
from tests.golden.record.layers.mistakes import (
    Mistake,
    empty_axis,
    empty_batch,
    empty_channels,
    kernel_too_large,
    set_on_one_axis,
    set_parameter,
    wrong_rank,
)


def unbatched(rng: random.Random, draft: KerasDraft) -> None:
    draft.batch = None


def wrong_length(*names: str) -> Mistake:
    """A list with one entry too many or too few."""

    def spoil_length(rng: random.Random, draft: KerasDraft) -> None:
        rank = len(draft.axes)
        length = rng.choice([length for length in (0, 1, 2, 3, 4) if length != rank])
        draft.parameters[rng.choice(names)] = [rng.choice((1, 2)) for _ in range(length)]

    return spoil_length


def other_padding(rng: random.Random, draft: KerasDraft) -> None:
    """Names of other frameworks or layers, numbers, and upper case, which Keras accepts."""
    rank = len(draft.axes)
    draft.parameters["padding"] = rng.choice(
        ("causal", "causal", "full", "same_upper", "same_lower", "SAME", "VALID", "Same", 0, 1, [1] * rank,
         [[0, 1]] * rank, [[0, 0], *[[1, 1]] * rank, [0, 0]])
    )  # fmt: skip


def output_padding_about_limit(rng: random.Random, draft: KerasDraft) -> None:
    axis = rng.choice(draft.axes)
    axis.output_padding = rng.choice((axis.stride, axis.dilation)) + rng.choice((-1, 0, 1))
    draft.parameters.pop("output_padding", None)


def shared_output_padding(rng: random.Random, draft: KerasDraft) -> None:
    """One number, maybe too large for one of the axes."""
    draft.parameters["output_padding"] = rng.randint(0, max(axis.stride for axis in draft.axes))


def other_data_format(rng: random.Random, draft: KerasDraft) -> None:
    """An unknown name, upper case, or the other layout; `Cropping1D` and `UpSampling1D` have no data format."""
    names = ("NCHW", "NHWC", "channels", "Channels_Last", "channels_last", "channels_first")
    has_none = draft.type in {"crop", "upsample"} and len(draft.axes) == 1
    draft.parameters["data_format"] = "channels_first" if has_none else rng.choice(names)


def stride_and_dilation(rng: random.Random, draft: KerasDraft) -> None:
    """A stride and a dilation, on the same axis or on two."""
    rng.choice(draft.axes).stride = 2
    rng.choice(draft.axes).dilation = 2


def as_pairs(name: str, pairs: list[Any]) -> Mistake:
    return set_parameter(name, [*pairs, [1, 1]], pairs[:-1], [[1], *pairs[1:]], [[1, 1, 1], *pairs[1:]])


def other_border(rng: random.Random) -> Mistake:
    """A parameter that the pads of other frameworks have."""
    return rng.choice((set_parameter("mode", "reflect"), set_parameter("value", 1)))


INPUT_MISTAKES: list[Mistake] = [
    unbatched, wrong_rank(-2, -1, -1, 1, 1), empty_axis, empty_batch, empty_channels, other_data_format,
]  # fmt: skip
WINDOW_MISTAKES: list[Mistake] = [
    *INPUT_MISTAKES,
    set_on_one_axis("kernel", 0, -1), set_on_one_axis("stride", 0, -1), kernel_too_large, kernel_too_large,
    kernel_too_large, other_padding, other_padding,
]  # fmt: skip
CONVOLUTION_MISTAKES: list[Mistake] = [
    *WINDOW_MISTAKES,
    set_on_one_axis("dilation", 0, -1), wrong_length("kernel_size", "strides", "dilation_rate"),
    set_parameter("kernel_size", MISSING), stride_and_dilation,
]  # fmt: skip
FILTER_MISTAKES: list[Mistake] = [set_parameter("filters", 0, -1, MISSING)]
DEPTH_MISTAKES: list[Mistake] = [set_parameter("depth_multiplier", 0, -1), set_parameter("groups", 2)]
GROUP_MISTAKES: list[Mistake] = [
    set_parameter("groups", 2, 3, 4, 5), set_parameter("groups", 2, 3, 4, 5), set_parameter("groups", 0, -1),
]  # fmt: skip
TRANSPOSED_MISTAKES: list[Mistake] = [
    *CONVOLUTION_MISTAKES, *FILTER_MISTAKES,
    output_padding_about_limit, output_padding_about_limit, shared_output_padding,
    set_on_one_axis("output_padding", -1), wrong_length("output_padding"), set_parameter("groups", 2),
]  # fmt: skip
POOL_MISTAKES: list[Mistake] = [
    *WINDOW_MISTAKES,
    wrong_length("pool_size", "strides"), set_parameter("pool_size", MISSING),
    set_parameter("dilation_rate", 2), set_parameter("ceil_mode", True),
]  # fmt: skip
