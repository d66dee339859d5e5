"""The parameters of a layer: their validation, their spellings, and what is wrong with them."""

from collections.abc import Mapping, Set
from dataclasses import MISSING, fields
from functools import cache
from types import NoneType
from typing import Any, NotRequired, get_args, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.frameworks import Framework
from service.core.layers import LAYERS, Kind, Layer
from service.core.layers.base import OF_THE_GRAPH, Pointer
from service.core.layers.parameters import A_FLAG, CONVERSIONS, PARAMETERS, UNSET
from service.schemas.validation_errors import closest_error, errors_by_member, path_in_document, wrong_value

STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
MOST_ENTRIES = 64
"""Entries of a list among the parameters. Chosen: none has half as many."""
FLAGS = frozenset(name for name, row in PARAMETERS.items() if row.form == A_FLAG)
"""Parameters that are true or false."""
PLACEHOLDERS: Mapping[str, Any] = {"kernel_size": 1, "padding": 0, "output_size": 1}
"""Values for required parameters that could not be read, so that the rest of the layer can be judged."""


@cache
def validator(type_name: str) -> TypeAdapter[dict[str, Any]]:
    """The validator of a layer type's parameters: a typed dictionary with its class' own annotations, strict.

    Not the dataclass itself: strict mode makes a dataclass only from an instance of it, never from a dictionary.
    """
    layer = LAYERS[type_name].layer
    hints = get_type_hints(layer, include_extras=True)
    members = {
        field.name: hints[field.name] if field.default is MISSING else NotRequired[hints[field.name]]
        for field in fields(layer)
    }
    typed: Any = TypedDict(layer.__name__, members)  # type: ignore[misc]  # a checker wants them written out
    strict: Any = with_config(STRICT)(typed)
    return TypeAdapter(strict)


@cache
def spellings(type_name: str) -> Mapping[str, str]:
    """Every spelling of every parameter of a layer type, and the parameter it means."""
    names = LAYERS[type_name].layer.parameter_names()
    return {name: name for name in names} | {alias: name for name in names for alias in PARAMETERS[name].aliases}


@cache
def words_that_take_null(type_name: str) -> frozenset[str]:
    """The spellings of parameters that have no default and to which null is a value, so that it says something.

    PyTorch's `AdaptiveAvgPool2d(None)` keeps every axis.
    """
    layer = LAYERS[type_name].layer
    hints = get_type_hints(layer)
    nullable = {field.name for field in fields(layer) if field.default is MISSING} & {
        name for name, hint in hints.items() if NoneType in get_args(hint)
    }
    return frozenset(word for word, name in spellings(type_name).items() if name in nullable)


def layer_from(kind: Kind, values: Mapping[str, Any]) -> Layer:
    """A layer from its parameters, or a ValidationError with all that is wrong with them."""
    return kind.layer(**validator(kind.name).validate_python(values))


def translated(
    kind: Kind, posted: Mapping[str, Any], location: Pointer, framework: Framework | None
) -> tuple[dict[str, Any], dict[str, str], set[str], list[Diagnostic]]:
    """The parameters under our names, how each was spelled, which could not be translated, and the diagnostics."""
    known = spellings(kind.name)
    words = framework.words.get(kind.family, {}) if framework else {}
    flags = FLAGS if framework and framework.integer_flags else frozenset()
    values: dict[str, Any] = {}
    spelling: dict[str, str] = {}
    unreadable: set[str] = set()
    diagnostics: list[Diagnostic] = []
    for word, value in posted.items():
        if word == "type" or word in OF_THE_GRAPH or (word in UNSET and value == UNSET[word]):
            continue
        name = words.get(word) or known.get(word)
        if name is None:
            diagnostics += placed(malformed.unknown_parameter(f"`{kind.name}`", word, list(known), (*location, word)))
        elif name in spelling:
            diagnostics += placed(malformed.conflicting_parameters(spelling[name], word, name, (*location, word)))
        else:
            spelling[name] = word
            try:
                values[name] = _converted(word, _as_flag(value) if name in flags else value)
            except ValueError as error:
                diagnostics += placed(malformed.wrong_type(word, value, str(error), (*location, word)))
                unreadable.add(name)
    return values, spelling, unreadable, diagnostics


def _as_flag(value: Any) -> Any:
    """The integers 0 and 1 as false and true; anything else as it is."""
    return bool(value) if type(value) is int and value in (0, 1) else value


def _converted(word: str, value: Any) -> Any:
    """The value under our name.

    Raises:
        ValueError: saying what the value has to be.
    """
    lists = [value, *value] if isinstance(value, list) else []
    if any(isinstance(entry, list) and len(entry) > MOST_ENTRIES for entry in lists):
        raise ValueError(f"a list of at most {MOST_ENTRIES}")
    return CONVERSIONS[word](value) if word in CONVERSIONS else value


def parameter_mistakes(
    kind: Kind,
    error: ValidationError,
    values: Mapping[str, Any],
    spelling: Mapping[str, str],
    posted: Mapping[str, Any],
    location: Pointer,
    so_far: list[Diagnostic],
) -> tuple[list[Diagnostic], set[str]]:
    """The diagnostics of parameters that are missing or refused, and the names of those parameters."""
    meant = parameters_meant(kind, so_far)
    mistakes: list[Diagnostic] = []
    refused: set[str] = set()
    for name, errors in errors_by_member(error).items():
        refused.add(name)
        if name not in spelling and name in values:
            continue
        if errors[0]["type"] == "missing":
            if name not in meant and name not in spelling:
                mistakes += placed(malformed.missing_parameter(f"`{kind.name}`", name, location))
            continue
        details = closest_error(errors, values)
        spelled = spelling[name]
        inner = path_in_document(values, details["loc"])[1:] if values[name] is posted[spelled] else ()
        mistakes += placed(wrong_value(spelled, details, PARAMETERS[name].form, (*location, spelled, *inner)))
    return mistakes, refused


def parameters_meant(kind: Kind, so_far: list[Diagnostic]) -> set[str]:
    """The parameters that unknown words are probably meant to be."""
    known = spellings(kind.name)
    unknown = [str(diagnostic.location[-1]) for diagnostic in so_far if diagnostic.rule.name == "unknown-parameter"]
    return {known[word] for word in (malformed.nearest(word, list(known)) for word in unknown) if word}


def layer_of_readable_parameters(kind: Kind, values: Mapping[str, Any], unreadable: Set[str]) -> Layer | None:
    """The layer made from the parameters that could be read."""
    readable = {name: value for name, value in values.items() if name not in unreadable}
    stand_in = {name: value for name, value in PLACEHOLDERS.items() if name in unreadable}
    try:
        return layer_from(kind, {**readable, **stand_in})
    except ValidationError:
        return None
