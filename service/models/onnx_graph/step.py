"""One node that is read: its operator, what arrives, and the layer that is made of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite
from typing import Any

from service.core.geometry.shapes import LARGEST, Shape
from service.models.onnx_graph.parts import Graph, Held, Node, Passed
from service.models.onnx_graph.values import Numbers, Origin, Origins, Value


class UnknownSettingError(Exception):
    """An input that says how an operator works is not known."""


@dataclass(slots=True)
class Layer:
    """A layer object: its type, its parameters, and what it takes."""

    type: str
    parameters: dict[str, Any]
    inputs: Sequence[Value]
    known: bool = True
    """Whether its operator is known."""


@dataclass(slots=True)
class Step:
    """A node with the values that arrive."""

    node: Node
    inputs: Sequence[Value | None]
    origins: Origins
    opset: int
    declared: Mapping[str, Shape | None] = field(default_factory=dict)
    """The shapes that the file says its outputs have."""

    def value(self, place: int) -> Value | None:
        """An input; None where it is left out."""
        return self.inputs[place] if place < len(self.inputs) else None

    def shape(self, place: int = 0) -> Shape | None:
        """The shape of an input."""
        value = self.value(place)
        return None if value is None else value.shape

    def numbers(self, place: int) -> Numbers | None:
        """The numbers of an input, some of which may be unknown."""
        value = self.value(place)
        return None if value is None else value.numbers

    @property
    def given(self) -> list[Value]:
        """The inputs that are not left out."""
        return [value for value in self.inputs if value is not None]

    def weight(self, place: int) -> Shape | None:
        """The shape of an input that the file holds, if all its sizes are known and none is 0."""
        value = self.value(place)
        if value is None or not value.constant or value.shape is None or not all(value.shape):
            return None
        return value.shape

    def attribute(self, name: str, otherwise: Any = None) -> Any:
        """An attribute."""
        return self.node.attributes.get(name, otherwise)

    def origins_of(self, place: int) -> list[Origin | None] | None:
        """Where each number of an input comes from; None where the input has none."""
        numbers = self.numbers(place)
        if numbers is None:
            return None
        return [self.origins.origin(number) for number in numbers.origins.ravel().tolist()]


Operator = Callable[[Step], Layer | None]
"""The layer that a node is; None where it is the plain one. Raises `UnknownSettingError`."""


def plain_attributes(node: Node) -> dict[str, Any]:
    """The attributes that a layer object can say."""
    return {name: said for name, value in node.attributes.items() if (said := said_of(value)) is not None}


def said_of(value: Any) -> Any:
    """An attribute as JSON; None where JSON cannot say it."""
    if type(value) is int:
        return value
    if isinstance(value, Held):
        return None if value.array is None or value.array.size > LONGEST_LIST else said_of(value.array.tolist())
    if isinstance(value, Graph | Passed):
        return None
    if isinstance(value, list) and len(value) > LONGEST_LIST:
        return None
    if isinstance(value, str):
        return value[:LONGEST_ATTRIBUTE]
    numbers = [value] if not isinstance(value, list) else value
    return None if any(isinstance(entry, float) and not isfinite(entry) for entry in numbers) else value


LONGEST_LIST, LONGEST_ATTRIBUTE = 64, 1000
"""Entries and letters of an attribute that is told."""


def sayable(shape: Shape | None) -> list[int | None] | None:
    """A shape as a layer object has it, sizes of 0 unknown; None where it has too many axes."""
    if shape is None or len(shape) > MOST_AXES:
        return None
    return [size if size is not None and 0 < size <= LARGEST else None for size in shape]


MOST_AXES = 8
"""Axes of a shape in a layer object."""


def of_unknown_sizes(step: Step, shape: Shape | None) -> Layer:
    """A layer that is known, but whose sizes only the values of tensors say."""
    said = sayable(shape)
    parameters = {} if said is None else {"output_shape": said}
    return Layer("opaque", parameters, [value for value in step.given if value.tensor is not None])
