"""Iterating over values, and unpacking them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from service.models.source.classes import find
from service.models.source.host import Host, NotKnownError, RaisedError, Unknown, Value
from service.models.source.values import Class, Cursor, Endless, Instance

if TYPE_CHECKING:
    from service.models.source.machine import Machine

MOST_ENDLESS = 1000
"""Values that are taken from an iterator without an end where nothing else bounds it."""
_SIZED: tuple[Any, ...] = (
    list,
    tuple,
    dict,
    set,
    frozenset,
    str,
    bytes,
    type({}.keys()),
    type({}.values()),
    type({}.items()),
)


def iterate(machine: "Machine", value: Value) -> list[Value]:
    """The elements of a value, in order.

    Raises:
        RaisedError: It cannot be iterated over.
        NotKnownError: Its elements are not known.
    """
    if isinstance(value, list | tuple):
        machine.spend(elements=len(value) // 8)
        return list(value)
    if isinstance(value, range):
        machine.spend(elements=max((value.stop - value.start) // value.step, 0))
        return list(value)
    if isinstance(value, _SIZED):
        machine.spend(elements=len(value) // 8)
        return list(value)
    if isinstance(value, Cursor):
        return value.rest()
    if isinstance(value, Host):
        return value.iterate(machine)
    if isinstance(value, Instance):
        return _of_instance(machine, value)
    if isinstance(value, Class) and value.members is not None:
        return list(value.members.values())
    if isinstance(value, Unknown):
        machine.use(value)
        raise NotKnownError(value.reason or "what is iterated over is not known")
    if isinstance(value, Endless):
        raise NotKnownError("an iterator without an end is not followed")
    raise RaisedError("TypeError", f"'{machine.type_name(value)}' object is not iterable")


def _of_instance(machine: "Machine", value: Instance) -> list[Value]:
    if find(value.cls, "__iter__") is not None:
        made = machine.call(machine.attribute(value, "__iter__"), [], {})
        return iterate(machine, made) if made is not value else _by_next(machine, value)
    if find(value.cls, "__getitem__") is not None:
        return _by_index(machine, value)
    if value.core is not None:
        return iterate(machine, value.core)
    if value.partly_unknown or value.cls.partly_unknown:
        raise NotKnownError(f"what an instance of `{value.cls.name}` holds is not known")
    raise RaisedError("TypeError", f"'{value.cls.name}' object is not iterable")


def _by_next(machine: "Machine", value: Instance) -> list[Value]:
    return _until(machine, "StopIteration", lambda _: machine.call(machine.attribute(value, "__next__"), [], {}))


def _by_index(machine: "Machine", value: Instance) -> list[Value]:
    return _until(
        machine, "IndexError", lambda index: machine.call(machine.attribute(value, "__getitem__"), [index], {})
    )


def _until(machine: "Machine", end: str, element: Callable[[int], Value]) -> list[Value]:
    """Elements until the program raises the exception that ends them."""
    elements: list[Value] = []
    with machine.catching(end):
        try:
            while True:
                machine.spend(elements=1)
                elements.append(element(len(elements)))
        except RaisedError as error:
            if error.type_name != end:
                raise
    return elements


def take(machine: "Machine", value: Value, most: int) -> list[Value]:
    """Elements of a value, of which one without an end gives only so many."""
    return value.first(most) if isinstance(value, Endless) else iterate(machine, value)


def side_by_side(machine: "Machine", values: tuple[Value, ...]) -> list[list[Value]]:
    """The elements of several values, as many of each as the shortest has."""
    ending = [value for value in values if not isinstance(value, Endless)]
    if not ending:
        raise NotKnownError("iterators without an end are not followed")
    taken = {id(value): iterate(machine, value) for value in ending}
    shortest = min(len(elements) for elements in taken.values())
    return [taken[id(value)][:shortest] if id(value) in taken else value.first(shortest) for value in values]


def unpack(machine: "Machine", value: Value, count: int, star: int | None) -> list[Value]:
    """The values that a number of targets get; the one at `star` gets a list of what the others leave.

    Raises:
        RaisedError: There are too few or too many.
    """
    if isinstance(value, Unknown):
        return [machine.use(value)] * count
    try:
        elements = iterate(machine, value)
    except NotKnownError as error:
        return [machine.not_understood(str(error))] * count
    if star is None:
        if len(elements) == count:
            return elements
        if len(elements) > count:
            raise RaisedError("ValueError", f"too many values to unpack (expected {count})")
        raise RaisedError("ValueError", f"not enough values to unpack (expected {count}, got {len(elements)})")
    after = count - star - 1
    if len(elements) < count - 1:
        message = f"not enough values to unpack (expected at least {count - 1}, got {len(elements)})"
        raise RaisedError("ValueError", message)
    end = len(elements) - after
    return [*elements[:star], elements[star:end], *elements[end:]]
