"""Layers that use the weights of another: they are counted once, and have to be the same."""

from collections.abc import Sequence
from dataclasses import replace

from service.core.diagnostics import Diagnostic, network_graph, placed
from service.core.networks.network import Network
from service.core.networks.outcome import Outcome


def with_shared_weights(network: Network, outcomes: Sequence[Outcome]) -> tuple[list[Outcome], list[Diagnostic]]:
    """The outcomes of all layers, without the weights that another layer has, and where those cannot be the same."""
    shared, diagnostics = list(outcomes), []
    names: dict[str, int] = {}
    for index, name in enumerate(network.names):
        names.setdefault(name, index)
    for index, node in enumerate(network.nodes):
        if node.weights_of is None:
            continue
        owner, place = names.get(node.weights_of), (*node.description.location, "weights_of")
        if owner is None or owner == index:
            diagnostics += placed(network_graph.weights_not_shared(node.weights_of, None, None, place))
            continue
        own, others = outcomes[index], outcomes[owner]
        if own.complete and others.complete and None not in (own.parameters, others.parameters):
            if own.parameters != others.parameters:
                counts = own.parameters, others.parameters
                diagnostics += placed(network_graph.weights_not_shared(node.weights_of, *counts, place))
            shared[index] = replace(own, parameters=0, buffers=0)
    return shared, diagnostics
