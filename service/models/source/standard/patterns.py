"""`re`, as far as its patterns are known."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from service.models.source.expressions_of_text import Groups, Pattern, read_pattern
from service.models.source.host import NotKnownError, RaisedError, Unknown, Value
from service.models.source.values import Cursor, Native, Opaque

if TYPE_CHECKING:
    from service.models.source.machine import Machine

_LONGEST = 1_000
"""Characters of a text that is matched."""


def _checked(machine: "Machine", text: Value) -> str:
    if isinstance(text, Unknown):
        raise NotKnownError(machine.use(text).reason or "the text is not known")
    if not isinstance(text, str):
        raise RaisedError("TypeError", "expected string or bytes-like object")
    if len(text) > _LONGEST:
        raise NotKnownError("so long a text is not matched")
    return str(text)


def _pattern(machine: "Machine", given: Value) -> Pattern:
    if isinstance(given, Opaque) and isinstance(given.attributes.get("_pattern"), Pattern):
        pattern: Pattern = given.attributes["_pattern"]
        pattern.budget.renew()
        return pattern
    return read_pattern(machine, _checked(machine, given))


def _found(pattern: Pattern, text: str, groups: Groups | None) -> Value:
    """What a match is for the program; None where there is none."""
    if groups is None:
        return None
    words = [text[slice(*groups[number])] if number in groups else None for number in range(pattern.groups + 1)]

    def group(machine: "Machine", *which: Value) -> Value:
        numbers = [pattern.names.get(name, -1) if isinstance(name, str) else int(name) for name in which or (0,)]
        if any(not 0 <= number < len(words) for number in numbers):
            raise RaisedError("IndexError", "no such group")
        chosen = [words[number] for number in numbers]
        return chosen[0] if len(chosen) == 1 else tuple(chosen)

    attributes: dict[str, Value] = {
        "group": Native("group", group),
        "groups": Native("groups", lambda _machine: tuple(words[1:])),
        "groupdict": Native("groupdict", lambda _machine: {name: words[at] for name, at in pattern.names.items()}),
        "start": Native("start", lambda _machine, number=0: groups[int(number)][0]),
        "end": Native("end", lambda _machine, number=0: groups[int(number)][1]),
        "span": Native("span", lambda _machine, number=0: groups[int(number)]),
        "string": text,
    }
    return Opaque("Match", attributes)


def _match(machine: "Machine", given: Value, text: Value) -> Value:
    pattern, text = _pattern(machine, given), _checked(machine, text)
    return _found(pattern, text, pattern.match(text, 0))


def _full_match(machine: "Machine", given: Value, text: Value) -> Value:
    pattern, text = _pattern(machine, given), _checked(machine, text)
    return _found(pattern, text, pattern.match(text, 0, whole=True))


def _search(machine: "Machine", given: Value, text: Value) -> Value:
    pattern, text = _pattern(machine, given), _checked(machine, text)
    return _found(pattern, text, pattern.search(text))


def _find_all(machine: "Machine", given: Value, text: Value) -> Value:
    pattern, text = _pattern(machine, given), _checked(machine, text)
    found: list[Value] = []
    for groups in pattern.every(text):
        words = [text[slice(*groups[number])] if number in groups else "" for number in range(pattern.groups + 1)]
        found.append(words[0] if pattern.groups == 0 else words[1] if pattern.groups == 1 else tuple(words[1:]))
    return found


def _find_each(machine: "Machine", given: Value, text: Value) -> Value:
    pattern, text = _pattern(machine, given), _checked(machine, text)
    return Cursor([_found(pattern, text, groups) for groups in pattern.every(text)])


def _split(machine: "Machine", given: Value, text: Value, maxsplit: int = 0) -> Value:
    pattern, text = _pattern(machine, given), _checked(machine, text)
    parts: list[Value] = []
    position = 0
    for groups in pattern.every(text):
        if maxsplit and len(parts) >= maxsplit * (1 + pattern.groups):
            break
        begin, end = groups[0]
        parts.append(text[position:begin])
        numbers = range(1, pattern.groups + 1)
        parts += [text[slice(*groups[number])] if number in groups else None for number in numbers]
        position = end
    return [*parts, text[position:]]


def _substitute(machine: "Machine", given: Value, replacement: Value, text: Value, count: int = 0) -> Value:
    pattern, text = _pattern(machine, given), _checked(machine, text)
    if isinstance(replacement, str) and "\\" in replacement:
        raise NotKnownError("a replacement with groups is not followed")
    parts: list[str] = []
    position = 0
    for number, groups in enumerate(pattern.every(text)):
        if count and number >= count:
            break
        begin, end = groups[0]
        made = replacement
        if not isinstance(made, str):
            made = machine.call(replacement, [_found(pattern, text, groups)], {})
            if not isinstance(made, str):
                raise NotKnownError("what the replacement makes is not known")
        parts += [text[position:begin], made]
        machine.spend(elements=len(made) // 16)
        position = end
    return "".join([*parts, text[position:]])


_FUNCTIONS: dict[str, Callable[..., Value]] = {
    "match": _match,
    "fullmatch": _full_match,
    "search": _search,
    "findall": _find_all,
    "finditer": _find_each,
    "split": _split,
    "sub": _substitute,
}


def _compile(machine: "Machine", given: Value) -> Opaque:
    compiled = Opaque("Pattern", {"_pattern": _pattern(machine, given), "pattern": given})
    for name, function in _FUNCTIONS.items():
        compiled.attributes[name] = Native(
            name, lambda inner, *arguments, _function=function: _function(inner, compiled, *arguments)
        )
    return compiled


PATTERNS: dict[str, Value] = {
    **{name: Native(name, function) for name, function in _FUNCTIONS.items()},
    "compile": Native("compile", _compile),
    "escape": Native(
        "escape", lambda _machine, text: "".join(f"\\{one}" if not one.isalnum() else one for one in text)
    ),
}
"""Flags are not known: a call with one is not understood."""
