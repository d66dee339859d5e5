"""A network: its inputs, its layers in the order listed, and the tensors between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import Framework
from service.core.geometry.lazy_property import lazy_property
from service.core.geometry.shapes import Shape
from service.core.layers.base import Source
from service.core.layers.pointers import Pointer


class OtherOutput(NamedTuple):
    """An output of a layer that is not its first."""

    layer: int
    output: int


TensorKey = int | str | OtherOutput
"""A tensor of a network: the index of the layer whose first output it is, another output, or a network input's name."""


def layer_of(key: TensorKey | None) -> int | None:
    """The index of the layer that computes a tensor; None for a network input, and for a tensor that is not there."""
    if isinstance(key, OtherOutput):
        return key.layer
    return key if isinstance(key, int) else None


class Reference(NamedTuple):
    """A parameter that asks for the sizes of another layer: the parameter as it is spelled, the layer's name."""

    word: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Node:
    """A layer as the network lists it: its description, its name if it has one, its inputs if it names them."""

    description: PostedLayer
    name: str | None = None
    inputs: tuple[str, ...] | None = None
    references: tuple[Reference, ...] = ()
    """The layers whose sizes its parameters ask for."""
    weights_of: str | None = None
    """The layer whose weights it uses; None where it has its own."""

    @lazy_property
    def reference_names(self) -> tuple[str, ...]:
        """The names of those layers."""
        return tuple([reference.name for reference in self.references])


@dataclass(frozen=True, kw_only=True)
class Network:
    """Layers in the order listed, and the shapes of the network's inputs by name."""

    framework: Framework
    inputs: Mapping[str, Shape]
    input_locations: Mapping[str, Pointer]
    nodes: Sequence[Node]
    outputs: tuple[str, ...] | None = None
    """The names of its own outputs; the last layer alone if it names none."""

    @lazy_property
    def names(self) -> list[str]:
        """The name of each layer: its own, or its type and index."""
        return [node.name or f"{node.description.type}_{index}" for index, node in enumerate(self.nodes)]

    @property
    def common_sizes(self) -> tuple[int, ...]:
        """The spatial sizes that all inputs share; empty where they differ or are unknown."""
        different = {self.framework.layout.known_sizes(shape) for shape in self.inputs.values()}
        return next(iter(different)) if len(different) == 1 else ()

    def resized_inputs(self, sizes: Sequence[int]) -> dict[str, Shape]:
        """The shapes of the inputs, with these spatial sizes in place of their own."""
        layout, rank = self.framework.layout, len(sizes)
        return {
            name: layout.with_sizes(shape, shape[layout.channel_axis(len(shape), rank)], sizes)
            for name, shape in self.inputs.items()
        }

    def source(self, key: TensorKey, origin: Source | None = None) -> Source:
        """What computes a tensor, for diagnostics; `origin` is where its channels come from, if from elsewhere."""
        if isinstance(key, str):
            return Source(key, self.input_locations[key])
        index = key.layer if isinstance(key, OtherOutput) else key
        name = f"{self.names[index]}:{key.output}" if isinstance(key, OtherOutput) else self.names[index]
        description = self.nodes[index].description
        return Source(name, description.location, description.layer, description.spelling, origin)
