"""The windows of a pool along one axis."""

from itertools import product

import pytest

from service.core.convolve.kernels.pools import windows


@pytest.mark.parametrize("total", [2, 3, 7, 50, 96])
@pytest.mark.parametrize("size", [1, 5, 12, 97])
def test_uneven_windows_begin_and_end_where_the_formula_says(size: int, total: int) -> None:
    every = windows.UnevenWindows(size=size, total=total, index=0, count=total)
    starts = [index * size // total for index in range(total)]
    lengths = [-(-(index + 1) * size // total) - start for index, start in enumerate(starts)]
    assert every.starts().tolist() == starts
    assert every.lengths().tolist() == lengths
    if size % total:
        assert set(lengths) <= {every.kernel, every.kernel + 1}


def test_of_a_dilated_input_only_its_own_positions_count() -> None:
    for dilation, step, kernel, stride, first in product((1, 2, 3, 4), (2, 3, 6), (1, 3, 5), (1, 2, 3), (-7, -2, 0, 4)):
        end = 4 * step + 1
        every = windows.EvenWindows(
            size=5, first=first, count=9, kernel=kernel, stride=stride, dilation=dilation,
            input_dilation=step, counted=(0, end), counted_step=step,
        )  # fmt: skip
        reached = [[first + j * stride + k * dilation for k in range(kernel)] for j in range(9)]
        expected = [sum(0 <= place < end and place % step == 0 for place in window) for window in reached]
        assert every.lengths().tolist() == expected
