"""How the layers of a network are connected: which tensors each takes in, in which order they run, where that fails."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from service.core.diagnostics import Diagnostic, network_graph, placed
from service.core.layers.pointers import Pointer
from service.core.networks.network import Network, Node, OtherOutput, TensorKey

MOST_SUGGESTIONS = 20
"""Unknown names compared with every name of the network, to suggest the nearest. Chosen: one costs all names."""
LARGEST_OUTPUT = 100_000
"""The largest index of an output that a name may end in. Chosen: no layer has as many."""

LayerInputs = tuple[TensorKey | None, ...]
"""The tensors that a layer takes in, and behind them those whose sizes it asks for; None for a name nothing has."""
Connections = Sequence[LayerInputs]
"""The inputs of each layer, in the order listed."""


@dataclass(frozen=True, slots=True)
class Graph:
    """The tensors that each layer takes in, those that leave the network, and what is wrong with the names."""

    connections: Connections
    outputs: Sequence[TensorKey | None]
    diagnostics: list[Diagnostic]
    several: bool = True
    """Whether an output is used that is not the first of its layer."""


def connect(network: Network) -> Graph:
    """The inputs of each layer, and a diagnostic for each name that is used twice or not known.

    A layer that names no inputs takes in the layer listed before it; the first takes in the first network input.
    """
    index_of, diagnostics = _indices(network)
    names = _Names({**index_of, **{name: name for name in network.inputs}})
    first_input = next(iter(network.inputs))
    connections: list[LayerInputs] = []
    for index, node in enumerate(network.nodes):
        own: LayerInputs = ()
        if node.inputs is None:
            layer = node.description.layer
            if layer is None or layer.takes_the_one_before:
                own = (index - 1 if index else first_input,)
        connections.append((*own, *names.tensors_of(node)) if node.inputs or node.references else own)
    outputs: list[TensorKey | None] = [len(network.nodes) - 1]
    if network.outputs is not None:
        outputs = names.tensors([(name, ("outputs", position)) for position, name in enumerate(network.outputs)])
    return Graph(connections, outputs, diagnostics + names.diagnostics, names.several)


def named_inputs(node: Node) -> Iterator[tuple[str, Pointer]]:
    """The names that a layer gives, of its inputs and of the layers whose sizes it asks for, with their places."""
    location = node.description.location
    is_list = isinstance(node.description.posted.get("inputs"), list)
    for position, name in enumerate(node.inputs or ()):
        yield name, (*location, "inputs", *((position,) if is_list else ()))
    for reference in node.references:
        yield reference.name, (*location, reference.word, "like")


class _Names:
    """The names of tensors, and a diagnostic for each that was asked for and is not there."""

    def __init__(self, known: dict[str, TensorKey]) -> None:
        self.known = known
        self.diagnostics: list[Diagnostic] = []
        self.unknown = 0
        self.several = False

    def tensors(self, wanted: Iterator[tuple[str, Pointer]] | Sequence[tuple[str, Pointer]]) -> list[TensorKey | None]:
        """The tensor of each name."""
        return [self._tensor(name, location) for name, location in wanted]

    def tensors_of(self, node: Node) -> LayerInputs:
        """The tensors that a layer names."""
        known = tuple([self.known.get(name) for name in node.inputs or ()])
        return tuple(self.tensors(named_inputs(node))) if node.references or None in known else known

    def _tensor(self, name: str, location: Pointer) -> TensorKey | None:
        key = self.known.get(name)
        if key is None:
            key = self._other_output(name)
        if key is None:
            candidates = list(self.known) if self.unknown < MOST_SUGGESTIONS else []
            self.unknown += 1
            self.diagnostics += placed(network_graph.unknown_input(name, candidates, location))
        return key

    def _other_output(self, name: str) -> TensorKey | None:
        """The tensor of a name that ends in the index of an output, `split:1`; None where it does not."""
        layer, colon, index = name.rpartition(":")
        key = self.known.get(layer)
        if not colon or not isinstance(key, int) or not (index.isascii() and index.isdigit()):
            return None
        number = int(index[:9])
        self.several = self.several or number > 0
        return (OtherOutput(key, number) if number else key) if number <= LARGEST_OUTPUT else None


def _indices(network: Network) -> tuple[dict[str, int], list[Diagnostic]]:
    """The index of each layer by name, and a diagnostic for each name that was taken already."""
    index_of: dict[str, int] = {}
    diagnostics: list[Diagnostic] = []
    nodes = network.nodes
    for index, name in enumerate(network.names):
        if name in index_of or name in network.inputs:
            first = nodes[index_of[name]].description.location if name in index_of else ("inputs", name)
            diagnostics += placed(network_graph.duplicate_name(name, first, nodes[index].description.location))
        else:
            index_of[name] = index
    return index_of, diagnostics


def run_order(connections: Connections) -> tuple[list[int], list[list[int]]]:
    """The layers, each after its inputs and otherwise as listed; and the cycles, whose layers cannot run."""
    needed = [
        [key if isinstance(key, int) else key.layer for key in inputs if key is not None and not isinstance(key, str)]
        for inputs in connections
    ]
    waiting_for = [len(layers) for layers in needed]
    users: defaultdict[int, list[int]] = defaultdict(list)
    for index, layers in enumerate(needed):
        for layer in layers:
            users[layer].append(index)
    ready = [index for index, count in enumerate(waiting_for) if not count]
    heapify(ready)
    order = []
    while ready:
        index = heappop(ready)
        order.append(index)
        for user in users[index]:
            waiting_for[user] -= 1
            if not waiting_for[user]:
                heappush(ready, user)
    return order, _cycles(needed, {index for index, count in enumerate(waiting_for) if count})


def _cycles(needed: Sequence[Sequence[int]], stuck: set[int]) -> list[list[int]]:
    """The cycles among layers that wait for each other: walk back from each layer until a layer comes again."""
    cycles: list[list[int]] = []
    visited: set[int] = set()
    for start in sorted(stuck):
        trail: dict[int, None] = {}
        index: int | None = start
        while index is not None and index not in visited and index not in trail:
            trail[index] = None
            index = next((layer for layer in needed[index] if layer in stuck), None)
        if index is not None and index in trail:
            members = list(trail)
            cycles.append(sorted(members[members.index(index) :]))
        visited.update(trail)
    return cycles


def unused_layers(network: Network, graph: Graph) -> list[Diagnostic]:
    """A warning for each layer whose outputs nothing takes in, and that is no output of the network.

    None where a name is wrong: which layer it means is not known.
    """
    if graph.diagnostics:
        return []
    used = {
        key.layer if isinstance(key, OtherOutput) else key
        for inputs in (*graph.connections, graph.outputs)
        for key in inputs
    }
    names = network.names
    outputs = network.outputs or (names[-1],)
    return [
        diagnostic
        for index, node in enumerate(network.nodes)
        if index not in used
        for diagnostic in placed(network_graph.unused_layer(names[index], outputs, node.description.location))
    ]
