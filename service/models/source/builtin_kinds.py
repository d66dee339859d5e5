"""Builtin classes: what calling them makes, and which values are their instances."""

from typing import TYPE_CHECKING, Any

from service.models.source.classes import find
from service.models.source.formatting import text_of
from service.models.source.host import (
    Host,
    NotKnownError,
    RaisedError,
    TracedFloat,
    TracedInt,
    TracedStr,
    Unknown,
    Value,
    literals_of,
)
from service.models.source.keys import check_keys
from service.models.source.methods import METHODS
from service.models.source.truth import truth_in
from service.models.source.values import (
    Bound,
    Class,
    ClassMethod,
    Defaulting,
    Function,
    Instance,
    Kind,
    Native,
    Partial,
    Property,
    StaticMethod,
)

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_MOST_DIGITS = 1000


def kept(value: Value, made: Value, computed: type) -> Value:
    """The number with the literals of what it was made of."""
    if literals_of(value):
        result = computed(made)
        result.literals = value.literals
        result.computed = value.computed or made != value
        return result
    return made


def _int(machine: "Machine", value: Value = 0, base: Value = None) -> Value:
    value = _plain(machine, value, "__int__", "int")
    if isinstance(value, Unknown):
        return value
    if isinstance(value, str):
        if len(value) > _MOST_DIGITS:
            raise NotKnownError("a number of so many digits is not read")
        return int(value) if base is None else int(value, base)
    return kept(value, int(value), TracedInt)


def _float(machine: "Machine", value: Value = 0.0) -> Value:
    value = _plain(machine, value, "__float__", "float")
    if isinstance(value, Unknown):
        return value
    if isinstance(value, str):
        if len(value) > _MOST_DIGITS:
            raise NotKnownError("a number of so many digits is not read")
        return float(value)
    return kept(value, float(value), TracedFloat)


def _plain(machine: "Machine", value: Value, method: str, name: str) -> Value:
    """A number or string that Python converts itself; a library's value is asked."""
    if isinstance(value, Host):
        return value.unary(name, machine)
    if isinstance(value, Unknown):
        return machine.use(value)
    if isinstance(value, Instance):
        if find(value.cls, method) is not None:
            return machine.call(machine.attribute(value, method), [], {})
        value = value.attributes.get("_value_", value)
    if isinstance(value, int | float | str):
        return value
    kind = machine.type_name(value)
    raise RaisedError("TypeError", f"{name}() argument must be a string or a real number, not '{kind}'")


def _bool(machine: "Machine", value: Value = False) -> Value:
    known = truth_in(machine, value)
    return Unknown(reason="a condition that is not known") if known is None else known


def _str(machine: "Machine", value: Value = "", *_encoding: Value) -> Value:
    return text_of(machine, value)


def _list(machine: "Machine", values: Value = ()) -> list[Value]:
    return machine.iterate(values)


def _tuple(machine: "Machine", values: Value = ()) -> tuple[Value, ...]:
    return tuple(machine.iterate(values))


def _hashable(machine: "Machine", values: Value) -> list[Value]:
    elements = machine.iterate(values)
    check_keys(machine, elements)
    return elements


def _set(machine: "Machine", values: Value = ()) -> set[Value]:
    return set(_hashable(machine, values))


def _frozenset(machine: "Machine", values: Value = ()) -> frozenset[Value]:
    return frozenset(_hashable(machine, values))


def _dict(machine: "Machine", given: Value = (), **named: Value) -> Value:
    if isinstance(given, Unknown):
        return machine.use(given)
    return {**machine.pairs(given), **named}


def _range(machine: "Machine", *bounds: Value) -> Value:
    for bound in bounds:
        if isinstance(bound, Unknown):
            return machine.use(bound)
        if isinstance(bound, Host):
            raise NotKnownError("the bounds of the range are not known")
    return range(*bounds)


def _slice(_machine: "Machine", *bounds: Value) -> Value:
    return slice(*bounds)


def _bytes(machine: "Machine", values: Value = b"", *_encoding: Value) -> Value:
    if isinstance(values, bytes):
        return values
    raise NotKnownError("`bytes` is not known")


def _complex(_machine: "Machine", real: Value = 0, imaginary: Value = 0) -> Value:
    return complex(real, imaginary)


def _type(machine: "Machine", value: Value, *definition: Value) -> Value:
    if definition:
        return machine.make_class(str(value), list(definition[0]), dict(definition[1]))
    return machine.type_of(value)


def _object(machine: "Machine") -> Value:
    return Instance(machine.plain_class)


def _property(_machine: "Machine", getter: Value = None, setter: Value = None, *_others: Value) -> Property:
    return Property(getter, setter)


def _static(_machine: "Machine", function: Value) -> StaticMethod:
    return StaticMethod(function)


def _of_class(_machine: "Machine", function: Value) -> ClassMethod:
    return ClassMethod(function)


_FUNCTIONS = (Function, Native, Bound, Partial)


def _kind(name: str, implementation: Any, *instances: type) -> Kind:
    return Kind(name, implementation, instances, METHODS.get(instances[0], {}) if instances else {})


KINDS: dict[str, Kind] = {
    kind.name: kind
    for kind in (
        _kind("int", _int, int),
        _kind("float", _float, float),
        _kind("bool", _bool, bool),
        _kind("str", _str, str),
        _kind("list", _list, list),
        _kind("tuple", _tuple, tuple),
        _kind("dict", _dict, dict),
        _kind("set", _set, set),
        _kind("frozenset", _frozenset, frozenset),
        _kind("range", _range, range),
        _kind("slice", _slice, slice),
        _kind("bytes", _bytes, bytes),
        _kind("complex", _complex, complex),
        _kind("type", _type, Class, Kind),
        _kind("object", _object, object),
        _kind("property", _property, Property),
        _kind("staticmethod", _static, StaticMethod),
        _kind("classmethod", _of_class, ClassMethod),
    )
}
FUNCTION_KIND = Kind("function", _object, _FUNCTIONS)
NONE_KIND = Kind("NoneType", lambda _machine: None, (type(None),))
_BY_CLASS: dict[type, Kind] = {
    **{kind.instances[0]: kind for kind in KINDS.values() if kind.instances and kind.name not in ("object", "type")},
    TracedInt: KINDS["int"],
    TracedFloat: KINDS["float"],
    TracedStr: KINDS["str"],
    Defaulting: KINDS["dict"],
    Class: KINDS["type"],
    Kind: KINDS["type"],
    type(None): NONE_KIND,
    **dict.fromkeys(_FUNCTIONS, FUNCTION_KIND),
}


def kind_of(value: Value) -> Kind | None:
    """The builtin class of a value; None where it has none."""
    for cls in value.__class__.__mro__[:-1]:
        if cls in _BY_CLASS:
            return _BY_CLASS[cls]
    return None
