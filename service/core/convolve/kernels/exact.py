"""Integers computed exactly, in the cheapest arithmetic that cannot go wrong."""

from typing import Any

import numpy as np

from service.core.convolve.kernels.padding import Array

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


def arithmetic(source: Array, weight: Array, bias: Array | None, terms: int) -> np.dtype[Any]:
    """The type in which integer sums of `terms` products, plus the bias, come out exactly.

    While no partial sum can reach 2**53, floats hold every one of them exactly and matrix products are fast; below
    2**63 NumPy's own integers do; beyond that Python's, whose results are then `checked` against their type.
    """
    bound = magnitude(source) * magnitude(weight) * terms + magnitude(bias)
    if bound < EXACT_IN_FLOAT64:
        return np.dtype(np.float64)
    return np.dtype(np.int64 if bound < EXACT_IN_INT64 else object)


def widest(*operands: Array) -> np.dtype[Any]:
    """The type of integer results."""
    return np.dtype(np.uint64) if np.result_type(*operands) == np.uint64 else np.dtype(np.int64)


def checked(result: Array, dtype: np.dtype[Any]) -> Array:
    """Python's integers in a type of NumPy's; IntegerOverflowError where one does not fit."""
    limits = np.iinfo(dtype.name)
    for value in (result.max(), result.min()):
        if not limits.min <= value <= limits.max:
            raise IntegerOverflowError(int(value), dtype.name)
    return result.astype(dtype)
