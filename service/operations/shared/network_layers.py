"""The posted layers of a network as its nodes."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Annotated, Any

from annotated_types import Len

from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import Framework
from service.core.layers.pointers import Pointer
from service.core.networks.network import Node, Reference
from service.operations.shared.affordability import require_within_limit
from service.problems import Problem
from service.schemas.fields import LAYERS, LayerObject
from service.schemas.graph_members import is_name, wrong_graph_members
from service.schemas.read_layer import describe_cached

MOST_MISTAKES = 20_000
"""Mistakes in the layers themselves that are listed. Chosen."""

LayerList = Annotated[list[LayerObject], Len(1), LAYERS]


def nodes_of(layers: Sequence[Any], framework: Framework) -> list[Node]:
    """The layers in the order in which they are listed.

    Raises:
        Problem: with status 413 where they are too many, 422 where they have too many mistakes.
    """
    lists = [raw.get("inputs") for raw in layers if isinstance(raw, dict)]
    connections = sum(len(inputs) for inputs in lists if isinstance(inputs, list))
    require_within_limit(len(layers), "max_layers", "the number of layers", ("layers",))
    require_within_limit(connections, "max_connections", "the number of inputs of all layers", ("layers",))
    nodes, mistakes = [], 0
    for index, raw in enumerate(layers):
        nodes.append(node_of(raw, ("layers", index), framework))
        mistakes += len(nodes[-1].description.diagnostics)
        if mistakes > MOST_MISTAKES:
            raise Problem(422, f"the layers have more than {MOST_MISTAKES} mistakes")
    return nodes


def node_of(raw: Any, location: Pointer, framework: Framework) -> Node:
    """A layer with its name and its inputs; whatever is wrong with either is a diagnostic like any other."""
    described = describe_cached(raw, location, framework, inputs_may_tell=True)
    wrong = wrong_graph_members(described)
    references = references_of(described)
    name, inputs, weights_of = (
        None if member in wrong else described.posted.get(member) for member in ("name", "inputs", "weights_of")
    )
    if "inputs" in wrong:
        described = PostedLayer(location=location, posted=described.posted)
    if wrong:
        mistakes = [mistake for each in wrong.values() for mistake in each]
        described = replace(described, diagnostics=(*described.diagnostics, *mistakes), key=None)
    listed = [inputs] if isinstance(inputs, str) else inputs
    named = None if listed is None else tuple(listed)
    return Node(description=described, name=name, inputs=named, references=references, weights_of=weights_of)


def references_of(described: PostedLayer) -> tuple[Reference, ...]:
    """The layers whose sizes the parameters ask for, in the order of the parameters."""
    return tuple(_references(described)) if dict in map(type, described.posted.values()) else ()


def _references(described: PostedLayer) -> Iterator[Reference]:
    for parameter, word in described.spelling.items():
        value = described.posted[word]
        if type(value) is dict and parameter not in described.unreadable and is_name(value.get("like")):
            yield Reference(word, value["like"])
