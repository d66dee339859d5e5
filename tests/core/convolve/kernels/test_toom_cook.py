"""Short convolutions with few multiplications."""

import numpy as np
import pytest

from service.core.convolve.kernels.toom_cook import POINTS, transforms
from tests.core.convolve.jobs import drawn


@pytest.mark.parametrize("points", [POINTS, (0, 1, -1), (0, 1, -1, 2, -2, 0.5)])
@pytest.mark.parametrize("size", [2, 3, 4])
def test_a_tile_is_the_convolution(size: int, points: tuple[float, ...]) -> None:
    """m outputs of r elements by m + r - 1 products."""
    by = transforms(size, points)
    assert by.inputs == by.outputs + size - 1 == len(points) + 1
    kernel, source = drawn((size,)), drawn((by.inputs,))
    outputs = by.output @ ((by.kernel @ kernel) * (by.source @ source))
    np.testing.assert_allclose(outputs, np.correlate(source, kernel), atol=1e-12)


def test_a_square_tile_is_the_convolution_of_matrices() -> None:
    by = transforms(3).squared()
    side = round(by.inputs**0.5)
    kernel, source = drawn((3, 3)), drawn((side, side))
    outputs = by.output @ ((by.kernel @ kernel.ravel()) * (by.source @ source.ravel()))
    windows = np.lib.stride_tricks.sliding_window_view(source, (3, 3))
    np.testing.assert_allclose(outputs, np.einsum("ijkl,kl->ij", windows, kernel).ravel(), atol=1e-12)
