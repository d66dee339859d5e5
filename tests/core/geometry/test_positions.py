"""Sets of positions, compared with lists made position by position."""

from itertools import product

import numpy as np
import pytest

from service.core.geometry import positions

MODES = {"reflect": "reflect", "circular": "wrap", "replicate": "edge"}
"""Our name of each mode that copies, and NumPy's."""


@pytest.mark.parametrize(("mode", "numpy_mode"), MODES.items())
@pytest.mark.parametrize(("size", "before", "after"), [(7, 3, 5), (2, 1, 0), (5, 4, 4), (4, 0, 3)])
def test_padding_copies_what_numpy_copies(mode: str, numpy_mode: str, size: int, before: int, after: int) -> None:
    padded = np.pad(np.arange(size), (before, after), numpy_mode)  # type: ignore[call-overload]
    for position, copied in zip(range(-before, size + after), padded.tolist(), strict=True):
        assert positions.copied_by_padding(np.array([position]), size, mode).tolist() == [copied]


def test_padding_with_a_constant_copies_nothing() -> None:
    assert positions.copied_by_padding(np.arange(-2, 6), 4, "zeros").tolist() == [0, 1, 2, 3]


def test_a_reflected_axis_of_one_position_has_nothing_to_copy() -> None:
    assert positions.copied_by_padding(np.arange(-1, 2), 1, "reflect").tolist() == [0]


STARTS = [[0], [-4, -1, 2], [3, 9, 10], [-8]]
WINDOWS = list(product(STARTS, [1, 3, 4], [1, 2, 5]))


@pytest.mark.parametrize(("starts", "kernel", "dilation"), WINDOWS)
def test_windows_are_all_positions_that_they_read(starts: list[int], kernel: int, dilation: int) -> None:
    expected = sorted({start + k * dilation for start in starts for k in range(kernel)})
    assert positions.in_windows(np.array(starts), kernel, dilation).tolist() == expected
    inside = [position for position in expected if 0 <= position < 11]
    assert positions.in_windows_inside(np.array(starts), kernel, dilation, 11).tolist() == inside


def test_ranges_are_all_positions_in_them() -> None:
    firsts, stops = np.array([0, 2, 9, 5]), np.array([3, 4, 9, 7])
    assert positions.in_ranges(firsts, stops).tolist() == [0, 1, 2, 3, 5, 6]
    assert positions.in_ranges(firsts[:0], stops[:0]).tolist() == []


def ends(kept: "positions.Positions") -> list[int]:
    return [int(kept.min()), int(kept.max())] if kept.size else []


@pytest.mark.parametrize(("starts", "kernel", "dilation"), WINDOWS)
def test_large_sets_keep_their_exact_ends(
    monkeypatch: pytest.MonkeyPatch, starts: list[int], kernel: int, dilation: int
) -> None:
    first = np.array(starts)
    exact = [positions.in_windows(first, kernel, dilation), positions.in_windows_inside(first, kernel, dilation, 11)]
    monkeypatch.setattr(positions, "MOST_POSITIONS", 2)
    large = [positions.in_windows(first, kernel, dilation)]
    if exact[1].size:
        large.append(positions.in_windows_inside(first, kernel, dilation, 11))
    assert [ends(kept) for kept in large] == [ends(complete) for complete in exact[: len(large)]]
    assert all(kept.size <= 2 or len(starts) * kernel <= 2 for kept in large)


def test_large_axes_and_ranges_keep_their_exact_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(positions, "MOST_POSITIONS", 3)
    assert positions.all_positions(3).tolist() == [0, 1, 2]
    assert positions.all_positions(4).tolist() == [0, 3]
    assert positions.in_ranges(np.array([1, 5]), np.array([4, 7])).tolist() == [1, 6]
