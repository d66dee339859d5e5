"""How the layers of a network are connected: who takes in whose output, in which order, and what is wrong with that."""

from collections import defaultdict
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import Protocol

from service.core.diagnostics import Diagnostic, graph, placed
from service.core.diagnostics.posted_layer import Description

MOST_SUGGESTIONS = 20
"""Unknown inputs that are compared with every name of the network."""

Edge = tuple[str, int | None]
"""What a layer takes in: a name, and the index of the layer that has it, or None for an input of the network."""
Edges = Sequence[tuple[Edge | None, ...]]
"""For each layer its inputs, None for one that does not exist."""


class Named(Protocol):
    """A layer as it says what it takes in."""

    @property
    def description(self) -> Description:
        """What was posted for it."""

    @property
    def inputs(self) -> tuple[str, ...] | None:
        """The names of its inputs, if it says them."""


def connect(
    nodes: Sequence[Named], names: Sequence[str], entrances: Sequence[str]
) -> tuple[list[tuple[Edge | None, ...]], list[Diagnostic]]:
    """The inputs of each layer, and the diagnostics of names."""
    diagnostics: list[Diagnostic] = []
    index_of: dict[str, int] = {}
    for index, name in enumerate(names):
        if name in index_of or name in entrances:
            places = nodes[index_of[name]].description.location if name in index_of else ("inputs", name)
            here = nodes[index].description.location
            diagnostics += placed(graph.duplicate_name(name, places, here))
        else:
            index_of[name] = index
    suggestions = 0
    entrance = entrances[0]
    edges: list[tuple[Edge | None, ...]] = []
    for index, node in enumerate(nodes):
        if node.inputs is None:
            edges.append(((names[index - 1], index - 1),) if index else ((entrance, None),))
            continue
        found: list[Edge | None] = []
        for position, name in enumerate(node.inputs):
            if name in index_of or name in entrances:
                found.append((name, index_of.get(name)))
                continue
            found.append(None)
            written = node.description.written.get("inputs")
            at = (*node.description.location, "inputs", *((position,) if isinstance(written, list) else ()))
            known = [*index_of, *entrances] if suggestions < MOST_SUGGESTIONS else []
            suggestions += 1
            diagnostics += placed(graph.unknown_input(name, known, at))
        edges.append(tuple(found))
    return edges, diagnostics


def ordered(edges: Edges) -> tuple[list[int], list[list[int]]]:
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


def _circles(edges: Edges, stuck: set[int]) -> list[list[int]]:
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


def unused(nodes: Sequence[Named], names: Sequence[str], edges: Edges) -> list[Diagnostic]:
    """The layers that nothing uses, the last one left out."""
    used = {edge[1] for inputs in edges for edge in inputs if edge}
    return [
        one
        for index, node in enumerate(nodes[:-1])
        if index not in used
        for one in placed(graph.unused_layer(names[index], names[-1], node.description.location))
    ]
