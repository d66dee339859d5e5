"""Text of values: `str`, `repr`, f-strings, `str.format` and `%`. No format reaches anything but posted attributes."""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from service.models.source.classes import find
from service.models.source.host import Host, NotKnownError, RaisedError, Unknown, Value
from service.models.source.operators import RAISED, raised
from service.models.source.values import Bound, Class, Function, Instance, Namespace, Native

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_LONGEST = 2_000
"""Characters of the text of a collection."""
_LARGE_NUMBER = re.compile(r"\d{4,}|\*")
"""A width or precision that would make a long string."""
_FIELD = re.compile(r"\{\{|\}\}|\{([^{}!:]*)(?:!([rsa]))?(?::((?:[^{}]|\{[^{}]*\})*))?\}|[{}]")
_STEP = re.compile(r"\.([^.\[\]]+)|\[([^\]]*)\]")
_PERCENT = re.compile(r"%(?:\((\w+)\))?([-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?)([diouxXeEfFgGcrsa%])")


def text_of(machine: "Machine", value: Value, *, quoted: bool = False, depth: int = 0) -> str:
    """`str(value)`, or `repr(value)` where quoted; shortened where it would be long."""
    machine.spend()
    if isinstance(value, str):
        return repr(str(value)) if quoted else str(value)
    if value is None or isinstance(value, bool | int | float | complex | bytes | range):
        return _text_of_number(value)
    if isinstance(value, list | tuple | dict | set | frozenset):
        return _text_of_collection(machine, value, depth)
    if isinstance(value, Instance):
        return _text_of_instance(machine, value, quoted)
    if isinstance(value, Class):
        return f"<class '{value.module}.{value.name}'>"
    if isinstance(value, Function | Native):
        return f"<function {value.name}>"
    if isinstance(value, Bound):
        return f"<bound method {text_of(machine, value.function)}>"
    if isinstance(value, Namespace):
        return f"<module '{value.name}'>"
    if isinstance(value, Unknown):
        machine.use(value)
        raise NotKnownError(value.reason or "the text of a value that is not known")
    return f"<{machine.type_name(value)}>"


def _text_of_number(value: Value) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return int.__repr__(value)
    return float.__repr__(value) if isinstance(value, float) else repr(value)


def _text_of_collection(machine: "Machine", value: Value, depth: int) -> str:
    if depth > 20:
        return "..."
    opening, closing = "[]" if isinstance(value, list) else "()" if isinstance(value, tuple) else "{}"
    parts: list[str] = []
    length = 0
    for element in value:
        text = text_of(machine, element, quoted=True, depth=depth + 1)
        if isinstance(value, dict):
            text += ": " + text_of(machine, value[element], quoted=True, depth=depth + 1)
        parts.append(text)
        length += len(text)
        if length > _LONGEST:
            parts.append("...")
            break
    if isinstance(value, set | frozenset) and not value:
        return "set()"
    return opening + ", ".join(parts) + ("," if isinstance(value, tuple) and len(parts) == 1 else "") + closing


def _text_of_instance(machine: "Machine", value: Instance, quoted: bool) -> str:
    for name in ("__repr__",) if quoted else ("__str__", "__repr__"):
        if find(value.cls, name) is not None:
            text = machine.call(machine.attribute(value, name), [], {})
            if isinstance(text, str):
                return text
    cls = value.cls
    if cls.is_exception:
        arguments = value.attributes.get("args", ())
        return text_of(machine, arguments[0] if len(arguments) == 1 else arguments) if arguments else ""
    if cls.is_enum:
        return f"{cls.name}.{value.attributes.get('_name_')}"
    if value.core is not None and not isinstance(value.core, Host):
        return text_of(machine, value.core, quoted=quoted)
    return f"<{cls.name} object>"


def format_value(machine: "Machine", value: Value, specification: str) -> str:
    """`format(value, specification)`, of values that Python itself knows."""
    if not specification:
        return text_of(machine, value)
    if isinstance(value, Unknown):
        machine.use(value)
        raise NotKnownError(value.reason or "the text of a value that is not known")
    if _LARGE_NUMBER.search(specification):
        raise NotKnownError("a format that makes a long string is not followed")
    plain = value if isinstance(value, bool | int | float | str | complex) else text_of(machine, value)
    try:
        return format(plain, specification)
    except RAISED as error:
        raise raised(error) from None


def converted(machine: "Machine", value: Value, conversion: str | None) -> Value:
    """`value` as `!r`, `!s` or `!a` says."""
    if conversion in ("r", "a"):
        return text_of(machine, value, quoted=True)
    return text_of(machine, value) if conversion == "s" else value


def format_string(machine: "Machine", text: str, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> str:
    """`text.format(*arguments, **keywords)`"""
    automatic = iter(range(len(arguments) + 1))
    parts: list[str] = []
    position = 0

    def value_of(field: str) -> Value:
        first = re.match(r"[^.\[]*", field)
        name = first[0] if first else ""
        key = next(automatic, len(arguments)) if name == "" else int(name) if name.isdecimal() else name
        value = _argument(key, arguments, keywords)
        for step in _STEP.finditer(field, len(name)):
            inner = step[2]
            if step[1] is not None:
                value = machine.attribute(value, step[1])
            else:
                value = machine.item(value, int(inner) if inner.isdecimal() else inner)
        return value

    for found in _FIELD.finditer(text):
        parts.append(text[position : found.start()])
        position = found.end()
        if found[0] in ("{{", "}}"):
            parts.append(found[0][0])
        elif found[1] is None:
            raise RaisedError("ValueError", "Single '{' or '}' encountered in format string")
        else:
            value = converted(machine, value_of(found[1]), found[2])
            inner = re.sub(r"\{([^{}]*)\}", lambda match: text_of(machine, value_of(match[1])), found[3] or "")
            parts.append(format_value(machine, value, inner))
    parts.append(text[position:])
    made = "".join(parts)
    machine.spend(1 + len(text) // 64, elements=len(made) // 16)
    return made


def _argument(key: int | str, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> Value:
    if isinstance(key, int):
        if key >= len(arguments):
            raise RaisedError("IndexError", f"Replacement index {key} out of range for positional args tuple")
        return arguments[key]
    if key not in keywords:
        raise RaisedError("KeyError", f"'{key}'")
    return keywords[key]


def percent(machine: "Machine", text: str, given: Value) -> str:
    """`text % given`"""
    values = list(given) if isinstance(given, tuple) else [given]
    taken = 0

    def one(found: re.Match[str]) -> str:
        nonlocal taken
        name, flags, conversion = found[1], found[2], found[3]
        if conversion == "%":
            return "%"
        if name is not None:
            value = machine.item(given, name)
        elif taken < len(values):
            value = values[taken]
            taken += 1
        else:
            raise RaisedError("TypeError", "not enough arguments for format string")
        if _LARGE_NUMBER.search(flags):
            raise NotKnownError("a format that makes a long string is not followed")
        if conversion in "rsa":
            value = text_of(machine, value, quoted=conversion != "s")
        elif not isinstance(value, int | float):
            raise RaisedError("TypeError", f"%{conversion} format: a number is required")
        try:
            return ("%" + flags + conversion) % (value,)
        except RAISED as error:
            raise raised(error) from None

    made = _PERCENT.sub(one, text)
    machine.spend(1 + len(text) // 64, elements=len(made) // 16)
    return made
