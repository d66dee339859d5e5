"""Matrix products made of small ones, and of long sums in parts."""

import numpy as np
import pytest

from service.core.convolve.kernels.matmul import DEEPEST, MOST_PARTS, PACKED_DEEPEST, SMALL_PRODUCT, multiplied
from tests.core.convolve.jobs import drawn

SHAPES = {
    "one number": (1, 1, 1, 1),
    "groups": (3, 4, 5, 6),
    "few rows, many columns": (1, 4, 30, 10_000),
    "columns that do not fill the last block": (2, 8, 27, 5_003),
    "a long sum": (1, 4, DEEPEST * 3 + 1, 50),
    "a sum of sums": (1, 2, DEEPEST * (MOST_PARTS + 3), 3),
    "a long sum in a large product": (1, 70, PACKED_DEEPEST + 5, SMALL_PRODUCT // (70 * PACKED_DEEPEST) + 20),
}


@pytest.mark.parametrize("dtype", ["float64", "int64", "object"])
@pytest.mark.parametrize("name", SHAPES)
def test_the_product_is_numpys(name: str, dtype: str) -> None:
    groups, rows, depth, columns = SHAPES[name]
    if dtype == "object" and rows * depth * columns > 10**5:
        columns = 2
    kind = np.int64 if dtype == "object" else dtype
    left, right = (
        drawn(shape, str(np.dtype(kind))).astype(dtype) for shape in ((groups, rows, depth), (groups, depth, columns))
    )
    np.testing.assert_allclose(multiplied(left, right).astype(float), np.matmul(left, right).astype(float), rtol=1e-9)


def test_the_product_is_written_where_it_is_wanted() -> None:
    left, right, out = drawn((1, 3, 600)), drawn((1, 600, 7)), np.full((1, 3, 14), np.nan)
    view = out[..., ::2]
    assert multiplied(left, right, view) is view
    np.testing.assert_allclose(view, left @ right)
    assert np.isnan(out[..., 1::2]).all()
