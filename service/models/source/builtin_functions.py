"""Builtin functions."""

from collections.abc import Callable
from functools import cmp_to_key
from typing import TYPE_CHECKING, Any

from service.models.source.builtin_kinds import kept
from service.models.source.classes import find
from service.models.source.formatting import format_value, text_of
from service.models.source.host import Host, NotKnownError, RaisedError, TracedFloat, TracedInt, Unknown, Value
from service.models.source.iteration import MOST_ENDLESS, side_by_side, take
from service.models.source.keys import check_key
from service.models.source.operators import binary, unary
from service.models.source.truth import truth_in
from service.models.source.values import (
    MISSING,
    Bound,
    Class,
    Cursor,
    Endless,
    Function,
    Instance,
    Native,
    Partial,
    is_module,
)

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_MOST_DIGITS = 300
"""Beyond so many digits rounding changes nothing, or leaves nothing."""


def _length(machine: "Machine", value: Value) -> Value:
    if isinstance(value, Host):
        return value.length(machine)
    if isinstance(value, Instance):
        if find(value.cls, "__len__") is not None:
            return machine.call(machine.attribute(value, "__len__"), [], {})
        if value.core is not None:
            return _length(machine, value.core)
    if isinstance(value, Unknown):
        return machine.use(value)
    if isinstance(value, Class) and value.members is not None:
        return len(value.members)
    if isinstance(value, Cursor | Instance | Class):
        raise RaisedError("TypeError", f"object of type '{machine.type_name(value)}' has no len()")
    return len(value)


def _enumerate(machine: "Machine", values: Value, start: Value = 0) -> Value:
    return Cursor([(start + index, value) for index, value in enumerate(machine.iterate(values))])


def _zip(machine: "Machine", *values: Value, strict: Value = False) -> Value:
    if not values:
        return Cursor([])
    rows = side_by_side(machine, values)
    machine.spend(elements=len(rows[0]))
    return Cursor(list(zip(*rows, strict=True)))


def _map(machine: "Machine", function: Value, *values: Value) -> Value:
    rows = side_by_side(machine, values)
    return Cursor([machine.call(function, list(row), {}) for row in zip(*rows, strict=True)])


def _filter(machine: "Machine", function: Value, values: Value) -> Value:
    kept = []
    for value in machine.iterate(values):
        answer = value if function is None else machine.call(function, [value], {})
        if truth_in(machine, answer) is not False:
            kept.append(value)
    return Cursor(kept)


def _sum(machine: "Machine", values: Value, start: Value = 0) -> Value:
    total = start
    for value in machine.iterate(values):
        machine.spend()
        total = binary(machine, "+", total, value)
    return total


def _any(machine: "Machine", values: Value) -> Value:
    return _some(machine, values, stops_at=True)


def _all(machine: "Machine", values: Value) -> Value:
    return _some(machine, values, stops_at=False)


def _some(machine: "Machine", values: Value, *, stops_at: bool) -> Value:
    unknown = False
    for value in machine.iterate(values):
        machine.spend()
        known = truth_in(machine, value)
        if known is stops_at:
            return stops_at
        unknown = unknown or known is None
    return Unknown(reason="a condition that is not known") if unknown else not stops_at


def _extreme(symbol: str, name: str) -> Callable[..., Value]:
    def choose(machine: "Machine", *values: Value, key: Value = None, default: Value = MISSING) -> Value:
        given = machine.iterate(values[0]) if len(values) == 1 else list(values)
        if not given:
            if default is not MISSING:
                return default
            raise RaisedError("ValueError", f"{name}() iterable argument is empty")
        best = given[0]
        best_key = best if key is None else machine.call(key, [best], {})
        for value in given[1:]:
            machine.spend()
            value_key = value if key is None else machine.call(key, [value], {})
            better = truth_in(machine, binary(machine, symbol, value_key, best_key))
            if better is None:
                return Unknown(reason=f"`{name}` of values that are not known")
            if better:
                best, best_key = value, value_key
        return best

    return choose


def sorted_values(machine: "Machine", values: Value, key: Value = None, reverse: Value = False) -> list[Value]:
    """`sorted(values, key=key, reverse=reverse)`"""
    given = machine.iterate(values)
    keyed = [(value if key is None else machine.call(key, [value], {}), value) for value in given]
    machine.spend(1 + 4 * len(given))

    def compare(left: tuple[Value, Value], right: tuple[Value, Value]) -> int:
        for first, second, answer in ((left, right, -1), (right, left, 1)):
            smaller = truth_in(machine, binary(machine, "<", first[0], second[0]))
            if smaller is None:
                raise NotKnownError("the order of values that are not known is not either")
            if smaller:
                return answer
        return 0

    ordered = sorted(keyed, key=cmp_to_key(compare), reverse=truth_in(machine, reverse) is True)
    return [value for _, value in ordered]


def _reversed(machine: "Machine", values: Value) -> Value:
    return Cursor(machine.iterate(values)[::-1])


def _iter(machine: "Machine", values: Value, *_sentinel: Value) -> Value:
    if isinstance(values, Cursor | Endless):
        return values
    return Cursor(machine.iterate(values))


def next_of(machine: "Machine", values: Value, default: Value = MISSING) -> Value:
    """`next(values)`"""
    if isinstance(values, Cursor):
        if values.position < len(values.values):
            values.position += 1
            return values.values[values.position - 1]
        if default is not MISSING:
            return default
        raise RaisedError("StopIteration", "")
    if isinstance(values, Endless):
        return values.first(1)[0]
    if isinstance(values, Instance) and find(values.cls, "__next__") is not None:
        return machine.call(machine.attribute(values, "__next__"), [], {})
    if isinstance(values, Unknown):
        return machine.use(values)
    if isinstance(values, Host):
        raise NotKnownError(f"`next` of `{values.type_name}` is not known")
    raise RaisedError("TypeError", f"'{machine.type_name(values)}' object is not an iterator")


def _has_attribute(machine: "Machine", value: Value, name: str) -> Value:
    return _get_attribute(machine, value, name, MISSING) is not MISSING


def _get_attribute(machine: "Machine", value: Value, name: Value, *default: Value) -> Value:
    if isinstance(value, Unknown):
        return machine.use(value)
    if not isinstance(name, str):
        raise NotKnownError("the attribute's name is not known")
    if not default:
        return machine.attribute(value, name)
    with machine.catching("AttributeError"):
        try:
            return machine.attribute(value, name)
        except RaisedError as error:
            if error.type_name != "AttributeError":
                raise
            return default[0]


def _set_attribute(machine: "Machine", value: Value, name: Value, given: Value) -> None:
    if not isinstance(name, str):
        raise NotKnownError("the attribute's name is not known")
    machine.set_attribute(value, str(name), given)


def _delete_attribute(machine: "Machine", value: Value, name: str) -> None:
    machine.delete_attribute(value, name)


def _callable(_machine: "Machine", value: Value) -> bool:
    if isinstance(value, Instance):
        return is_module(value) or find(value.cls, "__call__") is not None
    if isinstance(value, Host):
        return value.is_module or value.is_callable
    return isinstance(value, Function | Native | Bound | Class | Partial)


def _print(_machine: "Machine", *_values: Value, **_options: Value) -> None:
    return None


def _round(machine: "Machine", value: Value, digits: Value = None) -> Value:
    if isinstance(value, Host):
        return value.unary("round", machine)
    if isinstance(value, Unknown):
        return machine.use(value)
    made = round(value) if digits is None else round(value, max(min(digits, _MOST_DIGITS), -_MOST_DIGITS))
    return kept(value, made, TracedInt if isinstance(made, int) else TracedFloat)


def _power(machine: "Machine", base: Value, exponent: Value, modulus: Value = None) -> Value:
    return pow(base, exponent, modulus) if modulus is not None else binary(machine, "**", base, exponent)


def _divide(machine: "Machine", left: Value, right: Value) -> Value:
    return binary(machine, "//", left, right), binary(machine, "%", left, right)


def _identity(_machine: "Machine", value: Value) -> int:
    return id(value) % 2**31


def _hash(machine: "Machine", value: Value) -> int:
    check_key(machine, value)
    return hash(value) % 2**31


def _representation(machine: "Machine", value: Value) -> str:
    return text_of(machine, value, quoted=True)


def _format(machine: "Machine", value: Value, specification: str = "") -> str:
    return format_value(machine, value, specification)


def _not_run(name: str) -> Callable[..., Value]:
    def refuse(_machine: "Machine", *_arguments: Value, **_keywords: Value) -> Value:
        raise NotKnownError(f"`{name}` is not run")

    return refuse


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "len": _length,
    "enumerate": _enumerate,
    "zip": _zip,
    "map": _map,
    "filter": _filter,
    "sum": _sum,
    "any": _any,
    "all": _all,
    "min": _extreme("<", "min"),
    "max": _extreme(">", "max"),
    "sorted": sorted_values,
    "reversed": _reversed,
    "iter": _iter,
    "next": next_of,
    "abs": lambda machine, value: unary(machine, "abs", value),
    "round": _round,
    "pow": _power,
    "divmod": _divide,
    "isinstance": lambda machine, value, kind: machine.is_instance(value, kind),
    "issubclass": lambda machine, kind, other: machine.same_class(kind, other),
    "hasattr": _has_attribute,
    "getattr": _get_attribute,
    "setattr": _set_attribute,
    "delattr": _delete_attribute,
    "callable": _callable,
    "print": _print,
    "id": _identity,
    "hash": _hash,
    "repr": _representation,
    "ascii": _representation,
    "format": _format,
    "chr": lambda _machine, value: chr(value),
    "ord": lambda _machine, value: ord(value),
    "bin": lambda _machine, value: bin(value),
    "hex": lambda _machine, value: hex(value),
    "oct": lambda _machine, value: oct(value),
    **{name: _not_run(name) for name in ("open", "eval", "exec", "compile", "input", "__import__", "breakpoint")},
}


def first_of(machine: "Machine", value: Value, count: Value) -> list[Value]:
    """The first elements, as `itertools.islice` takes them."""
    most = MOST_ENDLESS if count is None else int(count)
    machine.spend(elements=most)
    return take(machine, value, most)[:most]
