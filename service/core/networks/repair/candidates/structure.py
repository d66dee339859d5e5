"""Layers too many, of another rank, or with another input."""

import re
from collections.abc import Iterator
from typing import Any

from service.core.layers.base import Layer
from service.core.layers.pools import Pool
from service.core.layers.reshaping import Flatten
from service.core.layers.spatial import SpatialLayer
from service.core.networks.network import TensorKey, layer_of
from service.core.networks.repair.candidates.suspect import Suspect
from service.core.networks.repair.edits import Edit, RawLayer
from service.core.networks.repair.rewalk import State

RANK = re.compile(r"(?<=[a-zA-Z_])([123])(?=[dD](?:Transpose)?$)")
"""The rank at the end of a type: `conv2d`, `nn.Conv2d`, `Conv2D`, `Conv2DTranspose`."""
MOST_OTHER_INPUTS = 24
"""Tensors that are tried as an input of a layer. Chosen: those nearest to it, and those that nothing takes in."""
MOST_BRANCHES = 64
"""Inputs of a layer beyond which no other inputs are tried. Chosen: each trial copies the list."""
MOST_AHEAD = 6
"""Layers ahead of an error whose inputs are replaced. Chosen."""
FURTHEST_RANK = 3
"""Layers ahead of an error that are tried with another rank. Chosen: a norm and a flatten may stand between."""


def left_out(suspect: Suspect) -> Iterator[Edit]:
    """The network without a layer that takes in one tensor; the one that has the error only if it moves a window."""
    state = suspect.state
    keys, network = state.keys(suspect.index), state.network
    if suspect.at_the_error and not (isinstance(suspect.layer, SpatialLayer) and _keeps_channels(suspect.layer)):
        return
    if len(keys) == 1 and len(network.nodes) > 1 and not state.node(suspect.index).references:
        kind = "removed"
        if isinstance(suspect.layer, Pool | Flatten):
            kind = "twice" if _is_twice(suspect) else "pool" if suspect.is_too_small else kind
        yield Edit(title=f"leave `{suspect.name}` out", removed=frozenset({suspect.index}), kind=kind, amount=1.0)


def _is_twice(suspect: Suspect) -> bool:
    """Whether a pool or a flatten follows one of its own kind."""
    before = layer_of(next(iter(suspect.state.keys(suspect.index)), None))
    return before is not None and suspect.kind is suspect.state.node(before).description.kind


def _keeps_channels(layer: Layer) -> bool:
    """Whether as many channels come out as go in, whatever arrives, or because they are declared so."""
    return layer.passes_channels_on or getattr(layer, "in_channels", None) == getattr(layer, "out_channels", 0)


def of_another_rank(suspect: Suspect) -> Iterator[Edit]:
    """The layer of another rank: `conv2d` in place of `conv1d`; and all layers of its rank at once.

    Further ahead of the error, only a layer that is alone in its rank.
    """
    kind = str(suspect.raw.get("type", ""))
    match = RANK.search(kind)
    if match is None or suspect.distance > FURTHEST_RANK:
        return
    for rank in "123":
        if rank == match.group():
            continue
        other = RANK.sub(rank, kind)
        everywhere = _all_of_rank(suspect.state, match.group(), rank)
        if suspect.distance > 1 and len(everywhere) > 1:
            continue
        raw = {**suspect.raw, "type": other}
        yield Edit(title=f"make `{suspect.name}` a `{other}`", layers={suspect.index: raw}, kind="rank", amount=1.0)
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


def with_other_inputs(suspect: Suspect) -> Iterator[Edit]:
    """A layer with one of its inputs replaced by another tensor that is computed before it, with one more or one less.

    One more or less is tried for branches that are brought together; another one only where the error is.
    """
    state = suspect.state
    node = state.node(suspect.index)
    if node.inputs is None or node.references or suspect.distance > MOST_AHEAD + 2:
        return
    if len(node.inputs) > MOST_BRANCHES:
        return
    listed = list(node.inputs)
    keys = state.rewalk.connections[suspect.index]
    unused, near = _sources(suspect)
    sources = list(dict.fromkeys([*unused, *near])) if suspect.distance <= 2 else unused
    for position, (key, name) in enumerate(zip(keys, listed, strict=False)):
        for index in sources if suspect.at_the_error else ():
            if index != layer_of(key) and index not in keys:
                others = (*keys[:position], index, *keys[position + 1 :])
                title = f"let `{suspect.name}` take `{state.network.names[index]}` in place of `{name}`"
                yield _rewired(suspect, others, [*listed[:position], index, *listed[position + 1 :]], title, index)
    if suspect.layer is None or not suspect.layer.merges:
        return
    for index in sources:
        if index not in keys:
            title = f"let `{suspect.name}` take `{state.network.names[index]}` too"
            yield _rewired(suspect, (*keys, index), [*listed, index], title, index)
    for position, name in enumerate(listed if len(listed) > 2 else ()):
        fewer = [*listed[:position], *listed[position + 1 :]]
        title = f"take `{name}` from the inputs of `{suspect.name}`"
        yield _rewired(suspect, (*keys[:position], *keys[position + 1 :]), fewer, title, None)


def _sources(suspect: Suspect) -> tuple[list[int], list[int]]:
    """The layers that run before one: those whose output nothing takes in, and those next to it."""
    state = suspect.state
    rewalk = state.rewalk
    gone = state.edit.removed | _just_before(suspect)
    place = rewalk.places[suspect.index]
    before = rewalk.judgement.order[max(place - 10 * MOST_OTHER_INPUTS, 0) : place]
    unused = [index for index in rewalk.unused if rewalk.places[index] < place and index not in gone]
    nearest = sorted(set(before) - gone, key=lambda index: abs(suspect.index - index))
    return unused[-MOST_OTHER_INPUTS:], nearest[:MOST_OTHER_INPUTS]


def _just_before(suspect: Suspect) -> set[int]:
    """The layers on the way to one of several inputs, where taking one for the other would leave nothing to merge."""
    state = suspect.state
    found: set[int] = set()
    front = [layer_of(key) for key in state.keys(suspect.index)]
    for _ in range(MOST_AHEAD if len(front) > 1 else 0):
        before = [state.keys(index) for index in front if index is not None]
        front = [layer_of(keys[0]) for keys in before if len(keys) == 1]
        found |= {index for index in front if index is not None and len(state.rewalk.users.get(index, ())) == 1}
    return found


def _rewired(
    suspect: Suspect, keys: tuple[TensorKey | None, ...], listed: list[Any], title: str, source: int | None
) -> Edit:
    """The layer with other inputs; an index in `listed` stands for the name of that layer."""
    names = [suspect.state.network.names[name] if isinstance(name, int) else name for name in listed]
    alone = isinstance(suspect.raw.get("inputs"), str) and len(names) == 1
    unused = source is not None and source not in suspect.state.rewalk.users
    return Edit(
        title=title,
        layers={suspect.index: {**suspect.raw, "inputs": names[0] if alone else names}},
        rewired={suspect.index: keys},
        kind="unused input" if unused else "one input less" if source is None else "other input",
        amount=1.0 if source is None else float(abs(source - suspect.index)),
    )
