"""The rule behind a list of sizes."""

import numpy as np
import pytest

from service.core.networks.accepted_sizes import AcceptedSizes, accepted_sizes, ranges_of


def of(sizes: set[int], first: int = 1, last: int = 40) -> AcceptedSizes:
    return accepted_sizes(first, np.array([size in sizes for size in range(first, last + 1)]))


@pytest.mark.parametrize(
    ("sizes", "minimum", "modulus", "residues", "text", "short"),
    [
        (range(5, 41), 5, 1, (0,), "every size from 5", ""),
        (range(8, 41, 8), 8, 8, (0,), "8*n, n >= 1", "multiples of 8"),
        (
            {size for size in range(6, 41) if size % 4 in (2, 3)}, 6, 4, (2, 3),
            "4*n + r with r = 2 or 3, from 6", "4*n + r with r = 2 or 3",
        ),
        (range(11, 41, 8), 11, 8, (3,), "8*n + 3, n >= 1", "8*n + 3"),
        (
            {size for size in range(4, 41) if size % 8 in (0, 4, 5, 6, 7)}, 4, 8, (0, 4, 5, 6, 7),
            "8*n + r with r = 0 or 4 to 7, from 4", "8*n + r with r = 0 or 4 to 7",
        ),
        ([9, 10, 11, 12, 30], 9, None, None, "9 to 12, 30", ""),
        ([40], 40, None, None, "40", ""),
        ([], None, None, None, "no size from 1 to 40", ""),
    ],
)  # fmt: skip
def test_sizes_are_described_by_a_rule(
    sizes: list[int], minimum: int | None, modulus: int | None, residues: tuple[int, ...] | None, text: str, short: str
) -> None:
    accepted = of(set(sizes))
    assert (accepted.minimum, accepted.modulus, accepted.residues) == (minimum, modulus, residues)
    assert accepted.text((1, 40)) == text
    assert accepted.short_text == short


def test_a_period_must_repeat_and_hold_to_the_last_size() -> None:
    assert of({10, 25}).modulus is None
    assert of({10, 20, 30, 40}).modulus == 10
    assert of({10, 20, 30, 39}).modulus is None


@pytest.mark.parametrize(
    ("size", "expected"),
    [(3, (None, 5)), (5, (5, 5)), (7, (7, 7)), (9, (8, 20)), (19, (8, 20)), (25, (20, None))],
)
def test_the_nearest_sizes_are_at_most_and_at_least_the_size(
    size: int, expected: tuple[int | None, int | None]
) -> None:
    assert of({5, 6, 7, 8, 20}).nearest(size) == expected


@pytest.mark.parametrize(
    ("size", "expected"),
    [(35, (35, 35)), (39, (35, 43)), (40, (35, 43)), (41, (35, 43)), (43, (43, 43)), (100, (99, 107)), (2, (None, 3))],
)
def test_the_rule_tells_what_is_nearest_beyond_the_sizes_tried(
    size: int, expected: tuple[int | None, int | None]
) -> None:
    assert of(set(range(3, 41, 8))).nearest(size) == expected


@pytest.mark.parametrize(
    ("sizes", "ranges"), [([], []), ([4], [(4, 4)]), ([1, 2, 3, 7, 9, 10], [(1, 3), (7, 7), (9, 10)])]
)
def test_sizes_in_a_row_are_one_range(sizes: list[int], ranges: list[tuple[int, int]]) -> None:
    assert ranges_of(sizes) == ranges
