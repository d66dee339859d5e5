"""Python source as people format it: calls that fit on a line, or broken into lines, and names that Python takes."""

import json
import keyword
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

WIDTH = 88
"""Letters of a line, at most, where it can be broken. Chosen: what common formatters take."""
INDENT = "    "
LONGEST_NAME = 60
"""Letters of a name that is made of a layer's. Chosen."""


@dataclass(frozen=True, slots=True)
class Code:
    """An expression: one text, or a call whose arguments may stand on lines of their own."""

    head: str
    arguments: Sequence[str] | None = None
    tail: str = ""

    @property
    def text(self) -> str:
        """All on one line."""
        return self.head if self.arguments is None else f"{self.head}({', '.join(self.arguments)}){self.tail}"

    def lines(self, before: str, depth: int) -> list[str]:
        """A statement that begins with a text, as deep as it stands."""
        indent = INDENT * depth
        whole = f"{indent}{before}{self.text}"
        if len(whole) <= WIDTH or not self.arguments:
            return [whole]
        first, last = f"{indent}{before}{self.head}(", f"{indent}){self.tail}"
        middle = f"{indent}{INDENT}{', '.join(self.arguments)}"
        if len(middle) <= WIDTH:
            return [first, middle, last]
        return [first, *(f"{indent}{INDENT}{argument}," for argument in self.arguments), last]


def call(function: str, *arguments: str, **named: Any) -> Code:
    """A call; named arguments that are None are left out."""
    return Code(
        function, [*arguments, *(f"{name}={literal(value)}" for name, value in named.items() if value is not None)]
    )


def literal(value: Any) -> str:
    """A value as Python source: texts in double quotes, lists as tuples."""
    if isinstance(value, str):
        return json.dumps(value)
    if isinstance(value, list | tuple):
        entries = [literal(entry) for entry in value]
        return f"({entries[0]},)" if len(entries) == 1 else f"({', '.join(entries)})"
    if isinstance(value, float) and not isfinite(value):
        return f'float("{value}")'
    if isinstance(value, float) and value == int(value) and abs(value) < 1e15:
        return f"{value:.1f}"
    return repr(value)


def per_axis(value: Any) -> Any:
    """One number where all axes have the same."""
    if isinstance(value, tuple | list) and len(value) > 0 and len(set(map(str, value))) == 1:
        return value[0]
    return tuple(value) if isinstance(value, tuple | list) else value


class Names:
    """Names that are taken, and new ones made of those of layers."""

    def __init__(self, reserved: Iterable[str]) -> None:
        self.taken = set(reserved)

    def new(self, wanted: str) -> str:
        """An identifier like a name, which nothing has yet."""
        base = identifier(wanted)
        name, number = base, 1
        while name in self.taken or keyword.iskeyword(name):
            number += 1
            name = f"{base}_{number}"
        self.taken.add(name)
        return name


def identifier(name: str) -> str:
    """A name as an identifier: what Python does not take becomes an underscore."""
    text = re.sub(r"[^0-9A-Za-z]+", "_", name).strip("_")[:LONGEST_NAME] or "layer"
    return f"layer_{text}" if text[0].isdigit() else text


def without_none(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters that are said."""
    return {name: value for name, value in parameters.items() if value is not None}
