"""The order in which the nodes of a graph run: each after what makes its inputs."""

from collections.abc import Iterable, Iterator, Sequence
from heapq import heapify, heappop, heappush
from itertools import chain

from service.models.onnx_graph.parts import LONGEST_TEXT, Graph, Node
from service.models.reading import ModelLimitError, UnreadableModelError


def taken(node: Node, deepest: int, depth: int = 0) -> Iterable[str]:
    """The names of tensors that a node takes, those that graphs in it take from outside included.

    Raises:
        ModelLimitError: Graphs nest too deep.
    """
    if depth > deepest:
        raise ModelLimitError(f"graphs nest more than {deepest} deep", "max_model_depth", "nest fewer graphs")
    graphs = node.graphs
    return chain(node.inputs, _taken_inside(graphs, deepest, depth)) if graphs else node.inputs


def _taken_inside(graphs: Iterable[Graph], deepest: int, depth: int) -> Iterator[str]:
    for graph in graphs:
        own = {*graph.held, *(name for name, _ in graph.inputs)}
        own |= {name for inner in graph.nodes for name in inner.outputs}
        for inner in graph.nodes:
            yield from (name for name in taken(inner, deepest, depth + 1) if name not in own)
        yield from (name for name in graph.outputs if name not in own)


def in_order(nodes: Sequence[Node], deepest: int) -> Sequence[Node]:
    """The nodes in an order in which they can run; that of the file where it is one.

    Raises:
        UnreadableModelError: Nodes take each other's outputs, or two make one tensor.
    """
    makers: dict[str, int] = {}
    for index, node in enumerate(nodes):
        for name in node.outputs:
            if name and makers.setdefault(name, index) != index:
                raise UnreadableModelError(
                    f"two nodes make the tensor `{name[:LONGEST_TEXT]}`",
                    "give each output a name of its own",
                    place=node.place,
                )
    needs = [{makers[name] for name in taken(node, deepest) if name in makers} for node in nodes]
    if all(max(need, default=-1) < index for index, need in enumerate(needs)):
        return nodes
    return _sorted(nodes, needs)


def _sorted(nodes: Sequence[Node], needs: Sequence[set[int]]) -> Sequence[Node]:
    users: list[list[int]] = [[] for _ in nodes]
    for index, need in enumerate(needs):
        for maker in need:
            users[maker].append(index)
    waiting = [len(need) for need in needs]
    ready = [index for index, count in enumerate(waiting) if not count]
    heapify(ready)
    order = []
    while ready:
        index = heappop(ready)
        order.append(nodes[index])
        for user in users[index]:
            waiting[user] -= 1
            if not waiting[user]:
                heappush(ready, user)
    if len(order) < len(nodes):
        left = next(node for node, count in zip(nodes, waiting, strict=True) if count)
        raise UnreadableModelError(
            f"the node `{left.name[:LONGEST_TEXT] or left.output[:LONGEST_TEXT]}` takes what is made of its own output",
            "let no node take what follows from it",
            place=left.place,
        )
    return order


def users_of(graph: Graph, deepest: int) -> dict[str, int]:
    """How often each tensor is taken, by nodes, by graphs in them, and as an output."""
    counts: dict[str, int] = {}
    for node in graph.nodes:
        for name in taken(node, deepest):
            counts[name] = counts.get(name, 0) + 1
    for name in graph.outputs:
        counts[name] = counts.get(name, 0) + 1
    return counts
