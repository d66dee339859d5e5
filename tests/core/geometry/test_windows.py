"""Where windows lie: what each axis says of one output agrees with the set of inputs that it reads."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.core.geometry.axes import (
    AdaptiveAxis,
    Axis,
    PaddedAxis,
    ScaledAxis,
    SlicedAxis,
    TransposedAxis,
    WindowAxis,
)

SIZES = st.integers(1, 12)
SMALL = st.integers(1, 4)
AMOUNTS = st.integers(0, 4)
AXES = st.one_of(
    st.builds(
        WindowAxis,
        size=SIZES,
        kernel=SMALL,
        stride=SMALL,
        dilation=SMALL,
        before=AMOUNTS,
        after=AMOUNTS,
        input_dilation=st.integers(1, 3),
    ),
    st.builds(TransposedAxis, size=SIZES, kernel=SMALL, stride=SMALL, dilation=SMALL, before=AMOUNTS, after=AMOUNTS),
    st.builds(AdaptiveAxis, size=SIZES, output=SIZES),
    st.builds(ScaledAxis, size=SIZES, output=SIZES, neighbours=st.integers(0, 2), corners=st.booleans()),
    st.builds(PaddedAxis, size=SIZES, before=AMOUNTS, after=AMOUNTS),
    st.builds(SlicedAxis, size=st.just(12), output=st.integers(1, 3), start=AMOUNTS, step=st.integers(1, 3)),
)


@given(AXES, st.integers(0, 40))
def test_a_window_lies_on_the_inputs_that_its_output_reads(axis: Axis, output: int) -> None:
    if axis.output is None or output >= axis.output or axis.size is None:
        return
    on_input = {position for position in axis.window(output) if position is not None and 0 <= position < axis.size}
    assert sorted(on_input) == axis.reads(np.array([output])).tolist()


@pytest.mark.parametrize(
    ("axis", "windows"),
    [
        (WindowAxis(size=6, kernel=3, stride=2), [[0, 1, 2], [2, 3, 4]]),
        (WindowAxis(size=5, kernel=3, stride=2, before=1, after=1), [[-1, 0, 1], [1, 2, 3], [3, 4, 5]]),
        (WindowAxis(size=5, kernel=2, dilation=3, before=1), [[-1, 2], [0, 3], [1, 4]]),
        (
            WindowAxis(size=2, kernel=3, before=1, after=1, input_dilation=2),
            [[-1, 0, None], [0, None, 1], [None, 1, 2]],
        ),
        (TransposedAxis(size=2, kernel=3, stride=2), [[0, None, None], [None, 0, None], [1, None, 0]]),
        (PaddedAxis(size=2, before=1, after=-1), [[-1], [0]]),
    ],
)
def test_windows_are_in_the_order_of_the_kernel(axis: Axis, windows: list[list[int | None]]) -> None:
    assert [axis.window(output) for output in range(len(windows))] == windows
