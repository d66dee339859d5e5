"""The arithmetic of one axis, worked out by hand."""

import pytest

from service.core.geometry import arithmetic


@pytest.mark.parametrize(
    ("kernel", "dilation", "expected"), [(1, 1, 1), (3, 1, 3), (3, 2, 5), (1, 9, 1), (2, 7, 8), (4, 3, 10)]
)
def test_an_effective_kernel_spans_the_positions_between_its_own(kernel: int, dilation: int, expected: int) -> None:
    assert arithmetic.effective_kernel(kernel, dilation) == expected


@pytest.mark.parametrize(
    ("padded", "effective", "stride", "expected"),
    [(6, 3, 1, 4), (6, 3, 2, 2), (7, 3, 2, 3), (230, 7, 2, 112), (3, 5, 1, -1), (3, 4, 2, 0), (5, 5, 9, 1)],
)
def test_only_windows_that_fit_whole_are_counted(padded: int, effective: int, stride: int, expected: int) -> None:
    assert arithmetic.floor_output(padded, effective, stride) == expected


@pytest.mark.parametrize(
    ("size", "before", "after", "effective", "stride", "expected"),
    [
        (5, 1, 1, 2, 2, 3),  # the plain ceiling says 4: the fourth window would start in the padding after
        (112, 1, 1, 3, 2, 57),
        (112, 0, 0, 3, 2, 56),
        (9, 2, 2, 4, 4, 3),
        (3, 0, 0, 5, 3, 1),  # a window larger than its input counts, if it starts inside
    ],
)
def test_in_ceil_mode_a_window_that_starts_past_the_input_is_dropped(
    size: int, before: int, after: int, effective: int, stride: int, expected: int
) -> None:
    assert arithmetic.ceil_output(size, before, after, effective, stride) == expected


@pytest.mark.parametrize(
    ("total", "after", "before"), [(0, (0, 0), (0, 0)), (5, (2, 3), (3, 2)), (4, (2, 2), (2, 2)), (1, (0, 1), (1, 0))]
)
def test_split_puts_the_odd_one_on_the_side_asked_for(
    total: int, after: tuple[int, int], before: tuple[int, int]
) -> None:
    assert arithmetic.split(total) == after
    assert arithmetic.split(total, extra_after=False) == before


@pytest.mark.parametrize(
    ("size", "output", "windows"),
    [(7, 3, [(0, 3), (2, 5), (4, 7)]), (6, 3, [(0, 2), (2, 4), (4, 6)]), (2, 3, [(0, 1), (0, 2), (1, 2)])],
)
def test_adaptive_windows_cover_and_may_overlap(size: int, output: int, windows: list[tuple[int, int]]) -> None:
    assert [arithmetic.adaptive_window(index, size, output) for index in range(output)] == windows


@pytest.mark.parametrize(
    ("size", "effective", "stride", "cropped", "extra", "expected"),
    [(4, 3, 2, 0, 0, 9), (4, 3, 2, 2, 1, 8), (1, 5, 3, 0, 0, 5), (5, 2, 2, 0, 0, 10), (2, 1, 3, 4, 0, 0)],
)
def test_a_transposed_output_is_what_the_spread_windows_span(
    size: int, effective: int, stride: int, cropped: int, extra: int, expected: int
) -> None:
    assert arithmetic.transposed_output(size, effective, stride, cropped, extra) == expected
    last_window_ends = (size - 1) * stride + effective
    assert expected == last_window_ends - cropped + extra


@pytest.mark.parametrize(
    ("padded", "effective", "stride", "output", "expected"),
    [(9, 3, 2, 4, 0), (10, 3, 2, 4, 1), (10, 2, 5, 2, 3), (4, 4, 9, 1, 0), (3, 4, 1, 1, 0)],
)
def test_positions_after_the_last_window_are_not_read(
    padded: int, effective: int, stride: int, output: int, expected: int
) -> None:
    assert arithmetic.unread_positions(padded, effective, stride, output) == expected
