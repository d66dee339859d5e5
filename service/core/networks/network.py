"""A network: its inputs, its layers in the order listed, and the tensors between them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import Framework
from service.core.geometry.lazy_property import lazy_property
from service.core.geometry.shapes import Shape
from service.core.layers.base import Pointer, Source

TensorKey = int | str
"""A tensor of a network: the index of the layer that computes it, or the name of the network input that it is."""


@dataclass(frozen=True, kw_only=True)
class Node:
    """A layer as the network lists it: its description, its name if it has one, its inputs if it names them."""

    description: PostedLayer
    name: str | None = None
    inputs: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Network:
    """Layers in the order listed, and the shapes of the network's inputs by name."""

    framework: Framework
    inputs: Mapping[str, Shape]
    input_locations: Mapping[str, Pointer]
    nodes: Sequence[Node]

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
        description = self.nodes[key].description
        return Source(self.names[key], description.location, description.layer, description.spelling, origin)
