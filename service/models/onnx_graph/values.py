"""What is known of a tensor while a graph is read: its layer, its shape, and its numbers where they are sizes."""

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from service.core.geometry.shapes import Shape
from service.models.onnx_graph.parts import DeclaredShape, Held
from service.models.recorder import Tensor

Array = NDArray[Any]
LITERAL, COMPUTED = 0, 1
"""Where a number comes from: the file, or sizes of tensors in some way; further numbers count `Origin`s."""


class Origin(NamedTuple):
    """A number that is the size of an axis of a tensor, times a factor."""

    tensor: str
    axis: int
    factor: Fraction | int = 1


@dataclass(slots=True)
class Numbers:
    """The numbers of a small tensor, which of them are unknown, and where each comes from."""

    values: Array
    unknown: Array
    origins: Array

    @classmethod
    def literal(cls, values: Array) -> "Numbers":
        """Numbers that stand in the file."""
        return cls(values, np.zeros(values.shape, bool), np.zeros(values.shape, np.int64))

    @property
    def is_literal(self) -> bool:
        """Whether all of them are known, and none depends on the size of a tensor."""
        return not self.origins.any() and not self.unknown.any()

    @property
    def known(self) -> bool:
        """Whether all of them are known."""
        return not self.unknown.any()

    def listed(self) -> list[Any]:
        """The numbers in their order, as Python has them; None where one is unknown."""
        pairs = zip(self.values.ravel().tolist(), self.unknown.ravel().tolist(), strict=True)
        return [None if unknown else value for value, unknown in pairs]


class Origins:
    """The origins that numbers have, counted from 2."""

    def __init__(self) -> None:
        self._rows: list[Origin] = []
        self._numbers: dict[Origin, int] = {}

    def number(self, origin: Origin) -> int:
        """The number of an origin."""
        known = self._numbers.get(origin)
        if known is None:
            known = self._numbers[origin] = len(self._rows) + 2
            self._rows.append(origin)
        return known

    def origin(self, number: int) -> Origin | None:
        """The origin that a number stands for; None for a literal, and for what was computed."""
        return self._rows[number - 2] if number >= 2 else None


@dataclass(slots=True)
class Value:
    """A tensor of a graph."""

    shape: Shape | None
    tensor: Tensor | None = None
    """Its place in the network; None until a layer needs it, if it is no layer's output."""
    numbers: Numbers | None = None
    constant: bool = False
    """Whether it depends on no input of the network, not even on its shape."""
    trained: bool = False
    name: str = ""
    """What the file calls it, for a tensor that it holds."""
    items: "list[Value] | None" = None
    """The tensors of a sequence."""


@dataclass(slots=True)
class Scope:
    """The tensors of a graph by name; those of the graphs around it are seen too."""

    outer: "Scope | None" = None
    values: dict[str, Value] = field(default_factory=dict)
    declared: dict[str, DeclaredShape] = field(default_factory=dict)

    def find(self, name: str) -> Value | None:
        """A tensor of this graph, or of one around it."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.values.get(name)
            if value is not None:
                return value
            scope = scope.outer
        return None


def of_held(held: Held, name: str) -> Value:
    """A tensor that the file holds."""
    numbers = None if held.array is None else Numbers.literal(held.array)
    return Value(held.shape, numbers=numbers, constant=True, trained=held.trained, name=name)
