"""Classes that write themselves: dataclasses, named tuples, enumerations."""

import ast
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from service.models.source.classes import find
from service.models.source.host import RaisedError, Unknown, Value
from service.models.source.values import (
    MISSING,
    Class,
    ClassMethod,
    Function,
    Instance,
    Method,
    Native,
    Opaque,
    Property,
    Record,
    StaticMethod,
)

if TYPE_CHECKING:
    from service.models.source.machine import Machine

NAMED_TUPLE = Opaque("NamedTuple")
ENUM_MARKS = {name: Opaque(name) for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag")}
_NUMBERED = ("IntEnum", "IntFlag", "StrEnum")


class FieldRow:
    """`dataclasses.field(...)`"""

    __slots__ = ("default", "factory", "in_init")

    def __init__(self, default: Value = MISSING, factory: Value = MISSING, in_init: Value = True) -> None:
        self.default = default
        self.factory = factory
        self.in_init = in_init


def finish_class(machine: "Machine", cls: Class, bases: Sequence[Value]) -> None:
    """Make a named tuple or an enumeration of a class whose bases say so."""
    if any(base is NAMED_TUPLE for base in bases):
        cls.record_fields = tuple(cls.annotations)
    if any(base is mark for base in bases for mark in ENUM_MARKS.values()):
        cls.is_enum = True
    if cls.is_enum:
        _finish_enumeration(machine, cls, bases)


def _finish_enumeration(machine: "Machine", cls: Class, bases: Sequence[Value]) -> None:
    cls.members = {}
    equals_values = any(isinstance(base, Opaque) and base.name in _NUMBERED for base in bases) or cls.core is not None
    if equals_values:
        cls.names.setdefault("__eq__", Method("__eq__", _equals_value))
    plain = (Function, Property, StaticMethod, ClassMethod, Method, Class)
    number = 0
    by_value: list[tuple[Value, Instance]] = []
    for name, value in list(cls.names.items()):
        if name.startswith("_") or isinstance(value, plain):
            continue
        number += 1
        if isinstance(value, Opaque) and value.name == "auto":
            value = number if cls.core is None else name.lower()
        same = next((member for known, member in by_value if known is value or _plainly_equal(known, value)), None)
        member = same or _member(machine, cls, name, value)
        by_value.append((value, member))
        cls.members[name] = member
        del cls.names[name]
    cls.found.clear()


def _plainly_equal(left: Value, right: Value) -> bool:
    return isinstance(left, int | str) and isinstance(right, int | str) and left == right


def _member(machine: "Machine", cls: Class, name: str, value: Value) -> Instance:
    member = Instance(cls)
    member.attributes = {"_name_": name, "name": name, "_value_": value, "value": value}
    initialise = find(cls, "__init__")
    if isinstance(initialise, Function):
        machine.call(initialise, [member, *(value if isinstance(value, tuple) else (value,))], {})
    return member


def _equals_value(machine: "Machine", member: Instance, other: Value) -> Value:
    value = other.attributes.get("_value_") if isinstance(other, Instance) else other
    return machine.equal(member.attributes.get("_value_"), value)


def member_of(machine: "Machine", cls: Class, value: Value) -> Value:
    """`Enumeration(value)`"""
    if isinstance(value, Instance) and value.cls is cls:
        return value
    for member in (cls.members or {}).values():
        if machine.equal(member.attributes.get("_value_"), value):
            return member
    raise RaisedError("ValueError", f"{machine.text_of(value)} is not a valid {cls.name}")


def make_record(machine: "Machine", cls: Class, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Record:
    """`NamedTuple(...)`"""
    fields = cls.record_fields or ()
    values = dict(zip(fields, arguments, strict=False))
    if len(arguments) > len(fields):
        raise RaisedError("TypeError", f"{cls.name}() takes {len(fields)} arguments but {len(arguments)} were given")
    for name, value in keywords.items():
        if name not in fields:
            raise RaisedError("TypeError", f"{cls.name}() got an unexpected keyword argument '{name}'")
        values[name] = value
    for name in fields:
        if name not in values:
            default = find(cls, name, MISSING)
            if default is MISSING:
                raise RaisedError("TypeError", f"{cls.name}() missing 1 required argument: '{name}'")
            values[name] = default
    record = Record(values[name] for name in fields)
    record.cls = cls
    return record


def named_tuple(machine: "Machine", name: str, fields: Value, *, defaults: Value = (), **_options: Value) -> Class:
    """`collections.namedtuple(name, fields)`, and `typing.NamedTuple(name, [(field, type)])`."""
    given = fields.replace(",", " ").split() if isinstance(fields, str) else machine.iterate(fields)
    words = tuple(str(field[0]) if isinstance(field, tuple) else str(field) for field in given)
    values = machine.iterate(defaults) if defaults is not None else []
    cls = Class(str(name), (), dict(zip(words[len(words) - len(values) :], values, strict=False)), "__main__")
    cls.record_fields = words
    return cls


def dataclass(machine: "Machine", cls: Value = None, **options: Value) -> Value:
    """`@dataclass`, `@dataclass(...)`"""
    if cls is None:
        return Native("dataclass", lambda inner, given: dataclass(inner, given, **options))
    if not isinstance(cls, Class):
        return cls
    fields = _fields(cls)
    cls.names["__dataclass_fields__"] = {name: Opaque(name, {"name": name}) for name in fields}
    for name, default in fields.items():
        if isinstance(default, FieldRow):
            cls.names.pop(name, None)
            if default.default is not MISSING:
                cls.names[name] = default.default
    initialise = _initialiser(cls, fields, keywords_only=options.get("kw_only") is True)
    if "__init__" not in cls.names and options.get("init") is not False:
        cls.names["__init__"] = Method("__init__", initialise)
    if "__eq__" not in cls.names and options.get("eq") is not False:
        cls.names["__eq__"] = Method("__eq__", _equal_fields(tuple(fields)))
    if "__repr__" not in cls.names:
        cls.names["__repr__"] = Method("__repr__", _representation(tuple(fields)))
    machine.forget_searches()
    return cls


def _fields(cls: Class) -> dict[str, Value]:
    """The fields with their defaults, those of the classes that it inherits from first."""
    fields: dict[str, Value] = {}
    for kind in reversed(cls.mro):
        if isinstance(kind, Class):
            own = kind.names.get("__own_fields__")
            if own is None:
                own = {
                    name: kind.names.get(name, MISSING)
                    for name, annotation in kind.annotations.items()
                    if "ClassVar" not in ast.dump(annotation)
                }
                if kind is cls:
                    kind.names["__own_fields__"] = own
            if kind is cls or "__dataclass_fields__" in kind.names:
                fields |= own
    return fields


def _initialiser(cls: Class, fields: dict[str, Value], *, keywords_only: bool) -> Callable[..., None]:
    def initialise(machine: "Machine", instance: Instance, *arguments: Value, **keywords: Value) -> None:
        taken = [name for name, default in fields.items() if not isinstance(default, FieldRow) or default.in_init]
        positional = [] if keywords_only else taken
        if len(arguments) > len(positional):
            given = len(arguments) + 1
            message = f"{cls.name}.__init__() takes {len(positional) + 1} positional arguments but {given} were given"
            raise RaisedError("TypeError", message)
        values = dict(zip(positional, arguments, strict=False))
        for name, value in keywords.items():
            if name not in taken or name in values:
                reason = "multiple values for" if name in values else "an unexpected keyword"
                raise RaisedError("TypeError", f"{cls.name}.__init__() got {reason} argument '{name}'")
            values[name] = value
        for name, default in fields.items():
            value = values[name] if name in values else _default(machine, cls, name, default)
            machine.set_attribute(instance, name, value)
        after = find(cls, "__post_init__")
        if after is not None:
            machine.call(after, [instance], {})

    return initialise


def _default(machine: "Machine", cls: Class, name: str, default: Value) -> Value:
    if isinstance(default, FieldRow):
        if default.factory is not MISSING:
            return machine.call(default.factory, [], {})
        default = default.default if default.in_init or default.default is not MISSING else Unknown(reason=name)
    if default is MISSING:
        raise RaisedError("TypeError", f"{cls.name}.__init__() missing 1 required positional argument: '{name}'")
    return default


def _equal_fields(fields: tuple[str, ...]) -> Callable[..., bool]:
    def equal(machine: "Machine", instance: Instance, other: Value) -> bool:
        if not (isinstance(other, Instance) and other.cls is instance.cls):
            return instance is other
        return all(machine.equal(instance.attributes.get(name), other.attributes.get(name)) for name in fields)

    return equal


def _representation(fields: tuple[str, ...]) -> Callable[..., str]:
    def represent(machine: "Machine", instance: Instance) -> str:
        parts = (f"{name}={machine.text_of(instance.attributes.get(name))}" for name in fields)
        return f"{instance.cls.name}({', '.join(parts)})"

    return represent
