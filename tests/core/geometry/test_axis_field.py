"""Fields along one axis, compared with a walk back from every output, position by position."""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from service.core.geometry import axis_field
from service.core.geometry.axis_field import IDENTITY, MOST_PHASES, AxisField

OUTPUTS = range(-7, 23)
"""Outputs that are compared; more than two periods of every field here."""


@dataclass(frozen=True)
class Step:
    """A layer as a field, and as a function that lists the inputs of one output."""

    field: AxisField | None
    inputs: Callable[[int], list[int]]


def windows(before: int, effective: int, stride: int, input_dilation: int = 1) -> Step:
    def inputs(output: int) -> list[int]:
        dilated = range(output * stride - before, output * stride - before + effective)
        return [position // input_dilation for position in dilated if position % input_dilation == 0]

    return Step(axis_field.of_windows(before, effective, stride, input_dilation), inputs)


def transposed_windows(before: int, kernel: int, dilation: int, stride: int) -> Step:
    def inputs(output: int) -> list[int]:
        places = [output + before - k * dilation for k in range(kernel)]
        return [place // stride for place in places if place % stride == 0]

    return Step(axis_field.of_transposed_windows(before, kernel, dilation, stride), inputs)


def nearest(size: int, output: int) -> Step:
    return Step(axis_field.of_scaling(size, output), lambda index: [index * size // output])


def blocks(size: int, output: int) -> Step:
    def inputs(index: int) -> list[int]:
        return list(range(index * size // output, -(-(index + 1) * size // output)))

    return Step(axis_field.of_scaling(size, output, block=True), inputs)


def linear(size: int, output: int) -> Step:
    def inputs(index: int) -> list[int]:
        centre = (index + Fraction(1, 2)) * Fraction(size, output) - Fraction(1, 2)
        return [centre.__floor__(), centre.__ceil__()]

    return Step(axis_field.of_scaling(size, output, 1), inputs)


small = st.integers(1, 4)
steps = st.one_of(
    st.builds(windows, st.integers(-2, 3), st.integers(1, 5), small, st.integers(1, 3)),
    st.builds(transposed_windows, st.integers(-2, 3), small, st.integers(1, 3), small),
    st.builds(nearest, small, small),
    st.builds(blocks, small, small),
    st.builds(linear, small, small),
)


def pair_of_one_stride(advance: int, period: int) -> st.SearchStrategy[tuple[Step, Step]]:
    """Two layers whose fields move by `advance / period` inputs."""
    size, output = st.just(advance), st.just(period)
    kinds = [
        st.builds(windows, st.integers(-2, 3), st.integers(1, 5), size, output),
        *(st.builds(resampled, size, output) for resampled in (nearest, blocks, linear)),
    ]
    if advance == 1:
        kinds.append(st.builds(transposed_windows, st.integers(-2, 3), small, st.integers(1, 3), output))
    return st.tuples(st.one_of(kinds), st.one_of(kinds))


def ends(field: AxisField, output: int) -> tuple[int, int] | None:
    """The first and the last input of one output by a field; None where it reads nothing."""
    rounds, phase = divmod(output, field.period)
    first, last = field.firsts[phase], field.lasts[phase]
    return (first + rounds * field.advance, last + rounds * field.advance) if first <= last else None


def walked(chain: list[Step], output: int) -> tuple[int, int] | None:
    """The first and the last pixel that an output sees, found by a walk from the last layer to the first."""
    positions = {output}
    for step in reversed(chain):
        spans = [step.inputs(position) for position in positions]
        positions = {position for span in spans if span for position in range(min(span), max(span) + 1)}
    return (min(positions), max(positions)) if positions else None


def composed(chain: list[Step]) -> AxisField | None:
    field: AxisField | None = IDENTITY
    for step in chain:
        field = None if field is None or step.field is None else axis_field.composed(field, step.field)
    return field


@given(step=steps)
def test_the_field_of_a_layer_is_what_each_output_reads(step: Step) -> None:
    assert step.field is not None
    assert [ends(step.field, output) for output in OUTPUTS] == [walked([step], output) for output in OUTPUTS]


@given(chain=st.lists(steps, min_size=2, max_size=3))
def test_the_field_of_a_chain_is_what_its_outputs_reach(chain: list[Step]) -> None:
    field = composed(chain)
    assume(field is not None)
    assert field is not None
    assert [ends(field, output) for output in OUTPUTS] == [walked(chain, output) for output in OUTPUTS]


@given(chain=st.lists(steps, min_size=1, max_size=2))
def test_no_shorter_period_describes_a_chain(chain: list[Step]) -> None:
    field = composed([*chain, windows(0, 1, 1)])
    assume(field is not None)
    assert field is not None
    for period in range(1, field.period):
        if field.period % period == 0 and field.advance * period % field.period == 0:
            advance = field.advance * period // field.period
            moved = [(first + advance, last + advance) for first, last in zip(field.firsts, field.lasts, strict=True)]
            later = [
                (field.firsts[phase % field.period] + phase // field.period * field.advance,
                 field.lasts[phase % field.period] + phase // field.period * field.advance)
                for phase in range(period, period + field.period)
            ]  # fmt: skip
            assert moved != later


@given(branches=st.tuples(small, small).flatmap(lambda ratio: pair_of_one_stride(*ratio)))
@example(branches=(windows(3, 1, 2, 2), nearest(1, 1)))
def test_branches_of_one_stride_see_what_either_sees(branches: tuple[Step, Step]) -> None:
    first, second = branches
    assert first.field is not None
    assert second.field is not None
    merged = axis_field.union([first.field, second.field], 0)
    assert merged is not None
    for output in OUTPUTS:
        both = [span for step in (first, second) if (span := walked([step], output)) is not None]
        expected = (min(low for low, _ in both), max(high for _, high in both)) if both else None
        assert ends(merged, output) == expected


def test_branches_of_different_strides_widen_the_main_branch() -> None:
    every, every_second = AxisField((-1,), (1,), 1), AxisField((0,), (4,), 2)
    assert axis_field.union([every, every_second], 0) == AxisField((-1,), (4,), 1)
    assert axis_field.union([every, every_second], 1) == AxisField((-1,), (4,), 2)


def test_a_branch_that_sees_nothing_widens_no_other() -> None:
    nothing, every_second = AxisField((-1,), (-2,), 1), AxisField((0,), (4,), 2)
    assert axis_field.union([every_second, nothing], 0) == every_second


@pytest.mark.parametrize(
    ("step", "size", "stride", "twice_centre"),
    [
        (windows(3, 7, 2), 7, 2, 0),
        (windows(0, 4, 3), 4, 3, 3),
        (transposed_windows(1, 4, 1, 2), 2, Fraction(1, 2), -1),
        (blocks(7, 3), 3, Fraction(7, 3), 2),
        (nearest(1, 2), 1, Fraction(1, 2), 0),
    ],
)
def test_size_stride_and_centre(step: Step, size: int, stride: int | Fraction, twice_centre: int) -> None:
    assert step.field is not None
    assert (step.field.size, step.field.stride, step.field.twice_centre) == (size, stride, twice_centre)


def test_a_field_with_too_long_a_period_is_unknown() -> None:
    assert axis_field.of_scaling(3, MOST_PHASES) is not None
    assert axis_field.of_scaling(3, MOST_PHASES + 1) is None
    assert axis_field.of_transposed_windows(0, 3, 1, MOST_PHASES + 1) is None
    assert axis_field.of_windows(0, 3, 1, MOST_PHASES + 1) is None
