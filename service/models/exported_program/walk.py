"""The walk through the graph of an exported program: each operator becomes a layer, each module's own a module's."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from service.core.geometry.shapes import LARGEST, Shape
from service.models.archives import shortened
from service.models.exported_program.arguments import Named, Symbol, all_names
from service.models.exported_program.graph import Graph, Node, Weight, subgraph_in
from service.models.exported_program.operators import OPERATORS
from service.models.exported_program.symbols import Symbols, expression_of
from service.models.json_documents import integer_of, list_of, member
from service.models.reading import ModelLimitError, NodePlace, NotUnderstood, UnreadableModelError
from service.models.recorder import Recorder, Tensor

TRANSPARENT = ("wrap_with_set_grad_enabled", "wrap_with_autocast")
"""Operators that run a graph as it is."""
MOST_OUTPUTS = 1000
Made = Sequence[Tensor | Weight]


class Walk:
    """Writes the nodes of a graph down as layers."""

    def __init__(self, recorder: Recorder, graph: Graph, symbols: Symbols, depth: int = 0) -> None:
        self.recorder = recorder
        self.graph = graph
        self.symbols = symbols
        self.depth = depth
        self.values: dict[str, Tensor | Weight] = {}
        """What each name of the graph means."""
        self.uses = graph.uses()
        self.groups = graph.groups()
        self.written: dict[tuple[str, bool], Tensor] = {}
        """Weights that are layers of their own, by name and whether they are turned."""
        self.sized: dict[tuple[str | int | None, ...], str] = {}
        """Tensors by the spatial sizes that the file declares of them, the last of each."""
        self.alone = False
        """Whether the node at hand is the only one of its call of a module."""

    def run(self) -> None:
        """Write all nodes down."""
        for node, number in self.graph.numbered():
            self.alone = self.groups[node.module, number] == 1
            self._run(node)

    def _run(self, node: Node) -> None:
        space, name, _ = node.operator
        if name in TRANSPARENT and self._run_inside(node):
            return
        if not node.made:
            return
        handler = OPERATORS.get(f"{space}.{name}")
        made = handler(self, node) if handler is not None and self._are_known(node) else None
        if made is None:
            made = self.opaque(node)
        for position, output in enumerate(node.made):
            if position < len(made):
                self.keep(output, made[position])
            elif self.uses[output]:
                message = f"`{shortened(node.target)}` is not known to have an output {position}"
                self.values[output] = self._unknown(message, node, output)

    def keep(self, name: str, value: Tensor | Weight) -> None:
        """From now on the name means this."""
        self.values[name] = value
        if isinstance(value, Tensor) and ":" not in value.name:
            self.sized[tuple(spatial_expressions(self.graph.metas.get(name)))] = value.name

    def _are_known(self, node: Node) -> bool:
        """Whether every tensor that a node takes is known.

        Raises:
            UnreadableModelError: One is made nowhere before.
        """
        for name in all_names(node.arguments):
            if name not in self.values:
                raise UnreadableModelError(
                    f"`{shortened(node.name)}` takes `{shortened(name)}`, which nothing before it makes",
                    "post the file as it was saved",
                    place=self.place(node),
                )
        return True

    def _run_inside(self, node: Node) -> bool:
        """Write the nodes of the graph that a node runs as it is; whether it could be read.

        Raises:
            ModelLimitError: Too many graphs are inside each other.
        """
        if self.depth >= self.recorder.limits.max_model_depth:
            raise ModelLimitError(
                f"a graph is in {self.depth} others", "max_model_depth", "export a model with fewer inside each other"
            )
        graph = subgraph_in(node)
        taken = [name for name in all_names(node.arguments) if self._are_known(node)]
        if graph is None or not all(isinstance(entry, Named) for entry in (*graph.inputs, *graph.outputs)):
            return False
        if len(graph.inputs) != len(taken) or len(graph.outputs) != len(node.made):
            return False
        inside = Walk(self.recorder, graph, self.symbols, self.depth + 1)
        inside.written = self.written
        inside.values = {entry.name: self.values[name] for entry, name in zip(graph.inputs, taken, strict=True)}
        for entry, name in zip(graph.inputs, taken, strict=True):
            inside.uses[entry.name] += self.uses[name] - 1
        inside.run()
        for entry, name in zip(graph.outputs, node.made, strict=True):
            self.values[name] = inside.tensor(entry.name)
        return True

    # --- what operators ask for ---------------------------------------------------------------------------------------

    def place(self, node: Node) -> NodePlace:
        """Where a node stands."""
        return NodePlace(node=node.name, operator=node.target, outputs=tuple(node.made), module=node.module)

    def tensor(self, name: str) -> Tensor:
        """The tensor of a name; a weight becomes a layer of its own.

        Raises:
            UnreadableModelError: Nothing makes it.
        """
        value = self.values.get(name)
        if value is None:
            raise UnreadableModelError(
                f"the graph gives out `{shortened(name)}`, which nothing makes", "post the file as it was saved"
            )
        return value if isinstance(value, Tensor) else self._written(value)

    def _written(self, weight: Weight) -> Tensor:
        key = (weight.name, weight.turned)
        if key in self.written:
            return self.written[key]
        place = NodePlace(node=weight.name, operator=weight.kind, outputs=(weight.name,))
        if weight.turned:
            whole = self._written(replace(weight, turned=False, shape=weight.shape[::-1]))
            made = self.recorder.layer("torch.t", {}, [whole], name=f"{weight.name}.t", place=place)[0]
        else:
            kind = "constant" if weight.kind == "tensor_constant" else weight.kind
            made = self._constant(kind, weight.shape, weight.name, place)
        self.written[key] = made
        return made

    def _constant(self, kind: str, shape: Shape, name: str, place: NodePlace) -> Tensor:
        """A tensor of the network to which nothing leads; one without elements is opaque, since networks have none."""
        if is_given(shape):
            return self.recorder.layer(kind, {"shape": list(shape)}, [], name=name, place=place)[0]
        return self.recorder.unknown(f"`{shortened(name)}` has no elements", [], name=name, place=place)

    def constant(self, node: Node) -> Made:
        """A tensor that a node makes of nothing but numbers."""
        shape = self.declared(node)
        if shape is None:
            return self.opaque(node)
        return [self._constant("constant", shape, self.name(node), self.place(node))]

    def declared(self, node: Node, position: int = 0) -> Shape | None:
        """The shape of an output, as the file declares it."""
        return self.symbols.shape(node.metas.get(node.made[position])) if position < len(node.made) else None

    def owns(self, *names: Named | None) -> bool:
        """Whether all of these are parameters and buffers that only one node takes, so that they are a layer's own."""
        return all(
            name is None or (isinstance(self.values[name.name], Weight) and self.uses[name.name] == 1) for name in names
        )

    def shape_of(self, name: Named | None) -> Shape | None:
        """The shape of a tensor or weight."""
        return None if name is None else self.values[name.name].shape

    def numbers(self, sizes: Any) -> list[int | None]:
        """Sizes with symbols resolved, as far as they are known."""
        entries = sizes if isinstance(sizes, list) else [sizes]
        return [self.number(entry) for entry in entries]

    def number(self, size: Any) -> int | None:
        """A size; None while it is unknown."""
        if isinstance(size, Symbol):
            return self.symbols.size(self.graph.symbols.get(size.name))
        return size if type(size) is int else None

    def name(self, node: Node, *, own: bool = False) -> str:
        """What the layer is called: as its module if it is that module, else as the node's first output."""
        is_module = own or (self.alone and node.module_class.startswith("torch.nn.modules."))
        return (node.module if is_module else None) or node.made[0]

    def layer(
        self, node: Node, type_name: str, parameters: Mapping[str, Any], inputs: Sequence[Tensor], *, own: bool = False
    ) -> Sequence[Tensor]:
        """Write a layer down for a node; an opaque one where an argument is neither a number nor a text."""
        if not all(map(is_plain, parameters.values())):
            return self.opaque(node)
        given = {name: value for name, value in parameters.items() if value is not None}
        return self.recorder.layer(type_name, given, inputs, name=self.name(node, own=own), place=self.place(node))

    def like(self, node: Node) -> str | None:
        """A tensor that has the spatial sizes which the file declares of what comes out, where those are symbols."""
        wanted = spatial_expressions(node.metas.get(node.made[0]))
        if not any(isinstance(entry, str) for entry in wanted):
            return None
        return self.sized.get(tuple(wanted))

    def opaque(self, node: Node) -> Sequence[Tensor]:
        """What a node makes that is not known, as the file declares it."""
        inputs = [self.tensor(name) for name in all_names(node.arguments)]
        if len(node.made) > 1:
            shapes = [self.declared(node, position) for position in range(min(len(node.made), MOST_OUTPUTS))]
            if all(shape is not None and is_given(shape) for shape in shapes):
                self.recorder.not_understood.append(
                    NotUnderstood(message=_unknown_operator(node), place=self.place(node))
                )
                return self.layer(node, "opaque", {"output_shapes": [list(shape or ()) for shape in shapes]}, inputs)
        return [self._unknown(_unknown_operator(node), node, node.made[0], inputs)]

    def _unknown(self, message: str, node: Node, output: str, inputs: Sequence[Tensor] = ()) -> Tensor:
        shape = self.symbols.shape(node.metas.get(output))
        known = shape if shape is not None and is_given(shape) else None
        return self.recorder.unknown(message, inputs, name=output, place=self.place(node), shape=known)


def is_plain(value: Any) -> bool:
    """Whether an argument is a number or a text, or lists or objects of those."""
    if isinstance(value, list | dict):
        return all(map(is_plain, value.values() if isinstance(value, dict) else value))
    return value is None or isinstance(value, bool | int | float | str)


def is_given(shape: Shape) -> bool:
    """Whether a layer may declare this shape: no axis is empty or too long, and there are not too many."""
    return len(shape) <= 8 and all(size is None or 1 <= size <= LARGEST for size in shape)


def spatial_expressions(meta: Any) -> list[str | int | None]:
    """The sizes of a tensor behind its batch and channels: expressions as texts, and numbers."""
    sizes = list_of(member(meta, "sizes"))[2:]
    return [expression_of(size) or integer_of(member(size, "as_int")) for size in sizes]


def _unknown_operator(node: Node) -> str:
    return f"the operator `{shortened(node.target)}` is not known"
