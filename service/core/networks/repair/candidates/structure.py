"""Layers left out or too many, of another rank, or with another input."""

import re
from collections.abc import Iterator
from typing import Any

from service.core.layers.base import Layer
from service.core.layers.convolution import Convolution
from service.core.layers.dense import Linear
from service.core.layers.pointers import LONGEST_NAME
from service.core.layers.pools import Pool
from service.core.layers.reshaping import Flatten
from service.core.layers.spatial import SpatialLayer
from service.core.networks.network import TensorKey, layer_of
from service.core.networks.repair.candidates.suspect import Suspect
from service.core.networks.repair.edits import Edit, Insertion, RawLayer, inputs_named, others_named
from service.core.networks.repair.family import integers_in
from service.core.networks.repair.rewalk import State

RANK = re.compile(r"(?<=[a-zA-Z_])([123])(?=[dD](?:Transpose)?$)")
"""The rank at the end of a type: `conv2d`, `nn.Conv2d`, `Conv2D`, `Conv2DTranspose`."""
MOST_OTHER_INPUTS = 24
"""Tensors that are tried as an input of a layer. Chosen: those nearest to it, and those that nothing takes in."""
MOST_BRANCHES = 64
"""Inputs of a layer beyond which no other inputs are tried. Chosen: each trial copies the list."""
MOST_AHEAD = 6
"""Layers ahead of an error before which another layer is put. Chosen."""
MOST_SLOTS = 4
"""Inputs of a layer before which another layer is put. Chosen."""
MOST_LIKE = 6
"""Convolutions of a network that are tried where one may be missing. Chosen."""
RESIZING = ("pool", "upsample", "upsampling", "interpolate")
"""Words in the types of layers that change sizes alone, of which one may have been left out."""


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


def put_before(suspect: Suspect) -> Iterator[Edit]:
    """A flatten before a linear layer, and a copy of a layer that changes sizes before any other."""
    if isinstance(suspect.layer, Linear) or suspect.at_the_error:
        yield _inserted(suspect, {"type": "flatten"}, "flatten", "flatten")
        if not suspect.state.network.framework.layout.channels_last and not isinstance(
            suspect.layer, Linear | SpatialLayer
        ):
            yield _inserted(suspect, {"type": "flatten", "start_dim": 2}, "flatten", "exchange")
    if suspect.at_the_error:
        for raw in _exchanges(suspect):
            yield _inserted(suspect, raw, str(raw["type"]), "exchange")
    for slot in (
        range(min(len(suspect.state.keys(suspect.index)), MOST_SLOTS)) if suspect.distance <= MOST_AHEAD else ()
    ):
        for raw in (*_resizing_layers(suspect.state), *(_convolutions(suspect, slot) if suspect.at_the_error else ())):
            yield _inserted(suspect, raw, str(raw["type"]), "inserted", slot)


def _inserted(suspect: Suspect, layer: RawLayer, called: str, kind: str, slot: int = 0) -> Edit:
    """A layer put before another, named where that one names its inputs."""
    raw: dict[str, Any] = dict(layer)
    listed = inputs_named(suspect.raw)
    if listed is not None:
        name = f"{called}_before_{suspect.name}"
        raw = {"name": name[:LONGEST_NAME], **raw, "inputs": listed[slot : slot + 1]}
    own = [f"{word} {value}" for word, value in layer.items() if word in ("start_dim", "dims")]
    title = f"put a `{called}`{' with ' if own else ''}{' and '.join(own)} before `{suspect.name}`"
    return Edit(title=title, inserted={suspect.index: Insertion(raw, slot)}, kind=kind, amount=1.0)


def _exchanges(suspect: Suspect) -> Iterator[RawLayer]:
    """A permutation that brings a size to the last axis, where that is declared, or another branch has it there."""
    declared = set(integers_in(others_named(suspect.raw))) | {shape[-1] for shape in suspect.arriving[1:] if shape}
    for shape in suspect.arriving[:1]:
        for axis in range(1, len(shape) - 1):
            if shape[axis] in declared and shape[-1] not in declared:
                dims = list(range(len(shape)))
                dims[axis], dims[-1] = dims[-1], dims[axis]
                yield {"type": "permute", "dims": dims}


def _convolutions(suspect: Suspect, slot: int) -> Iterator[RawLayer]:
    """Convolutions like those of the network, from the channels that arrive to those that are declared.

    Where branches meet, to the channels of another branch.
    """
    shapes = suspect.state.arriving(suspect.index)
    shape = shapes[slot]
    if shape is None or len(shape) < 3:
        return
    axis = suspect.state.network.framework.layout.channel_axis(len(shape), len(shape) - 2)
    wanted = [suspect.value(name) for name in ("in_channels", "num_features")]
    wanted += [other[axis] for other in shapes if other is not None and len(other) == len(shape) and other != shape]
    channels, declared = shape[axis], next((size for size in wanted if size), None)
    if declared is None:
        return
    found: dict[str, RawLayer] = {}
    for node in suspect.state.rewalk.family.examples.values():
        spelling, raw = node.description.spelling, node.description.posted
        if isinstance(node.description.layer, Convolution) and "out_channels" in spelling:
            like = {**others_named(raw), spelling["out_channels"]: declared}
            if "in_channels" in spelling:
                like[spelling["in_channels"]] = channels
            found.setdefault(str(like), like)
    yield from list(found.values())[:MOST_LIKE]


def _resizing_layers(state: State) -> list[RawLayer]:
    """The different layers of the network that change sizes alone, without their names."""
    found: dict[str, RawLayer] = {}
    for node in state.rewalk.family.examples.values():
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
        kind="unused input" if unused else "other input",
        amount=1.0 if source is None else float(abs(source - suspect.index)),
    )
