"""The layers as openapi.yaml describes them: a schema for each class of the registry, and the choices among them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, fields
from typing import Any

from service.core.layers import LAYERS, Layer
from service.core.layers.names.lookup import words_of_frameworks
from service.core.layers.parameters import PARAMETERS, RESHAPED
from service.operations.shared.array_job import APPLICABLE
from service.operations.shared.backward_question import PADDED
from service.schemas.conditions import has, nullable_members
from service.schemas.read_parameters import validator

TEMPLATE = "#/components/schemas/{model}"
"""Where schemas refer to each other."""
NAMED_LAYER = TEMPLATE.format(model="NamedLayer")
OF_ANY_LAYER: Mapping[str, Any] = {
    "name": {"type": "string", "minLength": 1, "description": "In a network: what others call it by."},
    "inputs": {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": "In a network: what it takes; the layer before by default.",
    },
    "weights_of": {"type": "string", "description": "In a network: the layer whose weights it uses too."},
}
"""Members of every layer object."""
LAYER_CHOICES: Sequence[tuple[str, Iterable[str], str]] = (
    ("Layer", LAYERS, "A layer: its type and its parameters."),
    ("PaddedLayer", [name for name in LAYERS if name in PADDED], "A layer with windows and padding."),
    ("AppliedLayer", [name for name in LAYERS if name in APPLICABLE], "A layer that is applied to arrays."),
)
"""The schemas that are a choice of layers: their names, types and meanings."""


def tidied(schema: Any) -> Any:
    """A schema without titles and null defaults, which say nothing."""
    if isinstance(schema, list):
        return [tidied(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    noise = {
        name
        for name in ("title", "default")
        if schema.get(name, 0) is None or (name == "title" and isinstance(schema.get(name), str))
    }
    return {name: tidied(value) for name, value in schema.items() if name not in noise}


def _types_of(layer: type[Layer]) -> tuple[str, ...]:
    return tuple(name for name, kind in LAYERS.items() if kind.layer is layer)


def layer_schemas() -> dict[str, Any]:
    """The schemas of all layers, of their choices, and what those refer to, by name."""
    classes = list(dict.fromkeys(kind.layer for kind in LAYERS.values()))
    references = {layer: TEMPLATE.format(model=f"{layer.__name__}Layer") for layer in classes}
    described: dict[str, Any] = {f"{layer.__name__}Layer": _layer_schema(layer) for layer in classes}
    for layer in classes:
        described |= tidied(_parameter_schema(layer).get("$defs", {}))
    described["NamedLayer"] = _named_layer()
    described["NameOfALayer"] = {
        "type": "string",
        "description": "The name that a framework has for a layer, with its module or without.",
        "not": {"enum": list(LAYERS)},
    }
    for name, types, text in LAYER_CHOICES:
        chosen = {kind: references[LAYERS[kind].layer] for kind in types}
        described[name] = {
            "description": text,
            "oneOf": [{"$ref": reference} for reference in (*dict.fromkeys(chosen.values()), NAMED_LAYER)],
            "discriminator": {"propertyName": "type", "mapping": chosen},
        }
    untyped = _layer_schema(LAYERS["conv"].layer)
    del untyped["properties"]["type"], untyped["required"]
    untyped.pop("allOf", None)
    described["UntypedConvolutionLayer"] = {**untyped, "description": "A convolution; its kernel size is the weight's."}
    return described


def _parameter_schema(layer: type[Layer]) -> dict[str, Any]:
    """The schema of the parameters of a layer class, as they are validated."""
    return validator(_types_of(layer)[0]).json_schema(ref_template=TEMPLATE)


def _named_layer() -> dict[str, Any]:
    """The schema of a layer under the name that a framework has for it."""
    return {
        "type": "object",
        "description": "A layer under the name that a framework has for it, such as `nn.Conv2d`, `Conv2D` or `Gemm`,"
        " with the parameters that it has there. `/v1/layers` lists the names.",
        "properties": {"type": {"$ref": TEMPLATE.format(model="NameOfALayer")}, **OF_ANY_LAYER},
        "required": ["type"],
    }


def _layer_schema(layer: type[Layer]) -> dict[str, Any]:
    """The schema of a layer class: its parameters with their meanings, and under all their spellings."""
    properties = _parameter_schema(layer).get("properties", {})
    members: dict[str, Any] = {"type": {"type": "string", "enum": list(_types_of(layer))}, **OF_ANY_LAYER}
    needed = []
    for field in fields(layer):
        row = PARAMETERS[field.name]
        schema = {name: value for name, value in properties[field.name].items() if name != "title"}
        spellings = [field.name, *(alias for alias in row.aliases if alias not in layer.parameter_names())]
        for spelling in spellings:
            meaning = row.meaning if spelling == field.name else f"Another spelling of `{field.name}`."
            members[spelling] = {**_spelled(spelling, schema), "description": meaning}
        if field.default is MISSING:
            takes_null = {"type": "null"} in schema.get("anyOf", ())
            needed.append({"oneOf": [{"required": [word]} if takes_null else has(word) for word in spellings]})
        elif field.default is not None:
            members[field.name]["default"] = field.default
    for word in sorted({word for name in _types_of(layer) for word in words_of_frameworks(LAYERS[name])}):
        members.setdefault(word, {})
    described: dict[str, Any] = {
        "type": "object",
        "description": (layer.__doc__ or "").strip().splitlines()[0],
        "properties": members,
        "required": ["type"],
        "additionalProperties": False,
    }
    if needed:
        described["allOf"] = needed
    return nullable_members(described)


def _spelled(spelling: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value under one spelling: ONNX's have forms of their own."""
    if spelling in RESHAPED:
        return {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 6}
    if schema.get("type") == "boolean":
        return {"anyOf": [{"type": "boolean"}, {"enum": [0, 1]}]}
    if spelling == "auto_pad":
        return {"type": "string", "enum": ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"]}
    return schema
