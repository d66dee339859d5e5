"""One call of a layer written down: the layer object, what it takes, and what comes out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from service.core.geometry.shapes import Shape
from service.core.layers.base import Layer
from service.core.layers.names.lookup import meanings
from service.models.archives import shortened
from service.models.json_documents import member, text_of
from service.models.keras.connections import Call, ConstantTensor, TensorReference, references_in, shape_in
from service.models.keras.distributing import distributed
from service.models.keras.layers import FRAMEWORK, LayerObject, is_plain, layer_object, name_of
from service.models.keras.operations import applied, is_operation
from service.models.reading import LayerPlace, NotUnderstood
from service.models.recorder import Recorder, Tensor

MASKS = frozenset({"mask", "attention_mask", "query_mask", "value_mask", "key_mask", "training", "padding_mask"})
"""Keywords of tensors that change no shape."""
ROLES = ("query", "value", "key")
"""Keywords of tensors that stand in an order of their own."""
MOST_OUTPUTS = 64
"""Outputs of a layer that is not known. Chosen: known layers have no more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Place:
    """Where a layer is called: the names before its own, and the tensors that its references mean."""

    path: str
    depth: int
    tensors: Mapping[TensorReference, Tensor]
    declared: Mapping[int, Shape | None] = field(default_factory=dict)
    """The shapes of the layer's outputs, as the configuration declares them."""
    in_steps: bool = False
    """Whether it is called at each step of a sequence."""


def emit(layer: Mapping[str, Any], call: Call, place: Place, recorder: Recorder) -> Sequence[Tensor]:
    """The tensors that a layer makes; a layer that is not known is opaque, with the shapes that are declared."""
    name = f"{place.path}{name_of(layer)}"
    spot = LayerPlace(layer=name)
    if is_operation(layer):
        function = applied(layer, call)
        found, taken = (None, _all_of(call)) if function is None else (function.layer, list(function.taken))
    else:
        found, taken = arranged(layer_object(layer), call), inputs_of_call(call)
    tensors = [
        place.tensors[entry] if isinstance(entry, TensorReference) else _constant(entry, name, spot, recorder)
        for entry in taken
    ]
    if found is None:
        return _opaque(layer, tensors, name, place, recorder)
    for what in found.unclear:
        recorder.not_understood.append(NotUnderstood(message=what, place=spot))
    if place.in_steps:
        found = distributed(found)
    owner = name if has_weights(found) else None
    return recorder.layer(found.type, found.parameters, tensors, name=name, place=spot, owner=owner)


def has_weights(layer: LayerObject) -> bool:
    """Whether a layer of this kind has numbers of its own."""
    kind = meanings(layer.type, FRAMEWORK)[0].kind.layer
    return kind.parameters is not Layer.parameters or kind.buffers is not Layer.buffers


def arranged(found: LayerObject | None, call: Call) -> LayerObject | None:
    """The layer with what the call itself says: that it gives its attention scores too."""
    if found is None or not call.keywords:
        return found
    words = meanings(found.type, FRAMEWORK)[0].words
    said = {
        word: value
        for word, value in call.keywords.items()
        if word in words and words[word].parameter is not None and value is not None and is_plain(value)
    }
    return LayerObject(type=found.type, parameters={**found.parameters, **said}, unclear=found.unclear)


def inputs_of_call(call: Call) -> list[TensorReference | ConstantTensor]:
    """What a layer takes, masks left out: they change no shape."""
    positional = _all_of(Call(arguments=call.arguments))
    roles = [role for role in ROLES if role in call.keywords]
    others = [name for name in call.keywords if name not in ROLES and name not in MASKS]
    named = [reference for name in (*roles, *others) for reference in references_in(call.keywords[name])]
    return [*positional, *named]


def _all_of(call: Call) -> list[TensorReference | ConstantTensor]:
    return list(call.references())


def _constant(entry: ConstantTensor, name: str, spot: LayerPlace, recorder: Recorder) -> Tensor:
    return recorder.layer("constant", {"shape": list(entry.shape)}, [], name=f"{name}_constant", place=spot)[0]


def _opaque(
    layer: Mapping[str, Any], tensors: Sequence[Tensor], name: str, place: Place, recorder: Recorder
) -> Sequence[Tensor]:
    kind, spot = text_of(layer.get("class_name")), LayerPlace(layer=name)
    own = shape_in(member(layer, "config", "output_shape"))
    if own is not None and not place.declared and tensors and tensors[0].shape:
        place = replace(place, declared={0: (tensors[0].shape[0], *own)})
    message = f"the layer `{shortened(name)}` of class `{shortened(kind)}` is not known"
    if len(place.declared) <= 1:
        return (recorder.unknown(message, tensors, name=name, place=spot, shape=place.declared.get(0)),)
    recorder.not_understood.append(NotUnderstood(message=message, place=spot))
    count = min(max(place.declared) + 1, MOST_OUTPUTS)
    shapes = [place.declared.get(index) for index in range(count)]
    if all(shape is not None for shape in shapes):
        return recorder.layer("opaque", {"output_shapes": shapes}, tensors, name=name, place=spot)
    return recorder.layer("opaque", {}, tensors, name=name, place=spot)
