"""A network: layers and how they are connected; shapes, costs and diagnostics folded through it in one walk.

The walk never stops at a mistake. What comes out of a broken layer is what the layer declares (its channels, its
features); a size that cannot be known is None, and nothing is said about what depends on it. So one mistake gives
one diagnostic, and the next mistake is found as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from service.core.diagnostics import Diagnostic, graph, placed
from service.core.diagnostics.posted_layer import Description
from service.core.frameworks import Framework
from service.core.geometry import receptive_field
from service.core.geometry.receptive_field import ReceptiveField
from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import Pointer, Source
from service.core.networks.costs import totals
from service.core.networks.graph import Edge, Edges, connect, ordered, unused
from service.core.networks.outcome import NOTHING, Outcome, outcome_of


@dataclass(frozen=True, kw_only=True)
class Node:
    """A layer as the network lists it: its description, its name if it has one, its inputs if it says them."""

    description: Description
    name: str | None = None
    inputs: tuple[str, ...] | None = None


@dataclass(frozen=True, kw_only=True)
class Network:
    """Layers in the order listed, and the shapes of the network's own inputs by name."""

    framework: Framework
    inputs: Mapping[str, Shape]
    input_locations: Mapping[str, Pointer]
    nodes: Sequence[Node]

    @cached_property
    def names(self) -> list[str]:
        """The name of each layer: its own, or its type and index."""
        return [node.name or f"{node.description.type}_{index}" for index, node in enumerate(self.nodes)]

    @property
    def input_sizes(self) -> tuple[int, ...]:
        """The spatial sizes that all inputs have; none where they differ or are not known."""
        different = {self.framework.layout.sizes(shape) for shape in self.inputs.values()}
        return next(iter(different)) if len(different) == 1 else ()

    def with_input_sizes(self, sizes: Sequence[int]) -> dict[str, Shape]:
        """The shapes of the inputs with other spatial sizes."""
        layout, rank = self.framework.layout, len(sizes)
        return {
            name: layout.with_sizes(shape, shape[layout.channel_axis(len(shape), rank)], sizes)
            for name, shape in self.inputs.items()
        }


@dataclass(slots=True)
class Placed:
    """One layer after the walk: what arrives, what comes out and what it costs, what it sees."""

    name: str
    type: str
    input_shapes: tuple[Shape | None, ...] = ()
    outcome: Outcome = NOTHING
    field: ReceptiveField | None = None


@dataclass(kw_only=True)
class Report:
    """What there is to say of a network."""

    layers: list[Placed]
    diagnostics: list[Diagnostic]
    edges: Edges
    order: Sequence[int]
    totals: Mapping[str, Size] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong."""
        return not any(one.is_error for one in self.diagnostics)

    @property
    def output_shape(self) -> Shape | None:
        """What comes out of the last layer."""
        return self.layers[-1].outcome.output_shape


def judge(network: Network, *, full: bool = True) -> Report:
    """Every shape, cost and diagnostic of a network, sums and receptive fields only if the full report is wanted."""
    names = network.names
    edges, diagnostics = connect(network.nodes, names, list(network.inputs))
    order, circles = ordered(edges)
    for circle in circles:
        members = [names[index] for index in circle]
        places = [network.nodes[index].description.location for index in circle]
        diagnostics += placed(graph.cycle(members, places))
    walk = _Walk(network, names, edges)
    for index in order:
        diagnostics += walk.visit(index, full=full)
    diagnostics += unused(network.nodes, names, edges)
    layers = [walk.placed.get(i) or Placed(names[i], n.description.type) for i, n in enumerate(network.nodes)]
    return Report(
        layers=layers,
        diagnostics=sorted(diagnostics, key=_position),
        edges=edges,
        order=order,
        totals=totals(network.inputs, [(one.name, one.outcome) for one in layers], edges, order) if full else {},
    )


def _position(diagnostic: Diagnostic) -> tuple[int, int]:
    """Errors before warnings, each in the order of the layers."""
    layer = next((part for part in diagnostic.location if isinstance(part, int)), -1)
    return (0 if diagnostic.is_error else 1, layer)


class _Walk:
    """Shapes carried from layer to layer, in an order in which every layer comes after its inputs."""

    def __init__(self, network: Network, names: Sequence[str], edges: Edges) -> None:
        self.network = network
        self.names = names
        self.edges = edges
        self.placed: dict[int, Placed] = {}
        self.origins: dict[int, Edge] = {}
        """For each layer visited where its channels come from: itself, or what stands before it."""
        self.fields = {
            name: receptive_field.of_input(len(shape) - 2) if 3 <= len(shape) <= 5 else None
            for name, shape in network.inputs.items()
        }

    def visit(self, index: int, *, full: bool) -> list[Diagnostic]:
        """Place one layer; what is wrong with it."""
        description, edges = self.network.nodes[index].description, self.edges[index]
        shapes = tuple([self._shape(edge) for edge in edges])
        self.origins[index] = self._origin(index)
        outcome, diagnostics = outcome_of(
            description,
            self.network.framework,
            shapes,
            self.names[index],
            lambda: tuple(self._source(edge) for edge in edges if edge),
        )
        seen = self._field(index, shapes, outcome) if full and outcome.complete else None
        self.placed[index] = Placed(self.names[index], description.type, shapes, outcome, seen)
        return diagnostics

    def _shape(self, edge: Edge | None) -> Shape | None:
        if edge is None:
            return None
        name, index = edge
        if index is None:
            return self.network.inputs[name]
        return self.placed[index].outcome.output_shape if index in self.placed else None

    def _origin(self, index: int) -> Edge:
        layer, before = self.network.nodes[index].description.layer, self.edges[index][0]
        if layer is None or not layer.passes_channels_on or before is None:
            return (self.names[index], index)
        return before if before[1] is None else self.origins.get(before[1], before)

    def _source(self, edge: Edge) -> Source:
        """Where an input comes from, and where its channels do."""
        origin = edge if edge[1] is None else self.origins.get(edge[1], edge)
        return self._plain_source(edge, None if origin == edge else self._plain_source(origin, None))

    def _plain_source(self, edge: Edge, origin: Source | None) -> Source:
        name, index = edge
        if index is None:
            return Source(name, self.network.input_locations[name])
        described = self.network.nodes[index].description
        return Source(name, described.location, described.layer, described.spelling, origin)

    def _field(self, index: int, shapes: tuple[Shape | None, ...], outcome: Outcome) -> ReceptiveField | None:
        layer = self.network.nodes[index].description.layer
        fields = tuple([self._field_of(edge) for edge in self.edges[index]])
        if layer is None or layer.mixes_positions:
            return None
        if layer.merges:
            spread = [elements(shape) or 0 for shape in shapes]
            return receptive_field.union(fields, spread.index(max(spread)))
        return receptive_field.composed(fields[0], outcome.reaches) if outcome.axes else fields[0]

    def _field_of(self, edge: Edge | None) -> ReceptiveField | None:
        if edge is None:
            return None
        return self.fields[edge[0]] if edge[1] is None else self.placed[edge[1]].field
