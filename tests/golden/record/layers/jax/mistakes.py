"""Mistakes of JAX layers: each spoils one thing of a draft."""

import random
from typing import Any

from tests.golden.record.layers.drafts import Layer
from tests.golden.record.layers.jax.drafts import JaxDraft
from tests.golden.record.layers.mistakes import Mistake, set_on_one_axis, set_parameter, wrong_channels, wrong_rank

UNKNOWN_NAMES = ("FULL", "CAUSAL", "SAME_UPPER", "EXPLICIT", "NOTSET")


def set_unknown_parameter(*choices: tuple[str, Any]) -> Mistake:
    """A parameter that the function does not have."""

    def spoil(rng: random.Random, draft: JaxDraft) -> None:
        name, value = rng.choice(choices)
        draft.parameters[name] = value(len(draft.axes)) if callable(value) else value

    return spoil


def kernel_too_large(rng: random.Random, draft: JaxDraft) -> None:
    """An effective kernel 0 to 2 larger than the padded input, or larger by the stride."""
    axis = rng.choice(draft.axes)
    axis.kernel = rng.randint(1, 5)
    axis.input_dilation = 1
    axis.size = max(1, axis.effective - axis.before - axis.after - rng.choice((0, 1, 1, 2, axis.stride)))


def crop_about_size(rng: random.Random, draft: JaxDraft) -> None:
    """Negative amounts that leave 1, 0 or less than 0 positions."""
    axis = rng.choice(draft.axes)
    left = rng.choice((1, 0, 0, -1, -1, -2))
    axis.before = -rng.randint(0, axis.dilated + 1)
    axis.after = left - axis.dilated - axis.before
    draft.padding_name = None


def crop_beyond_one_end(rng: random.Random, draft: JaxDraft) -> None:
    """An amount that crops more than there is, with enough padding at the other end."""
    axis = rng.choice(draft.axes)
    crop, other = -axis.dilated - rng.randint(0, 2), axis.effective + rng.randint(0, 4)
    axis.before, axis.after = rng.choice(((crop, other - crop - axis.dilated), (other - crop - axis.dilated, crop)))
    draft.padding_name = None


def groups_that_may_not_divide_outputs(rng: random.Random, draft: JaxDraft) -> None:
    """Groups that divide the input channels and may not divide the output channels."""
    groups = rng.choice((2, 3))
    draft.channels = draft.parameters["in_channels"] = groups * rng.randint(1, 2)
    draft.parameters |= {"feature_group_count": groups, "out_channels": rng.randint(1, 7)}


def unknown_name(rng: random.Random, draft: JaxDraft) -> None:
    draft.padding_name = rng.choice(UNKNOWN_NAMES)


def wrong_length(*names: str) -> Mistake:
    """A list with one item too few (never empty) or too many."""

    def change(rng: random.Random, layer: Layer) -> None:
        here = [name for name in names if isinstance(layer.get(name), list)]
        if here:
            name = rng.choice(here)
            items = layer[name]
            layer[name] = items[:-1] if len(items) > 1 and rng.random() < 0.5 else [*items, items[-1]]

    def spoil(rng: random.Random, draft: JaxDraft) -> None:
        draft.misspell.append(change)

    return spoil


def not_a_pair(rng: random.Random, draft: JaxDraft) -> None:
    """An item of the padding that is not a pair."""

    def change(rng: random.Random, layer: Layer) -> None:
        if isinstance(layer["padding"], list):
            position = rng.randrange(len(layer["padding"]))
            pair = layer["padding"][position]
            layer["padding"] = list(layer["padding"])
            layer["padding"][position] = rng.choice((pair[:1], [*pair, 0]))

    draft.misspell.append(change)


def named_with_input_dilation(rng: random.Random, draft: JaxDraft) -> None:
    """A padding by name, which needs `lhs_dilation` to be 1 on every axis."""
    draft.padding_name = rng.choice(("SAME", "VALID", "SAME_LOWER"))
    rng.choice(draft.axes).input_dilation = 2


def ones(rank: int) -> list[int]:
    return [1] * rank


other_rank = wrong_rank(-2, -1, -1, -1, 1)
WINDOW_MISTAKES: list[Mistake] = [
    set_on_one_axis("kernel", 0, -1), set_on_one_axis("stride", 0, -1), set_on_one_axis("dilation", 0, -1),
    kernel_too_large, kernel_too_large, crop_about_size, crop_about_size, crop_beyond_one_end, other_rank, other_rank,
    unknown_name, not_a_pair,
]  # fmt: skip
CHANNEL_MISTAKES: list[Mistake] = [
    wrong_channels(1), wrong_channels(1), set_parameter("in_channels", -1), set_parameter("out_channels", -1),
]  # fmt: skip
CONVOLUTION_MISTAKES = WINDOW_MISTAKES + CHANNEL_MISTAKES + [
    set_parameter("feature_group_count", 2, 3, 4, 5), groups_that_may_not_divide_outputs,
    groups_that_may_not_divide_outputs, set_parameter("feature_group_count", 0, -1),
    set_on_one_axis("input_dilation", 0, -1), named_with_input_dilation,
    wrong_length("window_strides", "padding", "lhs_dilation", "rhs_dilation"),
    wrong_length("window_strides", "padding", "lhs_dilation", "rhs_dilation"),
    wrong_length("kernel_size"), set_unknown_parameter(("padding_mode", "reflect"), ("padding_mode", "circular")),
]  # fmt: skip
TRANSPOSED_MISTAKES = WINDOW_MISTAKES + CHANNEL_MISTAKES + [
    wrong_length("strides", "padding", "rhs_dilation"), wrong_length("strides", "padding", "rhs_dilation"),
    wrong_length("kernel_size"), set_on_one_axis("input_dilation", 0, -1),
    set_unknown_parameter(("feature_group_count", 2), ("output_padding", ones), ("padding_mode", "reflect")),
]  # fmt: skip
POOL_MISTAKES = [
    *WINDOW_MISTAKES,
    wrong_length("strides", "padding", "window_dilation"), wrong_length("strides", "padding", "window_dilation"),
    wrong_length("window_shape"), set_unknown_parameter(("ceil_mode", True), ("divisor_override", 2)),
]  # fmt: skip
