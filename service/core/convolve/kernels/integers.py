"""Exact integer results, in the cheapest arithmetic that cannot overflow or round."""

from typing import Any

import numpy as np

from service.core.convolve.kernels.pad_arrays import Array

EXACT_IN_FLOAT64 = 2**53
"""Integers below this are exact in float64 (IEEE 754)."""
EXACT_IN_INT64 = 2**63
"""Integers below this fit int64."""


class IntegerOverflowError(Exception):
    """A result does not fit its integer type. Holds the value and the type's name."""

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

    It is float64 where no partial sum can reach 2**53: floats are exact there, and their matrix products are fast. It
    is int64 below 2**63. Above, it is object: Python's integers, whose results must then be `checked`.
    """
    bound = magnitude(source) * magnitude(weight) * terms + magnitude(bias)
    if bound < EXACT_IN_FLOAT64:
        return np.dtype(np.float64)
    return np.dtype(np.int64 if bound < EXACT_IN_INT64 else object)


def widest(*operands: Array) -> np.dtype[Any]:
    """The type of integer results: uint64 where an operand needs it, else int64."""
    return np.dtype(np.uint64) if np.result_type(*operands) == np.uint64 else np.dtype(np.int64)


def checked(result: Array, dtype: np.dtype[Any]) -> Array:
    """An array of Python's integers in a type of NumPy's.

    Raises:
        IntegerOverflowError: a value does not fit the type.
    """
    limits = np.iinfo(dtype.name)
    for value in (result.max(), result.min()):
        if not limits.min <= value <= limits.max:
            raise IntegerOverflowError(int(value), dtype.name)
    return result.astype(dtype)
