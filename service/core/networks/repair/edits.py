"""Changes to a network as it was posted, and the JSON Patch of each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.core.diagnostics.model import Applicability, PatchOperation, pointer_text
from service.core.diagnostics.patches import Patch
from service.core.geometry.shapes import Shape
from service.core.layers.pointers import OF_THE_GRAPH, Pointer
from service.core.networks.network import Network, TensorKey, layer_of

RawLayer = Mapping[str, Any]
"""A layer object as it is posted."""
MOST_RENAMED = 50
"""Names of layers that a change may move to another index. Chosen: a patch of more hides what it changes."""


@dataclass(frozen=True)
class Insertion:
    """A layer that is put between another one and one of its inputs."""

    raw: RawLayer
    slot: int = 0
    """Which of the inputs that is."""
    shared: bool = False
    """Whether it is the layer that is put before another one already: both take in what it makes."""


@dataclass(frozen=True, kw_only=True)
class Edit:
    """A change that mends one mistake."""

    title: str
    layers: Mapping[int, RawLayer] = field(default_factory=dict)
    """Layers that are posted otherwise, by index."""
    inputs: Mapping[str, Shape] = field(default_factory=dict)
    """Inputs of the network that have another shape."""
    inserted: Mapping[int, Insertion] = field(default_factory=dict)
    """Layers that are put before others, by the index of the other."""
    removed: frozenset[int] = frozenset()
    """Layers that are left out; what they took in goes where their output went."""
    rewired: Mapping[int, tuple[TensorKey | None, ...]] = field(default_factory=dict)
    """What a layer of `layers` takes in, where its `inputs` are others."""
    patch: Patch = ()
    """Its JSON Patch, where it was given as one."""
    applicability: Applicability = "unsafe"
    kind: str = ""
    """What sort of change it is: the parameter that it sets, or a name of KINDS in `ranking`."""
    to_default: bool = False
    """Whether it gives a parameter the value that it has where it is left out."""
    amount: float = 0.0
    """How much a number changes, as a ratio of the larger to the smaller."""

    @property
    def reaches(self) -> set[int]:
        """The layers at which it begins."""
        return {*self.layers, *self.inserted, *self.removed}


NO_EDIT = Edit(title="")


def merged(first: Edit, second: Edit) -> Edit:
    """Both changes as one; the second was made of what the first left."""
    return Edit(
        title=f"{first.title}, and {second.title}" if first.title else second.title,
        layers={**first.layers, **second.layers},
        inputs={**first.inputs, **second.inputs},
        inserted={**first.inserted, **second.inserted},
        removed=first.removed | second.removed,
        rewired={**first.rewired, **second.rewired},
        patch=() if first.title else second.patch,
    )


def patch_of(edit: Edit, network: Network) -> Patch:
    """The JSON Patch (RFC 6902) that makes the change in the posted body; empty where it would rename too much."""
    if edit.patch:
        return edit.patch
    layers = {index: dict(raw) for index, raw in edit.layers.items() if index not in edit.removed}
    if edit.inserted or edit.removed:
        renamed = _renamed(edit, network, layers)
        if renamed is None:
            return ()
        layers = renamed
    operations: list[PatchOperation] = []
    for index, raw in sorted(layers.items()):
        operations += _changed_members(network, index, raw)
    for name, shape in edit.inputs.items():
        operations += _changed_shape(network.input_locations[name], network.inputs[name], shape)
    for index in sorted({*edit.inserted, *edit.removed}, reverse=True):
        path = pointer_text(("layers", index))
        if index in edit.removed:
            operations.append({"op": "remove", "path": path})
        if index in edit.inserted and not edit.inserted[index].shared:
            operations.append({"op": "add", "path": path, "value": dict(edit.inserted[index].raw)})
    return tuple(operations)


def _changed_members(network: Network, index: int, raw: RawLayer) -> Iterator[PatchOperation]:
    """The operations that make one layer object of another."""
    location, old = network.nodes[index].description.location, network.nodes[index].description.posted
    for word in [*old, *(word for word in raw if word not in old)]:
        path = pointer_text((*location, word))
        if word in old and word not in raw:
            yield {"op": "test", "path": path, "value": old[word]}
            yield {"op": "remove", "path": path}
        elif word in old and old[word] != raw[word]:
            yield {"op": "test", "path": path, "value": old[word]}
            yield {"op": "replace", "path": path, "value": raw[word]}
        elif word not in old:
            yield {"op": "add", "path": path, "value": raw[word]}


def _changed_shape(location: Pointer, old: Shape, new: Shape) -> Iterator[PatchOperation]:
    """The operations that make one input shape of another: axis by axis where there are as many."""
    if len(old) != len(new):
        yield {"op": "test", "path": pointer_text(location), "value": list(old)}
        yield {"op": "replace", "path": pointer_text(location), "value": list(new)}
        return
    for axis, (before, after) in enumerate(zip(old, new, strict=True)):
        if before != after:
            path = pointer_text((*location, axis))
            yield {"op": "test", "path": path, "value": before}
            yield {"op": "replace", "path": path, "value": after}


def _renamed(edit: Edit, network: Network, layers: dict[int, dict[str, Any]]) -> dict[int, dict[str, Any]] | None:
    """The layers that change, with what names a layer that is now called otherwise; None where they are too many."""
    names = network.names
    new_names = _names_after(edit, network)
    for index, node in enumerate(network.nodes):
        if index in edit.removed:
            continue
        raw = layers.get(index, node.description.posted)
        wanted = _inputs_after(edit, network, index, raw, names, new_names)
        if wanted is not None and wanted != raw.get("inputs"):
            layers[index] = {**raw, "inputs": wanted}
    return layers if len(layers) <= MOST_RENAMED else None


def _names_after(edit: Edit, network: Network) -> dict[str, str]:
    """What each name becomes: a layer without one is called by its index, a removed one by what it took in."""
    new_names = {name: name for name in network.inputs}
    shift = 0
    for index, node in enumerate(network.nodes):
        shift += index in edit.inserted and not edit.inserted[index].shared
        old = network.names[index]
        if index in edit.removed:
            new_names[old] = _renamed_tensor(_name_of(network, _input_key(network, index)), new_names)
            shift -= 1
        else:
            new_names[old] = node.name or f"{node.description.type}_{index + shift}"
    return new_names


def _input_key(network: Network, index: int) -> TensorKey | None:
    """The first tensor that a layer takes in."""
    node = network.nodes[index]
    if node.inputs is None:
        return index - 1 if index else next(iter(network.inputs))
    return next((place for place, name in enumerate(network.names) if name == node.inputs[0]), node.inputs[0])


def _name_of(network: Network, key: TensorKey | None) -> str:
    index = layer_of(key)
    return str(key) if index is None else network.names[index]


def _inputs_after(
    edit: Edit, network: Network, index: int, raw: RawLayer, names: Sequence[str], new_names: Mapping[str, str]
) -> Any:
    """The `inputs` of a layer after layers moved; None where it names none and needs none."""
    posted = raw.get("inputs")
    if posted is None:
        before = index - 1
        if before in edit.removed and network.nodes[before].inputs is not None:
            return [new_names[names[before]]]
        return None
    named = inputs_named(raw)
    if named is None:
        return posted
    listed = [_renamed_tensor(name, new_names) for name in named]
    if index in edit.inserted:
        insertion = edit.inserted[index]
        taken = listed[insertion.slot]
        name = str(insertion.raw.get("name", taken))
        listed = [name if other == taken else other for other in listed]
    return listed[0] if isinstance(posted, str) else listed


def _renamed_tensor(name: str, new_names: Mapping[str, str]) -> str:
    """A name, or a name and the index of an output, as it is called now."""
    if name in new_names:
        return new_names[name]
    layer, colon, output = name.rpartition(":")
    return f"{new_names.get(layer, layer)}{colon}{output}"


def inputs_named(raw: RawLayer) -> list[str] | None:
    """The names of its inputs that a layer gives; None where it gives none, or what it gives is no list of names."""
    posted = raw.get("inputs")
    listed = [posted] if isinstance(posted, str) else posted
    return list(listed) if isinstance(listed, list) and all(isinstance(name, str) for name in listed) else None


def others_named(raw: RawLayer) -> dict[str, Any]:
    """A layer's parameters alone, as they are posted."""
    return {word: value for word, value in raw.items() if word not in OF_THE_GRAPH}
