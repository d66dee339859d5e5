"""The layers as openapi.yaml describes them: a schema for each class of the registry, and the choices among them.

A schema has the parameters under our names as its properties, which is what generators make members of. The spellings
of the frameworks are patterns of further names; and what must be there under one spelling or another is a condition on
an object that has a `type`, as all have. Generators read neither; whoever validates does.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import MISSING, Field, fields
from functools import cache
from typing import Any

from service.core.layers import LAYERS, Layer
from service.core.layers.names.lookup import own_words, words_of_frameworks
from service.core.layers.parameters import PARAMETERS, RESHAPED
from service.openapi.conditions import conditioned
from service.openapi.named_values import AUTO_PAD, DEFINITIONS, TEMPLATE, Schema, core, referring
from service.openapi.shared_parameters import shared_parameters
from service.openapi.tidied import tidied
from service.operations.shared.array_job import APPLICABLE
from service.operations.shared.backward_question import PADDED
from service.schemas.conditions import has, nullable, nullable_members
from service.schemas.read_parameters import validator

NAMED_LAYER, NAME_OF_A_LAYER, KNOWN_LAYER = "NamedLayer", "NameOfALayer", "KnownLayer"
LAYER_TYPE = "LayerType"
NOTES = "LayerNotes"
LONGEST_PATTERN = 96
"""Letters of a pattern of names. Chosen: it stands on one line."""
MEMBERS_OF_ALL: Mapping[str, Schema] = {
    "name": {"type": "string", "minLength": 1, "description": "In a network: what others call it by."},
    "inputs": {
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}],
        "description": "In a network: what it takes; the layer before by default.",
    },
    "weights_of": {"type": "string", "description": "In a network: the layer whose weights it uses too."},
}
"""Members of every layer object."""
NAMES_OF_MEMBERS: Mapping[str, str] = {"name": "LayerName", "inputs": "LayerInputs", "weights_of": "WeightsOf"}
"""The schemas of these members."""
LAYER_CHOICES: Sequence[tuple[str, Iterable[str], str]] = (
    ("PaddedLayer", [name for name in LAYERS if name in PADDED], "A layer with windows and padding."),
    ("AppliedLayer", [name for name in LAYERS if name in APPLICABLE], "A layer that is applied to arrays."),
)
"""The schemas that are a choice of layers: their names, types and meanings."""
CLASSES: Sequence[type[Layer]] = tuple(dict.fromkeys(kind.layer for kind in LAYERS.values()))


def reference(name: str) -> Schema:
    """A reference to a schema."""
    return {"$ref": TEMPLATE.format(model=name)}


def name_of(layer: type[Layer]) -> str:
    """The name of the schema of a layer class."""
    return layer.__name__.removesuffix("Layer") + "Layer"


def name_of_types(layer: type[Layer]) -> str:
    """The name of the schema of the types that are layers of a class."""
    return layer.__name__.removesuffix("Layer") + "Type"


def types_of(layer: type[Layer]) -> tuple[str, ...]:
    """The types that are layers of a class."""
    return tuple(name for name, kind in LAYERS.items() if kind.layer is layer)


def layer_schemas() -> dict[str, Schema]:
    """The schemas of all layers, of their choices, and what those refer to, by name."""
    described = dict(shared_parameters({name_of(layer): _layer_schema(layer) for layer in CLASSES}))
    for layer in CLASSES:
        described |= _parameter_schema(layer).get("$defs", {})
        if len(types := types_of(layer)) > 1:
            described[name_of_types(layer)] = {"type": "string", "enum": list(types)}
    described |= {name: nullable(MEMBERS_OF_ALL[member]) for member, name in NAMES_OF_MEMBERS.items()}
    described |= {**DEFINITIONS, **dict(_choices())}
    described[NAMED_LAYER] = _named_layer()
    described["LayerWithUnknowns"] = {
        "type": "object",
        "description": "A layer with windows and padding, less its unknowns.",
        "properties": {"type": {"anyOf": [{"type": "string", "enum": sorted(PADDED)}, reference(NAME_OF_A_LAYER)]}},
        "required": ["type"],
        "additionalProperties": True,
    }
    described[NAME_OF_A_LAYER] = {
        "type": "string",
        "description": "The name that a framework has for a layer, with its module or without.",
        "not": reference(LAYER_TYPE),
    }
    described[NOTES] = {
        "description": "What layers of the frameworks have beside parameters, and no answer depends on.",
        "patternProperties": {pattern: {} for pattern in _patterns(sorted(_words_of_all()))},
    }
    described["UntypedConvolutionLayer"] = _untyped_convolution(described)
    return described


def _choices() -> Iterator[tuple[str, Schema]]:
    yield (
        "Layer",
        {
            "description": "A layer: its type and its parameters.",
            "anyOf": [reference(KNOWN_LAYER), reference(NAMED_LAYER)],
        },
    )
    yield KNOWN_LAYER, {"description": "A layer of a type of our own.", **_discriminated(LAYERS)}
    for name, types, text in LAYER_CHOICES:
        choices = [reference(name_of(layer)) for layer in dict.fromkeys(LAYERS[kind].layer for kind in types)]
        yield name, {"description": text, "anyOf": [*choices, reference(NAMED_LAYER)]}


def _discriminated(types: Iterable[str]) -> Schema:
    """A choice of layers by their types."""
    chosen = {kind: reference(name_of(LAYERS[kind].layer))["$ref"] for kind in types}
    return {
        "oneOf": [{"$ref": target} for target in dict.fromkeys(chosen.values())],
        "discriminator": {"propertyName": "type", "mapping": chosen},
    }


def _named_layer() -> Schema:
    """The schema of a layer under the name that a framework has for it."""
    return {
        "type": "object",
        "description": "A layer under the name that a framework has for it, such as `nn.Conv2d`, `Conv2D` or `Gemm`,"
        " with the parameters that it has there. `/v1/layers` lists the names.",
        "properties": {"type": reference(NAME_OF_A_LAYER), **_members_of_all()},
        "required": ["type"],
        "additionalProperties": True,
    }


def _members_of_all() -> dict[str, Schema]:
    return {member: reference(name) for member, name in NAMES_OF_MEMBERS.items()}


def _untyped_convolution(described: Mapping[str, Schema]) -> Schema:
    """The schema of a convolution whose type is left out, as its kernel size may be."""
    schema = described["ConvolutionLayer"]
    properties = {word: value for word, value in schema["properties"].items() if word != "type"}
    rest = {word: value for word, value in schema.items() if word not in ("required", "dependentSchemas")}
    text = "A convolution; its kernel size is the weight's."
    return conditioned({**rest, "description": text, "properties": properties}, [reference(NOTES)])


def _parameter_schema(layer: type[Layer]) -> Schema:
    """The schema of the parameters of a layer class, as they are validated."""
    schema: Schema = tidied(validator(types_of(layer)[0]).json_schema(ref_template=TEMPLATE))
    return schema


def _layer_schema(layer: type[Layer]) -> Schema:
    """The schema of a layer class: its parameters with their meanings, other spellings and notes as patterns."""
    properties: dict[str, Schema] = {"type": _type_schema(layer)}
    patterns: dict[str, Schema] = {}
    required, conditions = ["type"], [reference(NOTES)]
    values = _parameter_schema(layer).get("properties", {})
    for field in fields(layer):
        value = values[field.name]
        aliases = [alias for alias in PARAMETERS[field.name].aliases if alias not in layer.parameter_names()]
        properties[field.name] = _parameter(field, value, aliases)
        patterns |= _other_spellings(aliases, value, properties[field.name])
        if field.default is MISSING and aliases:
            takes_null = {"type": "null"} in value.get("anyOf", ())
            spellings = (field.name, *aliases)
            conditions.append({"oneOf": [has(word, **{word: {}} if takes_null else {}) for word in spellings]})
        elif field.default is MISSING:
            required.append(field.name)
    patterns |= {pattern: {} for pattern in _patterns(_notes_of(layer))}
    described = nullable_members(
        {
            "type": "object",
            "description": (layer.__doc__ or "").strip().splitlines()[0],
            "properties": properties,
            "required": required,
        }
    )
    described = referring(described)
    described["properties"] |= _members_of_all()
    if patterns:
        described["patternProperties"] = referring(patterns)
    met = conditions[0] if len(conditions) == 1 else {"allOf": conditions}
    return {**described, "dependentSchemas": {"type": met}, "unevaluatedProperties": False}


def _type_schema(layer: type[Layer]) -> Schema:
    types = types_of(layer)
    return {"type": "string", "const": types[0]} if len(types) == 1 else reference(name_of_types(layer))


def _parameter(field: Field[Any], value: Schema, aliases: Sequence[str]) -> Schema:
    """The schema of a parameter under our name, with its meaning and its default."""
    also = f" Also `{'`, `'.join(aliases)}`." if aliases else ""
    schema = {**_spelled(field.name, value), "description": PARAMETERS[field.name].meaning + also}
    return schema if field.default in (MISSING, None) else {**schema, "default": field.default}


def _other_spellings(aliases: Sequence[str], value: Schema, parameter: Schema) -> dict[str, Schema]:
    """The values of the other spellings of a parameter, by patterns of their names."""
    grouped: dict[str, list[str]] = {}
    schemas: dict[str, Schema] = {}
    for alias in aliases:
        spelled = _spelled(alias, value)
        schema = parameter if spelled == core(parameter) else spelled
        schemas[str(schema)] = nullable(schema)
        grouped.setdefault(str(schema), []).append(alias)
    return {pattern: schemas[key] for key, words in grouped.items() for pattern in _patterns(words)}


def _patterns(words: Sequence[str]) -> Iterator[str]:
    """Patterns that together match these names and no others."""
    line: list[str] = []
    for word in words:
        if line and len("|".join([*line, word])) > LONGEST_PATTERN:
            yield f"^({'|'.join(line)})$"
            line = []
        line.append(word)
    if line:
        yield f"^({'|'.join(line)})$" if len(line) > 1 else f"^{line[0]}$"


def _notes_of(layer: type[Layer]) -> Sequence[str]:
    """The words that frameworks have for layers of a class, and for few others, beside the spellings of parameters."""
    words = {word for name in types_of(layer) for word in words_of_frameworks(LAYERS[name])}
    return sorted(words - _words_of_all() - MEMBERS_OF_ALL.keys() - own_words(types_of(layer)[0]).keys())


@cache
def _words_of_all() -> frozenset[str]:
    """The words without meaning that the frameworks have for every layer, unless they are a parameter of it."""
    words = [{*words_of_frameworks(kind), *own_words(name)} for name, kind in LAYERS.items()]
    return frozenset(set.intersection(*words) - MEMBERS_OF_ALL.keys())


def _spelled(spelling: str, schema: Schema) -> Schema:
    """The schema of a value under one spelling: ONNX's have forms of their own."""
    if spelling in RESHAPED:
        return {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 6}
    if schema.get("type") == "boolean":
        return {key: value for key, value in DEFINITIONS["Flag"].items() if key != "description"}
    if spelling == "auto_pad":
        return {"type": "string", "enum": list(AUTO_PAD)}
    return schema
