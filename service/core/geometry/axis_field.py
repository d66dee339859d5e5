"""The receptive field along one axis: which inputs the outputs see, for all outputs at once.

Outputs repeat: with period p and advance a, output `q*p + r` sees the inputs of output r moved by `q*a`. A convolution
has period 1 and advances by its stride; a transposed convolution of stride s has period s and advances by 1. The input
is taken to be endless in both directions, so that no field is cut off at its edges.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm

Number = int | Fraction
MOST_PHASES = 1024
"""Outputs of the longest period that is followed; beyond it a field is None. Chosen: far above any usual stride."""
MOST_CACHED = 1000
"""Fields of transposed convolutions that are cached, of up to 2,048 integers each. Chosen."""
NO_INPUTS = (1, 0)
"""The first and the last input of an output that sees none."""


@dataclass(frozen=True, slots=True)
class AxisField:
    """For each output of a period the first and the last input it sees; it sees none where first is above last."""

    firsts: tuple[int, ...]
    lasts: tuple[int, ...]
    advance: int

    @property
    def period(self) -> int:
        """After how many outputs the fields repeat."""
        return len(self.firsts)

    @property
    def size(self) -> int:
        """How many inputs the widest field spans."""
        if len(self.firsts) == 1:
            return self.lasts[0] - self.firsts[0] + 1
        return max(last - first for first, last in zip(self.firsts, self.lasts, strict=True)) + 1

    @property
    def stride(self) -> Number:
        """By how many inputs the field moves from one output to the next; the average where that varies."""
        return quotient(self.advance, self.period)

    @property
    def twice_centre(self) -> int:
        """Twice the centre of the field of output 0, which is always an integer."""
        return self.firsts[0] + self.lasts[0]


IDENTITY = AxisField((0,), (0,), 1)
"""Each position sees itself."""


def quotient(dividend: int, divisor: int) -> Number:
    """`dividend / divisor`, as an integer where it is one."""
    return Fraction(dividend, divisor) if dividend % divisor else dividend // divisor


# --- the field of one layer -------------------------------------------------------------------------------------------


def of_windows(before: int, effective: int, stride: int, input_dilation: int = 1) -> AxisField | None:
    """Windows of e positions every s, the first of them b before the input.

    Of a dilated input only every position that `input_dilation` divides is an input.
    """
    period = input_dilation // gcd(stride, input_dilation)
    if period > MOST_PHASES:
        return None
    starts = [output * stride - before for output in range(period)]
    firsts = tuple(-(-start // input_dilation) for start in starts)
    lasts = tuple((start + effective - 1) // input_dilation for start in starts)
    return AxisField(firsts, lasts, stride // gcd(stride, input_dilation))


@lru_cache(maxsize=MOST_CACHED)
def of_transposed_windows(before: int, kernel: int, dilation: int, stride: int) -> AxisField | None:
    """The inputs i that are spread over an output o of a transposed convolution: `o + b = i*s + k*d` for some k."""
    if stride > MOST_PHASES:
        return None
    ends = [_spread_over(output + before, kernel, dilation, stride) for output in range(stride)]
    if NO_INPUTS in ends and gcd(stride, dilation) == 1 and dilation > MOST_PHASES:
        return None
    return AxisField(tuple(first for first, _ in ends), tuple(last for _, last in ends), 1)


def _spread_over(position: int, kernel: int, dilation: int, stride: int) -> tuple[int, int]:
    """The first and the last input spread over a position of the uncropped output.

    Those are the k with `k*d = position` modulo the stride: from the least on, every `stride / gcd(stride, d)`-th.
    """
    common = gcd(stride, dilation)
    if position % common:
        return NO_INPUTS
    step = stride // common
    least = position // common * pow(dilation // common, -1, step) % step
    if least >= kernel:
        return NO_INPUTS
    most = least + (kernel - 1 - least) // step * step
    return (position - most * dilation) // stride, (position - least * dilation) // stride


def of_scaling(size: int, output: int, neighbours: int = 0, *, block: bool = False) -> AxisField | None:
    """i positions resampled to o: the nearest, `neighbours` on each side to interpolate between, or whole blocks."""
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
    """The field behind a layer whose inputs have `field` and whose outputs see `layer` of them; None while unknown."""
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
    ends = [_composed_ends(field, layer, output) for output in range(layer.period * rounds)]
    advance = layer.advance * rounds // field.period * field.advance
    return _with_shortest_period(AxisField(tuple(first for first, _ in ends), tuple(last for _, last in ends), advance))


def _composed_ends(field: AxisField, layer: AxisField, output: int) -> tuple[int, int]:
    """The first and the last pixel that an output sees; one period of its inputs from each end has to be looked at."""
    first, last = _ends_of(layer, output)
    near_first = range(first, min(last, first + field.period - 1) + 1)
    near_last = range(max(first, last - field.period + 1), last + 1)
    firsts = [first for first, _ in _seeing(_ends_of(field, position) for position in near_first)]
    lasts = [last for _, last in _seeing(_ends_of(field, position) for position in near_last)]
    return (min(firsts), max(lasts)) if firsts else NO_INPUTS


def _ends_of(field: AxisField, output: int) -> tuple[int, int]:
    """The first and the last input that an output sees; the first above the last where it sees none."""
    periods, phase = divmod(output, field.period)
    return field.firsts[phase] + periods * field.advance, field.lasts[phase] + periods * field.advance


def _seeing(ends: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The first and the last input of those outputs that see any."""
    return ((first, last) for first, last in ends if first <= last)


def _with_shortest_period(field: AxisField) -> AxisField:
    """The same field with the shortest period that describes it."""
    for period in range(1, field.period // 2 + 1):
        if field.period % period or field.advance * period % field.period:
            continue
        advance = field.advance * period // field.period
        if _repeats(field.firsts, period, advance) and _repeats(field.lasts, period, advance):
            return AxisField(field.firsts[:period], field.lasts[:period], advance)
    return field


def _repeats(ends: tuple[int, ...], period: int, advance: int) -> bool:
    """Whether ends come again after a period, moved by the advance."""
    return all(later - earlier == advance for earlier, later in zip(ends, ends[period:], strict=False))


def union(fields: list[AxisField], main: int) -> AxisField | None:
    """All that any of some branches sees; where their strides differ, with the stride of branch `main`."""
    if all(field.period == 1 and field.advance == fields[0].advance for field in fields):
        first, last = _ends_of_output_0(fields)
        return AxisField((first,), (last,), fields[0].advance)
    if len({field.stride for field in fields}) > 1:
        return _widened(fields[main], fields)
    period = lcm(*(field.period for field in fields))
    if period > MOST_PHASES:
        return None
    ends = [list(_seeing(_ends_of(field, output) for field in fields)) for output in range(period)]
    return _with_shortest_period(
        AxisField(
            tuple(min((first for first, _ in of_output), default=NO_INPUTS[0]) for of_output in ends),
            tuple(max((last for _, last in of_output), default=NO_INPUTS[1]) for of_output in ends),
            fields[0].advance * period // fields[0].period,
        )
    )


def _ends_of_output_0(fields: list[AxisField]) -> tuple[int, int]:
    """The first and the last input that output 0 of any branch sees."""
    ends = list(_seeing((field.firsts[0], field.lasts[0]) for field in fields)) or [NO_INPUTS]
    return min(first for first, _ in ends), max(last for _, last in ends)


def _widened(main: AxisField, fields: list[AxisField]) -> AxisField:
    """The main branch's field, every output widened by as much as the other branches widen output 0."""
    first, last = _ends_of_output_0(fields)
    low, high = first - main.firsts[0], last - main.lasts[0]
    return AxisField(
        tuple(first + low for first in main.firsts), tuple(last + high for last in main.lasts), main.advance
    )
