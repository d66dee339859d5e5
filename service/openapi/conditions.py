"""Conditions on several members of an object, where generators do not stumble over them.

Of `allOf` and `anyOf` beside `properties` most generators make types that nobody can use. What follows an `if` they do
not read, and validators do.
"""

from collections.abc import Sequence

from service.openapi.named_values import Schema

CONDITIONS = ("allOf", "anyOf", "oneOf", "not")


def conditioned(schema: Schema, conditions: Sequence[Schema]) -> Schema:
    """An object that meets all of these conditions too."""
    return {
        **schema,
        "if": {"type": "object"},
        "then": conditions[0] if len(conditions) == 1 else {"allOf": [*conditions]},
    }


def with_conditions_apart(schema: Schema) -> Schema:
    """An object whose conditions follow an `if`; any other schema as it is."""
    found = {key: schema[key] for key in CONDITIONS if key in schema}
    if not found or "properties" not in schema:
        return schema
    rest = {key: value for key, value in schema.items() if key not in found}
    parts = [{key: value} for key, value in found.items() if key != "allOf"]
    return conditioned(rest, [*found.get("allOf", ()), *parts])
