"""Parts of a task: they fit, and together they are the task."""

import numpy as np
import pytest

from service.core.convolve.kernels.algorithms import im2col
from service.core.convolve.kernels.splitting import WAYS, bands, bands_of_groups, cut, halved, pieces
from service.core.convolve.kernels.task import Task
from tests.core.convolve.tasks import task


def output_bytes(part: Task) -> int:
    return int(part.out.nbytes)


def operand_bytes(part: Task) -> int:
    return int(part.out.nbytes + part.weight.size * part.itemsize)


@pytest.mark.parametrize(("count", "most"), [(10, 3), (10, 10), (10, 100), (1, 1), (7, 0), (0, 5)])
def test_pieces_follow_each_other_and_are_even(count: int, most: int) -> None:
    ends = list(pieces(count, most))
    assert [index for first, stop in ends for index in range(first, stop)] == list(range(count))
    lengths = {stop - first for first, stop in ends}
    assert not lengths or (max(lengths) <= max(most, 1) and max(lengths) - min(lengths) <= 1)


@pytest.mark.parametrize("way", WAYS)
def test_halves_are_the_whole(way: str) -> None:
    groups = 2 if way == "groups" else 1
    whole = task((2, 4, 9, 8), (6, 4 // groups, 3, 2), 2, 1, 1, groups, np.float64)
    whole = whole._replace(bias=np.arange(6.0))
    im2col.run(whole)
    expected = whole.out.copy()
    whole.out[...] = np.nan
    halves = halved(whole, way)
    assert len(halves) == 2
    for half in halves:
        im2col.run(half)
    np.testing.assert_allclose(whole.out, expected, atol=1e-12)


@pytest.mark.parametrize("way", WAYS)
def test_what_is_single_cannot_be_halved(way: str) -> None:
    single = task((1, 1, 1), (1, 1, 1))
    assert halved(single, way) == [single]


@pytest.mark.parametrize("way", ["filters", "channels"])
def test_groups_keep_their_channels_together(way: str) -> None:
    assert len(halved(task((1, 4, 5), (4, 2, 3), groups=2), way)) == 1


@pytest.mark.parametrize("most", [1, 100, 1000, 10**6])
def test_parts_are_cut_until_they_fit(most: int) -> None:
    whole = task((3, 4, 9, 8), (6, 4, 3, 3))
    parts = list(cut(whole, operand_bytes, most, ("images", "filters", "channels", "windows", "taps")))
    assert all(operand_bytes(part) <= max(most, 8) for part in parts)
    assert sum(part.work for part in parts) == whole.work


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("most", [100, 1000, 3000])
@pytest.mark.parametrize("groups", [1, 4])
def test_bands_hold_every_output_once(groups: int, most: int, threads: int) -> None:
    whole = task((3, 4, 12, 8), (8, 4 // groups, 3, 3), groups=groups)
    whole.out[...] = 0
    parts = bands_of_groups(whole, output_bytes, most, threads)
    for part in parts:
        part.out[...] += 1
    assert (whole.out == 1).all()
    assert len(parts) > 1
    assert max(map(output_bytes, parts)) <= 2 * most


def test_images_that_fit_stay_together() -> None:
    whole = task((8, 1, 5, 5), (1, 1, 2, 2))
    assert [len(part.source) for part in bands(whole, output_bytes, whole.out.nbytes // 2)] == [4, 4]
    assert bands(whole, output_bytes, whole.out.nbytes) == [whole]
