"""Integers computed exactly, in the cheapest arithmetic that cannot go wrong."""

from collections.abc import Callable

import numpy as np

from service.core.convolve.padding import Array

EXACT_IN_FLOAT64 = 2**53
EXACT_IN_INT64 = 2**63


class IntegerOverflowError(Exception):
    """A result does not fit its integer type; holds the value and the type's name."""

    def __init__(self, value: int, dtype: str) -> None:
        super().__init__(f"{value} does not fit {dtype}")
        self.value = value
        self.dtype = dtype


def magnitude(array: Array | None) -> int:
    """The largest absolute value; 0 for no array or an empty one."""
    if array is None or array.size == 0:
        return 0
    return max(abs(int(array.max())), abs(int(array.min())))


def computed(
    run: Callable[[Array, Array], Array], source: Array, weight: Array, bias: Array | None, terms: int
) -> Array:
    """The integer result of a sum of `terms` products, plus the bias, exact or refused with IntegerOverflowError.

    While no partial sum can reach 2**53, floats hold every one of them exactly and matrix products are fast; below
    2**63 NumPy's own integers do; beyond that Python's, whose results are then checked against the type.
    """
    bound = magnitude(source) * magnitude(weight) * terms + magnitude(bias)
    wide = np.dtype(np.uint64) if np.result_type(source, weight) == np.uint64 else np.dtype(np.int64)
    if bound < EXACT_IN_FLOAT64:
        kind: type | np.dtype[np.generic] = np.float64
    elif bound < EXACT_IN_INT64:
        kind = np.int64
    else:
        kind = object
    result = run(source.astype(kind), weight.astype(kind))
    if bias is not None:
        result = result + bias.astype(kind).reshape(-1, *(1,) * (result.ndim - 2))
    if kind is object:
        _check(result, wide)
    return result.astype(wide)


def _check(result: Array, wide: np.dtype[np.generic]) -> None:
    limits = np.iinfo(wide.name)
    for value in (result.max(), result.min()):
        if not limits.min <= value <= limits.max:
            raise IntegerOverflowError(int(value), wide.name)


def needs_python_integers(source: Array, weight: Array, bias: Array | None, terms: int) -> bool:
    """Whether only Python's integers are sure to hold every partial sum: they cost fifty times as much."""
    return magnitude(source) * magnitude(weight) * terms + magnitude(bias) >= EXACT_IN_INT64
