"""A layer type of the registry with its parameters."""

from dataclasses import MISSING, fields
from inspect import cleandoc
from typing import Any

from pydantic import Field

from service.core.frameworks import FRAMEWORKS
from service.core.layers import Kind
from service.core.layers.names.lookup import names_in, words_in
from service.core.layers.parameters import PARAMETERS
from service.schemas.answers import Answer
from service.schemas.fields import FrameworkName


class ParameterRow(Answer):
    """A parameter of a layer type."""

    name: str
    meaning: str
    form: str
    aliases: list[str] = Field(description="Other spellings that are accepted, whatever the framework.")
    words: dict[str, list[str]] = Field(description="What each framework calls it besides, where its rules apply.")
    required: bool
    default: Any = Field(None, description="null: as the framework has it, or as what arrives.")


class LayerRow(Answer):
    """A layer type."""

    type: str
    family: str
    rank: int | None = Field(description="Spatial axes; null: as many as the input has.")
    description: str
    frameworks: list[FrameworkName]
    names: dict[str, list[str]] = Field(description="What each framework calls it; any of these may be its type.")
    parameters: list[ParameterRow]


def row_of(kind: Kind) -> dict[str, Any]:
    """The members of a row."""
    return {
        "type": kind.name,
        "family": kind.family,
        "rank": kind.rank,
        "description": cleandoc(kind.layer.__doc__ or ""),
        "frameworks": [
            name
            for name, framework in FRAMEWORKS.items()
            if not kind.layer.windowed or framework.rules_for(kind.name, kind.family)
        ],
        "names": {name: names_in(kind, name) for name in FRAMEWORKS},
        "parameters": [_parameter(kind, name) for name in kind.layer.parameter_names()],
    }


def _parameter(kind: Kind, name: str) -> dict[str, Any]:
    row = PARAMETERS[name]
    default = next(field.default for field in fields(kind.layer) if field.name == name)
    members: dict[str, Any] = {"name": name, "meaning": row.meaning, "form": row.form, "aliases": list(row.aliases)}
    members["words"] = {framework: words_in(kind, framework, name) for framework in FRAMEWORKS}
    members["required"] = default is MISSING
    if default is not MISSING:
        members["default"] = default
    return members
