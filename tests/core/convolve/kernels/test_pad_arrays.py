"""Padding and cropping at once, beside NumPy's way with the whole array in between."""

from typing import Any

import numpy as np
import pytest

from service.core.convolve.kernels.pad_arrays import copied_positions, dilated, padded
from tests.core.convolve.jobs import drawn

NUMPY_MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge"}
AMOUNTS = [(0, 0), (2, 1), (-1, 3), (3, -2), (-2, -1), (3, -3)]


@pytest.mark.parametrize("mode", NUMPY_MODES)
@pytest.mark.parametrize("rows", AMOUNTS)
@pytest.mark.parametrize("columns", AMOUNTS)
def test_padding_and_cropping(mode: str, rows: tuple[int, int], columns: tuple[int, int]) -> None:
    source = drawn((2, 4, 5))
    added = [(0, 0), *[(max(before, 0), max(after, 0)) for before, after in (rows, columns)]]
    whole = np.pad(source, added, mode=NUMPY_MODES[mode])
    kept = [slice(max(-before, 0), min(after, 0) or None) for before, after in (rows, columns)]
    np.testing.assert_array_equal(padded(source, [rows, columns], mode=mode), whole[:, *kept])


def test_what_goes_round_is_cropped_first() -> None:
    rotated = padded(np.arange(6.0)[None], [(2, -1)], mode="circular")
    assert rotated.tolist() == [[3, 4, 0, 1, 2, 3, 4]]


@pytest.mark.parametrize(("mode", "numpys"), [("reflect", "reflect"), ("replicate", "edge"), ("circular", "wrap")])
@pytest.mark.parametrize("size", [1, 2, 5])
def test_padding_is_copied_from_these_positions(size: int, mode: str, numpys: Any) -> None:
    positions = np.arange(-7, size + 7)
    assert copied_positions(positions, size, mode).tolist() == np.pad(np.arange(size), 7, mode=numpys).tolist()


def test_zeros_are_put_between_neighbours() -> None:
    assert dilated(np.array([[1, 2, 3], [4, 5, 6]]), (3, 2)).tolist() == [
        [1, 0, 2, 0, 3],
        [0, 0, 0, 0, 0],
        [0, 0, 0, 0, 0],
        [4, 0, 5, 0, 6],
    ]
    array = np.arange(3)
    assert dilated(array, (1,)) is array
