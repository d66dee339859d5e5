"""Parameters that several layers have alike: each is described once, and referred to.

`kernel_size` of one layer may take other values than that of another. What most have gets the name; of what few have
alike, every further form keeps its place in the layers, unless it is as frequent, and then it says so in its name.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from service.openapi.conditions import conditioned
from service.openapi.named_values import TEMPLATE, Schema, core

FEWEST = 2
"""Layers from which on a parameter is described apart from them."""


def shared_parameters(layers: Mapping[str, Schema]) -> Iterator[tuple[str, Schema]]:
    """The layers with references in place of what they share, and that, by name."""
    named = dict(_shared(layers))
    names = {str(schema): name for name, schema in named.items()}
    for name, layer in layers.items():
        shared = _referring(layer, names)
        if "patternProperties" in shared:
            shared["patternProperties"] = {
                pattern: schema if "$ref" in schema else core(schema)
                for pattern, schema in shared["patternProperties"].items()
            }
        yield name, shared
    yield from ((name, _quiet(schema)) for name, schema in named.items())


def _shared(layers: Mapping[str, Schema]) -> Iterator[tuple[str, Schema]]:
    """What several layers have alike, under the name that it gets."""
    members = [member for layer in layers.values() for member in _members(layer)]
    counts = Counter((name, str(schema)) for name, schema in members)
    schemas = {(name, str(schema)): schema for name, schema in members}
    taken: set[str] = set()
    for (name, text), count in counts.most_common():
        if count < FEWEST or {name, text} & taken or "$ref" in schemas[name, text]:
            continue
        taken |= {name, text}
        yield name, schemas[name, text]


def _quiet(schema: Schema) -> Schema:
    """A condition where no generator makes types of it; a parameter as it is."""
    return conditioned({}, [schema]) if "oneOf" in schema else schema


def _members(layer: Schema) -> Iterator[tuple[str, Schema]]:
    """The parameters and conditions of a layer, with the names they would have."""
    for parameter, schema in layer["properties"].items():
        if parameter != "type":
            yield f"{_capitals(parameter)}Parameter", schema
    for condition in layer["dependentSchemas"]["type"].get("allOf", ()):
        if "oneOf" in condition:
            yield f"{_capitals(condition['oneOf'][0]['required'][0])}Given", condition


def _capitals(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def _referring(schema: Any, names: Mapping[str, str]) -> Any:
    """A schema with references in place of what has a name."""
    if isinstance(schema, list):
        return [_referring(entry, names) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    name = names.get(str(schema))
    if name is not None:
        return {"$ref": TEMPLATE.format(model=name)}
    return {key: _referring(value, names) for key, value in schema.items()}
