"""Functions of constants whose values are known: schedules, widths and anchors that source computes with tensors."""

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from service.models.source.host import Run, Value
from service.models.torch_library.tensors import MOST_VALUES, TensorHost, Values, of_values

Computing = Callable[..., Any]


def _split(values: Values, size: Any, dim: int = 0) -> list[Values]:
    """`x.split(2)`, `x.split([1, 3])`"""
    count = values.shape[dim]
    ends = range(size, count, size) if isinstance(size, int) else np.cumsum(size)[:-1]
    return np.split(values, list(ends), axis=dim)


def _unique(values: Values, return_inverse: bool = False, return_counts: bool = False) -> list[Values]:
    """The different values and, where asked for, their places and numbers."""
    different, places, counts = np.unique(values, return_inverse=True, return_counts=True)
    return [different, *([places] if return_inverse else []), *([counts] if return_counts else [])]


def _cat(values: Sequence[Values], dim: int = 0) -> Values:
    return np.concatenate(values, axis=dim)


def _stack(values: Sequence[Values], dim: int = 0) -> Values:
    return np.stack(values, axis=dim)


def _along(function: Computing) -> Computing:
    """A reduction, of all or along axes."""

    def computing(values: Values, dim: Any = None, keepdim: bool = False) -> Any:
        return function(values, axis=tuple(dim) if isinstance(dim, list) else dim, keepdims=keepdim)

    return computing


def _of_all(function: Computing) -> Computing:
    """A reduction of all values; along an axis it would give places too."""

    def computing(values: Values) -> Any:
        return function(values)

    return computing


def _clamp(values: Values, min: Any = None, max: Any = None) -> Any:  # noqa: A002  # the names of the arguments there
    return np.clip(values, min, max)


def _total(values: Values, dim: int) -> Any:
    return np.cumsum(values, axis=dim)


def _diff(values: Values, n: int = 1, dim: int = -1) -> Any:
    return np.diff(values, n, axis=dim)


def _flip(values: Values, dims: Any) -> Any:
    return np.flip(values, axis=dims)


def _division(values: Any, other: Any, rounding_mode: str | None = None) -> Any:
    quotient = np.true_divide(values, other)
    return {"floor": np.floor, "trunc": np.trunc}.get(rounding_mode or "", np.asarray)(quotient)


UNARY = ("abs", "exp", "log", "log2", "log10", "log1p", "sqrt", "floor", "ceil", "trunc", "sin", "cos", "tan", "square",
         "sign", "negative", "reciprocal", "expm1", "exp2")  # fmt: skip
COMPUTED: Mapping[str, Computing] = {
    **{name: getattr(np, name) for name in UNARY},
    "round": np.round, "pow": np.power, "add": np.add, "sub": np.subtract, "mul": np.multiply, "div": _division,
    "divide": _division, "true_divide": _division, "floor_divide": np.floor_divide, "remainder": np.mod,
    "split": _split, "unique": _unique, "cat": _cat, "stack": _stack, "clamp": _clamp, "cumsum": _total, "flip": _flip,
    "diff": _diff, "max": _of_all(np.max), "min": _of_all(np.min),
    "sum": _along(np.sum), "mean": _along(np.mean), "prod": _along(np.prod), "amax": _along(np.max),
    "amin": _along(np.min), "maximum": np.maximum, "minimum": np.minimum,
}  # fmt: skip
"""What is computed, by the name of the function or method."""
NAMED = frozenset({"dim", "keepdim", "min", "max", "dims", "rounding_mode", "return_inverse", "return_counts"})
"""Arguments that are handed on by name."""
NOT_USED = frozenset({"sorted", "dtype", "device", "out", "inplace"})


def computed_values(name: str, arguments: Mapping[str, Value], run: Run) -> tuple[TensorHost, ...] | None:
    """What a function makes of values that are known; None where one is not, or it is not computed here."""
    function = COMPUTED.get(name)
    if function is None:
        return None
    given = {key: _plain(value, run) for key, value in arguments.items() if key not in NOT_USED and value is not None}
    if any(value is None for value in given.values()) or not any(_has_values(value) for value in given.values()):
        return None
    named = {key: value for key, value in given.items() if key in NAMED}
    try:
        if _largest(list(given.values())) > MOST_VALUES:
            return None
        with np.errstate(all="ignore"):
            made = function(*(value for key, value in given.items() if key not in NAMED), **named)
    except (ValueError, TypeError, IndexError, OverflowError, np.exceptions.AxisError):
        return None
    parts = made if isinstance(made, list) else [made]
    if sum(np.size(part) for part in parts) > MOST_VALUES:
        return None
    return tuple(of_values(np.asarray(part)) for part in parts)


def _largest(values: Sequence[Any]) -> int:
    """How many values may come out: those of all lists together, or what arrays broadcast to."""
    listed = sum(np.size(part) for value in values if isinstance(value, list) for part in value)
    arrays = [value.shape for value in values if isinstance(value, np.ndarray)]
    return max(listed, prod(np.broadcast_shapes(*arrays)))


def _has_values(value: Any) -> bool:
    return isinstance(value, np.ndarray) or (isinstance(value, list) and any(map(_has_values, value)))


def _plain(value: Value, run: Run) -> Any:
    """A number, the values of a tensor, or a list of those; None where something is not known."""
    if isinstance(value, TensorHost):
        return value.known(run)
    if isinstance(value, list | tuple):
        parts = [_plain(entry, run) for entry in value]
        return None if any(part is None for part in parts) else parts
    return value if isinstance(value, int | float | str) else None
