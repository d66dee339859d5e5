"""Judging a network: shapes, costs, receptive fields and diagnostics, folded through it in one walk.

The walk never stops at a mistake. What comes out of a broken layer is what the layer declares (its channels, its
features). A size that cannot be known is None, and nothing is said about what depends on it. So one mistake gives one
diagnostic, and the next mistake is found too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from service.core.diagnostics import Diagnostic, network_graph, placed
from service.core.geometry import receptive_field
from service.core.geometry.receptive_field import ReceptiveField
from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import Source
from service.core.networks.costs import totals
from service.core.networks.graph import Connections, connect, run_order, unused_layers
from service.core.networks.network import Network, TensorKey
from service.core.networks.outcome import UNKNOWN, Outcome, outcome_of


@dataclass(slots=True)
class JudgedLayer:
    """One layer after the walk: what arrives, what comes out and what it costs, what its outputs see."""

    name: str
    type: str
    input_shapes: tuple[Shape | None, ...] = ()
    outcome: Outcome = UNKNOWN
    receptive_field: ReceptiveField | None = None


@dataclass(kw_only=True)
class Judgement:
    """A network after the walk: its layers as listed, how they are connected, what is wrong, and the sums."""

    layers: list[JudgedLayer]
    diagnostics: list[Diagnostic]
    connections: Connections
    order: Sequence[int]
    """The layers that can run, each after its inputs."""
    totals: Mapping[str, Size] = field(default_factory=dict)

    @property
    def valid(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)

    @property
    def output_shape(self) -> Shape | None:
        """The shape that comes out of the last layer."""
        return self.layers[-1].outcome.output_shape


def judge(network: Network, *, full: bool = True) -> Judgement:
    """Every shape, cost and diagnostic of a network; sums and receptive fields only if `full`."""
    names = network.names
    connections, diagnostics = connect(network.nodes, names, list(network.inputs))
    order, cycles = run_order(connections)
    diagnostics += _cycle_diagnostics(network, cycles)
    walk = _Walk(network, connections)
    for index in order:
        diagnostics += walk.visit(index, full=full)
    diagnostics += unused_layers(network.nodes, names, connections)
    layers = [
        walk.layers.get(i) or JudgedLayer(names[i], node.description.type) for i, node in enumerate(network.nodes)
    ]
    outcomes = [layer.outcome for layer in layers]
    return Judgement(
        layers=layers,
        diagnostics=sorted(diagnostics, key=_sort_key),
        connections=connections,
        order=order,
        totals=totals(network.inputs, outcomes, connections, order) if full else {},
    )


def _cycle_diagnostics(network: Network, cycles: Sequence[Sequence[int]]) -> list[Diagnostic]:
    diagnostics = []
    for cycle in cycles:
        members = [network.names[index] for index in cycle]
        places = [network.nodes[index].description.location for index in cycle]
        diagnostics += placed(network_graph.cycle(members, places))
    return diagnostics


def _sort_key(diagnostic: Diagnostic) -> tuple[int, int]:
    """Errors before warnings, each in the order of the layers."""
    layer = next((part for part in diagnostic.location if isinstance(part, int)), -1)
    return (0 if diagnostic.is_error else 1, layer)


class _Walk:
    """What is known of each layer, collected in an order in which every layer comes after its inputs."""

    def __init__(self, network: Network, connections: Connections) -> None:
        self.network = network
        self.names = network.names
        self.connections = connections
        self.layers: dict[int, JudgedLayer] = {}
        self.origins: dict[int, TensorKey] = {}
        """For each visited layer the tensor whose channels it passes on; its own where it makes new ones."""
        self.input_fields = {
            name: receptive_field.of_input(len(shape) - 2) if 3 <= len(shape) <= 5 else None
            for name, shape in network.inputs.items()
        }

    def visit(self, index: int, *, full: bool) -> list[Diagnostic]:
        """Judge one layer, whose inputs have been visited, and return its diagnostics."""
        description, inputs = self.network.nodes[index].description, self.connections[index]
        shapes = tuple([self._shape(key) for key in inputs])
        self.origins[index] = self._origin(index)
        outcome, diagnostics = outcome_of(
            description,
            self.network.framework,
            shapes,
            self.names[index],
            lambda: tuple(self._source(key) for key in inputs if key is not None),
        )
        own_field = self._receptive_field(index, shapes, outcome) if full and outcome.complete else None
        self.layers[index] = JudgedLayer(self.names[index], description.type, shapes, outcome, own_field)
        return diagnostics

    def _shape(self, key: TensorKey | None) -> Shape | None:
        if key is None:
            return None
        if isinstance(key, str):
            return self.network.inputs[key]
        return self.layers[key].outcome.output_shape

    def _origin(self, index: int) -> TensorKey:
        """Where the channels that come out of a layer come from."""
        layer, key = self.network.nodes[index].description.layer, self.connections[index][0]
        if layer is None or not layer.passes_channels_on or key is None:
            return index
        return key if isinstance(key, str) else self.origins[key]

    def _source(self, key: TensorKey) -> Source:
        """What computes an input, and where its channels come from."""
        origin = key if isinstance(key, str) else self.origins[key]
        return self.network.source(key, None if origin == key else self.network.source(origin))

    def _receptive_field(self, index: int, shapes: tuple[Shape | None, ...], outcome: Outcome) -> ReceptiveField | None:
        layer = self.network.nodes[index].description.layer
        fields = tuple([self._field_of(key) for key in self.connections[index]])
        if layer is None or layer.mixes_positions:
            return None
        if layer.merges:
            sizes = [elements(shape) or 0 for shape in shapes]
            return receptive_field.union(fields, sizes.index(max(sizes)))
        return receptive_field.composed(fields[0], outcome.axis_fields) if outcome.axes else fields[0]

    def _field_of(self, key: TensorKey | None) -> ReceptiveField | None:
        if key is None:
            return None
        return self.input_fields[key] if isinstance(key, str) else self.layers[key].receptive_field
