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
from service.core.layers.pointers import Pointer
from service.core.networks.costs import totals
from service.core.networks.graph import Graph, LayerInputs, connect, named_inputs, run_order, unused_layers
from service.core.networks.network import Network, OtherOutput, TensorKey, layer_of
from service.core.networks.outcome import UNKNOWN, Outcome, outcome_of
from service.core.networks.padded_before import without_unread_padding
from service.core.networks.shared_weights import with_shared_weights

MOST_PHASES = 100_000
"""Phases of receptive fields that repeat which are followed in one network. Measured: up to 10 microseconds each."""


class TooManyOutputsError(Exception):
    """The layers of a network have more outputs than are allowed; the walk has stopped."""

    def __init__(self, outputs: int, layers: int, location: Pointer) -> None:
        super().__init__(f"{layers} layers have {outputs} outputs")
        self.outputs = outputs
        self.layers = layers
        """How many layers have them: those before the walk stopped."""
        self.location = location
        """Of the layer at which it stopped."""


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
    graph: Graph
    order: Sequence[int]
    """The layers that can run, each after its inputs."""
    layer_errors: Mapping[int, tuple[Diagnostic, ...]]
    """What is wrong with each layer in its place; what is wrong with names and connections is not among it."""
    output_shapes: Mapping[str, Shape | None]
    """The shapes of the network's outputs by name."""
    totals: Mapping[str, Size] = field(default_factory=dict)
    outputs: int = 0
    """How many outputs all layers have together."""

    @property
    def valid(self) -> bool:
        """Whether there is no error; warnings do not count."""
        return not any(diagnostic.is_error for diagnostic in self.diagnostics)

    @property
    def output_shape(self) -> Shape | None:
        """The shape of the network's first output."""
        return next(iter(self.output_shapes.values()))

    def input_names(self, index: int) -> list[str | None]:
        """The tensors that a layer takes in, by name; not those whose sizes it only asks for."""
        keys, shapes = self.graph.connections[index], self.layers[index].input_shapes
        return [self._tensor_name(key) for key in (keys[: len(shapes)] if shapes else keys)]

    def _tensor_name(self, key: TensorKey | None) -> str | None:
        if isinstance(key, OtherOutput):
            return f"{self.layers[key.layer].name}:{key.output}"
        return self.layers[key].name if isinstance(key, int) else key


def judge(network: Network, *, full: bool = True, most_outputs: int | None = None) -> Judgement:
    """Every shape, cost and diagnostic of a network; sums and receptive fields only if `full`.

    Raises:
        TooManyOutputsError: All layers together have more outputs than `most_outputs`.
    """
    names, graph = network.names, connect(network)
    order, cycles = run_order(graph.connections)
    diagnostics = graph.diagnostics + _cycle_diagnostics(network, cycles)
    walk = _Walk(network, graph)
    layer_errors: dict[int, tuple[Diagnostic, ...]] = {}
    for index in order:
        found = walk.visit(index, full=full)
        if found:
            diagnostics += found
            if errors := tuple(diagnostic for diagnostic in found if diagnostic.is_error):
                layer_errors[index] = errors
        if most_outputs is not None and walk.outputs > most_outputs:
            raise TooManyOutputsError(walk.outputs, len(walk.layers), network.nodes[index].description.location)
    diagnostics = without_unread_padding(diagnostics, graph.connections, lambda at: walk.layers[at].outcome.axes)
    diagnostics += walk.missing_outputs(graph.outputs) + unused_layers(network, graph)
    layers = [
        walk.layers.get(i) or JudgedLayer(names[i], node.description.type) for i, node in enumerate(network.nodes)
    ]
    outcomes = [layer.outcome for layer in layers]
    if any(node.weights_of is not None for node in network.nodes):
        outcomes, mistakes = with_shared_weights(network, outcomes)
        diagnostics += mistakes
        for layer, outcome in zip(layers, outcomes, strict=True):
            layer.outcome = outcome
    return Judgement(
        layers=layers,
        diagnostics=sorted(diagnostics, key=_sort_key),
        graph=graph,
        order=order,
        layer_errors=layer_errors,
        output_shapes=dict(
            zip(network.outputs or names[-1:], [walk.output_shape(key) for key in graph.outputs], strict=True)
        ),
        totals=totals(network.inputs, outcomes, graph, order) if full else {},
        outputs=walk.outputs,
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

    def __init__(self, network: Network, graph: Graph) -> None:
        self.network = network
        self.names = network.names
        self.connections = graph.connections
        self.layers: dict[int, JudgedLayer] = {}
        self.phases = 0
        """How many outputs the receptive fields of the visited layers tell apart, where they repeat."""
        self.outputs = 0
        """How many outputs the visited layers have together."""
        self.uses_others = {
            index
            for index, inputs in enumerate(graph.connections if graph.several else ())
            if any(isinstance(key, OtherOutput) for key in inputs)
        }
        """The layers that take in an output which is not the first of its layer."""
        self.constants: set[int] = set()
        """The layers to which nothing leads from a network input."""
        self.origins: dict[int, TensorKey] = {}
        """For each visited layer the tensor whose channels it passes on; its own where it makes new ones."""
        self.input_fields = {
            name: receptive_field.of_input(len(shape) - 2) if 3 <= len(shape) <= 5 else None
            for name, shape in network.inputs.items()
        }

    def visit(self, index: int, *, full: bool) -> list[Diagnostic]:
        """Judge one layer, whose inputs have been visited, and return its diagnostics."""
        node, inputs = self.network.nodes[index], self.connections[index]
        description = node.description
        shapes = tuple([self.shape(key) for key in inputs])
        self.origins[index] = self._origin(index)
        if not inputs or (self.constants and all(layer_of(key) in self.constants for key in inputs)):
            self.constants.add(index)
        outcome, diagnostics = outcome_of(
            description,
            self.network.framework,
            shapes,
            self.names[index],
            lambda: tuple(self._source(key) for key in inputs if key is not None),
            node.reference_names if node.references else (),
        )
        if node.references:
            inputs, shapes = inputs[: -len(node.references)], shapes[: -len(node.references)]
        followed = full and outcome.complete and self.phases <= MOST_PHASES
        own_field = self._receptive_field(index, inputs, shapes, outcome) if followed else None
        if own_field is not None:
            self.phases += sum([axis.period for axis in own_field.axes if axis.period > 1])
        self.outputs += len(outcome.outputs)
        self.layers[index] = JudgedLayer(self.names[index], description.type, shapes, outcome, own_field)
        return diagnostics + self._missing_inputs(index) if index in self.uses_others else diagnostics

    def shape(self, key: TensorKey | None) -> Shape | None:
        """The shape of a tensor whose layer has been visited; None while it is unknown."""
        if isinstance(key, int):
            return self.layers[key].outcome.output_shape
        if isinstance(key, str):
            return self.network.inputs[key]
        return None if key is None else self.layers[key.layer].outcome.output(key.output)

    def output_shape(self, key: TensorKey | None) -> Shape | None:
        """The shape of an output of the network; None where its layer cannot run."""
        return self.shape(key) if isinstance(key, str) or layer_of(key) in self.layers else None

    def _origin(self, index: int) -> TensorKey:
        """Where the channels that come out of a layer come from."""
        layer, inputs = self.network.nodes[index].description.layer, self.connections[index]
        key = inputs[0] if inputs else None
        if layer is None or not layer.passes_channels_on or key is None:
            return index
        return self.origins[key] if isinstance(key, int) else key

    def _source(self, key: TensorKey) -> Source:
        """What computes an input, and where its channels come from."""
        origin = self.origins[key] if isinstance(key, int) else key
        return self.network.source(key, None if origin == key else self.network.source(origin))

    def _missing_inputs(self, index: int) -> list[Diagnostic]:
        """A diagnostic for each input that is an output which its layer does not have."""
        places = [location for _, location in named_inputs(self.network.nodes[index])]
        return [
            diagnostic
            for key, location in zip(self.connections[index][-len(places) :], places, strict=True)
            if isinstance(key, OtherOutput)
            for diagnostic in self._missing(key, location)
        ]

    def missing_outputs(self, keys: Sequence[TensorKey | None]) -> list[Diagnostic]:
        """A diagnostic for each output of the network that its layer does not have."""
        return [
            diagnostic
            for position, key in enumerate(keys)
            if isinstance(key, OtherOutput)
            for diagnostic in self._missing(key, ("outputs", position))
        ]

    def _missing(self, key: OtherOutput, at: Pointer) -> list[Diagnostic]:
        """The diagnostic of an output that a layer does not have; none where it is not known how many it has."""
        layer = self.layers.get(key.layer)
        if layer is None or layer.outcome.outputs == UNKNOWN.outputs or key.output < len(layer.outcome.outputs):
            return []
        count = len(layer.outcome.outputs)
        return placed(network_graph.unknown_output(layer.name, key.output, count, at))

    def _receptive_field(
        self, index: int, inputs: LayerInputs, shapes: tuple[Shape | None, ...], outcome: Outcome
    ) -> ReceptiveField | None:
        layer = self.network.nodes[index].description.layer
        if layer is None or layer.mixes_positions or index in self.constants:
            return None
        if layer.merges and self.constants:
            branches = [
                (key, shape) for key, shape in zip(inputs, shapes, strict=True) if layer_of(key) not in self.constants
            ]
            inputs, shapes = tuple([key for key, _ in branches]), tuple([shape for _, shape in branches])
        fields = tuple([self._field_of(key) for key in inputs])
        if layer.merges:
            sizes = [elements(shape) or 0 for shape in shapes]
            return receptive_field.union(fields, sizes.index(max(sizes)))
        return receptive_field.composed(fields[0], outcome.axis_fields) if outcome.axes else fields[0]

    def _field_of(self, key: TensorKey | None) -> ReceptiveField | None:
        if isinstance(key, str):
            return self.input_fields[key]
        index = key if isinstance(key, int) else layer_of(key)
        return None if index is None else self.layers[index].receptive_field
