"""The arguments of what source can call in PyTorch, by name: recorded from PyTorch itself."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Any

from service.models.source.host import RaisedError, Value

BETWEEN_ENTRIES = re.compile(r",\s*(?![^\[]*\])")


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


@cache
def _recorded() -> Mapping[str, str]:
    text = files(__package__).joinpath("signatures.json").read_text(encoding="utf-8")
    recorded: Mapping[str, str] = json.loads(text)
    return recorded


def is_recorded(name: str) -> bool:
    """Whether PyTorch has something of this name, such as `nn.Conv2d`, `F.relu`, `torch.cat` or `Tensor.view`."""
    return name in _recorded()


def recorded_names(prefix: str) -> list[str]:
    """The names that stand behind a prefix, such as `nn.`."""
    return [name.removeprefix(prefix) for name in _recorded() if name.startswith(prefix)]


@cache
def signature(name: str) -> Signature | None:
    """The arguments of a module, function or method; None where they are not known."""
    text = _recorded().get(name)
    return None if text is None else read_signature(name.rpartition(".")[2], text)


@cache
def method(name: str) -> Signature | None:
    """The arguments of a method of the tensor; else those of the function, without its tensor."""
    for known in (f"Tensor.{name}", f"Tensor.{name.rstrip('_')}"):
        if (found := signature(known)) is not None:
            return found
    for known in (f"torch.{name}", f"F.{name}", f"torch.{name.rstrip('_')}", f"F.{name.rstrip('_')}"):
        if (found := signature(known)) is not None:
            return replace(found, positional=found.positional[1:])
    return None


def read_signature(name: str, text: str) -> Signature:
    """A signature from its text: `input, size=null, *, mode="nearest"`, the defaults as JSON."""
    positional: list[str] = []
    named: set[str] = set()
    defaults: dict[str, Any] = {}
    rest, behind = None, False
    for entry in BETWEEN_ENTRIES.split(text) if text else ():
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
