"""Operators on values: numbers within bounds, sequences, the operators of posted classes and of a library."""

import operator
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from service.models.source.classes import find
from service.models.source.host import (
    Host,
    NotKnownError,
    RaisedError,
    TracedFloat,
    TracedInt,
    TracedStr,
    Unknown,
    Value,
)
from service.models.source.values import MISSING, Array, Class, Instance, Kind

if TYPE_CHECKING:
    from service.models.source.machine import Machine

MOST_BITS = 4096
"""Bits of the largest integer that is computed."""
_MOST_LITERALS = 8
_NUMBERS = (int, float, complex)
_SEQUENCES = (str, list, tuple, bytes)
_PLAIN: tuple[type, ...] = (
    *_NUMBERS,
    *_SEQUENCES,
    dict,
    set,
    frozenset,
    range,
    slice,
    type(None),
    type({}.keys()),
    type({}.items()),
)

BINARY: dict[str, tuple[Callable[[Any, Any], Any], str, str]] = {
    "+": (operator.add, "__add__", "__radd__"),
    "-": (operator.sub, "__sub__", "__rsub__"),
    "*": (operator.mul, "__mul__", "__rmul__"),
    "/": (operator.truediv, "__truediv__", "__rtruediv__"),
    "//": (operator.floordiv, "__floordiv__", "__rfloordiv__"),
    "%": (operator.mod, "__mod__", "__rmod__"),
    "**": (operator.pow, "__pow__", "__rpow__"),
    "@": (operator.matmul, "__matmul__", "__rmatmul__"),
    "&": (operator.and_, "__and__", "__rand__"),
    "|": (operator.or_, "__or__", "__ror__"),
    "^": (operator.xor, "__xor__", "__rxor__"),
    "<<": (operator.lshift, "__lshift__", "__rlshift__"),
    ">>": (operator.rshift, "__rshift__", "__rrshift__"),
    "==": (operator.eq, "__eq__", "__eq__"),
    "!=": (operator.ne, "__ne__", "__ne__"),
    "<": (operator.lt, "__lt__", "__gt__"),
    "<=": (operator.le, "__le__", "__ge__"),
    ">": (operator.gt, "__gt__", "__lt__"),
    ">=": (operator.ge, "__ge__", "__le__"),
}
"""Of each operator what Python does, and the methods that a class answers with."""
_ORDERS = ("<", "<=", ">", ">=")
_MIRRORED = {">": "<", ">=": "<="}
UNARY: dict[str, tuple[Callable[[Any], Any], str]] = {
    "-": (operator.neg, "__neg__"),
    "+": (operator.pos, "__pos__"),
    "~": (operator.invert, "__invert__"),
    "abs": (abs, "__abs__"),
}
RAISED = (TypeError, ValueError, ArithmeticError, LookupError, AttributeError)
"""What Python raises when such values do not go together."""


def raised(error: Exception) -> RaisedError:
    """An error of Python on plain values, as one of the program."""
    message = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return RaisedError(type(error).__name__, message)


def binary(machine: "Machine", symbol: str, left: Value, right: Value) -> Value:
    """`left symbol right`"""
    if isinstance(left, _NUMBERS) and isinstance(right, _NUMBERS):
        return _on_numbers(symbol, left, right)
    left_class, right_class = left.__class__, right.__class__
    if left_class is Unknown or right_class is Unknown:
        return machine.use(left if left_class is Unknown else right)
    if isinstance(left, Host):
        return _on_host(machine, symbol, left, right)
    if isinstance(left, Instance) or isinstance(right, Instance):
        answer = _on_instances(machine, symbol, left, right)
        if answer is not MISSING:
            return answer
    if isinstance(right, Host):
        return _on_host(machine, symbol, right, left, reflected=True)
    return _on_plain(machine, symbol, left, right)


def unary(machine: "Machine", symbol: str, value: Value) -> Value:
    """`symbol value`, or `abs(value)`."""
    perform, method = UNARY[symbol]
    if isinstance(value, _NUMBERS):
        try:
            return _traced(perform(value), value, value)
        except RAISED as error:
            raise raised(error) from None
    if isinstance(value, Unknown):
        return machine.use(value)
    if isinstance(value, Host):
        return value.unary(symbol, machine)
    if isinstance(value, Instance) and find(value.cls, method) is not None:
        return machine.call(machine.attribute(value, method), [], {})
    raise RaisedError("TypeError", f"bad operand type for unary {symbol}: '{machine.type_name(value)}'")


def _on_numbers(symbol: str, left: Value, right: Value) -> Value:
    if symbol in _GROWING:
        _GROWING[symbol](left, right)
    try:
        made = BINARY[symbol][0](left, right)
    except RAISED as error:
        raise raised(error) from None
    return _traced(made, left, right)


def _traced(made: Value, left: Value, right: Value) -> Value:
    """The result with the literals of both operands."""
    literals = getattr(left, "literals", ())
    others = getattr(right, "literals", ())
    if others and others is not literals:
        literals = (*literals, *(literal for literal in others if literal not in literals))[:_MOST_LITERALS]
    if not literals:
        return made
    kind = _TRACING.get(made.__class__)
    if kind is None:
        return made
    result = kind(made)
    result.literals = literals
    result.computed = True
    return result


_TRACING: dict[type, type] = {int: TracedInt, float: TracedFloat, str: TracedStr}


def _check_product(left: Value, right: Value) -> None:
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right.bit_length() > MOST_BITS:
        raise NotKnownError(f"a product of more than {MOST_BITS} bits is not computed")


def _check_power(left: Value, right: Value) -> None:
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() * abs(right) > MOST_BITS:
        raise NotKnownError(f"a power of more than {MOST_BITS} bits is not computed")


def _check_shift(left: Value, right: Value) -> None:
    if isinstance(left, int) and isinstance(right, int) and left.bit_length() + right > MOST_BITS:
        raise NotKnownError(f"an integer of more than {MOST_BITS} bits is not computed")


_GROWING: dict[str, Callable[[Value, Value], None]] = {"*": _check_product, "**": _check_power, "<<": _check_shift}


def _on_host(machine: "Machine", symbol: str, host: Host, other: Value, *, reflected: bool = False) -> Value:
    if symbol in _MIRRORED:
        return host.operate(_MIRRORED[symbol], other, machine, reflected=not reflected)
    if symbol in ("==", "!="):
        if host is other:
            return symbol == "=="
        if other is None or isinstance(other, str):
            return symbol == "!="
    try:
        return host.operate(symbol, other, machine, reflected=reflected)
    except RAISED as error:
        raise NotKnownError(f"`{symbol}` of these values is not understood ({type(error).__name__})") from error


def _on_instances(machine: "Machine", symbol: str, left: Value, right: Value) -> Value:
    """What a posted class answers; `MISSING` where it says nothing."""
    _, method, mirrored = BINARY[symbol]
    for value, other, name in ((left, right, method), (right, left, mirrored)):
        if isinstance(value, Instance):
            if find(value.cls, name) is not None:
                return machine.call(machine.attribute(value, name), [other], {})
            if value.core is not None:
                pair = (value.core, other) if value is left else (other, value.core)
                return binary(machine, symbol, *pair)
            if value.cls.partly_unknown and symbol not in ("==", "!="):
                return Unknown(reason=f"`{symbol}` of `{value.cls.name}`")
    if symbol in ("==", "!="):
        return _same(left, right) == (symbol == "==")
    return MISSING


def _same(left: Value, right: Value) -> bool:
    """Whether two values are equal, of which one is an instance: members of an enumeration may be numbers."""
    if left is right:
        return True
    plain = [value.attributes.get("_value_") if isinstance(value, Instance) else value for value in (left, right)]
    mixed = [value for value in (left, right) if isinstance(value, Instance) and value.cls.core is not None]
    return bool(mixed) and isinstance(plain[0], int | str) and plain[0] == plain[1]


def _on_plain(machine: "Machine", symbol: str, left: Value, right: Value) -> Value:
    if symbol == "%" and isinstance(left, str):
        return machine.percent(left, right)
    if symbol in ("==", "!="):
        return machine.equal(left, right) == (symbol == "==")
    if isinstance(left, Array) or isinstance(right, Array):
        return _on_arrays(machine, symbol, left, right)
    if symbol in _ORDERS and isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return _ordered(machine, symbol, left, right)
    if symbol == "|" and _is_class(left) and (_is_class(right) or right is None):
        return (left, right)
    if isinstance(left, _PLAIN) and isinstance(right, _PLAIN):
        _check_repetition(machine, symbol, left, right)
        try:
            made = BINARY[symbol][0](left, right)
        except RAISED as error:
            raise raised(error) from None
        if isinstance(made, str | list | tuple | bytes):
            machine.spend(elements=len(made) if not isinstance(made, str) else len(made) // 16)
        return _traced(made, left, right) if isinstance(made, str) else made
    names = f"'{machine.type_name(left)}' and '{machine.type_name(right)}'"
    if symbol in _ORDERS:
        raise RaisedError("TypeError", f"'{symbol}' not supported between instances of {names}")
    raise RaisedError("TypeError", f"unsupported operand type(s) for {symbol}: {names}")


def _on_arrays(machine: "Machine", symbol: str, left: Value, right: Value) -> Value:
    """Element by element, as NumPy does."""
    count = len(left) if isinstance(left, Array) else len(right)
    rows = [list(value) if isinstance(value, list | tuple) else [value] * count for value in (left, right)]
    if len(rows[0]) != len(rows[1]):
        raise NotKnownError("what NumPy makes of arrays of several sizes is not known")
    machine.spend(elements=count)
    return Array(binary(machine, symbol, mine, other) for mine, other in zip(*rows, strict=True))


def _ordered(machine: "Machine", symbol: str, left: Value, right: Value) -> Value:
    """The order of two sequences: that of the first elements which differ."""
    for mine, other in zip(left, right, strict=False):
        machine.spend()
        if not machine.equal(mine, other):
            return binary(machine, symbol, mine, other)
    return BINARY[symbol][0](len(left), len(right))


def _is_class(value: Value) -> bool:
    return isinstance(value, Class | Kind) or (isinstance(value, Host) and value.type_name == "type")


def _check_repetition(machine: "Machine", symbol: str, left: Value, right: Value) -> None:
    if symbol != "*":
        return
    sequence, count = (left, right) if isinstance(left, _SEQUENCES) else (right, left)
    if isinstance(sequence, _SEQUENCES) and isinstance(count, int):
        machine.spend(elements=len(sequence) * max(count, 0))
