"""Methods of lists, tuples, dictionaries and sets."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from service.models.source.host import RaisedError, Unknown, Value
from service.models.source.items import delete_item, item, set_item
from service.models.source.keys import check_key, check_keys
from service.models.source.truth import contains, equal
from service.models.source.values import MISSING, Array, Cursor, Defaulting

if TYPE_CHECKING:
    from service.models.source.machine import Machine

Methods = dict[str, Callable[..., Any]]


def _append(machine: "Machine", values: list[Value], element: Value) -> None:
    machine.spend(elements=1)
    values.append(element)


def _extend(machine: "Machine", values: list[Value], more: Value) -> None:
    machine.extend(values, more)


def _insert(machine: "Machine", values: list[Value], index: int, element: Value) -> None:
    machine.spend(1 + len(values) // 64, elements=1)
    values.insert(index, element)


def _pop(machine: "Machine", values: list[Value], index: int = -1) -> Value:
    machine.spend(1 + len(values) // 64)
    return values.pop(index)


def _remove(machine: "Machine", values: list[Value], element: Value) -> None:
    del values[_index(machine, values, element)]


def _index(machine: "Machine", values: Any, element: Value, start: int = 0) -> int:
    machine.spend(1 + len(values) // 8)
    for index in range(start, len(values)):
        if equal(machine, values[index], element):
            return index
    raise RaisedError("ValueError", f"{machine.text_of(element)} is not in the values")


def _count(machine: "Machine", values: Any, element: Value) -> int:
    machine.spend(1 + len(values) // 8)
    return sum(equal(machine, value, element) for value in values)


def _reverse(machine: "Machine", values: list[Value]) -> None:
    machine.spend(1 + len(values) // 64)
    values.reverse()


def _sort(machine: "Machine", values: list[Value], *, key: Value = None, reverse: Value = False) -> None:
    values[:] = machine.sorted(values, key, reverse)


def _copy(machine: "Machine", values: Any) -> Any:
    machine.spend(elements=len(values))
    made = values.copy()
    if isinstance(values, Defaulting):
        made = Defaulting(values)
        made.factory = values.factory
    return made


def _clear(_machine: "Machine", values: Any) -> None:
    values.clear()


def _length(_machine: "Machine", values: Any) -> int:
    return len(values)


def _iterator(machine: "Machine", values: Any) -> Cursor:
    return Cursor(machine.iterate(values))


def _get_item(machine: "Machine", values: Any, key: Value) -> Value:
    return item(machine, values, key)


def _set_item(machine: "Machine", values: Any, key: Value, element: Value) -> None:
    set_item(machine, values, key, element)


def _delete_item(machine: "Machine", values: Any, key: Value) -> None:
    delete_item(machine, values, key)


def _contains(machine: "Machine", values: Any, element: Value) -> Value:
    return contains(machine, values, element)


_SEQUENCE: Methods = {
    "index": _index,
    "count": _count,
    "__len__": _length,
    "__iter__": _iterator,
    "__getitem__": _get_item,
    "__contains__": _contains,
}
TUPLE: Methods = dict(_SEQUENCE)
LIST: Methods = {
    **_SEQUENCE,
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "remove": _remove,
    "reverse": _reverse,
    "sort": _sort,
    "copy": _copy,
    "clear": _clear,
    "__setitem__": _set_item,
    "__delitem__": _delete_item,
}


def _as_kind(_machine: "Machine", values: list[Value], *_dtype: Value, **_options: Value) -> list[Value]:
    return values


def _extend_left(machine: "Machine", values: list[Value], more: Value) -> None:
    for element in machine.iterate(more):
        _insert(machine, values, 0, element)


DEQUE: Methods = {
    "appendleft": lambda machine, values, element: _insert(machine, values, 0, element),
    "popleft": lambda machine, values: _pop(machine, values, 0),
    "extendleft": _extend_left,
}
ARRAY: Methods = {
    "tolist": lambda _machine, values: list(values),
    "astype": _as_kind,
    "copy": lambda machine, values: Array(machine.iterate(values)),
}


def _get(machine: "Machine", values: dict[Any, Value], key: Value, default: Value = None) -> Value:
    if isinstance(key, Unknown):
        return machine.use(key)
    check_key(machine, key)
    return values.get(key, default)


def _set_default(machine: "Machine", values: dict[Any, Value], key: Value, default: Value = None) -> Value:
    machine.spend(elements=1)
    check_key(machine, key)
    return values.setdefault(key, default)


def _pop_key(machine: "Machine", values: dict[Any, Value], key: Value, default: Value = MISSING) -> Value:
    check_key(machine, key)
    return values.pop(key) if default is MISSING else values.pop(key, default)


def _pop_item(_machine: "Machine", values: dict[Any, Value], *, last: bool = True) -> Value:
    if last or not values:
        return values.popitem()
    key = next(iter(values))
    return key, values.pop(key)


def _update(machine: "Machine", values: dict[Any, Value], given: Value = MISSING, **named: Value) -> None:
    if given is not MISSING:
        if isinstance(given, Unknown):
            machine.use(given)
        else:
            values.update(machine.pairs(given))
    values.update(named)


def _move_to_end(machine: "Machine", values: dict[Any, Value], key: Value, *, last: bool = True) -> None:
    machine.spend(1 + len(values) // 8)
    check_key(machine, key)
    value = values.pop(key)
    others = {} if last else dict(values)
    if not last:
        values.clear()
    values[key] = value
    values.update(others)


def _from_keys(machine: "Machine", keys: Value, value: Value = None) -> dict[Any, Value]:
    elements = machine.iterate(keys)
    check_keys(machine, elements)
    return dict.fromkeys(elements, value)


DICT: Methods = {
    "get": _get,
    "setdefault": _set_default,
    "pop": _pop_key,
    "popitem": _pop_item,
    "update": _update,
    "move_to_end": _move_to_end,
    "keys": lambda _machine, values: values.keys(),
    "values": lambda _machine, values: values.values(),
    "items": lambda _machine, values: values.items(),
    "copy": _copy,
    "clear": _clear,
    "fromkeys": _from_keys,
    "__len__": _length,
    "__iter__": _iterator,
    "__getitem__": _get_item,
    "__setitem__": _set_item,
    "__delitem__": _delete_item,
    "__contains__": _contains,
}


def _add(machine: "Machine", values: set[Any], element: Value) -> None:
    machine.spend(elements=1)
    check_key(machine, element)
    values.add(element)


def _discard(machine: "Machine", values: set[Any], element: Value) -> None:
    check_key(machine, element)
    values.discard(element)


def _remove_element(machine: "Machine", values: set[Any], element: Value) -> None:
    check_key(machine, element)
    values.remove(element)


def _with_others(perform: Callable[..., Any]) -> Callable[..., Any]:
    """A method of sets that takes anything that can be iterated over."""

    def method(machine: "Machine", values: set[Any], *others: Value) -> Value:
        lists = [machine.iterate(other) for other in others]
        for elements in lists:
            check_keys(machine, elements)
        machine.spend(1 + len(values) // 64, elements=sum(map(len, lists)))
        return perform(values, *lists)

    return method


SET: Methods = {
    "add": _add,
    "discard": _discard,
    "remove": _remove_element,
    "pop": lambda _machine, values: values.pop(),
    "clear": _clear,
    "copy": _copy,
    "update": _with_others(set.update),
    "union": _with_others(lambda values, *others: values.union(*others)),
    "intersection": _with_others(lambda values, *others: values.intersection(*others)),
    "difference": _with_others(lambda values, *others: values.difference(*others)),
    "symmetric_difference": _with_others(lambda values, *others: values.symmetric_difference(*others)),
    "issubset": _with_others(lambda values, *others: values.issubset(*others)),
    "issuperset": _with_others(lambda values, *others: values.issuperset(*others)),
    "isdisjoint": _with_others(lambda values, *others: values.isdisjoint(*others)),
    "__len__": _length,
    "__iter__": _iterator,
    "__contains__": _contains,
}
