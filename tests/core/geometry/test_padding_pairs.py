"""Every spelling of padding, and what names mean."""

from typing import Any

import pytest

from service.core.geometry.padding_pairs import named_pair, read_padding, shortest_spelling


@pytest.mark.parametrize(
    ("spelled", "rank", "expected"),
    [
        ("same", 2, "same"),
        (3, 2, ((3, 3), (3, 3))),
        ([1, 2], 2, ((1, 1), (2, 2))),
        ([[0, 1], [2, 3]], 2, ((0, 1), (2, 3))),
        ([1, [2, 3]], 2, ((1, 1), (2, 3))),
        ([-1], 1, ((-1, -1),)),
        ([1, 2], 3, None),
        ([], 1, None),
    ],
)
def test_numbers_become_a_pair_for_each_axis_and_a_name_stays(spelled: Any, rank: int, expected: Any) -> None:
    assert read_padding(spelled, rank) == expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(2, 2), (2, 2)], 2),
        ([(1, 1), (2, 2)], [1, 2]),
        ([(0, 1), (1, 1)], [[0, 1], [1, 1]]),
        ([(0, 0)], 0),
    ],
)
def test_pairs_are_spelled_in_the_fewest_numbers(pairs: list[tuple[int, int]], expected: Any) -> None:
    assert shortest_spelling(pairs) == expected
    assert read_padding(expected, len(pairs)) == tuple(pairs)


@pytest.mark.parametrize(
    ("name", "size", "kernel", "stride", "dilation", "expected"),
    [
        ("valid", 9, 4, 2, 3, (0, 0)),
        ("full", 9, 4, 2, 3, (9, 9)),
        ("causal", 9, 4, 1, 3, (9, 0)),
        ("same", 9, 4, 1, 1, (1, 2)),
        ("same_upper", 9, 4, 1, 1, (1, 2)),
        ("same_lower", 9, 4, 1, 1, (2, 1)),
        ("same", 10, 3, 2, 2, (1, 2)),
        ("same", 10, 1, 3, 1, (0, 0)),
    ],
)
def test_a_name_means_a_pair(
    name: str, size: int, kernel: int, stride: int, dilation: int, expected: tuple[int, int]
) -> None:
    assert named_pair(name, size, kernel, stride, dilation) == expected


def test_same_padding_of_an_unknown_size_is_known_only_with_stride_1() -> None:
    assert named_pair("same", None, 4, 1, 1) == (1, 2)
    assert named_pair("same_lower", None, 4, 1, 1) == (2, 1)
    assert named_pair("same", None, 4, 2, 1) is None
