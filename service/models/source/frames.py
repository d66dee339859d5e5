"""Where names are kept while a function, a class body or a file runs."""

import ast
from typing import TYPE_CHECKING

from service.models.source.host import NotKnownError, RaisedError, Value
from service.models.source.parsing import Unit
from service.models.source.values import MISSING, Class, Instance

if TYPE_CHECKING:
    from service.models.source.machine import Machine


class EndlessError(NotKnownError):
    """A generator makes too many values: nothing inside it goes on."""


class Frame:
    """The names of one run of a function, a class body, a comprehension or a file."""

    __slots__ = (
        "annotations",
        "elsewhere",
        "guard",
        "handling",
        "is_class",
        "is_comprehension",
        "machine",
        "names",
        "node",
        "outer",
        "owner",
        "receiver",
        "result",
        "uncertain",
        "unit",
        "yielded",
    )

    def __init__(self, machine: "Machine", unit: Unit, names: dict[str, Value], outer: "Frame | None") -> None:
        self.machine = machine
        self.unit = unit
        self.names = names
        self.outer = outer
        """The frame that the function stands in: where names are looked up that it does not have."""
        self.node: ast.AST | None = None
        """What is being interpreted: a call, an operation or a statement."""
        self.guard: ast.expr | None = None
        """The condition that led to the block that runs."""
        self.owner: Class | None = None
        self.receiver: Value = None
        """The first argument, which `super()` is about."""
        self.result: Value = None
        self.is_class = False
        self.is_comprehension = False
        self.uncertain = False
        """Whether a condition was not known: what is missing may be there in truth."""
        self.elsewhere: dict[str, Frame] | None = None
        """The frames of names that are declared `global` or `nonlocal`."""
        self.yielded: list[Value] | None = None
        self.handling: list[RaisedError] | None = None
        """The exceptions that are being handled, for a bare `raise`."""
        self.annotations: dict[str, ast.expr] | None = None

    def load(self, name: str) -> Value:
        """The value of a name; `MISSING` where there is none."""
        frame: Frame | None = self.elsewhere[name] if self.elsewhere and name in self.elsewhere else self
        while frame is not None:
            if name in frame.names:
                return frame.names[name]
            frame = frame.outer
        return self.machine.builtins.get(name, MISSING)

    def store(self, name: str, value: Value) -> None:
        """`name = value`"""
        if self.elsewhere and name in self.elsewhere:
            self.elsewhere[name].names[name] = value
        else:
            self.names[name] = value

    def remove(self, name: str) -> None:
        """`del name`"""
        frame = self.elsewhere[name] if self.elsewhere and name in self.elsewhere else self
        if frame.names.pop(name, MISSING) is MISSING and not self.uncertain:
            raise RaisedError("NameError", f"name '{name}' is not defined")

    def declare(self, name: str, *, everywhere: bool) -> None:
        """`global name`, or `nonlocal name`."""
        self.elsewhere = self.elsewhere or {}
        frame = self
        while frame.outer is not None:
            frame = frame.outer
            if not everywhere and name in frame.names:
                break
        self.elsewhere[name] = frame

    def inside(self) -> "Frame":
        """A frame within this one, for a comprehension."""
        frame = Frame(self.machine, self.unit, {}, self)
        frame.owner, frame.receiver, frame.uncertain = self.owner, self.receiver, self.uncertain
        frame.node = self.node
        frame.is_comprehension = True
        return frame

    def doubt(self) -> None:
        """From here on, what is missing may be there in truth, also in the instance whose method this is."""
        self.uncertain = True
        if isinstance(self.receiver, Instance):
            self.receiver.partly_unknown = True
