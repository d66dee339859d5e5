"""Recorded arrays as NumPy's and back, and lists as the tuples that frameworks take."""

from typing import Any

import numpy as np


def to_numpy(recorded: dict[str, Any], dtype: Any = np.float64) -> Any:
    """A recorded array as one of NumPy's."""
    return np.array(recorded["data"], dtype).reshape(recorded["shape"])


def from_numpy(array: Any) -> dict[str, Any]:
    """An array as it is recorded."""
    return {"shape": list(array.shape), "data": array.ravel().tolist()}


def tuples(value: Any) -> Any:
    """The value with tuples for lists, at every depth."""
    return tuple(tuples(item) for item in value) if isinstance(value, list) else value
