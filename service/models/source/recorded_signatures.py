"""The arguments of what source can call in a library, as they are recorded from it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.models.source.host import RaisedError, Value

BETWEEN_ENTRIES = re.compile(r",\s*")


@dataclass(frozen=True, slots=True)
class Signature:
    """The names of arguments in order, those that must be named, and the defaults."""

    name: str
    positional: tuple[str, ...] = ()
    rest: str | None = None
    """What takes all further positional arguments: `*size`."""
    named: frozenset[str] = frozenset()
    defaults: Mapping[str, Any] = field(default_factory=dict)

    def bind(self, arguments: Sequence[Value], keywords: Mapping[str, Value]) -> dict[str, Value]:
        """The arguments that are given, by name and in order.

        Raises:
            RaisedError: There are more than it takes, or one is given twice.
        """
        bound = dict(zip(self.positional, arguments, strict=False))
        further = arguments[len(self.positional) :]
        if self.rest is not None:
            if further:
                bound[self.rest] = list(further)
        elif further:
            count, given = len(self.positional), len(arguments)
            raise RaisedError("TypeError", f"{self.name}() takes {count} positional arguments but {given} were given")
        for name, value in keywords.items():
            if name in bound:
                raise RaisedError("TypeError", f"{self.name}() got multiple values for argument '{name}'")
            bound[name] = value
        return bound


def read_signature(name: str, text: str) -> Signature:
    """A signature from its text: `input, size=null, *, mode="nearest"`, the defaults as JSON."""
    positional: list[str] = []
    named: set[str] = set()
    defaults: dict[str, Any] = {}
    rest, behind = None, False
    for entry in _entries(text):
        argument, equals, default = entry.partition("=")
        if argument.startswith("**"):
            continue
        if argument.startswith("*"):
            rest, behind = argument[1:] or rest, True
            continue
        if behind:
            named.add(argument)
        else:
            positional.append(argument)
        if equals:
            defaults[argument] = json.loads(default)
    return Signature(name, tuple(positional), rest, frozenset(named), defaults)


def _entries(text: str) -> Iterator[str]:
    """The arguments in the text of a signature; commas inside of lists are no ends of one."""
    whole = ""
    for part in BETWEEN_ENTRIES.split(text) if text else ():
        whole = f"{whole}, {part}" if whole else part
        if whole.count("[") == whole.count("]"):
            yield whole
            whole = ""
