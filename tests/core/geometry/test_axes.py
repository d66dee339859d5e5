"""What single outputs of each kind of axis read, compared with trying every input, and with the axis' own field."""

from collections.abc import Iterable

import numpy as np
import pytest

from service.core.geometry.axes import AdaptiveAxis, Axis, PaddedAxis, ScaledAxis, TransposedAxis, WindowAxis


def window_reads(axis: WindowAxis, output: int) -> Iterable[int]:
    dilated = [output * axis.stride - (axis.before or 0) + k * axis.dilation for k in range(axis.kernel)]
    return [position // axis.input_dilation for position in dilated if position % axis.input_dilation == 0]


def transposed_reads(axis: TransposedAxis, output: int) -> Iterable[int]:
    places = [output + axis.before - k * axis.dilation for k in range(axis.kernel)]
    return [place // axis.stride for place in places if place % axis.stride == 0]


WINDOWS = [
    WindowAxis(size=17, kernel=3, before=1, after=1),
    WindowAxis(size=17, kernel=4, stride=3, dilation=2, before=2, after=5),
    WindowAxis(size=17, kernel=3, stride=2, before=0, after=0, input_dilation=3),
    WindowAxis(size=17, kernel=2, stride=5, before=-1, after=-2),
    WindowAxis(size=0, kernel=2, stride=1, before=1, after=1, input_dilation=3),
]
TRANSPOSED = [
    TransposedAxis(size=9, kernel=3, stride=2, before=1, after=1),
    TransposedAxis(size=9, kernel=2, stride=3, dilation=4),
    TransposedAxis(size=9, kernel=1, stride=2),
]


@pytest.mark.parametrize("axis", WINDOWS)
def test_a_window_reads_its_own_positions_of_the_input(axis: WindowAxis) -> None:
    for output in range(axis.output or 0):
        expected = sorted(position for position in window_reads(axis, output) if 0 <= position < (axis.size or 0))
        assert axis.reads(np.array([output])).tolist() == expected


@pytest.mark.parametrize("axis", TRANSPOSED)
def test_an_output_of_a_transposed_convolution_reads_what_is_spread_over_it(axis: TransposedAxis) -> None:
    for output in range(axis.output or 0):
        expected = sorted(position for position in transposed_reads(axis, output) if 0 <= position < (axis.size or 0))
        assert axis.reads(np.array([output])).tolist() == expected


def test_several_outputs_read_what_each_reads() -> None:
    axes: list[Axis] = [*WINDOWS, *TRANSPOSED, AdaptiveAxis(size=11, output=4), ScaledAxis(size=5, output=12)]
    for axis in axes:
        outputs = np.array([0, 1, 3])
        each = {position for output in outputs for position in axis.reads(np.array([output])).tolist()}
        assert axis.reads(outputs).tolist() == sorted(each)


@pytest.mark.parametrize(
    ("axis", "output", "expected"),
    [
        (AdaptiveAxis(size=11, output=4), 1, [2, 3, 4, 5]),
        (PaddedAxis(size=5, before=2, after=1), 1, []),
        (PaddedAxis(size=5, before=2, after=1, mode="reflect"), 0, [2]),
        (PaddedAxis(size=5, before=-2, after=0), 0, [2]),
        (ScaledAxis(size=4, output=10), 3, [1]),
        (ScaledAxis(size=4, output=8, neighbours=1), 3, [1, 2]),
        (ScaledAxis(size=4, output=8, neighbours=1), 0, [0]),
        (ScaledAxis(size=4, output=7, neighbours=1, corners=True), 3, [1, 2]),
        (ScaledAxis(size=4, output=7, neighbours=1, corners=True), 6, [3]),
        (ScaledAxis(size=9, output=12, neighbours=2), 5, [2, 3, 4, 5]),
        (ScaledAxis(size=6, output=2, block=True), 1, [3, 4, 5]),
    ],
)
def test_other_axes_read_what_they_are_defined_by(axis: Axis, output: int, expected: list[int]) -> None:
    assert axis.reads(np.array([output])).tolist() == expected


@pytest.mark.parametrize(
    "axis",
    [*WINDOWS[:2], *TRANSPOSED[:1], AdaptiveAxis(size=14, output=4), ScaledAxis(size=8, output=20, neighbours=1)],
)
def test_away_from_the_edges_an_output_reads_from_end_to_end_of_its_field(axis: Axis) -> None:
    field = axis.field
    assert field is not None
    compared = 0
    for output in range(axis.output or 0):
        rounds, phase = divmod(output, field.period)
        first, last = field.firsts[phase] + rounds * field.advance, field.lasts[phase] + rounds * field.advance
        if first >= 0 and last < (axis.size or 0):
            read = axis.reads(np.array([output])).tolist()
            assert (read[0], read[-1]) == (first, last)
            compared += 1
    assert compared


@pytest.mark.parametrize("size", [1, 2, 3, 7])
@pytest.mark.parametrize("padding", [0, 1, 2, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
@pytest.mark.parametrize("dilation", [1, 2, 4])
def test_how_many_positions_of_a_kernel_meet_the_input(size: int, padding: int, stride: int, dilation: int) -> None:
    axis = WindowAxis(size=size, kernel=3, stride=stride, dilation=dilation, before=padding, after=padding)
    met = {
        place
        for window in range(max(axis.output or 0, 0))
        for place in range(3)
        if 0 <= window * stride - padding + place * dilation < size
    }
    assert axis.kernel_reading_input == len(met)
