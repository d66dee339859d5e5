"""What JSON Schema says of several members of an object together; null is a member that is left out."""

from typing import Any

Schema = dict[str, Any]


def has(*names: str, **members: Schema) -> Schema:
    """All of these members are there, and none is null; `members` say more of some of them."""
    said = {name: {"not": {"type": "null"}} for name in names} | {name: dict(of) for name, of in members.items()}
    return {"required": [*names], "properties": said}


def absent(*names: str) -> Schema:
    """None of these members is there."""
    return {"properties": {name: {"type": "null"} for name in names}}


def one_of(*names: str) -> Schema:
    """Exactly one of these members is there."""
    return {"oneOf": [_only(name, names) for name in names]}


def at_most_one_of(*names: str) -> Schema:
    """None of these members is there, or exactly one."""
    return {"oneOf": [absent(*names), *(_only(name, names) for name in names)]}


def any_of(*schemas: Schema) -> Schema:
    """One or more of these is met."""
    return {"anyOf": [*schemas]}


def both(*schemas: Schema) -> Schema:
    """All of these are met."""
    return {"allOf": [*schemas]}


def _only(name: str, names: tuple[str, ...]) -> Schema:
    """Of these members only one is there."""
    here, others = has(name), absent(*(other for other in names if other != name))
    return {**here, "properties": {**here["properties"], **others["properties"]}}


def nullable(schema: Schema) -> Schema:
    """The schema, or null."""
    kind = schema.get("type")
    if not schema or kind == "null" or {"type": "null"} in schema.get("anyOf", ()):
        return dict(schema)
    if isinstance(kind, str) and "enum" not in schema:
        return {**schema, "type": [kind, "null"]}
    kept: Schema = {name: schema[name] for name in ("description", "default") if name in schema}
    rest = {name: value for name, value in schema.items() if name not in kept}
    if not rest:
        return kept
    choices = rest["anyOf"] if rest.keys() == {"anyOf"} else [rest]
    return {**kept, "anyOf": [*choices, {"type": "null"}]}


def nullable_members(schema: Schema) -> Schema:
    """The schema of an object, each of whose members may be null unless it is required."""
    required = schema.get("required", ())
    members = {name: of if name in required else nullable(of) for name, of in schema["properties"].items()}
    return {**schema, "properties": members}
