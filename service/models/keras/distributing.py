"""`TimeDistributed` around a whole model: the same as around each of its layers, where those can be taken apart."""

from collections.abc import Mapping
from typing import Any

from service.models.json_documents import integer_of, member, text_of
from service.models.keras.connections import calls_of
from service.models.keras.layers import LayerObject, held_model, is_model, layer_object, layers_of
from service.models.keras.operations import is_operation

WRAPPER = "TimeDistributed"
INPUT = "InputLayer"
ELEMENTWISE = frozenset({"Add", "Subtract", "Multiply", "Maximum", "Minimum", "Average"})
"""Layers of several branches, of which each position is on its own: the steps are positions too."""
JOINING = "Concatenate"


def distributed_model(layer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The model that a layer applies at each step; None where it is none, or cannot be taken apart."""
    held = held_model(layer) if layer.get("class_name") == WRAPPER else None
    return held if held is not None and can_be_taken_apart(held) else None


def can_be_taken_apart(model: Mapping[str, Any]) -> bool:
    """Whether each layer of a model is known, and takes one tensor or brings together what stands at one position."""
    return all(can_be_taken_apart(layer) if is_model(layer) else _stands_alone(layer) for layer in layers_of(model))


def _stands_alone(layer: Mapping[str, Any]) -> bool:
    kind = text_of(layer.get("class_name"))
    if kind == INPUT or kind in ELEMENTWISE:
        return True
    if kind == JOINING:
        return (integer_of(member(layer, "config", "axis")) or 0) < 0
    takes_one = all(len(list(call.references())) == 1 for call in calls_of(dict(layer)))
    return takes_one and not is_operation(layer) and layer_object(layer) is not None


def distributed(found: LayerObject) -> LayerObject:
    """A layer of such a model, applied at each step."""
    if found.type in ELEMENTWISE or found.type == JOINING:
        return found
    inner = {"type": found.type, **found.parameters}
    return LayerObject(type=WRAPPER, parameters={"layer": inner}, unclear=found.unclear)
