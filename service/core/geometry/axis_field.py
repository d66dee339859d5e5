"""The receptive field along one axis: which inputs the outputs see, for all outputs at once.

Outputs repeat themselves: output `q*p + r`, p being the period, sees what output r sees, moved on by q times the
advance. A convolution has period 1 and advances by its stride; a transposed convolution of stride s has period s and
advances by 1. Ends are counted as if the input went on for ever in both directions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

Number = int | Fraction
MOST_PHASES = 1024
"""Outputs of the longest period that is followed; beyond it a field is not known."""


@dataclass(frozen=True, slots=True)
class AxisField:
    """For each output of a period its first and last input; it sees none where the first is above the last."""

    firsts: tuple[int, ...]
    lasts: tuple[int, ...]
    advance: int

    @property
    def period(self) -> int:
        """How many outputs there are until all repeats."""
        return len(self.firsts)

    @property
    def size(self) -> int:
        """The most inputs that one output sees."""
        if len(self.firsts) == 1:
            return self.lasts[0] - self.firsts[0] + 1
        return max(last - first for first, last in zip(self.firsts, self.lasts, strict=True)) + 1

    @property
    def stride(self) -> Number:
        """How far the field moves from one output to the next, on average where that varies."""
        return quotient(self.advance, self.period)

    @property
    def twice_centre(self) -> int:
        """Twice the centre of what output 0 sees, which is an integer."""
        return self.firsts[0] + self.lasts[0]


ITSELF = AxisField((0,), (0,), 1)
"""The field of the input: a position sees itself."""


def quotient(dividend: int, divisor: int) -> Number:
    """`dividend / divisor`, as an integer where it is one."""
    return Fraction(dividend, divisor) if dividend % divisor else dividend // divisor


# --- the field of one layer -------------------------------------------------------------------------------------------


def of_windows(before: int, effective: int, stride: int, input_dilation: int = 1) -> AxisField | None:
    """A window of e inputs every s, the first of them b before the input; of a dilated input every h-th is one."""
    period = input_dilation // gcd(stride, input_dilation)
    if period > MOST_PHASES:
        return None
    starts = [output * stride - before for output in range(period)]
    firsts = tuple(-(-start // input_dilation) for start in starts)
    lasts = tuple((start + effective - 1) // input_dilation for start in starts)
    return AxisField(firsts, lasts, stride // gcd(stride, input_dilation))


def of_transposed_windows(before: int, kernel: int, dilation: int, stride: int) -> AxisField | None:
    """The inputs i that are spread over an output o of a transposed convolution: `o + b = i*s + k*d` for some k."""
    if stride > MOST_PHASES:
        return None
    step = gcd(stride, dilation)
    ends = [_sources(output + before, kernel, dilation, stride) for output in range(stride)]
    if any(end is None for end in ends) and step == 1 and dilation > MOST_PHASES:
        return None
    known = [(1, 0) if end is None else end for end in ends]
    return AxisField(tuple(first for first, _ in known), tuple(last for _, last in known), 1)


def _sources(place: int, kernel: int, dilation: int, stride: int) -> tuple[int, int] | None:
    """The first and last input that are spread over a place; None for none. Every s-th k at most has to be tried."""
    tried = min(kernel, stride)
    lasts = [place - k * dilation for k in range(tried) if (place - k * dilation) % stride == 0]
    firsts = [place - k * dilation for k in range(kernel - tried, kernel) if (place - k * dilation) % stride == 0]
    return (min(firsts) // stride, max(lasts) // stride) if lasts and firsts else None


def of_scaling(size: int, output: int, neighbours: int = 0, *, block: bool = False) -> AxisField | None:
    """`i` positions made `o`: repeated, interpolated between neighbours, or gathered in blocks."""
    common = gcd(size, output)
    period, advance = output // common, size // common
    if period > MOST_PHASES:
        return None
    if block:
        firsts = [output * advance // period for output in range(period)]
        lasts = [-(-(output + 1) * advance // period) - 1 for output in range(period)]
    elif neighbours:
        twice = [(2 * output + 1) * advance - period for output in range(period)]
        firsts = [place // (2 * period) + 1 - neighbours for place in twice]
        lasts = [-(-place // (2 * period)) - 1 + neighbours for place in twice]
    else:
        firsts = lasts = [output * advance // period for output in range(period)]
    return AxisField(tuple(firsts), tuple(lasts), advance)


# --- fields of several layers -----------------------------------------------------------------------------------------


def composed(field: AxisField, layer: AxisField) -> AxisField | None:
    """What the outputs of a layer see by way of its inputs, which see what `field` says; None while unknown."""
    if field.period == layer.period == 1:
        first, last = layer.firsts[0], layer.lasts[0]
        if first > last:
            return None
        return AxisField(
            (field.firsts[0] + first * field.advance,), (field.lasts[0] + last * field.advance,),
            layer.advance * field.advance,
        )  # fmt: skip
    rounds = field.period // gcd(field.period, layer.advance)
    if layer.period * rounds > MOST_PHASES:
        return None
    ends = [_ends(field, layer, output) for output in range(layer.period * rounds)]
    advance = layer.advance * rounds // field.period * field.advance
    return _shortest(AxisField(tuple(first for first, _ in ends), tuple(last for _, last in ends), advance))


def _ends(field: AxisField, layer: AxisField, output: int) -> tuple[int, int]:
    """The first and last pixel that an output sees; of its inputs a period from each end has to be looked at."""
    periods, phase = divmod(output, layer.period)
    first, last = layer.firsts[phase] + periods * layer.advance, layer.lasts[phase] + periods * layer.advance
    starts = list(_ends_of(field, range(first, min(last, first + field.period - 1) + 1)))
    stops = list(_ends_of(field, range(max(first, last - field.period + 1), last + 1)))
    return (min(start for start, _ in starts), max(stop for _, stop in stops)) if starts else (1, 0)


def _ends_of(field: AxisField, outputs: range) -> Iterator[tuple[int, int]]:
    """The first and last input of each of some outputs, those that see none left out."""
    for output in outputs:
        periods, phase = divmod(output, field.period)
        first, last = field.firsts[phase], field.lasts[phase]
        if first <= last:
            yield first + periods * field.advance, last + periods * field.advance


def _shortest(field: AxisField) -> AxisField:
    """The same with the shortest period."""
    for period in range(1, field.period // 2 + 1):
        if field.period % period or field.advance * period % field.period:
            continue
        advance = field.advance * period // field.period
        if _repeats(field.firsts, period, advance) and _repeats(field.lasts, period, advance):
            return AxisField(field.firsts[:period], field.lasts[:period], advance)
    return field


def _repeats(ends: tuple[int, ...], period: int, advance: int) -> bool:
    return all(later - sooner == advance for sooner, later in zip(ends, ends[period:], strict=False))


def union(fields: list[AxisField], main: int) -> AxisField | None:
    """All that any of some branches sees; where they advance differently, with the advance of branch `main`."""
    if all(field.period == 1 and field.advance == fields[0].advance for field in fields):
        firsts, lasts = [field.firsts[0] for field in fields], [field.lasts[0] for field in fields]
        return AxisField((min(firsts),), (max(lasts),), fields[0].advance)
    if len({field.stride for field in fields}) > 1:
        return _widened(fields[main], fields)
    period = lcm(*(field.period for field in fields))
    if period > MOST_PHASES:
        return None
    ends = [[end for field in fields for end in _ends_of(field, range(output, output + 1))] for output in range(period)]
    return _shortest(
        AxisField(
            tuple(min((first for first, _ in some), default=1) for some in ends),
            tuple(max((last for _, last in some), default=0) for some in ends),
            fields[0].advance * period // fields[0].period,
        )
    )


def _widened(main: AxisField, fields: list[AxisField]) -> AxisField:
    """The main branch's field, each output of it as much wider as the others make output 0."""
    low = min(field.firsts[0] for field in fields) - main.firsts[0]
    high = max(field.lasts[0] for field in fields) - main.lasts[0]
    return AxisField(
        tuple(first + low for first in main.firsts), tuple(last + high for last in main.lasts), main.advance
    )
