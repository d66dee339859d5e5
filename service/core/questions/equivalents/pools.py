"""Pools over windows, written in another framework.

All ways keep the windows where they are; they differ in how the padding is said, and in what an average counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from service.core.frameworks import Framework
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.axes import WindowAxis
from service.core.geometry.padding_pairs import Pair, named_pair
from service.core.layers.base import Site
from service.core.layers.pools import AveragePool, LpPool, MaxPool
from service.core.questions.equivalents.borders import LOWEST, LOWEST_NOTE, bordered, cropped
from service.core.questions.equivalents.way import Step, Way, no_way
from service.core.questions.equivalents.windows import (
    UNKNOWN_SIZE,
    amounts,
    by_name,
    every_nth,
    explicit,
    in_amounts,
    lacks_layer,
    needed_after,
    rounded_up,
    said,
    unpadded,
    window_step,
)

DOUBTFUL = "a window lies wholly in the padding or is larger than the input, where frameworks differ"
NO_SUCH_PADDING = "no pool here has these windows"


@dataclass(frozen=True, kw_only=True)
class _Writing:
    """A pool that is being written: its framework, what that says of such pools, and its windows."""

    site: Site
    framework: Framework
    rules: WindowRules
    axes: Sequence[WindowAxis]

    @property
    def step(self) -> dict[str, Any]:
        """The layer without its padding."""
        return dict(window_step(self.site.kind.name, self.rules, self.axes))

    @property
    def unpadded(self) -> dict[str, Any]:
        """The layer without padding."""
        return {**self.step, **unpadded(self.rules, len(self.axes))}


def pool(site: Site, framework: Framework, axes: Sequence[WindowAxis]) -> Way:
    """A pool with the same windows."""
    rules = framework.rules_for(site.kind.name, site.kind.family)
    if rules is None:
        return no_way(lacks_layer(framework, site.kind.name))
    if amounts(axes) is None or any(axis.size is None for axis in axes):
        return no_way(UNKNOWN_SIZE)
    if any(not rules.takes_value("dilation", axis.dilation, 1) for axis in axes):
        return no_way(f"{framework.title}'s {rules.name} has no dilation")
    if any(axis.input_dilation > 1 for axis in axes):
        return _input_dilated(site, framework, rules, axes)
    if any(map(is_doubtful, axes)) and framework is not site.framework:
        return no_way(DOUBTFUL)
    writing = _Writing(site=site, framework=framework, rules=rules, axes=axes)
    if isinstance(site.layer, AveragePool):
        return _average(writing, site.layer)
    if isinstance(site.layer, LpPool):
        return _power(writing, site.layer)
    if isinstance(site.layer, MaxPool):
        return _maximum(writing)
    own = _own_padding(writing, {})
    return Way(steps=(own,)) if own is not None else no_way(NO_SUCH_PADDING)


def _input_dilated(site: Site, framework: Framework, rules: WindowRules, axes: Sequence[WindowAxis]) -> Way:
    """A pool of an input with padding between its positions: only where the layer itself has that."""
    if "input_dilation" in rules.lacks:
        return no_way(f"{framework.title}'s pools have no input dilation")
    pairs = in_amounts(rules, axes)
    if pairs is None:
        return no_way(NO_SUCH_PADDING)
    counts = isinstance(site.layer, AveragePool) and site.layer.counts_padding(site)
    counted = {"count_include_pad": counts} if isinstance(site.layer, AveragePool) else {}
    counted = {} if counts == rules.count_include_pad else counted
    step = {**window_step(site.kind.name, rules, axes), **said(rules, pairs), **counted}
    return Way(steps=({**step, "input_dilation": tuple(axis.input_dilation for axis in axes)},))


def is_doubtful(axis: WindowAxis) -> bool:
    """Whether frameworks may differ in a window: larger than the padded input, or with nothing but padding in it.

    The second is surely not so where the amounts are small.
    """
    if axis.before is None or axis.padded_size is None or axis.size is None:
        return False
    if axis.padded_size < axis.effective_kernel:
        return True
    padding = max(axis.before, needed_after(axis))
    return padding > 0 and (padding >= axis.effective_kernel or (axis.kernel > 1 and axis.dilation > axis.size))


def _own_padding(writing: _Writing, extra: Step) -> Step | None:
    """The layer with padding in amounts, rounded down or up, or by name; None where it takes none of these."""
    rules, axes, step = writing.rules, writing.axes, {**writing.step, **extra}
    plain, raised = in_amounts(rules, axes), rounded_up(rules, axes)
    if raised is not None and (plain is None or any(axis.ceil_mode for axis in axes)):
        return {**step, **said(rules, raised), "ceil_mode": True}
    if plain is not None:
        return {**step, **said(rules, plain)}
    name = by_name(rules, axes)
    return None if name is None else {**step, "padding": name}


def _kept_from_all(writing: _Writing, extra: Step) -> Way | None:
    """For a layer that pads by name only: the windows at every position, of which one in so many is kept."""
    if writing.rules.numbers or "same" not in writing.rules.named:
        return None
    kept: list[Pair] = []
    for axis in writing.axes:
        everywhere = named_pair("same", axis.size, axis.kernel, 1, axis.dilation) or (0, 0)
        first = everywhere[0] - (axis.before or 0)
        last = first + ((axis.output or 1) - 1) * axis.stride
        spare = (axis.size or 0) - 1 - last
        if first < 0 or spare < 0:
            return None
        kept.append((first, spare if spare >= axis.stride else 0))
    rank = len(writing.axes)
    whole = {**writing.step, **extra, "stride": (1,) * rank, "padding": "same"}
    nth = every_nth(rank, [axis.stride for axis in writing.axes])
    return Way(steps=(whole, *cropped(writing.framework, kept), *nth))


# --- maxima -----------------------------------------------------------------------------------------------------------


def _maximum(writing: _Writing) -> Way:
    """Padding never wins: in the layer's own words, or a pad with the lowest number before it."""
    own = _own_padding(writing, {})
    if own is not None:
        return Way(steps=(own,))
    kept = _kept_from_all(writing, {})
    if kept is not None:
        return kept
    pairs = [explicit(axis) for axis in writing.axes]
    pads = bordered(writing.framework, pairs, value=LOWEST)
    if pads is None:
        return no_way(NO_SUCH_PADDING)
    return Way(steps=(*pads, writing.unpadded), notes=(LOWEST_NOTE,))


# --- averages ---------------------------------------------------------------------------------------------------------


def _average(writing: _Writing, layer: AveragePool) -> Way:
    """What is counted decides: padding may count, what rounding up adds never does."""
    counted = layer.counts_padding(writing.site) and any(axis.padding != (0, 0) for axis in writing.axes)
    divisor = layer.divisor_override
    if divisor is None:
        return _counted(writing) if counted else _uncounted(writing)
    if "divisor_override" in writing.rules.lacks:
        return no_way(f"{writing.framework.title}'s {writing.rules.name} has no divisor of its own")
    own = _own_padding(writing, {"divisor_override": divisor})
    return Way(steps=(own,)) if own is not None else no_way(NO_SUCH_PADDING)


def _uncounted(writing: _Writing) -> Way:
    """An average of the positions inside the input."""
    padded = any(axis.before or needed_after(axis) > 0 for axis in writing.axes)
    counts = padded and writing.rules.count_include_pad
    extra: dict[str, Any] = {"count_include_pad": False} if counts else {}
    own = _own_padding(writing, extra)
    if own is not None:
        return Way(steps=(own,))
    return _kept_from_all(writing, extra) or _more_than_wanted(writing, extra) or no_way(NO_SUCH_PADDING)


def _counted(writing: _Writing) -> Way:
    """An average that counts padding: in the layer's own words, or over an input that is padded before."""
    rules, axes = writing.rules, writing.axes
    clipped = any(needed_after(axis) > (axis.after or 0) for axis in axes)
    if "count_include_pad" not in rules.lacks:
        extra: dict[str, Any] = {} if rules.count_include_pad else {"count_include_pad": True}
        pairs = rounded_up(rules, axes) if clipped else in_amounts(rules, axes)
        if pairs is not None and (not clipped or list(pairs) == amounts(axes)):
            return Way(steps=({**writing.step, **extra, "padding": pairs, **({"ceil_mode": True} if clipped else {})},))
    padding = [(axis.before or 0, axis.after or 0) if clipped else explicit(axis) for axis in axes]
    pads = bordered(writing.framework, padding)
    inner = [
        replace(axis, size=(axis.size or 0) + sum(pair), before=0, after=0, ceil_mode=clipped)
        for axis, pair in zip(axes, padding, strict=True)
    ]
    if pads is None or [axis.output for axis in inner] != [axis.output for axis in axes]:
        return no_way(NO_SUCH_PADDING)
    rest = _uncounted(replace(writing, axes=inner))
    return Way(steps=(*pads, *rest.steps), notes=rest.notes) if rest.steps else rest


def _more_than_wanted(writing: _Writing, extra: Step) -> Way | None:
    """For a layer that pads both ends alike: as much after as before, and the windows too many are cropped."""
    rules = writing.rules
    pairs = [(axis.before or 0, axis.before or 0) for axis in writing.axes]
    padded = [replace(axis, after=axis.before, ceil_mode=False) for axis in writing.axes]
    spare = [(axis.output or 0) - (wanted.output or 0) for axis, wanted in zip(padded, writing.axes, strict=True)]
    taken = all(rules.takes_padding_of(*pair, axis.kernel) for pair, axis in zip(pairs, padded, strict=True))
    if not rules.numbers or "padding" in rules.lacks or min(spare) < 0 or not taken or rules.input_holds_kernel:
        return None
    step = {**writing.step, **extra, "padding": tuple(pairs)}
    return Way(steps=(step, *cropped(writing.framework, [(0, more) for more in spare])))


# --- powers -----------------------------------------------------------------------------------------------------------


def _power(writing: _Writing, layer: LpPool) -> Way:
    """Frameworks differ in the sign of odd powers, and in windows that rounding up clips."""
    axes = writing.axes
    clipped = any(needed_after(axis) > (axis.after or 0) for axis in axes)
    power = layer.norm_type
    if writing.framework is not writing.site.framework and (power % 2 or clipped):
        why = "windows that rounding up clips are scaled up in one" if clipped else "one takes the absolute value first"
        return no_way(f"the values differ: {why} and not in the other")
    powered = {**writing.step, "norm_type": int(power) if power == int(power) else power}
    if writing.framework is writing.site.framework and (own := _own_padding(writing, powered)) is not None:
        return Way(steps=(own,))
    amounts_of_its_own = in_amounts(writing.rules, axes)
    if amounts_of_its_own is not None:
        return Way(steps=({**powered, **said(writing.rules, amounts_of_its_own)},))
    pairs = [explicit(axis) for axis in axes]
    pads = bordered(writing.framework, pairs)
    return no_way(NO_SUCH_PADDING) if pads is None else Way(steps=(*pads, {**writing.unpadded, **powered}))
