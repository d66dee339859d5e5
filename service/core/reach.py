"""Which inputs the outputs along one axis see, for all outputs at once.

Outputs repeat themselves: output `q*p + r`, p being the period, sees what output r sees, moved on by q times the
advance. A convolution has period 1 and advances by its stride; a transposed one of stride s has period s and advances
by 1. Ends are counted as if the input went on for ever in both directions.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

Number = int | Fraction
MOST_PHASES = 1024
"""The longest period that is followed; beyond it a field is not known."""


@dataclass(frozen=True, slots=True)
class Reach:
    """For each of a period's outputs its first and last input; none is seen where the first is above the last."""

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
    def centre(self) -> int:
        """Twice the centre of what output 0 sees."""
        return self.firsts[0] + self.lasts[0]


ITSELF = Reach((0,), (0,), 1)
"""A position sees itself."""


def quotient(dividend: int, divisor: int) -> Number:
    """`dividend / divisor`, as an integer where it is one."""
    return Fraction(dividend, divisor) if dividend % divisor else dividend // divisor


def windows(before: int, effective: int, stride: int, input_dilation: int = 1) -> Reach | None:
    """A window of e inputs every s, the first of them b before the input; of a dilated input every h-th is one."""
    period = input_dilation // gcd(stride, input_dilation)
    if period > MOST_PHASES:
        return None
    starts = [output * stride - before for output in range(period)]
    firsts = tuple(-(-start // input_dilation) for start in starts)
    lasts = tuple((start + effective - 1) // input_dilation for start in starts)
    return Reach(firsts, lasts, stride // gcd(stride, input_dilation))


def spread_windows(before: int, kernel: int, dilation: int, stride: int) -> Reach | None:
    """The inputs i that reach an output o of a transposed convolution: `o + b = i*s + k*d` for some k."""
    if stride > MOST_PHASES:
        return None
    step = gcd(stride, dilation)
    ends = [_reached(output + before, kernel, dilation, stride) for output in range(stride)]
    if any(end is None for end in ends) and step == 1 and dilation > MOST_PHASES:
        return None
    known = [(1, 0) if end is None else end for end in ends]
    return Reach(tuple(first for first, _ in known), tuple(last for _, last in known), 1)


def _reached(place: int, kernel: int, dilation: int, stride: int) -> tuple[int, int] | None:
    """The first and last input that reach a place; None where none does. Every s-th k at most has to be tried."""
    tried = min(kernel, stride)
    lasts = [place - k * dilation for k in range(tried) if (place - k * dilation) % stride == 0]
    firsts = [place - k * dilation for k in range(kernel - tried, kernel) if (place - k * dilation) % stride == 0]
    return (min(firsts) // stride, max(lasts) // stride) if lasts and firsts else None


def scaled(size: int, output: int, neighbours: int = 0, *, block: bool = False) -> Reach | None:
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
    return Reach(tuple(firsts), tuple(lasts), advance)


def through(field: Reach, layer: Reach) -> Reach | None:
    """What the outputs of a layer see by way of its inputs, which see what the field says."""
    if field.period == layer.period == 1:
        first, last = layer.firsts[0], layer.lasts[0]
        if first > last:
            return None
        return Reach(
            (field.firsts[0] + first * field.advance,), (field.lasts[0] + last * field.advance,),
            layer.advance * field.advance,
        )  # fmt: skip
    rounds = field.period // gcd(field.period, layer.advance)
    if layer.period * rounds > MOST_PHASES:
        return None
    ends = [_ends(field, layer, output) for output in range(layer.period * rounds)]
    advance = layer.advance * rounds // field.period * field.advance
    return _shortest(Reach(tuple(first for first, _ in ends), tuple(last for _, last in ends), advance))


def _ends(field: Reach, layer: Reach, output: int) -> tuple[int, int]:
    """The first and last pixel that an output sees; of its inputs a period from each end has to be looked at."""
    turn, phase = divmod(output, layer.period)
    first, last = layer.firsts[phase] + turn * layer.advance, layer.lasts[phase] + turn * layer.advance
    starts = list(_seen(field, range(first, min(last, first + field.period - 1) + 1)))
    stops = list(_seen(field, range(max(first, last - field.period + 1), last + 1)))
    return (min(one for one, _ in starts), max(one for _, one in stops)) if starts else (1, 0)


def _seen(field: Reach, inputs: range) -> Iterator[tuple[int, int]]:
    for one in inputs:
        turn, phase = divmod(one, field.period)
        first, last = field.firsts[phase], field.lasts[phase]
        if first <= last:
            yield first + turn * field.advance, last + turn * field.advance


def _shortest(reach: Reach) -> Reach:
    """The same with the shortest period."""
    for period in range(1, reach.period // 2 + 1):
        if reach.period % period or reach.advance * period % reach.period:
            continue
        advance = reach.advance * period // reach.period
        if _repeats(reach.firsts, period, advance) and _repeats(reach.lasts, period, advance):
            return Reach(reach.firsts[:period], reach.lasts[:period], advance)
    return reach


def _repeats(ends: tuple[int, ...], period: int, advance: int) -> bool:
    return all(later - sooner == advance for sooner, later in zip(ends, ends[period:], strict=False))


def together(reaches: list[Reach], main: int) -> Reach | None:
    """All that any of some branches sees; where they move on differently, at the pace of branch `main`."""
    if all(reach.period == 1 and reach.advance == reaches[0].advance for reach in reaches):
        firsts, lasts = [reach.firsts[0] for reach in reaches], [reach.lasts[0] for reach in reaches]
        return Reach((min(firsts),), (max(lasts),), reaches[0].advance)
    if len({reach.stride for reach in reaches}) > 1:
        return _at_the_pace_of(reaches[main], reaches)
    period = lcm(*(reach.period for reach in reaches))
    if period > MOST_PHASES:
        return None
    seen = [[end for reach in reaches for end in _seen(reach, range(output, output + 1))] for output in range(period)]
    return _shortest(
        Reach(
            tuple(min((first for first, _ in ends), default=1) for ends in seen),
            tuple(max((last for _, last in ends), default=0) for ends in seen),
            reaches[0].advance * period // reaches[0].period,
        )
    )


def _at_the_pace_of(main: Reach, reaches: list[Reach]) -> Reach:
    low = min(reach.firsts[0] for reach in reaches) - main.firsts[0]
    high = max(reach.lasts[0] for reach in reaches) - main.lasts[0]
    return Reach(tuple(one + low for one in main.firsts), tuple(one + high for one in main.lasts), main.advance)
