"""What a target writes: calls of layers, one after another, and the tensors between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from service.core.geometry.shapes import Shape
from service.core.layers import LAYERS
from service.core.layers.base import Layer, Site
from service.core.questions.equivalents.way import Step

Order = tuple[int, ...]
"""For each axis of a tensor in the target the axis that it is in the network as posted."""


@dataclass(eq=False, slots=True)
class Tensor:
    """A tensor of the written program."""

    name: str
    """What it is called after: the layer or the input that makes it."""
    shape: Shape
    """As the posted network has it."""
    order: Order
    """In which order the written program has its axes."""
    above_zero: bool = False
    """Whether nothing in it is below 0."""

    @property
    def written_shape(self) -> Shape:
        """The shape in the written program."""
        return tuple(self.shape[axis] for axis in self.order)

    @property
    def is_moved(self) -> bool:
        """Whether its axes stand in another order than in the posted network."""
        return self.order != tuple(range(len(self.order)))


@dataclass(eq=False, slots=True)
class Call:
    """One layer or function of the target, applied."""

    step: Step
    """In our own words."""
    inputs: Sequence[Tensor]
    outputs: Sequence[Tensor]
    layer: str
    """The layer of the posted network that it is written for."""
    owner: "Call | None" = None
    """The call whose weights it uses; None where it has its own."""

    @property
    def family(self) -> str:
        """The layer family of its step."""
        return LAYERS[self.step["type"]].family

    @property
    def has_weights(self) -> bool:
        """Whether it is a layer with numbers of its own."""
        return LAYERS[self.step["type"]].layer.parameters is not Layer.parameters

    @property
    def axes(self) -> int:
        """How many axes its first input has."""
        return len(self.inputs[0].shape) if self.inputs else 0

    @property
    def rank(self) -> int:
        """The number of spatial axes, if it works on any."""
        return max(self.axes - 2, 1)


@dataclass(kw_only=True, slots=True)
class Program:
    """A network as calls in the order in which they run."""

    inputs: Mapping[str, Tensor]
    calls: list[Call] = field(default_factory=list)
    outputs: list[Tensor] = field(default_factory=list)
    made: dict[str, tuple[Tensor, ...]] = field(default_factory=dict)
    """By layer of the posted network what it makes."""
    sites: dict[str, Site] = field(default_factory=dict)
    """By layer of the posted network what it is there."""
    differences: dict[str, list[str]] = field(default_factory=dict)
    """What to know about the translation, and the layers that it is about."""
    parameters: int | None = 0
    """Trainable numbers of the layers that are written; None where that is not known."""

    def say(self, difference: str, layer: str) -> None:
        """Note what to know about a layer, once."""
        layers = self.differences.setdefault(difference, [])
        if layer not in layers:
            layers.append(layer)
