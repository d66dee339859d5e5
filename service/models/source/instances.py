"""Instances: how classes make them, and what they are instances of."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from service.models.source.attributes import attribute, delete_attribute, set_plainly
from service.models.source.builtin_kinds import KINDS, kind_of
from service.models.source.classes import find
from service.models.source.formatting import text_of
from service.models.source.host import Host, NotKnownError, RaisedError, Unknown, Value
from service.models.source.records import make_record, member_of
from service.models.source.values import (
    Class,
    Cursor,
    Function,
    Instance,
    Kind,
    Method,
    Namespace,
    Native,
    Opaque,
    Property,
    Record,
)

if TYPE_CHECKING:
    from service.models.source.machine import Machine


def instantiate(machine: "Machine", cls: Class, arguments: list[Value], keywords: Mapping[str, Value]) -> Value:
    """`Class(...)`"""
    if cls.members is not None:
        return member_of(machine, cls, arguments[0] if arguments else None)
    if cls.record_fields is not None:
        return make_record(machine, cls, arguments, keywords)
    maker = find(cls, "__new__")
    instance: Value
    if isinstance(maker, Function):
        instance = machine.call(maker, [cls, *arguments], keywords)
        if not (isinstance(instance, Instance) and instance.cls is cls):
            return instance
    else:
        instance = Instance(cls)
    machine.spend(elements=1)
    if cls.is_exception:
        instance.attributes["args"] = tuple(arguments)
    initialise = find(cls, "__init__")
    if initialise is not None:
        machine.call(initialise, [instance, *arguments], keywords)
    elif (arguments or keywords) and not cls.is_exception and maker is None and not cls.partly_unknown:
        raise RaisedError("TypeError", f"{cls.name}() takes no arguments")
    return instance


def is_instance(machine: "Machine", value: Value, kind: Value) -> Value:
    """`isinstance(value, kind)`"""
    if isinstance(kind, tuple):
        answers = [is_instance(machine, value, one) for one in kind]
        if any(answer is True for answer in answers):
            return True
        return next((answer for answer in answers if isinstance(answer, Unknown)), False)
    if isinstance(value, Unknown) or isinstance(kind, Unknown):
        return machine.use(value if isinstance(value, Unknown) else kind)
    if isinstance(kind, Class):
        return _is_instance_of_class(value, kind)
    if isinstance(kind, Kind):
        return _is_instance_of_kind(value, kind)
    if isinstance(kind, Host):
        return _is_instance_of_host(value, kind)
    if kind is None:
        return value is None
    if isinstance(kind, Opaque):
        return _is_instance_of_name(machine, value, kind.name)
    raise RaisedError("TypeError", "isinstance() arg 2 must be a type, a tuple of types, or a union")


def _is_instance_of_class(value: Value, kind: Class) -> bool:
    if isinstance(value, Instance | Record):
        return kind in value.cls.mro
    return isinstance(value, Host) and kind.is_of_library and value.inherits(kind.name)


def _is_instance_of_kind(value: Value, kind: Kind) -> bool:
    if kind.name == "object":
        return True
    if isinstance(value, Instance):
        return kind in value.cls.mro or isinstance(value.core, kind.instances)
    if isinstance(value, Host) and kind.name == "type":
        return value.makes_modules or value.type_name == "type"
    return isinstance(value, kind.instances)


def _is_instance_of_host(value: Value, kind: Host) -> bool:
    if isinstance(value, Host):
        return value.is_instance_of(kind)
    if isinstance(value, Instance):
        if any(isinstance(base, Host) and base.is_subclass_of(kind) for base in value.cls.mro):
            return True
        return isinstance(value.core, Host) and value.core.is_instance_of(kind)
    return False


_NAMED: dict[str, tuple[type, ...]] = {
    "Iterable": (list, tuple, dict, set, frozenset, str, range, Cursor),
    "Sequence": (list, tuple, str, range),
    "MutableSequence": (list,),
    "Mapping": (dict,),
    "MutableMapping": (dict,),
    "Collection": (list, tuple, dict, set, frozenset, str, range),
    "Sized": (list, tuple, dict, set, frozenset, str, range),
    "Callable": (Function, Native, Class),
    "FunctionType": (Function,),
    "ModuleType": (Namespace,),
    "Hashable": (int, str, float, tuple),
}


def _is_instance_of_name(machine: "Machine", value: Value, name: str) -> Value:
    """Whether a value is an instance of a class of `typing` or `collections.abc`."""
    known = _NAMED.get(name)
    if known is None:
        return Unknown(reason=f"whether a value is an instance of `{name}`") if name != "Parameter" else False
    if isinstance(value, Instance):
        methods = {"Iterable": "__iter__", "Callable": "__call__", "Mapping": "keys", "Sized": "__len__"}
        return name in methods and find(value.cls, methods[name]) is not None
    if isinstance(value, Host):
        return name == "Callable" and value.is_callable
    return isinstance(value, known)


def same_class(machine: "Machine", kind: Value, other: Value) -> Value:
    """`issubclass(kind, other)`"""
    if isinstance(other, tuple):
        return any(same_class(machine, kind, one) is True for one in other)
    if isinstance(kind, Unknown) or isinstance(other, Unknown):
        return machine.use(kind if isinstance(kind, Unknown) else other)
    if isinstance(kind, Class):
        if isinstance(other, Host):
            return any(isinstance(base, Host) and base.is_subclass_of(other) for base in kind.mro)
        return other in kind.mro or other is KINDS["object"]
    if isinstance(kind, Host):
        if isinstance(other, Host):
            return kind.is_subclass_of(other)
        return isinstance(other, Class) and other.is_module and other.name == "Module" and kind.makes_modules
    if isinstance(kind, Kind) and isinstance(other, Kind):
        return kind is other or (kind.name == "bool" and other.name == "int") or other is KINDS["object"]
    return False


def type_of(machine: "Machine", value: Value) -> Value:
    """`type(value)`"""
    if isinstance(value, Instance | Record):
        return value.cls
    if isinstance(value, Host):
        return value.kind(machine)
    if isinstance(value, Unknown):
        return machine.use(value)
    known = kind_of(value)
    if known is None:
        raise NotKnownError("the type of this value is not known")
    return known


def type_name(value: Value) -> str:
    """`type(value).__name__`"""
    if isinstance(value, Instance | Record):
        return value.cls.name
    if isinstance(value, Host):
        return value.type_name
    known = kind_of(value)
    if known is not None:
        return known.name
    return "property" if isinstance(value, Property) else "module" if isinstance(value, Namespace) else "object"


def _new(machine: "Machine", cls: Value, *_arguments: Value, **_keywords: Value) -> Value:
    if isinstance(cls, Class):
        return Instance(cls)
    raise NotKnownError("what `__new__` makes is not known")


def _initialise(_machine: "Machine", instance: Value, *arguments: Value, **keywords: Value) -> None:
    if isinstance(instance, Instance) and instance.cls.is_exception:
        instance.attributes["args"] = tuple(arguments)
    elif (arguments or keywords) and isinstance(instance, Instance) and not instance.cls.partly_unknown:
        raise RaisedError("TypeError", "object.__init__() takes exactly one argument (the instance to initialize)")


OBJECT_METHODS: dict[str, Method] = {
    "__init__": Method("__init__", _initialise),
    "__new__": Method("__new__", _new),
    "__setattr__": Method("__setattr__", set_plainly),
    "__delattr__": Method("__delattr__", delete_attribute),
    "__getattribute__": Method("__getattribute__", attribute),
    "__repr__": Method("__repr__", lambda machine, value: f"<{type_name(value)} object>"),
    "__str__": Method("__str__", lambda machine, value: text_of(machine, value, quoted=True)),
    "__eq__": Method("__eq__", lambda _machine, value, other: value is other),
    "__hash__": Method("__hash__", lambda _machine, _value: 0),
    "__init_subclass__": Method("__init_subclass__", lambda _machine, *_arguments, **_keywords: None),
}
"""What every class inherits from `object`."""
