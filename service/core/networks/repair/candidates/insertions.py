"""Layers that were left out: a flatten, a permutation, a convolution, or a layer that changes sizes alone."""

from collections.abc import Iterator
from itertools import islice
from typing import Any

from service.core.geometry.shapes import Shape
from service.core.layers.axis_order import Transpose
from service.core.layers.base import Layer
from service.core.layers.convolution import Convolution
from service.core.layers.dense import Linear
from service.core.layers.pointers import LONGEST_NAME
from service.core.layers.pools import Pool
from service.core.layers.registry import SPATIAL_RANKS
from service.core.layers.resampling import Upsample
from service.core.layers.reshaping import Permute
from service.core.layers.spatial import SpatialLayer
from service.core.networks.network import layer_of
from service.core.networks.repair.candidates.suspect import Suspect
from service.core.networks.repair.edits import Edit, Insertion, RawLayer, inputs_named, others_named
from service.core.networks.repair.family import integers_in

MOST_AHEAD = 6
"""Layers ahead of an error before which another layer is put. Chosen."""
MOST_SLOTS = 4
"""Inputs of a layer before which another layer is put. Chosen."""
MOST_LIKE = 6
"""Layers of a network that are tried where one of their sort may be missing. Chosen."""
MOST_TAKING = 4
"""Layers that take in one tensor, before all of which a layer is put. Chosen."""


def put_before(suspect: Suspect) -> Iterator[Edit]:
    """A flatten before a linear layer, and a copy of a layer that changes sizes before any other."""
    yield from _flattens(suspect)
    if suspect.distance > MOST_AHEAD:
        return
    for slot in range(min(len(suspect.state.keys(suspect.index)), MOST_SLOTS)):
        if suspect.at_the_error:
            for raw in _exchanges(suspect, slot):
                yield inserted(suspect, raw, "exchange", slot)
            for place, raw in enumerate(_convolutions(suspect, slot)):
                yield inserted(suspect, raw, "inserted", slot, amount=1.5 + place)
            for raw in _fitting(suspect, slot):
                yield inserted(suspect, raw, "inserted", slot)
        for raw, kind in _resizing_layers(suspect):
            yield inserted(suspect, raw, kind, slot)
            yield from inserted_before_all(suspect, raw, "inserted", slot)


def inserted(suspect: Suspect, layer: RawLayer, kind: str, slot: int = 0, *, amount: float = 1.0) -> Edit:
    """A layer put before another, named where that one names its inputs."""
    raw: dict[str, Any] = dict(layer)
    listed = inputs_named(suspect.raw)
    if listed is not None:
        raw = {"name": _name(f"{layer['type']}_before_{suspect.name}"), **raw, "inputs": listed[slot : slot + 1]}
    title = f"put {_called(layer)} before `{suspect.name}`"
    return Edit(title=title, inserted={suspect.index: Insertion(raw, slot)}, kind=kind, amount=amount)


def inserted_before_all(suspect: Suspect, layer: RawLayer, kind: str, slot: int = 0) -> Iterator[Edit]:
    """A layer put before a layer and all others that take in the same tensor."""
    state = suspect.state
    key = state.keys(suspect.index)[slot]
    source = key if isinstance(key, str) else layer_of(key)
    users = sorted(state.rewalk.users.get(source, ())) if source is not None else []
    if not 1 < len(users) <= MOST_TAKING or any(inputs_named(state.raw(index)) is None for index in users):
        return
    if any(state.keys(index).count(key) != 1 for index in users):
        return
    first = users[0]
    name = source if isinstance(source, str) else state.network.names[source or 0]
    tensor = (inputs_named(state.raw(first)) or [])[state.keys(first).index(key)]
    raw = {"name": _name(f"{layer['type']}_behind_{name}"), **layer, "inputs": [tensor]}
    before = {index: Insertion(raw, state.keys(index).index(key), shared=index != first) for index in users}
    yield Edit(title=f"put {_called(layer)} behind `{name}`", inserted=before, kind=kind, amount=1.0)


def _called(layer: RawLayer) -> str:
    """A layer that is put in, in words: its type, and what says which of its sort it is."""
    own = [f"{word} {value}" for word, value in layer.items() if word in ("start_dim", "dims")]
    return f"a `{layer['type']}`{' with ' if own else ''}{' and '.join(own)}"


def _name(wanted: str) -> str:
    return wanted[:LONGEST_NAME]


def _flattens(suspect: Suspect) -> Iterator[Edit]:
    """A flatten of all axes, or of all but the channels."""
    first = not suspect.state.network.framework.layout.channels_last
    if isinstance(suspect.layer, Linear) or suspect.at_the_error:
        yield inserted(suspect, {"type": "flatten"}, "flatten")
    reorders = isinstance(suspect.layer, Permute | Transpose) and suspect.distance <= MOST_AHEAD
    if first and (reorders or (suspect.at_the_error and not isinstance(suspect.layer, Linear | SpatialLayer))):
        yield inserted(suspect, {"type": "flatten", "start_dim": 2}, "exchange")


def _exchanges(suspect: Suspect, slot: int) -> Iterator[RawLayer]:
    """A permutation that brings a size to the last axis, where that is declared, or another branch has it there."""
    shapes = suspect.state.arriving(suspect.index)
    shape = shapes[slot] or ()
    others = {other[-1] for place, other in enumerate(shapes) if other and place != slot}
    declared = set(integers_in(others_named(suspect.raw))) | others
    for axis in range(1, len(shape) - 1):
        if shape[axis] in declared and shape[-1] not in declared:
            dims = list(range(len(shape)))
            dims[axis], dims[-1] = dims[-1], dims[axis]
            yield {"type": "permute", "dims": dims}


def _convolutions(suspect: Suspect, slot: int) -> Iterator[RawLayer]:
    """Convolutions like those of the network, the most usual first, from what arrives to the channels declared.

    Where branches meet, to the channels of another branch.
    """
    shapes = suspect.state.arriving(suspect.index)
    shape = shapes[slot]
    if shape is None or len(shape) < 3:
        return
    axis = _channel_axis(suspect, shape)
    wanted = [suspect.value(name) for name in ("in_channels", "num_features")]
    wanted += [other[axis] for other in shapes if other is not None and len(other) == len(shape) and other != shape]
    declared = next((size for size in wanted if size), None)
    if declared is None:
        return
    family = suspect.state.rewalk.family
    found: dict[str, RawLayer] = {}
    for sort, _ in family.sorts.most_common():
        node = family.examples[sort]
        spelling = node.description.spelling
        if isinstance(node.description.layer, Convolution) and "out_channels" in spelling:
            like = {**others_named(node.description.posted), spelling["out_channels"]: declared}
            if "in_channels" in spelling:
                like[spelling["in_channels"]] = shape[axis]
            found.setdefault(str(like), like)
    yield from list(found.values())[:MOST_LIKE]


def _channel_axis(suspect: Suspect, shape: Shape) -> int:
    return suspect.state.network.framework.layout.channel_axis(len(shape), len(shape) - 2)


def _fitting(suspect: Suspect, slot: int) -> Iterator[RawLayer]:
    """Where branches meet, pools of the network's sort whose window fits one branch to the sizes of another."""
    shapes = suspect.state.arriving(suspect.index)
    shape = shapes[slot]
    for other in dict.fromkeys(shapes):
        if shape is None or other is None or not 3 <= len(shape) == len(other) <= 5:
            continue
        axis = _channel_axis(suspect, shape)
        pairs = [(a, b) for place, (a, b) in enumerate(zip(shape, other, strict=True)) if place not in (0, axis)]
        windows = {_window(a, b) for a, b in pairs}
        if len(windows) == 1 and (window := windows.pop()) is not None:
            kernel, stride = window
            yield {"type": f"max_pool{len(shape) - 2}d", "kernel_size": kernel, "stride": stride}


def _window(size: int | None, wanted: int | None) -> tuple[int, int] | None:
    """Kernel and stride of an unpadded window that makes a size of a larger one; None where there is none.

    stride = size // wanted, kernel = size - (wanted - 1) stride
    """
    if size is None or not wanted or size // wanted < 2:
        return None
    stride = size // wanted
    return size - (wanted - 1) * stride, stride


def _resizing_layers(suspect: Suspect) -> list[tuple[RawLayer, str]]:
    """The different layers of the network that change sizes by a ratio and nothing else; a pool where it has none.

    With each the kind of change: whether the first such layer stands before branches that meet, as it would here.
    """
    found: dict[str, tuple[RawLayer, str]] = {}
    rewalk = suspect.state.rewalk
    examples = (node.description for node in rewalk.family.examples.values())
    layers = (each for each in examples if isinstance(each.layer, Pool | Upsample))
    for description in islice(layers, MOST_LIKE):
        raw = others_named(description.posted)
        behind = [suspect.state.node(user).description for user in rewalk.users.get(int(description.location[1]), ())]
        meeting = suspect.at_the_error and suspect.layer is not None and suspect.layer.merges
        alike = meeting and any(each.kind is suspect.kind for each in behind)
        found.setdefault(str(raw), (raw, "inserted as elsewhere" if alike else "inserted"))
    rank = max((len(shape) - 2 for shape in suspect.arriving), default=0)
    if rank in SPATIAL_RANKS and not any(isinstance(layer, Pool) for layer in _layers(suspect)):
        found["halves"] = {"type": f"max_pool{rank}d", "kernel_size": 2, "stride": 2}, "inserted"
    return list(found.values())


def _layers(suspect: Suspect) -> Iterator[Layer | None]:
    """One layer of each sort that the network has."""
    return (node.description.layer for node in suspect.state.rewalk.family.examples.values())
