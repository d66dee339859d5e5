"""Items: `x[key]`, `x[key] = value`, `del x[key]`."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from service.models.source.classes import find
from service.models.source.host import (
    Host,
    NotKnownError,
    RaisedError,
    TracedInt,
    Unknown,
    Value,
    literals_of,
    traced,
)
from service.models.source.keys import check_key
from service.models.source.operators import RAISED, raised
from service.models.source.values import Class, Defaulting, Function, Instance, Kind, Opaque

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_READABLE = (list, tuple, str, dict, range, bytes)


def item(machine: "Machine", value: Value, key: Value) -> Value:
    """`value[key]`"""
    if isinstance(value, _READABLE):
        return _of_plain(machine, value, key)
    if isinstance(value, Host):
        return value.item(key, machine)
    if isinstance(value, Unknown):
        return machine.use(value)
    if isinstance(value, Instance):
        return _of_instance(machine, value, "__getitem__", [key], lambda core: item(machine, core, key))
    if isinstance(value, Class):
        return _of_class(machine, value, key)
    if isinstance(value, Kind | Opaque):
        return value
    raise RaisedError("TypeError", f"'{machine.type_name(value)}' object is not subscriptable")


def set_item(machine: "Machine", value: Value, key: Value, element: Value) -> None:
    """`value[key] = element`"""
    if isinstance(key, Unknown):
        machine.use(key)
        machine.partly_known[id(value)] = value
    elif isinstance(value, list | dict):
        machine.spend(elements=1)
        if isinstance(key, slice):
            element = machine.iterate(element)
            machine.spend(elements=len(element))
        check_key(machine, key)
        try:
            value[_key(value, key)] = element
        except RAISED as error:
            raise raised(error) from None
    elif isinstance(value, Host):
        value.assign_item(key, element, machine)
    elif isinstance(value, Instance):
        _of_instance(machine, value, "__setitem__", [key, element], lambda core: set_item(machine, core, key, element))
    elif isinstance(value, Unknown):
        machine.use(value)
    else:
        raise RaisedError("TypeError", f"'{machine.type_name(value)}' object does not support item assignment")


def delete_item(machine: "Machine", value: Value, key: Value) -> None:
    """`del value[key]`"""
    if isinstance(value, list | dict):
        machine.spend(1 + len(value) // 64)
        check_key(machine, key)
        try:
            del value[_key(value, key)]
        except RAISED as error:
            raise raised(error) from None
    elif isinstance(value, Instance):
        _of_instance(machine, value, "__delitem__", [key], lambda core: delete_item(machine, core, key))
    elif not isinstance(value, Unknown):
        raise RaisedError("TypeError", f"'{machine.type_name(value)}' object doesn't support item deletion")


def _of_plain(machine: "Machine", value: Value, key: Value) -> Value:
    if isinstance(key, Unknown):
        return machine.use(key)
    check_key(machine, key)
    if isinstance(value, Defaulting) and value.factory is not None and key not in value:
        value[key] = machine.call(value.factory, [], {})
    chosen_by = key
    key = _key(value, key)
    try:
        found = value[key]
    except RAISED as error:
        if id(value) in machine.partly_known:
            raise NotKnownError("what the collection holds is not known") from None
        raise raised(error) from None
    if isinstance(key, slice):
        machine.spend(elements=len(found) // 4)
    return chosen(found, chosen_by) if isinstance(chosen_by, TracedInt) else found


def chosen(element: Value, index: Value) -> Value:
    """An element with the literals of the index that chose it, behind its own if it stands in the text as it is."""
    if not isinstance(element, int | float) or isinstance(element, bool):
        return element
    own = literals_of(element)
    by_index = [replace(literal, exact=False) for literal in literals_of(index)]
    return traced(element, (*own, *by_index) if own and own[0].exact else (*by_index, *own))


def _key(value: Value, key: Value) -> Value:
    """A key that Python can take: a library's integer is asked for what it is."""
    if isinstance(value, dict):
        return key
    if isinstance(key, Host):
        raise NotKnownError("the index is not known")
    if isinstance(key, slice) and any(isinstance(part, Unknown | Host) for part in (key.start, key.stop, key.step)):
        raise NotKnownError("the bounds of the slice are not known")
    return key


def _of_instance(
    machine: "Machine", value: Instance, method: str, arguments: list[Value], of_core: Callable[[Value], Value]
) -> Value:
    if find(value.cls, method) is not None:
        return machine.call(machine.attribute(value, method), arguments, {})
    if value.core is not None:
        return of_core(value.core)
    if value.partly_unknown or value.cls.partly_unknown:
        raise NotKnownError(f"the items of an instance of `{value.cls.name}` are not known")
    raise RaisedError("TypeError", f"'{value.cls.name}' object is not subscriptable")


def _of_class(machine: "Machine", value: Class, key: Value) -> Value:
    if value.members is not None:
        if isinstance(key, str) and key in value.members:
            return value.members[key]
        raise RaisedError("KeyError", machine.text_of(key))
    found = find(value, "__class_getitem__")
    return machine.call(found, [value, key], {}) if isinstance(found, Function) else value
