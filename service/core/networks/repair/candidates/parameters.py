"""Other values of a layer's parameters: VALUES has for each parameter what is tried in its place."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import permutations
from math import gcd, isqrt
from typing import Any

from service.core.layers.merging import Concat
from service.core.layers.pools import Pool
from service.core.layers.transposed_convolution import TransposedConvolution
from service.core.networks.repair.candidates.suspect import Suspect, corrected, wanted_numbers
from service.core.networks.repair.edits import Edit
from service.core.networks.repair.family import integers_in

Values = Callable[[Suspect, Any], Iterable[Any]]
"""What is tried in place of a value."""
SMALL = (1, 2, 3, 4)
MOST_AXES = 5
LARGEST_WINDOW = 64
"""Positions. Chosen: no kernel is made larger to mend a network."""


def _sizes(suspect: Suspect, old: int) -> Iterator[int]:
    """A size that a layer makes: what goes together at the error."""
    yield from corrected(old, suspect.state)


def _declared(suspect: Suspect, old: int) -> Iterator[int]:
    """A size that a layer takes in: what arrives, only where the error is."""
    if suspect.at_the_error:
        yield from wanted_numbers(suspect.state)


def _kernels(suspect: Suspect, old: int) -> Iterator[int]:
    """Usual windows, neighbours, and the whole of what arrives."""
    yield from (old - 1, old + 1, old - 2, old + 2, 1, 2, 3, 4, 5, 7)
    yield from (size for shape in suspect.arriving for size in shape[2:] if size is not None and size <= LARGEST_WINDOW)


def _steps(suspect: Suspect, old: int) -> Iterator[int]:
    """Usual strides and dilations, half and twice the old one."""
    yield from (*SMALL, old * 2, old // 2)


def _paddings(suspect: Suspect, old: Any) -> Iterator[Any]:
    """Usual paddings, and the one that keeps the size; names where the author uses one."""
    if isinstance(old, str):
        yield from (name for name in ("same", "valid") if name != old)
    kernel, dilation = (max(integers_in(suspect.value(name)), default=1) for name in ("kernel_size", "dilation"))
    yield from (dilation * (kernel - 1) // 2, 0, 1, 2, 3)
    if isinstance(old, int):
        yield from (old - 1, old + 1, kernel // 2, kernel - 1)
    if suspect.state.network.framework.layout.channels_last:
        yield "same"


def _output_paddings(suspect: Suspect, old: int) -> Iterator[int]:
    yield from (0, 1, 2, 3)


def _factors(suspect: Suspect, old: int | float) -> Iterator[int | float]:
    yield from (2, 3, 4, 8, 16, 1)
    yield from (old * 2, old // 2) if isinstance(old, int) else (old * 2, old / 2)


def _pooled_sizes(suspect: Suspect, old: int) -> Iterator[int]:
    """Sizes that an adaptive pool makes: small ones, and those that the features wanted behind it are made of."""
    channels = [shape[1] for shape in suspect.arriving if len(shape) > 2 and shape[1]]
    for wanted in wanted_numbers(suspect.state):
        yield wanted
        for count in channels:
            if count and wanted % count == 0:
                yield isqrt(wanted // count)
    yield from range(1, 9)


def _divisors(suspect: Suspect, old: int) -> Iterator[int]:
    """Numbers that divide the channels: the nearest to the old one first."""
    sizes = [size for shape in suspect.arriving for size in shape[1:] if size]
    out = suspect.value("out_channels")
    common = [gcd(size, out) if isinstance(out, int) else size for size in sizes]
    counts = {number for size in {*sizes, *common} for number in range(1, min(size, 64) + 1) if size % number == 0}
    yield from sorted({*counts, *sizes}, key=lambda number: abs(number - old))[:16]


def _axes(suspect: Suspect, old: int) -> Iterator[int]:
    """Every axis of what arrives, counted as the author counts."""
    count = max((len(shape) for shape in suspect.arriving), default=4)
    yield from range(-count, 0) if old < 0 else range(count)
    yield -1


def _orders(suspect: Suspect, old: Any) -> Iterator[list[int]]:
    """Every order of the axes; of many axes those with two exchanged."""
    axes = list(old) if isinstance(old, list | tuple) else []
    if len(axes) <= MOST_AXES - 1:
        yield from map(list, permutations(axes))
        return
    for first in range(len(axes)):
        for second in range(first):
            other = list(axes)
            other[first], other[second] = other[second], other[first]
            yield other


def _other_flag(suspect: Suspect, old: Any) -> Iterator[bool]:
    yield not old


def _shapes(suspect: Suspect, old: Any) -> Iterator[list[Any]]:
    """A reshape with one of its sizes replaced."""
    sizes = list(old) if isinstance(old, list | tuple) else []
    for position, size in enumerate(sizes):
        others = [-1, *(corrected(size, suspect.state) if isinstance(size, int) and size > 0 else [])]
        for other in dict.fromkeys(others):
            changed = [*sizes[:position], other, *sizes[position + 1 :]]
            if changed.count(-1) <= 1:
                yield changed
    if len(sizes) == 2:
        yield [sizes[1], sizes[0]]


def _parts(suspect: Suspect, old: Any) -> Iterator[Any]:
    """Sizes of parts that add up to what arrives."""
    if isinstance(old, int):
        yield from corrected(old, suspect.state)
        totals = [size for shape in suspect.arriving for size in shape[1:] if size]
        yield from (total // count for total in totals for count in range(2, 9) if total % count == 0)
        return
    sizes = list(old) if isinstance(old, list | tuple) else []
    for total in (size for shape in suspect.arriving for size in shape if size):
        for position, size in enumerate(sizes):
            rest = size + total - sum(sizes)
            if rest > 0 and rest != size:
                yield [*sizes[:position], rest, *sizes[position + 1 :]]


VALUES: Mapping[str, Values] = {
    "in_channels": _declared,
    "in_features": _declared,
    "num_features": _declared,
    "num_channels": _declared,
    "input_size": _declared,
    "normalized_shape": _declared,
    "num_parameters": _declared,
    "kdim": _declared,
    "vdim": _declared,
    "embed_dim": _declared,
    "d_model": _declared,
    "out_channels": _sizes,
    "out_features": _sizes,
    "hidden_size": _sizes,
    "embedding_dim": _sizes,
    "stride": _steps,
    "padding": _paddings,
    "output_padding": _output_paddings,
    "kernel_size": _kernels,
    "dilation": _steps,
    "ceil_mode": _other_flag,
    "groups": _divisors,
    "num_groups": _divisors,
    "num_heads": _divisors,
    "nhead": _divisors,
    "depth_multiplier": _factors,
    "scale_factor": _factors,
    "factor": _factors,
    "output_size": _pooled_sizes,
    "size": _pooled_sizes,
    "dim": _axes,
    "start_dim": _axes,
    "end_dim": _axes,
    "dims": _orders,
    "shape": _shapes,
    "split_size": _parts,
    "chunks": _factors,
    "keepdims": _other_flag,
    "bidirectional": _other_flag,
    "return_sequences": _other_flag,
}
"""By parameter what is tried in its place. Those that are likelier to be mistaken come first."""
WHOLE = frozenset({"dims", "shape", "split_size", "normalized_shape"})
"""Parameters whose list is tried as a whole, not entry by entry."""
ADDED = frozenset({"padding", "stride", "output_padding", "dilation", "groups", "start_dim", "dim", "ceil_mode"})
"""Parameters that are tried also where the author left them out."""
_LEFT_OUT = {
    "stride": 1,
    "padding": 0,
    "output_padding": 0,
    "dilation": 1,
    "groups": 1,
    "start_dim": 1,
    "dim": 1,
    "ceil_mode": False,
}
"""What a parameter counts as where it is left out and has no default of its own."""
SWAPPED = (
    ("kernel_size", "padding"),
    ("kernel_size", "stride"),
    ("stride", "padding"),
    ("padding", "output_padding"),
    ("in_channels", "out_channels"),
    ("in_features", "out_features"),
)
"""Pairs of parameters that are mistaken for each other."""


def other_values(suspect: Suspect) -> Iterator[Edit]:
    """The layer with another value of one parameter."""
    if suspect.kind is None:
        return
    names = set(suspect.kind.layer.parameter_names())
    for parameter, values in VALUES.items():
        if parameter in names and (
            suspect.word(parameter) is not None or parameter in ADDED or suspect.lacks(parameter)
        ):
            for value in _others(suspect, parameter, values):
                kind, to_default = kind_of(suspect, parameter, value), _is_default(parameter, value)
                yield suspect.setting({parameter: value}, kind=kind, to_default=to_default)


def _is_default(parameter: str, value: Any) -> bool:
    """Whether a value, or each entry of one, is what the parameter has where it is left out."""
    entries = value if isinstance(value, list) else [value]
    return value is None or all(entry == _LEFT_OUT.get(parameter) for entry in entries)


def kind_of(suspect: Suspect, parameter: str, value: Any) -> str:
    """The parameter, or the mistake that it mends where that has a name."""
    if parameter == "padding" and isinstance(suspect.layer, Pool) and suspect.is_too_small:
        return "padding of a pool"
    if parameter == "start_dim" and value == 1:
        return "batch kept"
    if parameter == "start_dim" and value == 0:
        return "batch flattened"
    if parameter == "dim" and isinstance(suspect.layer, Concat) and any(suspect.arriving[:1]) and value is not None:
        count = len(suspect.arriving[0])
        channels = suspect.state.network.framework.layout.channel_axis(count, max(count - 2, 0))
        return "channels joined" if value % count == channels else "other axis joined"
    return parameter


def _others(suspect: Suspect, parameter: str, values: Values) -> Iterator[Any]:
    """What is tried in place of a value, in the form that the author gave it: one for all axes, or one for each."""
    old = None if suspect.lacks(parameter) else suspect.value(parameter)
    if parameter in WHOLE or not isinstance(old, list | tuple):
        yield from _different(values(suspect, _LEFT_OUT.get(parameter, 0) if old is None else old), old)
        if parameter in ADDED and suspect.word(parameter) is not None:
            yield None
        return
    entries = list(old)
    if not all(type(entry) is int for entry in entries):
        yield from _other_pairs(suspect, entries)
        return
    for value in _different(values(suspect, max(entries, default=1)), None):
        changed = [value] * len(entries) if isinstance(value, int) else value
        if changed != entries:
            yield changed
    for place, entry in enumerate(entries if len(entries) > 1 else ()):
        for value in _different(values(suspect, entry), entry):
            if isinstance(value, int):
                yield [*entries[:place], value, *entries[place + 1 :]]


def _other_pairs(suspect: Suspect, pairs: list[Any]) -> Iterator[list[Any]]:
    """Pairs of integers with one of them replaced: by another one of them, or by what evens sizes out at the error."""
    if not all(isinstance(pair, list | tuple) and all(type(entry) is int for entry in pair) for pair in pairs):
        return
    known = list(dict.fromkeys(integers_in(pairs)))
    uneven = _differences(suspect)
    for axis, pair in enumerate(pairs):
        for side, entry in enumerate(pair):
            for value in _different([*known, *(entry + shift for shift in uneven)], entry):
                changed = [list(other) for other in pairs]
                changed[axis][side] = value
                yield changed


def _differences(suspect: Suspect) -> list[int]:
    """By how much the tensors that arrive at the error differ along an axis, both ways."""
    shapes = [shape for shape in suspect.state.arriving(suspect.state.target) if shape is not None]
    found: dict[int, None] = {}
    for first in shapes[1:]:
        for one, other in zip(first[1:], shapes[0][1:], strict=False):
            if one is not None and other is not None and one != other and abs(one - other) <= LARGEST_WINDOW:
                found |= dict.fromkeys((one - other, other - one))
    return list(found)


def _different(values: Iterable[Any], old: Any) -> list[Any]:
    """Each value once, and none that is the old one."""
    distinct: list[Any] = []
    for value in values:
        if value != old and value not in distinct:
            distinct.append(value)
    return distinct


def padding_for_output_padding(suspect: Suspect) -> Iterator[Edit]:
    """A transposed convolution that crops less and adds a position at its end instead."""
    old, added = suspect.value("padding"), suspect.value("output_padding") or 0
    if not isinstance(suspect.layer, TransposedConvolution):
        return
    if isinstance(old, int) and old > 0 and isinstance(added, int) and not suspect.is_converted("padding"):
        for cropped, ends in ((old - 1, added + 1), (old + 1, added - 1), (old + added, 0)):
            if ends >= 0 and (cropped, ends) != (old, added):
                yield suspect.setting({"padding": cropped, "output_padding": ends}, kind="swapped")


def swapped_values(suspect: Suspect) -> Iterator[Edit]:
    """The layer with the values of two parameters exchanged, where they look it."""
    for first, second in SWAPPED:
        if suspect.word(first) is None or suspect.word(second) is None:
            continue
        one, other = suspect.value(first), suspect.value(second)
        converted = suspect.is_converted(first) or suspect.is_converted(second)
        if one == other or converted or not _look_swapped(first, second, [*integers_in(one)], [*integers_in(other)]):
            continue
        told = not first.startswith("in_") or suspect.leads_to_an_error
        yield suspect.setting({first: other, second: one}, kind="swapped" if told else "exchanged")


def _look_swapped(first: str, second: str, ones: list[int], others: list[int]) -> bool:
    """Whether values are unusual as they are and usual the other way round; sizes of tensors never look it."""
    if not ones or not others:
        return False
    if first.startswith("in_"):
        return True
    one, other = max(ones), max(others)
    if second == "stride" and (one, other) == (2, 1):
        return True
    return other > one // 2 and one <= other // 2 + (second == "stride")
