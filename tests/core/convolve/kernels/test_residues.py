"""Strided and dilated tasks taken apart into plain ones."""

import numpy as np
import pytest

from service.core.convolve.kernels.algorithms import im2col
from service.core.convolve.kernels.residues import MOST_RESIDUES, without_dilation, without_strides
from tests.core.convolve.tasks import task


@pytest.mark.parametrize("dilation", [1, 2, 3])
@pytest.mark.parametrize("stride", [2, 3, 4])
def test_a_strided_task_is_a_sum_of_tasks_without_strides(stride: int, dilation: int) -> None:
    whole = task((2, 3, 30), (4, 3, 7), stride, 2, dilation, dtype=np.float64)
    im2col.run(whole)
    total = np.zeros_like(whole.out)
    parts = without_strides(whole)
    for taps, part in parts:
        assert part.strides == (1,)
        np.testing.assert_array_equal(part.weight, whole.weight[:, :, *taps])
        im2col.run(part._replace(out=total, adds=True))
    np.testing.assert_allclose(total, whole.out, atol=1e-12)
    assert sum(part.depth for _, part in parts) == whole.depth


@pytest.mark.parametrize("stride", [2, 3, 5])
def test_there_are_few_parts_and_the_last_axis_goes_first(stride: int) -> None:
    parts = without_strides(task((1, 1, 40, 40), (1, 1, 7, 7), stride))
    assert 1 <= len(parts) <= MOST_RESIDUES
    assert all(part.strides[-1] == 1 or stride > MOST_RESIDUES for _, part in parts)


@pytest.mark.parametrize("dilation", [2, 3])
def test_a_dilated_task_is_made_of_tasks_without_dilation(dilation: int) -> None:
    whole = task((1, 2, 20, 9), (3, 2, 3, 2), 1, 1, dilation, dtype=np.float64)
    im2col.run(whole)
    expected = whole.out.copy()
    whole.out[...] = np.nan
    for part in without_dilation(whole, 0):
        assert part.dilations == (1, dilation)
        im2col.run(part)
    np.testing.assert_allclose(whole.out, expected, atol=1e-12)
