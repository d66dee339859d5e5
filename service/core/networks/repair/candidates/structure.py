"""Layers left out or too many, of another rank, or with another input."""

import re
from collections.abc import Iterator
from typing import Any

from service.core.layers.base import Layer
from service.core.layers.dense import Linear
from service.core.layers.spatial import SpatialLayer
from service.core.networks.network import layer_of
from service.core.networks.repair.candidates.suspect import Suspect
from service.core.networks.repair.edits import Edit, RawLayer
from service.core.networks.repair.rewalk import State

RANK = re.compile(r"(?<=[a-zA-Z_])([123])(?=[dD]$)")
"""The rank at the end of a type: `conv2d`, `nn.Conv2d`, `Conv2D`."""
MOST_OTHER_INPUTS = 24
"""Tensors that are tried as an input of a layer. Chosen: those nearest to it, and those that nothing takes in."""
RESIZING = ("pool", "upsample", "upsampling", "interpolate")
"""Words in the types of layers that change sizes alone, of which one may have been left out."""


def left_out(suspect: Suspect) -> Iterator[Edit]:
    """The network without a layer that takes in one tensor; the one that has the error only if it moves a window."""
    state = suspect.state
    keys, network = state.keys(suspect.index), state.network
    if suspect.at_the_error and not (isinstance(suspect.layer, SpatialLayer) and _keeps_channels(suspect.layer)):
        return
    if len(keys) == 1 and len(network.nodes) > 1 and not state.node(suspect.index).references:
        yield Edit(title=f"leave `{suspect.name}` out", removed=frozenset({suspect.index}), kind="removed", amount=1.0)


def _keeps_channels(layer: Layer) -> bool:
    """Whether as many channels come out as go in, whatever arrives, or because they are declared so."""
    return layer.passes_channels_on or getattr(layer, "in_channels", None) == getattr(layer, "out_channels", 0)


def put_before(suspect: Suspect) -> Iterator[Edit]:
    """A flatten before a linear layer, and a copy of a layer that changes sizes before any other."""
    if isinstance(suspect.layer, Linear) or suspect.at_the_error:
        flatten = {"type": "flatten"}
        yield _inserted(suspect, flatten, "flatten", "flatten")
    if not suspect.at_the_error and suspect.distance > 6:
        return
    for raw in _resizing_layers(suspect.state):
        yield _inserted(suspect, raw, str(raw["type"]), "inserted")


def _inserted(suspect: Suspect, layer: RawLayer, called: str, kind: str) -> Edit:
    """A layer put before another, named where that one names its inputs."""
    raw: dict[str, Any] = dict(layer)
    inputs = suspect.raw.get("inputs")
    if inputs is not None:
        name = f"{called}_before_{suspect.name}"
        raw = {"name": name[:1000], **raw, "inputs": [inputs] if isinstance(inputs, str) else list(inputs)[:1]}
    title = f"put a `{called}` before `{suspect.name}`"
    return Edit(title=title, inserted={suspect.index: raw}, kind=kind, amount=1.0)


def _resizing_layers(state: State) -> list[RawLayer]:
    """The different layers of the network that change sizes alone, without their names."""
    found: dict[str, RawLayer] = {}
    for node in state.network.nodes:
        raw = node.description.posted
        if any(word in str(raw.get("type", "")).lower() for word in RESIZING) and len(found) < 3:
            own = {word: value for word, value in raw.items() if word not in ("name", "inputs")}
            found.setdefault(str(own), own)
    return list(found.values())


def of_another_rank(suspect: Suspect) -> Iterator[Edit]:
    """The layer of another rank: `conv2d` in place of `conv1d`; and all layers of its rank at once."""
    kind = str(suspect.raw.get("type", ""))
    match = RANK.search(kind)
    if match is None or suspect.distance > 1:
        return
    for rank in "123":
        if rank == match.group():
            continue
        other = RANK.sub(rank, kind)
        raw = {**suspect.raw, "type": other}
        yield Edit(title=f"make `{suspect.name}` a `{other}`", layers={suspect.index: raw}, kind="rank", amount=1.0)
        everywhere = _all_of_rank(suspect.state, match.group(), rank)
        if len(everywhere) > 1:
            title = f"use layers of rank {rank} in place of rank {match.group()}: `{other}`"
            yield Edit(title=title, layers=everywhere, kind="all ranks", amount=1.0)


def _all_of_rank(state: State, old: str, new: str) -> dict[int, RawLayer]:
    """Every layer of a rank, as one of another rank."""
    layers: dict[int, RawLayer] = {}
    for index, node in enumerate(state.network.nodes):
        raw = node.description.posted
        match = RANK.search(str(raw.get("type", "")))
        if match is not None and match.group() == old:
            layers[index] = {**raw, "type": RANK.sub(new, str(raw["type"]))}
    return layers


def with_another_input(suspect: Suspect) -> Iterator[Edit]:
    """The layer that has the error, with one of its inputs replaced by another tensor that is computed before it."""
    state = suspect.state
    network, rewalk = state.network, state.rewalk
    named = suspect.raw.get("inputs")
    keys = rewalk.connections[suspect.index]
    if not suspect.at_the_error or named is None or state.node(suspect.index).references:
        return
    listed = [named] if isinstance(named, str) else list(named)
    place = rewalk.places[suspect.index]
    before = [index for index in rewalk.judgement.order[:place] if index not in state.edit.removed]
    unused = [index for index in before if not rewalk.users[index]]
    nearest = sorted(before, key=lambda index: abs(suspect.index - index))[:MOST_OTHER_INPUTS]
    for position, key in enumerate(keys):
        for index in dict.fromkeys([*unused[-MOST_OTHER_INPUTS:], *nearest]):
            if index != layer_of(key) and index not in keys:
                name = network.names[index]
                wired = (*keys[:position], index, *keys[position + 1 :])
                others = [*listed[:position], name, *listed[position + 1 :]]
                raw = {**suspect.raw, "inputs": others[0] if isinstance(named, str) else others}
                title = f"let `{suspect.name}` take `{name}` in place of `{listed[position]}`"
                kind = "unused input" if index in unused else "other input"
                amount = float(abs(index - suspect.index))
                yield Edit(
                    title=title,
                    layers={suspect.index: raw},
                    rewired={suspect.index: wired},
                    kind=kind,
                    amount=amount,
                )
