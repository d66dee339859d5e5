"""The windows of a pool along one axis."""

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
