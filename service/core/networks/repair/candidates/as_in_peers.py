"""What the peers of a layer have and it has not: the value of a parameter, or a layer before it."""

from collections.abc import Iterator, Sequence
from typing import Any

from service.core.geometry.shapes import Shape
from service.core.layers.spatial import SpatialLayer
from service.core.networks.network import Node, layer_of
from service.core.networks.repair.candidates.insertions import MOST_SLOTS, inserted, inserted_before_all
from service.core.networks.repair.candidates.parameters import kind_of
from service.core.networks.repair.candidates.suspect import TAKEN, Suspect, suspects, wanted_numbers
from service.core.networks.repair.edits import Edit, RawLayer, others_named
from service.core.networks.repair.family import DIMENSIONS, parameter_of
from service.core.networks.repair.rewalk import State

MADE = ("out_channels", "out_features")
"""Parameters that say what a layer makes."""
MOST_VALUES = 3
"""Values of peers that are tried in place of one. Chosen: those of the nearest."""
MOST_SOURCES = 2
"""Layers before peers that are tried before a layer. Chosen: those of the nearest."""
MOST_MADE = 5
"""Numbers of channels that are tried for a layer that is put in. Chosen."""


def as_in_peers(state: State) -> Iterator[Edit]:
    """Every layer that leads to the error, with what is otherwise in its peers as it is there."""
    for suspect in suspects(state):
        if suspect.index not in state.edit.removed:
            yield from _values(suspect)
            yield from _layers_before(suspect)


def _values(suspect: Suspect) -> Iterator[Edit]:
    """Values of the nearest peers in place of those that no peer has; sizes of tensors differ from block to block."""
    if not suspect.state.keys(suspect.index):
        return
    peers, node = suspect.state.rewalk.peers, suspect.state.node(suspect.index)
    for word, value in others_named(suspect.raw).items():
        found = peers.values(suspect.index, word)
        if word == "type" or not found or value in found:
            continue
        parameter = parameter_of(node, word)
        if parameter not in node.description.spelling or parameter in DIMENSIONS:
            continue
        for other in _distinct(found)[:MOST_VALUES]:
            yield suspect.setting({parameter: other}, kind=kind_of(suspect, parameter, other))


def _layers_before(suspect: Suspect) -> Iterator[Edit]:
    """The layer that peers have between this one and its input, where it takes in something else than they do."""
    state = suspect.state
    peers, connections = state.rewalk.peers, state.rewalk.connections
    near = peers.of(suspect.index)
    for slot, key in enumerate(state.keys(suspect.index)[:MOST_SLOTS] if near else ()):
        sources = [layer_of(connections[peer][slot]) for peer in near if slot < len(connections[peer])]
        roles = [peers.role(source) for source in sources]
        if peers.role(layer_of(key)) in roles:
            continue
        for source in list(dict.fromkeys(sources))[:MOST_SOURCES]:
            repeats = peers.role(source) == peers.role(suspect.index)
            if source is None or len(connections[source]) != 1 or repeats:
                continue
            if state.node(source).description.kind is None:  # nobody knows what that layer is
                continue
            for raw in _adapted(suspect, slot, state.node(source)):
                yield inserted(suspect, raw, "as in peers", slot)
                yield from inserted_before_all(suspect, raw, "as in peers", slot)


def _adapted(suspect: Suspect, slot: int, node: Node) -> Iterator[RawLayer]:
    """A layer that takes in as many channels as arrive, and makes as many as it did or as may be wanted."""
    shape = suspect.state.arriving(suspect.index)[slot]
    if not shape:
        return
    raw, spelling = others_named(node.description.posted), node.description.spelling
    channels = shape[_axis(suspect, node, shape)]
    if channels is not None:
        if raw.get("groups", 1) != 1 and raw.get("groups") == raw.get("in_channels"):
            raw["groups"] = channels
        raw |= {spelling[taken]: channels for taken in TAKEN if type(raw.get(spelling.get(taken, ""))) is int}
    made = next((spelling[each] for each in MADE if each in spelling), None)
    if made is None:
        yield raw
        return
    declared = [suspect.value(name) for name in TAKEN]
    beside = [other[_axis(suspect, node, other)] for other in suspect.state.arriving(suspect.state.target) if other]
    wanted = [raw[made], *declared, *beside, channels, *wanted_numbers(suspect.state)]
    for size in list(dict.fromkeys(size for size in wanted if type(size) is int and size))[:MOST_MADE]:
        yield {**raw, made: size}


def _axis(suspect: Suspect, node: Node, shape: Shape) -> int:
    """The axis whose size a layer declares: that of the channels, or the last."""
    layout = suspect.state.network.framework.layout
    spatial = isinstance(node.description.layer, SpatialLayer) and len(shape) > 2
    return layout.channel_axis(len(shape), len(shape) - 2) if spatial else -1


def _distinct(values: Sequence[Any]) -> list[Any]:
    """Each value once; a missing one is none."""
    found: list[Any] = []
    for value in values:
        if value is not None and value not in found:
            found.append(value)
    return found
