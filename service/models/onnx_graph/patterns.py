"""Layers that exporters take apart, put together again: activations and normalisations made of several nodes.

A pattern is a tree of operators, written from its last node back. `X` is the input; a number is a constant of that
value, `ANY` any single number, `WEIGHT` a tensor that the file holds. Nodes in between must be used nowhere else.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import isclose, pi, sqrt
from typing import Any

from service.core.geometry.shapes import Shape
from service.models.onnx_graph.parts import DEFAULT_DOMAINS, Held, Node
from service.models.onnx_graph.special import held_by
from service.models.onnx_graph.values import Scope


@dataclass(frozen=True, slots=True)
class Operand:
    """A leaf of a pattern: an input by its letter."""

    letter: str


X, ANY, WEIGHT, BIAS = Operand("x"), Operand("any"), Operand("weight"), Operand("bias")
COMMUTE = frozenset({"Add", "Mul"})
Tree = tuple[Any, ...]


def Op(name: str, *operands: Any) -> Tree:  # noqa: N802 - it stands for a node
    """A node of a pattern."""
    return (name, *operands)


@dataclass(frozen=True, slots=True)
class Joined:
    """Several nodes as one layer."""

    type: str
    parameters: dict[str, Any]
    inputs: Sequence[str]
    nodes: Sequence[Node]


@dataclass(slots=True)
class Match:
    """What the leaves of a pattern are, and the nodes in it."""

    names: dict[str, str] = field(default_factory=dict)
    numbers: list[float] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)

    def copy(self) -> "Match":
        """The same, to be tried further."""
        return Match(dict(self.names), list(self.numbers), list(self.nodes))


class Nodes:
    """The nodes of a graph, as patterns ask for them."""

    def __init__(self, nodes: Sequence[Node], users: Mapping[str, int], scope: Scope) -> None:
        self.makers = {name: node for node in nodes for name in node.outputs if name}
        self.users = users
        self.scope = scope

    def number(self, name: str) -> float | None:
        """The only number of a constant."""
        held = self.held(name)
        if held is None or held.array is None or held.array.size != 1 or held.array.ndim > 1:
            return None
        return float(held.array.ravel()[0])

    def held(self, name: str) -> Held | None:
        """A tensor that the file holds."""
        node = self.makers.get(name)
        if node is not None:
            if node.type == "Identity" and len(node.inputs) == 1 and node.inputs[0] not in self.makers:
                return self.held(node.inputs[0])
            return held_by(node.attributes) if node.type == "Constant" else None
        value = self.scope.find(name)
        if value is None or not value.constant or value.shape is None:
            return None
        return Held(value.shape, None if value.numbers is None else value.numbers.values, value.trained)

    def matches(self, tree: Any, name: str, match: Match, *, root: bool = False) -> Iterator[Match]:
        """Every way in which a tensor is what a tree says."""
        if isinstance(tree, Operand):
            yield from self._leaf(tree, name, match)
        elif isinstance(tree, int | float):
            number = self.number(name)
            if number is not None and isclose(number, tree, rel_tol=TOLERANCE):
                yield match
        else:
            yield from self._node(tree, name, match, root=root)

    def _leaf(self, leaf: Operand, name: str, match: Match) -> Iterator[Match]:
        if leaf is ANY:
            number = self.number(name)
            if number is None:
                return
            found = match.copy()
            found.numbers.append(number)
            yield found
            return
        if leaf in (WEIGHT, BIAS) and self.held(name) is None:
            return
        if match.names.get(leaf.letter, name) != name:
            return
        found = match.copy()
        found.names[leaf.letter] = name
        yield found

    def _node(self, tree: Tree, name: str, match: Match, *, root: bool) -> Iterator[Match]:
        type_name, *operands = tree
        node = self.makers.get(name)
        if node is None or node.type != type_name or node.domain not in DEFAULT_DOMAINS or len(node.outputs) != 1:
            return
        if len(node.inputs) != len(operands) and not (type_name in AXES_AS_INPUT and len(node.inputs) <= 2):
            return
        if not root and any(known is node for known in match.nodes):
            yield match
            return
        orders = [operands, operands[::-1]] if type_name in COMMUTE else [operands]
        for order in orders:
            tried = [match.copy()]
            tried[0].nodes.append(node)
            for operand, own in zip(order, node.inputs, strict=False):
                tried = [found for before in tried for found in self.matches(operand, own, before)][:MOST_WAYS]
            yield from tried


TOLERANCE = 1e-3
"""By how much a constant may differ: exporters round them to 32 or 16 bits."""
MOST_WAYS = 4
"""Ways that are followed at once. Chosen: sums and products match in two."""
AXES_AS_INPUT = frozenset({"ReduceMean"})

Make = Callable[[Match, Nodes], tuple[str, dict[str, Any]] | None]


def plain(type_name: str, **parameters: Any) -> Make:
    """A layer without anything to find out."""
    return lambda match, nodes: (type_name, parameters)


def _axes(node: Node, nodes: Nodes) -> list[int] | None:
    """The axes of a reduction."""
    axes = node.attributes.get("axes")
    if axes is None and len(node.inputs) > 1:
        held = nodes.held(node.inputs[1])
        axes = None if held is None or held.array is None else held.array.ravel().tolist()
    return axes if isinstance(axes, list) else None


def layer_norm(match: Match, nodes: Nodes) -> tuple[str, dict[str, Any]] | None:
    """A normalisation over the last axes, with a scale of their shape."""
    weight, bias = (_shape(match, nodes, letter) for letter in ("weight", "bias"))
    means = [node for node in match.nodes if node.type == "ReduceMean"]
    axes = [_axes(node, nodes) for node in means]
    if any(found != axes[0] for found in axes) or not all(node.attributes.get("keepdims", 1) for node in means):
        return None
    if weight is None or axes[0] is None or sorted(axes[0]) != list(range(-len(weight), 0)):
        return None
    if "bias" in match.names and bias != weight:
        return None
    without = {} if "bias" in match.names else {"bias": False}
    return "layer_norm", {"normalized_shape": list(weight), "eps": float(f"{match.numbers[-1]:.6g}"), **without}


def _shape(match: Match, nodes: Nodes, letter: str) -> Shape | None:
    held = nodes.held(match.names[letter]) if letter in match.names else None
    return held.shape if held is not None and all(held.shape) else None


CENTRED = Op("Sub", X, Op("ReduceMean", X))
VARIANCES = (
    Op("ReduceMean", Op("Pow", CENTRED, 2)),
    Op("ReduceMean", Op("Mul", CENTRED, CENTRED)),
)
DEVIATIONS = tuple(Op("Sqrt", Op("Add", variance, ANY)) for variance in VARIANCES)
NORMALISED = tuple(
    form
    for deviation in DEVIATIONS
    for form in (Op("Div", CENTRED, deviation), Op("Mul", CENTRED, Op("Reciprocal", deviation)))
)
ERF = Op("Add", Op("Erf", Op("Div", X, sqrt(2))), 1)
ERF_OF_PRODUCT = Op("Add", Op("Erf", Op("Mul", X, sqrt(0.5))), 1)
CUBES = (Op("Pow", X, 3), Op("Mul", X, Op("Mul", X, X)), Op("Mul", Op("Mul", X, X), X))
TANHS = tuple(
    Op("Add", Op("Tanh", Op("Mul", Op("Add", X, Op("Mul", cube, 0.044715)), sqrt(2 / pi))), 1) for cube in CUBES
)


def _halved(other: Tree) -> Iterator[Tree]:
    """`x * other / 2`, in the orders that exporters write."""
    yield Op("Mul", Op("Mul", X, other), 0.5)
    yield Op("Mul", Op("Mul", X, 0.5), other)
    yield Op("Mul", X, Op("Mul", other, 0.5))
    yield Op("Div", Op("Mul", X, other), 2)


SIX = Op("Clip", Op("Add", X, 3), 0, 6)
PATTERNS: Sequence[tuple[Tree, Make]] = (
    *((tree, plain("gelu")) for other in (ERF, ERF_OF_PRODUCT) for tree in _halved(other)),
    *((tree, plain("gelu", approximate="tanh")) for other in TANHS for tree in _halved(other)),
    (Op("Mul", X, Op("HardSigmoid", X)), plain("hardswish")),
    *((tree, plain("hardswish")) for tree in (
        Op("Div", Op("Mul", X, SIX), 6), Op("Mul", X, Op("Div", SIX, 6)), Op("Mul", Op("Mul", X, SIX), 1 / 6),
    )),
    (Op("Mul", X, Op("Sigmoid", X)), plain("silu")),
    (Op("Mul", X, Op("Tanh", Op("Softplus", X))), plain("mish")),
    *((Op("Add", Op("Mul", form, WEIGHT), BIAS), layer_norm) for form in NORMALISED),
)  # fmt: skip
"""Every pattern, with the layer that it is."""
BY_LAST: Mapping[str, Sequence[tuple[frozenset[str], Tree, Make]]] = {
    name: [
        (frozenset(operand[0] for operand in tree[1:] if isinstance(operand, tuple)), tree, make)
        for tree, make in PATTERNS
        if tree[0] == name
    ]
    for name in {tree[0] for tree, _ in PATTERNS}
}
"""By its last operator, each pattern with the operators right before that."""
NEEDED = frozenset({"Erf", "Tanh", "HardSigmoid", "Clip", "Sigmoid", "ReduceMean"})
"""Operators of which each pattern has one."""


def joined_nodes(nodes: Sequence[Node], users: Mapping[str, int], scope: Scope) -> dict[int, Joined | None]:
    """By the identity of a node: the layer that ends with it, or None where it is within one."""
    if not any(node.type in NEEDED for node in nodes):
        return {}
    graph = Nodes(nodes, users, scope)
    found: dict[int, Joined | None] = {}
    for node in reversed(nodes):
        rows = BY_LAST.get(node.type)
        if rows is None or id(node) in found or len(node.outputs) != 1 or node.domain not in DEFAULT_DOMAINS:
            continue
        before = {maker.type for name in node.inputs if (maker := graph.makers.get(name)) is not None}
        tried = (_joined(tree, make, node, graph) for operators, tree, make in rows if operators <= before)
        joined = next(filter(None, tried), None)
        if joined is not None and all(id(part) not in found for part in joined.nodes):
            found |= dict.fromkeys(map(id, joined.nodes), None)
            found[id(node)] = joined
    return found


def _joined(tree: Tree, make: Make, node: Node, graph: Nodes) -> Joined | None:
    """The nodes that end with one as a layer, where they are what a tree says and are taken nowhere else."""
    for match in graph.matches(tree, node.outputs[0], Match(), root=True):
        inside = [part for part in match.nodes if part is not node]
        taken = [name for part in match.nodes for name in part.inputs]
        if any(graph.users.get(part.outputs[0], 0) != taken.count(part.outputs[0]) for part in inside):
            continue
        try:
            made = make(match, graph)
        except (TypeError, ValueError):  # an attribute is not what the operator needs
            continue
        if made is not None:
            ordered = [*reversed(inside), node]
            return Joined(made[0], made[1], [match.names["x"]], ordered)
    return None
