"""Functions of a model, written out where they are called."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from service.models.onnx_graph.parts import Function, Graph, Node, Passed
from service.models.onnx_graph.step import Step
from service.models.onnx_graph.values import Scope

if TYPE_CHECKING:
    from service.models.onnx_graph.graph_reader import GraphReader


def inline(reader: "GraphReader", function: Function, step: Step, scope: Scope) -> None:
    """Read the nodes of a function in the place of the node that calls it.

    Raises:
        UnreadableModelError: It takes a tensor that nothing makes.
        ModelLimitError: Functions call functions too deep.
    """
    given = {**function.defaults, **step.node.attributes}
    inner = Scope()
    for name, value in zip(function.inputs, step.inputs, strict=False):
        if value is not None:
            inner.values[name] = value
    missing = {name for name in function.inputs if name not in inner.values}
    names = dict(zip(function.outputs, step.node.outputs, strict=False))
    nests = any(node.graphs for node in function.nodes)  # those may take an output by its own name
    used = {*function.inputs, *(name for node in function.nodes for name in (*node.inputs, *node.outputs))}
    names = {own: name for own, name in names.items() if name and own not in function.inputs and not nests}
    names = {} if used & set(names.values()) else names
    nodes = [_renamed(_with_attributes(node, given, missing), names) for node in function.nodes]
    graph = Graph(nodes=nodes, held={}, inputs=[], outputs=[], declared={})
    reader.read(graph, inner)
    for name, own in zip(step.node.outputs, function.outputs, strict=False):
        if name:
            scope.values[name] = reader.find(names.get(own, own), inner, step.node)


def _renamed(node: Node, names: Mapping[str, str]) -> Node:
    """A node of a function with the names that its outputs have outside."""
    return replace(
        node,
        inputs=[names.get(name, name) for name in node.inputs],
        outputs=[names.get(name, name) for name in node.outputs],
    )


def _with_attributes(node: Node, given: Mapping[str, Any], missing: set[str]) -> Node:
    """A node of a function with the attributes of the call, and without the inputs that it leaves out."""
    attributes = {}
    for name, value in node.attributes.items():
        said = given.get(value.name) if isinstance(value, Passed) else value
        if isinstance(said, Graph):
            said = replace(said, nodes=[_with_attributes(inner, given, set()) for inner in said.nodes])
        if said is not None:
            attributes[name] = said
    inputs = ["" if name in missing else name for name in node.inputs]
    return replace(node, attributes=attributes, inputs=inputs)
