"""The members of a layer object that place it in a network: its name, its inputs, the layer whose weights it shares.

A layer that is asked about alone may have them too: then they are checked, and mean nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.layers.pointers import LONGEST_NAME, OF_THE_GRAPH

FORMS: Mapping[str, str] = {
    "name": f"a string of 1 to {LONGEST_NAME} letters",
    "weights_of": f"the name of a layer, of {LONGEST_NAME} letters at most",
    "inputs": f"the name of a layer or an input, or a list of names, of {LONGEST_NAME} letters at most",
}
"""What each has to be."""


def wrong_graph_members(described: PostedLayer) -> dict[str, list[Diagnostic]]:
    """What is wrong with each of these members, for those that are wrong."""
    posted, location = described.posted, described.location
    given = {name: posted[name] for name in FORMS if posted.get(name) is not None}
    return {
        name: placed(malformed.wrong_type(name, value, FORMS[name], (*location, name)))
        for name, value in given.items()
        if not _fits(name, value)
    }


def alone(described: PostedLayer) -> PostedLayer:
    """A layer that is asked about alone, with what is wrong with these members."""
    if OF_THE_GRAPH.isdisjoint(described.posted):
        return described
    mistakes = [mistake for wrong in wrong_graph_members(described).values() for mistake in wrong]
    return replace(described, diagnostics=(*described.diagnostics, *mistakes), key=None) if mistakes else described


def is_name(value: Any) -> bool:
    """Whether a value may be the name of a layer."""
    return isinstance(value, str) and len(value) <= LONGEST_NAME


def _fits(name: str, value: Any) -> bool:
    if name == "inputs" and isinstance(value, list):
        return all(map(is_name, value))
    return is_name(value) and (name != "name" or bool(value))
