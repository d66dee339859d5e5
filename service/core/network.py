"""A network: layers and how they are connected; shapes, costs and diagnostics folded through it in one walk.

The walk never stops at a mistake. What comes out of a broken layer is what the layer declares (its channels, its
features); a size that cannot be known is None, and nothing is said about what depends on it. So one mistake gives
one diagnostic, and the next mistake is found as well.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from service.core import receptive_field
from service.core.description import Description
from service.core.diagnostics import Diagnostic, graph, inspect, placed, reading
from service.core.frameworks import Framework
from service.core.layers.base import Layer
from service.core.receptive_field import ReceptiveField
from service.core.shapes import Shape, Size, elements
from service.core.site import Pointer, Site, Source

MOST_SUGGESTIONS = 20
"""Unknown inputs that are compared with every name of the network."""
BYTES_PER_ELEMENT = 4
"""Activations are counted as 32-bit floats."""


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


@dataclass(kw_only=True)
class Placed:
    """One layer after the walk: what arrives, what comes out, what it costs, what it sees."""

    name: str
    type: str
    input_shapes: tuple[Shape | None, ...] = ()
    output_shape: Shape | None = None
    parameters: Size = None
    buffers: Size = None
    macs: Size = None
    activation_bytes: Size = None
    field: ReceptiveField | None = None


@dataclass(kw_only=True)
class Report:
    """What there is to say of a network."""

    layers: list[Placed]
    diagnostics: list[Diagnostic]
    output_shape: Shape | None
    totals: Mapping[str, Size] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        """Whether nothing is wrong."""
        return not any(one.is_error for one in self.diagnostics)


def judge(network: Network) -> Report:
    """Every shape, cost and diagnostic of a network."""
    names = _names(network)
    edges, diagnostics = _edges(network, names)
    order, circles = _order(edges)
    for circle in circles:
        members = [names[index] for index in circle]
        places = [network.nodes[index].description.location for index in circle]
        diagnostics += placed(graph.cycle(members, places))
    walk = _Walk(network, names, edges)
    for index in order:
        diagnostics += walk.visit(index)
    diagnostics += _unused(network, names, edges)
    layers = [walk.placed.get(i) or Placed(name=names[i], type=n.description.type) for i, n in enumerate(network.nodes)]
    return Report(
        layers=layers,
        diagnostics=sorted(diagnostics, key=_position),
        output_shape=layers[-1].output_shape if layers else None,
        totals=_totals(network, layers, edges, order),
    )


def _position(diagnostic: Diagnostic) -> tuple[int, int]:
    """Errors before warnings, each in the order of the layers."""
    layer = next((part for part in diagnostic.location if isinstance(part, int)), -1)
    return (0 if diagnostic.is_error else 1, layer)


def _names(network: Network) -> list[str]:
    return [node.name or f"{node.description.type}_{index}" for index, node in enumerate(network.nodes)]


Edge = tuple[str, int | None]
"""What a layer takes in: a name, and the index of the layer that has it, or None for an input of the network."""


def _edges(network: Network, names: Sequence[str]) -> tuple[list[tuple[Edge | None, ...]], list[Diagnostic]]:
    """For each layer its inputs, None for one that does not exist; and the diagnostics of names."""
    diagnostics: list[Diagnostic] = []
    index_of: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in index_of or name in network.inputs:
            places = network.nodes[index_of[name]].description.location if name in index_of else ("inputs", name)
            here = network.nodes[index].description.location
            diagnostics += placed(graph.duplicate_name(name, places, here))
        else:
            index_of[name] = index
    suggestions = 0
    entrance = next(iter(network.inputs))
    edges: list[tuple[Edge | None, ...]] = []
    for index, node in enumerate(network.nodes):
        if node.inputs is None:
            edges.append(((names[index - 1], index - 1),) if index else ((entrance, None),))
            continue
        found: list[Edge | None] = []
        for position, name in enumerate(node.inputs):
            if name in index_of or name in network.inputs:
                found.append((name, index_of.get(name)))
                continue
            found.append(None)
            written = node.description.written.get("inputs")
            at = (*node.description.location, "inputs", *((position,) if isinstance(written, list) else ()))
            known = [*index_of, *network.inputs] if suggestions < MOST_SUGGESTIONS else []
            suggestions += 1
            diagnostics += placed(graph.unknown_input(name, known, at))
        edges.append(tuple(found))
    return edges, diagnostics


def _order(edges: Sequence[tuple[Edge | None, ...]]) -> tuple[list[int], list[list[int]]]:
    """The layers so that each comes after its inputs, in the order listed where there is a choice; and the circles."""
    waiting = [sum(1 for edge in inputs if edge and edge[1] is not None) for inputs in edges]
    users: defaultdict[int, list[int]] = defaultdict(list)
    for index, inputs in enumerate(edges):
        for edge in inputs:
            if edge and edge[1] is not None:
                users[edge[1]].append(index)
    ready = [index for index, count in enumerate(waiting) if not count]
    heapify(ready)
    order = []
    while ready:
        index = heappop(ready)
        order.append(index)
        for user in users[index]:
            waiting[user] -= 1
            if not waiting[user]:
                heappush(ready, user)
    return order, _circles(edges, {index for index, count in enumerate(waiting) if count})


def _circles(edges: Sequence[tuple[Edge | None, ...]], stuck: set[int]) -> list[list[int]]:
    """The circles among layers that wait for each other, found by walking back from each until one comes again."""
    circles: list[list[int]] = []
    seen: set[int] = set()
    for start in sorted(stuck):
        trail: dict[int, None] = {}
        index: int | None = start
        while index is not None and index not in seen and index not in trail:
            trail[index] = None
            index = next((edge[1] for edge in edges[index] if edge and edge[1] in stuck), None)
        if index is not None and index in trail:
            members = list(trail)
            circles.append(sorted(members[members.index(index) :]))
        seen.update(trail)
    return circles


def _unused(network: Network, names: Sequence[str], edges: Sequence[tuple[Edge | None, ...]]) -> list[Diagnostic]:
    used = {edge[1] for inputs in edges for edge in inputs if edge}
    return [
        one
        for index, node in enumerate(network.nodes[:-1])
        if index not in used
        for one in placed(graph.unused_layer(names[index], names[-1], node.description.location))
    ]


class _Walk:
    """Shapes carried from layer to layer, in an order in which every layer comes after its inputs."""

    def __init__(self, network: Network, names: Sequence[str], edges: Sequence[tuple[Edge | None, ...]]) -> None:
        self.network = network
        self.names = names
        self.edges = edges
        self.placed: dict[int, Placed] = {}
        self.origins: dict[int | None, Source] = {}
        self.sources = {name: Source(name, place) for name, place in network.input_locations.items()}
        self.fields = {
            name: receptive_field.of_input(len(shape) - 2) if 3 <= len(shape) <= 5 else None
            for name, shape in network.inputs.items()
        }

    def visit(self, index: int) -> list[Diagnostic]:
        """Place one layer; what is wrong with it."""
        description = self.network.nodes[index].description
        shapes = tuple(self._shape(edge) for edge in self.edges[index])
        here = Placed(name=self.names[index], type=description.type, input_shapes=shapes)
        self.placed[index] = here
        diagnostics = list(description.diagnostics)
        sources = tuple(self._source(edge) for edge in self.edges[index] if edge)
        self.origins[index] = self._own_source(index)
        site = description.site(self.network.framework, shapes, name=here.name, sources=sources, in_network=True)
        if site is None:
            return diagnostics
        diagnostics += _missing(site)
        if not _takes(site, len(shapes)):
            wanted = "two or more" if site.layer.merges else "one"
            at = (*site.location, "inputs") if "inputs" in site.written else site.location
            facts = graph.wrong_number_of_inputs(f"`{here.name}`", len(shapes), wanted, at)
            return [*diagnostics, *placed(facts)]
        diagnostics += inspect(site)
        here.output_shape = site.layer.output_shape(site)
        if not site.broken:
            _add_costs(here, site)
            here.field = self._field(index, site)
        return diagnostics

    def _shape(self, edge: Edge | None) -> Shape | None:
        if edge is None:
            return None
        name, index = edge
        if index is None:
            return self.network.inputs[name]
        return self.placed[index].output_shape if index in self.placed else None

    def _source(self, edge: Edge) -> Source:
        if edge[1] is None:
            return self.sources[edge[0]]
        return self.origins.get(edge[1]) or self._own_source(edge[1])

    def _own_source(self, index: int) -> Source:
        described = self.network.nodes[index].description
        layer = described.layer
        before = self.edges[index][0] if layer is not None and layer.passes_channels_on else None
        passed_on = self._source(before) if before is not None and before[1] in self.origins else None
        origin = (passed_on.origin or passed_on) if passed_on is not None else None
        return Source(self.names[index], described.location, layer, described.spelling, origin)

    def _field(self, index: int, site: Site) -> ReceptiveField | None:
        fields = [self._field_of(edge) for edge in self.edges[index]]
        if site.layer.merges:
            spread = [elements(shape) or 0 for shape in site.inputs]
            return receptive_field.union(fields, spread.index(max(spread)))
        if site.layer.mixes_positions:
            return None
        return receptive_field.through(fields[0], site.axes) if site.axes else fields[0]

    def _field_of(self, edge: Edge | None) -> ReceptiveField | None:
        if edge is None:
            return None
        return self.fields[edge[0]] if edge[1] is None else self.placed[edge[1]].field


def _missing(site: Site) -> list[Diagnostic]:
    """Parameters that a layer in a network cannot do without."""
    return [
        one
        for name in site.layer.declares
        if getattr(site.layer, name) is None and name not in site.broken
        for one in placed(reading.missing_parameter(f"`{site.kind.name}`", name, site.location))
    ]


def _takes(site: Site, count: int) -> bool:
    return count >= 2 if site.layer.merges else count == 1


def _add_costs(here: Placed, site: Site) -> None:
    layer: Layer = site.layer
    output = here.output_shape
    here.parameters = layer.parameters(site)
    here.buffers = layer.buffers(site)
    here.macs = None if output is None else layer.macs(site, output)
    size = elements(output)
    here.activation_bytes = None if size is None else size * BYTES_PER_ELEMENT


def _sum(values: Sequence[Size]) -> Size:
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) else None


def _totals(
    network: Network, layers: Sequence[Placed], edges: Sequence[tuple[Edge | None, ...]], order: Sequence[int]
) -> Mapping[str, Size]:
    macs = _sum([layer.macs for layer in layers])
    return {
        "parameters": _sum([layer.parameters for layer in layers]),
        "buffers": _sum([layer.buffers for layer in layers]),
        "macs": macs,
        "flops": None if macs is None else 2 * macs,
        "activation_bytes": _sum([layer.activation_bytes for layer in layers]),
        "peak_activation_bytes": _peak(network, layers, edges, order),
    }


def _peak(
    network: Network, layers: Sequence[Placed], edges: Sequence[tuple[Edge | None, ...]], order: Sequence[int]
) -> Size:
    """The most bytes alive at once, each tensor kept from when it is made until its last user has run."""
    if len(order) != len(layers) or any(layer.activation_bytes is None for layer in layers):
        return None
    sizes: dict[Edge, int] = {(layers[index].name, index): layers[index].activation_bytes or 0 for index in order}
    for name, shape in network.inputs.items():
        size = elements(shape)
        if size is None:
            return None
        sizes[(name, None)] = size * BYTES_PER_ELEMENT
    last_use = {edge: step for step, index in enumerate(order) for edge in edges[index] if edge}
    ending: defaultdict[int, list[Edge]] = defaultdict(list)
    for edge, step in last_use.items():
        ending[step].append(edge)
    alive = sum(size for (_, index), size in sizes.items() if index is None)
    peak = alive
    for step, index in enumerate(order):
        own = (layers[index].name, index)
        alive += sizes[own]
        peak = max(peak, alive)
        alive -= sum(sizes[edge] for edge in ending[step])
        if own not in last_use and index != len(layers) - 1:
            alive -= sizes[own]
    return peak
