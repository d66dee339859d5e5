"""The graph of an exported program: its nodes, and what goes in: weights, constants, and what the caller gives."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.core.geometry.shapes import Shape
from service.models.exported_program.arguments import Subgraph, all_names, argument, tensors_in
from service.models.json_documents import list_of, member, object_of, text_of

WEIGHTS: Mapping[str, str] = {
    "parameter": "parameter_name",
    "buffer": "buffer_name",
    "tensor_constant": "tensor_constant_name",
}
"""Kinds of inputs that are part of the model, and the member that has their name in it."""
NO_LAYERS = ("torch.ops.aten.sym_", "_operator.", "math.", "torch.sym_", "torch._sym_", "torch.ops.aten._assert")
"""What the targets of nodes begin with that make no tensor, or only make sure of something."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Weight:
    """A parameter, buffer or constant of the model, before it is written down."""

    name: str
    """In the state dict."""
    kind: str
    shape: Shape
    turned: bool = False
    """Whether its two axes have changed places since."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Node:
    """One call of an operator."""

    name: str
    target: str
    arguments: Mapping[str, Any]
    outputs: tuple[tuple[str, ...], ...]
    """The names of the tensors that it makes; a list of tensors is one output of several."""
    module: str | None
    """The path of the module that it comes from."""
    module_class: str
    metas: Mapping[str, Any]

    @property
    def operator(self) -> tuple[str, str, str]:
        """Whose operator it is, its name without a mark of doing it in place, and its variant."""
        parts = self.target.removeprefix("torch.ops.").split(".")
        space, name, variant = (*parts, "", "")[:3]
        inplace = name.endswith("_") and not name.endswith("__")
        return space, name.removesuffix("_") if inplace else name, variant

    @property
    def made(self) -> list[str]:
        """The names of all tensors that it makes."""
        return [name for names in self.outputs for name in names]


class Graph:
    """The nodes of a graph, and the shapes that it declares."""

    def __init__(self, graph: Mapping[str, Any]) -> None:
        self.raw = graph
        self.metas = object_of(graph.get("tensor_values"))
        self.symbols = object_of(graph.get("sym_int_values"))
        self.inputs = [argument(entry) for entry in list_of(graph.get("inputs"))]
        self.outputs = [argument(entry) for entry in list_of(graph.get("outputs"))]
        self.nodes: Sequence[Node] = [self._node(object_of(raw)) for raw in list_of(graph.get("nodes"))]

    def uses(self) -> Counter[str]:
        """How often each tensor is taken."""
        counted = Counter(name for node in self.nodes for name in all_names(node.arguments))
        counted.update(tensor.name for tensor in tensors_in(self.outputs))
        return counted

    def groups(self) -> Counter[tuple[str | None, int]]:
        """How many nodes each call of a module has: nodes next to each other from the same module are of one call."""
        return Counter((node.module, number) for node, number in self.numbered())

    def numbered(self) -> Iterator[tuple[Node, int]]:
        """The nodes with the number of the call of a module that they are of."""
        number, before = 0, None
        for node in self.nodes:
            if node.target.startswith(NO_LAYERS):
                continue
            number += node.module != before
            before = node.module
            yield node, number

    def _node(self, raw: Mapping[str, Any]) -> Node:
        arguments = {
            text_of(member(entry, "name")) or f"#{position}": argument(member(entry, "arg"))
            for position, entry in enumerate(list_of(raw.get("inputs")))
        }
        outputs = tuple(
            tuple(tensor.name for tensor in tensors_in(argument(entry))) for entry in list_of(raw.get("outputs"))
        )
        module, module_class = _module_of(text_of(member(raw, "metadata", "nn_module_stack")))
        first = next((name for names in outputs for name in names), "")
        return Node(
            name=text_of(raw.get("name")) or first,
            target=text_of(raw.get("target")),
            arguments=arguments,
            outputs=outputs,
            module=module,
            module_class=module_class,
            metas=self.metas,
        )


def subgraph_in(node: Node) -> Graph | None:
    """The graph that a node calls; None where it calls none, or several."""
    graphs = [value for value in node.arguments.values() if isinstance(value, Subgraph)]
    return Graph(graphs[0].graph) if len(graphs) == 1 else None


def _module_of(stack: str) -> tuple[str | None, str]:
    """The path and class of the innermost module: `key,path,class` for each, with `;` between them."""
    key, _, rest = stack.rpartition(";")[2].partition(",")
    path, _, class_name = rest.rpartition(",")
    if not key or not class_name or " " in path:
        return None, ""
    if path.startswith("L['self']"):  # as older versions write it
        path = path.removeprefix("L['self']").lstrip(".")
    path = path.partition("@")[0]
    return path or None, class_name


def specifications(signature: Any) -> Iterator[tuple[str, str, str]]:
    """For each input of the graph its kind, its name in the graph, and its name in the model."""
    for entry in list_of(member(signature, "input_specs")):
        kind, content = next(iter(object_of(entry).items()), ("", None))
        said = object_of(member(content, "arg"))
        name = text_of(said.get("name")) or text_of(member(said, "as_tensor", "name"))
        yield kind, name, text_of(object_of(content).get(WEIGHTS.get(kind, ""))) or name
