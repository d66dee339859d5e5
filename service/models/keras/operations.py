"""Functions in a Functional model: operations of `keras.ops`, and TensorFlow's in models of Keras 2."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.core.layers.names.layer_name import Word
from service.core.layers.names.lookup import meanings
from service.models.json_documents import object_of, text_of
from service.models.keras.connections import Call, ConstantTensor, SliceOf, TensorReference, shape_of_numbers
from service.models.keras.layers import FRAMEWORK, LayerObject, is_plain
from service.models.keras.older_functions import FUNCTIONS, OLDER_CLASSES, TRANSPOSING, in_newer_words

OPERATION_MODULES = ("keras.src.ops", "keras.ops")
OPERANDS = ("x", "y", "x1", "x2", "a", "b")
"""Keywords of operands, which may be numbers."""
LONGEST_CLASS = 100
"""Letters of a class that is looked up. Chosen: none of Keras' has half as many."""
Operand = TensorReference | ConstantTensor | bool | int | float


@dataclass(frozen=True, kw_only=True, slots=True)
class Applied:
    """A function applied: the layer object, and what it takes."""

    layer: LayerObject
    taken: tuple[TensorReference | ConstantTensor, ...]


def is_operation(layer: Mapping[str, Any]) -> bool:
    """Whether a layer of a Functional model is the call of a function."""
    return (
        text_of(layer.get("module")).startswith(OPERATION_MODULES) or text_of(layer.get("class_name")) in OLDER_CLASSES
    )


def applied(layer: Mapping[str, Any], call: Call) -> Applied | None:
    """A call of a function as a layer of the network; None where it is not known, or is called in an unknown way."""
    function = _function(layer)
    if function == "getitem":
        return _part(call)
    if function == "shape_of":
        return Applied(layer=LayerObject(type=function, parameters={}), taken=tuple(call.references()))
    known = meanings(f"keras.ops.{function}", FRAMEWORK) if function else ()
    if not known or any(call.keywords.get(flag) for flag in TRANSPOSING):
        return None
    given = {**object_of(layer.get("config")), **_numbers(call)}
    if text_of(layer.get("class_name")) in OLDER_CLASSES:
        given = in_newer_words(function, given)
    words = known[0].words
    return _with_operands(function, {w: v for w, v in given.items() if _is_parameter(w, v, words)}, words, call)


def _function(layer: Mapping[str, Any]) -> str:
    """The function as `keras.ops` calls it, such as `image.resize`; empty where it is not known there."""
    if text_of(layer.get("class_name")) in OLDER_CLASSES:
        named = text_of(object_of(layer.get("config")).get("function"))
        return "getitem" if named == "__operators__.getitem" else FUNCTIONS.get(named, "")
    name = snake(text_of(layer.get("class_name")))
    if name == "get_item":
        return "getitem"
    spellings = (f"image.{name}", name) if ".image" in text_of(layer.get("module")) else (name,)
    return next((found for found in spellings if meanings(f"keras.ops.{found}", FRAMEWORK)), "")


def snake(name: str) -> str:
    """`ExpandDims` as `expand_dims`."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name[:LONGEST_CLASS]).lower()


def _is_parameter(word: str, value: Any, words: Mapping[str, Word]) -> bool:
    """Whether an argument says something of the shape that comes out."""
    known = word in words and words[word].parameter is not None and word not in OPERANDS
    return known and value is not None and is_plain(value)


def _numbers(call: Call) -> dict[str, Any]:
    """The keywords of a call that are no tensors; a tensor in a list of sizes is a size that is not known."""
    return {
        name: [None if isinstance(entry, TensorReference) else entry for entry in value]
        if isinstance(value, list)
        else value
        for name, value in call.keywords.items()
        if not _is_tensor(value)
    }


def _is_tensor(value: Any) -> bool:
    """Whether an argument is a tensor, or a list of nothing but tensors."""
    if isinstance(value, list):
        return bool(value) and all(isinstance(entry, TensorReference | ConstantTensor) for entry in value)
    return isinstance(value, TensorReference | ConstantTensor)


def _with_operands(function: str, parameters: dict[str, Any], words: Mapping[str, Word], call: Call) -> Applied | None:
    """The layer with its tensors in order; a number beside a single tensor is its parameter `other`."""
    named = [value for name, value in call.keywords.items() if _is_tensor(value) or name in OPERANDS]
    operands = [operand for value in (*call.arguments, *named) for operand in _operands(value)]
    if not all(isinstance(operand, Operand) for operand in operands):
        return None
    tensors = [operand for operand in operands if isinstance(operand, TensorReference | ConstantTensor)]
    numbers = [operand for operand in operands if isinstance(operand, bool | int | float)]
    if len(tensors) == len(numbers) == 1 and "other" in words:
        parameters["other"] = numbers[0]
        if operands[0] is numbers[0] and "reversed" in words:
            parameters["reversed"] = True
        taken = tensors
    else:
        taken = [ConstantTensor(()) if isinstance(entry, bool | int | float) else entry for entry in operands]
    return Applied(layer=LayerObject(type=f"keras.ops.{function}", parameters=parameters), taken=tuple(taken))


def _operands(value: Any) -> list[Any]:
    """The operands in an argument: a list of tensors are several, a list of numbers is one constant."""
    if value is None:
        return []
    if not isinstance(value, list):
        return [value]
    if any(isinstance(entry, TensorReference | ConstantTensor) for entry in value):
        return value
    return [ConstantTensor(shape_of_numbers(value))]


def _part(call: Call) -> Applied | None:
    """A part of a tensor as Python indexes it."""
    operands = [*call.arguments, *call.keywords.values()]
    if len(operands) < 2 or not isinstance(operands[0], TensorReference):
        return None
    index = operands[1] if isinstance(operands[1], list) else [operands[1]]
    items = [entry.text if isinstance(entry, SliceOf) else entry for entry in index]
    if not all(item is None or type(item) is int or isinstance(item, str) for item in items):
        return None
    return Applied(layer=LayerObject(type="getitem", parameters={"index": items}), taken=(operands[0],))
