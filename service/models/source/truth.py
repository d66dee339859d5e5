"""Whether a value counts as true, and whether two are equal."""

from typing import TYPE_CHECKING

from service.models.source.classes import find
from service.models.source.frames import Frame
from service.models.source.host import Host, NotKnownError, Unknown, Value
from service.models.source.keys import check_key
from service.models.source.operators import binary
from service.models.source.values import Instance

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_PLAIN: tuple[type, ...] = (
    *(int, float, str, bytes, complex, list, tuple, dict, set, frozenset, range, type(None)),
    *(type({}.keys()), type({}.values()), type({}.items())),
)
"""What Python itself knows the truth of."""


def truth(value: Value, frame: Frame) -> bool | None:
    """`bool(value)`; None where it is not known."""
    if value is True or value is False:
        return bool(value)
    return truth_in(frame.machine, value)


def truth_in(machine: "Machine", value: Value) -> bool | None:
    """`bool(value)`; None where it is not known."""
    if isinstance(value, Instance):
        return _of_instance(machine, value)
    if isinstance(value, Host):
        try:
            return bool(value.truth(machine))
        except NotKnownError as error:
            machine.not_understood(str(error))
            return None
    if isinstance(value, Unknown):
        machine.use(value)
        return None
    return bool(value) if isinstance(value, _PLAIN) else True


def _of_instance(machine: "Machine", value: Instance) -> bool | None:
    for name in ("__bool__", "__len__"):
        if find(value.cls, name) is not None:
            return truth_in(machine, machine.call(machine.attribute(value, name), [], {}))
    if value.core is not None and not isinstance(value.core, Host):
        return bool(value.core)
    return True


def equal(machine: "Machine", left: Value, right: Value) -> bool:
    """`left == right`; values of a library that are no plain values are equal to themselves only."""
    if left is right:
        return True
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        if isinstance(left, list) != isinstance(right, list) or len(left) != len(right):
            return False
        machine.spend(1 + len(left) // 8)
        return all(equal(machine, mine, other) for mine, other in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        if left.keys() != right.keys():
            return False
        machine.spend(1 + len(left) // 8)
        return all(equal(machine, mine, right[key]) for key, mine in left.items())
    if isinstance(left, Instance) or isinstance(right, Instance):
        return bool(truth_in(machine, binary(machine, "==", left, right)))
    if isinstance(left, Host | Unknown) or isinstance(right, Host | Unknown):
        return False
    return bool(left == right)


def identical(left: Value, right: Value) -> bool:
    """`left is right`; small integers and strings are one object, as in Python."""
    if left is right:
        return True
    if isinstance(left, bool) or isinstance(right, bool):
        return False
    if isinstance(left, int) and isinstance(right, int):
        return left == right
    return isinstance(left, str) and isinstance(right, str) and left == right


def contains(machine: "Machine", container: Value, value: Value) -> Value:
    """`value in container`"""
    if isinstance(container, Unknown):
        return machine.use(container)
    if isinstance(value, Unknown):
        return machine.use(value)
    if isinstance(container, dict | set | frozenset | type({}.keys())):
        check_key(machine, value)
        return value in container
    if isinstance(container, str) and isinstance(value, str):
        machine.spend(1 + len(container) // 64)
        return value in container
    if isinstance(container, range) and isinstance(value, int):
        return value in container
    if isinstance(container, Instance):
        if find(container.cls, "__contains__") is not None:
            return machine.call(machine.attribute(container, "__contains__"), [value], {})
        if container.core is not None and not isinstance(container.core, Host):
            return contains(machine, container.core, value)
    elements = machine.iterate(container)
    machine.spend(1 + len(elements) // 8)
    return any(equal(machine, element, value) for element in elements)
