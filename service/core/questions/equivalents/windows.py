"""What layers of windows have in common when they are written in another framework."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from service.core.frameworks import Framework
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.axes import WindowAxis
from service.core.geometry.padding_pairs import Pair, named_pair
from service.core.questions.equivalents.way import Step

NAMES = ("valid", "same", "causal")
"""Padding names that frameworks without amounts take."""
UNKNOWN_SIZE = "the padding depends on a size that is not known"


def lacks_layer(framework: Framework, type_name: str) -> str:
    """The note that a framework has no layer of this type."""
    return f"{framework.title} has no layer like `{type_name}`"


def amounts(axes: Sequence[WindowAxis]) -> list[Pair] | None:
    """The padding of each axis; None while it depends on an unknown size."""
    pairs = [axis.padding for axis in axes]
    return None if None in pairs else [pair for pair in pairs if pair is not None]


def needed_after(axis: WindowAxis) -> int:
    """`(o - 1)*s + e - i - b`: what the last window reads past the input; negative where positions are unread.

    Where there is no window, it is the padding itself.
    """
    if axis.output == 0:
        return axis.after or 0
    reach = ((axis.output or 1) - 1) * axis.stride + axis.effective_kernel
    return reach - (axis.dilated_size or 0) - (axis.before or 0)


def places_the_same(axis: WindowAxis, pair: Pair | None) -> bool:
    """Whether the padding, rounded down, gives the same windows: what is added after may then differ."""
    if pair is None or axis.before is None:
        return False
    if axis.size is None or axis.output == 0:
        return pair == axis.padding
    needed = needed_after(axis)
    return pair[0] == axis.before and needed <= pair[1] < needed + axis.stride


def explicit(axis: WindowAxis) -> Pair:
    """The padding that a layer before it gives: nothing after where nothing is needed, a crop where less is wanted."""
    before = axis.before or 0
    return before, 0 if places_the_same(axis, (before, 0)) else needed_after(axis)


def by_name(rules: WindowRules, axes: Sequence[WindowAxis]) -> str | None:
    """A name that a layer without amounts takes for the padding of these axes."""
    for name in NAMES if not rules.numbers else ():
        if name in rules.named and all(
            places_the_same(axis, named_pair(name, axis.size, axis.kernel, axis.stride, axis.dilation)) for axis in axes
        ):
            return name
    return None


def in_amounts(rules: WindowRules, axes: Sequence[WindowAxis], mode: str = "zeros") -> tuple[Pair, ...] | None:
    """Amounts that the layer takes and that give the same windows; as they are, or alike at both ends."""
    if not rules.numbers:
        return None
    chosen = []
    for axis in axes:
        candidates = [(0, 0)] if "padding" in rules.lacks and places_the_same(axis, (0, 0)) else _candidates(axis)
        pair = next((pair for pair in candidates if _taken(rules, axis, pair, mode)), None)
        if pair is None:
            return None
        chosen.append(pair)
    return tuple(chosen)


def _candidates(axis: WindowAxis) -> Iterator[Pair]:
    """The padding itself, the least that reads the same, and that which is even, where they give the same windows."""
    assert axis.before is not None
    for after in (axis.after, max(needed_after(axis), 0), axis.before):
        if after is not None and places_the_same(axis, (axis.before, after)):
            yield axis.before, after


def _taken(rules: WindowRules, axis: WindowAxis, pair: Pair, mode: str) -> bool:
    if "padding" in rules.lacks and pair != (0, 0):
        return False
    return bool(
        rules.takes_uneven(*pair)
        and rules.takes_padding_of(*pair, axis.kernel)
        and rules.takes_negative(*pair, mode)
        and (not rules.input_holds_kernel or rules.takes_input(axis.size or 0, axis.effective_kernel))
    )


def said(rules: WindowRules, padding: tuple[Pair, ...] | str) -> Step:
    """The padding as a parameter, if the layer has that."""
    return {} if "padding" in rules.lacks else {"padding": padding}


def rounded_up(rules: WindowRules, axes: Sequence[WindowAxis]) -> tuple[Pair, ...] | None:
    """Amounts that give the same windows in ceil mode, if the layer has that and takes them."""
    if "ceil_mode" in rules.lacks:
        return None
    chosen = []
    for axis in axes:
        tried = product((axis.before or 0,), dict.fromkeys((axis.after or 0, axis.before or 0)))
        pair = next((pair for pair in tried if _ceils(rules, axis, pair)), None)
        if pair is None:
            return None
        chosen.append(pair)
    return tuple(chosen)


def _ceils(rules: WindowRules, axis: WindowAxis, pair: Pair) -> bool:
    padded = replace(axis, before=pair[0], after=pair[1], ceil_mode=True)
    return padded.output == axis.output and _taken(rules, axis, pair, "zeros")


def unpadded(rules: WindowRules, rank: int) -> Step:
    """How a layer is told not to pad."""
    return said(rules, ((0, 0),) * rank if rules.numbers else "valid")


def window_step(type_name: str, rules: WindowRules, axes: Sequence[WindowAxis]) -> Step:
    """A layer with the windows of these axes, its padding not yet said."""
    dilations = tuple(axis.dilation for axis in axes)
    step: dict[str, object] = {
        "type": type_name,
        "kernel_size": tuple(axis.kernel for axis in axes),
        "stride": tuple(axis.stride for axis in axes),
    }
    if any(dilation > 1 for dilation in dilations):
        step["dilation"] = dilations
    return step


def every_nth(rank: int, strides: Sequence[int]) -> tuple[Step, ...]:
    """A maximum pool with windows of one position: it keeps one position in so many."""
    if all(stride == 1 for stride in strides):
        return ()
    step = {"type": f"max_pool{rank}d", "kernel_size": (1,) * rank, "stride": tuple(strides), "padding": "valid"}
    return (step,)
