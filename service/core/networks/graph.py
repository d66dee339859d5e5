"""How the layers of a network are connected: which tensors each takes in, in which order they run, where that fails."""

from collections import defaultdict
from collections.abc import Sequence
from heapq import heapify, heappop, heappush

from service.core.diagnostics import Diagnostic, network_graph, placed
from service.core.layers.base import Pointer
from service.core.networks.network import Node, TensorKey

MOST_SUGGESTIONS = 20
"""Unknown names compared with every name of the network, to suggest the nearest. Chosen: one costs all names."""

LayerInputs = tuple[TensorKey | None, ...]
"""The tensors that a layer takes in; None for a name that nothing has."""
Connections = Sequence[LayerInputs]
"""The inputs of each layer, in the order listed."""


def connect(
    nodes: Sequence[Node], names: Sequence[str], network_inputs: Sequence[str]
) -> tuple[list[LayerInputs], list[Diagnostic]]:
    """The inputs of each layer, and a diagnostic for each name that is used twice or not known.

    A layer that names no inputs takes in the layer listed before it; the first takes in the first network input.
    """
    index_of, diagnostics = _indices(nodes, names, network_inputs)
    tensors: dict[str, TensorKey] = {**index_of, **{name: name for name in network_inputs}}
    connections: list[LayerInputs] = []
    unknown = 0
    for index, node in enumerate(nodes):
        if node.inputs is None:
            connections.append((index - 1 if index else network_inputs[0],))
            continue
        inputs = tuple([tensors.get(name) for name in node.inputs])
        connections.append(inputs)
        for position, key in enumerate(inputs):
            if key is None:
                candidates = list(tensors) if unknown < MOST_SUGGESTIONS else []
                unknown += 1
                facts = network_graph.unknown_input(node.inputs[position], candidates, _input_location(node, position))
                diagnostics += placed(facts)
    return connections, diagnostics


def _indices(
    nodes: Sequence[Node], names: Sequence[str], network_inputs: Sequence[str]
) -> tuple[dict[str, int], list[Diagnostic]]:
    """The index of each layer by name, and a diagnostic for each name that was taken already."""
    index_of: dict[str, int] = {}
    diagnostics: list[Diagnostic] = []
    for index, name in enumerate(names):
        if name in index_of or name in network_inputs:
            first = nodes[index_of[name]].description.location if name in index_of else ("inputs", name)
            diagnostics += placed(network_graph.duplicate_name(name, first, nodes[index].description.location))
        else:
            index_of[name] = index
    return index_of, diagnostics


def _input_location(node: Node, position: int) -> Pointer:
    """Where a layer names one of its inputs: an entry of a list, or the one name."""
    is_list = isinstance(node.description.posted.get("inputs"), list)
    return (*node.description.location, "inputs", *((position,) if is_list else ()))


def run_order(connections: Connections) -> tuple[list[int], list[list[int]]]:
    """The layers, each after its inputs and otherwise as listed; and the cycles, whose layers cannot run."""
    waiting_for = [sum(1 for key in inputs if isinstance(key, int)) for inputs in connections]
    users: defaultdict[int, list[int]] = defaultdict(list)
    for index, inputs in enumerate(connections):
        for key in inputs:
            if isinstance(key, int):
                users[key].append(index)
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
    return order, _cycles(connections, {index for index, count in enumerate(waiting_for) if count})


def _cycles(connections: Connections, stuck: set[int]) -> list[list[int]]:
    """The cycles among layers that wait for each other: walk back from each layer until a layer comes again."""
    cycles: list[list[int]] = []
    visited: set[int] = set()
    for start in sorted(stuck):
        trail: dict[int, None] = {}
        index: int | None = start
        while index is not None and index not in visited and index not in trail:
            trail[index] = None
            index = next((key for key in connections[index] if isinstance(key, int) and key in stuck), None)
        if index is not None and index in trail:
            members = list(trail)
            cycles.append(sorted(members[members.index(index) :]))
        visited.update(trail)
    return cycles


def unused_layers(nodes: Sequence[Node], names: Sequence[str], connections: Connections) -> list[Diagnostic]:
    """A warning for each layer whose output nothing takes in; the last layer is the network's output."""
    used = {key for inputs in connections for key in inputs}
    return [
        diagnostic
        for index, node in enumerate(nodes[:-1])
        if index not in used
        for diagnostic in placed(network_graph.unused_layer(names[index], names[-1], node.description.location))
    ]
