"""Indices of axes, which count from the front or, below 0, from the end."""

from collections.abc import Sequence


def from_the_front(index: int, count: int) -> int | None:
    """The index of one of `count` axes counted from the front; None where there is no such axis."""
    return index % count if -count <= index < count else None


def all_from_the_front(indices: Sequence[int], count: int) -> tuple[int, ...] | None:
    """Indices of axes counted from the front; None where one of them does not exist."""
    counted = [from_the_front(index, count) for index in indices]
    known = tuple(index for index in counted if index is not None)
    return known if len(known) == len(counted) else None
