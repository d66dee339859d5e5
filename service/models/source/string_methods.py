"""Methods of strings and bytes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from service.models.source.formatting import format_string
from service.models.source.host import NotKnownError, RaisedError, Value

if TYPE_CHECKING:
    from service.models.source.machine import Machine

Methods = dict[str, Callable[..., Any]]
_WIDEST = 10_000
"""Characters that padding a string may make."""


def _plain(perform: Callable[..., Any]) -> Callable[..., Any]:
    """A method that makes nothing much larger than what it is given."""

    def method(machine: "Machine", text: str, *arguments: Value) -> Value:
        made = perform(text, *arguments)
        machine.spend(1 + len(text) // 64, elements=len(made) // 16 if isinstance(made, str | list | tuple) else 0)
        return made

    return method


def _padded(perform: Callable[..., Any]) -> Callable[..., Any]:
    """A method that makes a string of a given width."""

    def method(machine: "Machine", text: str, width: Value, *fill: Value) -> str:
        if not isinstance(width, int) or width > _WIDEST:
            raise NotKnownError(f"a string of more than {_WIDEST} characters is not made")
        machine.spend(elements=max(width, 0) // 16)
        return str(perform(text, width, *fill))

    return method


def _join(machine: "Machine", text: str, values: Value) -> str:
    parts = machine.iterate(values)
    machine.spend(elements=len(text) * len(parts) // 16)
    for part in parts:
        if not isinstance(part, str):
            raise RaisedError("TypeError", f"sequence item 0: expected str instance, {machine.type_name(part)} found")
        machine.spend(elements=len(part) // 16)
    return text.join(parts)


def _replace(machine: "Machine", text: str, old: str, new: str, count: int = -1) -> str:
    machine.spend(1 + len(text) // 64, elements=(len(text) + text.count(old) * len(new)) // 16)
    return text.replace(old, new, count)


def _split(machine: "Machine", text: str, separator: str | None = None, maxsplit: int = -1) -> list[str]:
    parts = text.split(separator, maxsplit)
    machine.spend(1 + len(text) // 64, elements=len(parts))
    return parts


def _split_from_right(machine: "Machine", text: str, separator: str | None = None, maxsplit: int = -1) -> list[str]:
    parts = text.rsplit(separator, maxsplit)
    machine.spend(1 + len(text) // 64, elements=len(parts))
    return parts


def _encode(machine: "Machine", text: str, *_encoding: Value) -> bytes:
    machine.spend(elements=len(text) // 16)
    return text.encode(errors="replace")


STR: Methods = {
    **{
        name: _plain(getattr(str, name))
        for name in (
            *("upper", "lower", "title", "capitalize", "swapcase", "casefold", "strip", "lstrip", "rstrip"),
            *("startswith", "endswith", "find", "rfind", "index", "rindex", "count", "partition", "rpartition"),
            *("isdigit", "isalpha", "isalnum", "isnumeric", "isdecimal", "isspace", "isupper", "islower"),
            *("isidentifier", "removeprefix", "removesuffix", "splitlines"),
        )
    },
    **{name: _padded(getattr(str, name)) for name in ("zfill", "ljust", "rjust", "center")},
    "join": _join,
    "replace": _replace,
    "split": _split,
    "rsplit": _split_from_right,
    "encode": _encode,
    "format": lambda machine, text, *arguments, **keywords: format_string(machine, text, arguments, keywords),
    "__len__": lambda _machine, text: len(text),
    "__contains__": lambda _machine, text, part: part in text,
}
BYTES: Methods = {"decode": lambda machine, data, *_encoding: data.decode(errors="replace")}
