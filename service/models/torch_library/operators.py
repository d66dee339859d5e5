"""Python's operators between tensors, and between a tensor and a number."""

import operator as python
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from service.models.source.host import NotKnownError, Run, Unknown, Value
from service.models.torch_library.calls import recorded, unknown_tensor
from service.models.torch_library.tensors import MOST_VALUES, TensorHost, of_values

NAMES: Mapping[str, str] = {
    "+": "add", "-": "sub", "*": "mul", "/": "truediv", "//": "floordiv", "%": "mod", "**": "pow", "@": "matmul",
    "&": "and_", "|": "or_", "^": "xor", "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "==": "eq", "!=": "ne",
}  # fmt: skip
"""The operators as Python's module `operator` calls them."""
REFLECTED: Mapping[str, str] = {
    "-": "__rsub__", "/": "__rtruediv__", "//": "__rfloordiv__", "%": "__rmod__", "**": "__rpow__",
}  # fmt: skip
"""Methods that take a number as the first operand, where the order matters."""
MIRRORED: Mapping[str, str] = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
COMPUTED: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": python.add, "-": python.sub, "*": python.mul, "/": np.true_divide, "//": np.floor_divide, "%": np.mod,
    "**": python.pow, "&": python.and_, "|": python.or_, "^": python.xor, "<": python.lt, "<=": python.le,
    ">": python.gt, ">=": python.ge, "==": python.eq, "!=": python.ne,
}  # fmt: skip
"""The operators on values that are known."""
UNARY: Mapping[str, str] = {"-": "neg", "+": "positive", "~": "bitwise_not", "abs": "abs", "round": "round"}
SCALARS: Mapping[str, Callable[[Any], Any]] = {"float": float, "int": int, "bool": bool}


def operated(tensor: TensorHost, operator: str, other: Value, run: Run, *, reflected: bool) -> Value:
    """`tensor + other`, or `other + tensor` where reflected."""
    if other is None or isinstance(other, str):
        if operator in ("==", "!="):
            return operator == "!="
        raise NotKnownError(f"`{operator}` of a tensor and something else is not known")
    if isinstance(other, Unknown):
        other = unknown_tensor(run) if tensor.in_network(run) else other
    if isinstance(other, TensorHost):
        first, second = (other, tensor) if reflected else (tensor, other)
        return computed(operator, first, second, run) or _layer(operator, {"input": first, "other": second}, run)
    if not isinstance(other, int | float) or (operator not in NAMES):
        raise NotKnownError(f"`{operator}` of a tensor and something else is not known")
    if (values := tensor.known(run)) is not None:
        known = (other, values) if reflected else (values, other)
        return _values(operator, *known) or _with_number(tensor, operator, other, run, reflected=reflected)
    return _with_number(tensor, operator, other, run, reflected=reflected)


def _with_number(tensor: TensorHost, operator: str, number: Value, run: Run, *, reflected: bool) -> TensorHost:
    if reflected and operator in REFLECTED:
        return recorded(run, f"Tensor.{REFLECTED[operator]}", {"input": tensor, "other": number})[0]
    operator = MIRRORED.get(operator, operator) if reflected else operator
    return _layer(operator, {"input": tensor, "other": number}, run)


def _layer(operator: str, arguments: Mapping[str, Value], run: Run) -> TensorHost:
    if operator not in NAMES:
        raise NotKnownError(f"`{operator}` of tensors is not known")
    return recorded(run, f"operator.{NAMES[operator]}", arguments)[0]


def computed(operator: str, first: TensorHost, second: TensorHost, run: Run) -> TensorHost | None:
    """What comes out of tensors whose values are both known; None where they are not."""
    values = first.known(run), second.known(run)
    return None if values[0] is None or values[1] is None else _values(operator, *values)


def _values(operator: str, first: Any, second: Any) -> TensorHost | None:
    """What an operator makes of known values; None where it refuses them, or there are too many."""
    if operator not in COMPUTED:
        return None
    try:
        shape = np.broadcast_shapes(np.shape(first), np.shape(second))
        if np.prod(shape) > MOST_VALUES:
            return None
        with np.errstate(all="ignore"):
            return of_values(np.asarray(COMPUTED[operator](first, second)))
    except (ValueError, TypeError, OverflowError):
        return None


def unary(tensor: TensorHost, operator: str, run: Run) -> Value:
    """`-x`; `float(x)` and `int(x)` of a constant whose value is known."""
    if operator in SCALARS:
        return SCALARS[operator](tensor.only_value())
    if operator not in UNARY:
        raise NotKnownError(f"`{operator}` of a tensor is not known")
    if operator in ("-", "+", "abs") and (values := tensor.known(run)) is not None:
        return of_values(-values if operator == "-" else abs(values) if operator == "abs" else values)
    prefix = "operator" if operator != "round" else "Tensor"
    return recorded(run, f"{prefix}.{UNARY[operator]}", {"input": tensor})[0]
