"""The parameters of a layer: their validation, their spellings, and what is wrong with them."""

from collections.abc import Callable, Iterator, Mapping, Set
from dataclasses import MISSING, dataclass, field, fields, replace
from functools import cache, partial
from types import NoneType
from typing import Any, NotRequired, get_args, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from service.core.diagnostics import Diagnostic, Fact, malformed, placed
from service.core.diagnostics.model import Trait
from service.core.layers import LAYERS, Kind, Layer
from service.core.layers.names.layer_name import Convert, OutOfRangeError, Word
from service.core.layers.names.lookup import Meaning, own_words
from service.core.layers.names.neighbours import nearest
from service.core.layers.parameters import PARAMETERS, SIZELESS, UNSET
from service.core.layers.pointers import OF_THE_GRAPH, Pointer
from service.schemas.validation_errors import closest_error, errors_by_member, path_in_document, wrong_value

STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
MOST_ENTRIES = 64
"""Entries of a list among the parameters. Chosen: none has half as many."""
PLACEHOLDERS: Mapping[str, Any] = {"kernel_size": 1, "padding": 0, "output_size": 1, "num_groups": 1, "layer": None}
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
def words_that_take_null(type_name: str) -> frozenset[str]:
    """The spellings of parameters that have no default and to which null is a value, so that it says something.

    PyTorch's `AdaptiveAvgPool2d(None)` keeps every axis.
    """
    layer = LAYERS[type_name].layer
    hints = get_type_hints(layer)
    nullable = {field.name for field in fields(layer) if field.default is MISSING} & {
        name for name, hint in hints.items() if NoneType in get_args(hint)
    }
    return frozenset(word for word, meant in own_words(type_name).items() if meant.parameter in nullable)


def layer_from(kind: Kind, values: Mapping[str, Any]) -> Layer:
    """A layer from its parameters, or a ValidationError with all that is wrong with them."""
    return kind.layer(**validator(kind.name).validate_python(values))


@dataclass(slots=True)
class Translation:
    """The members of a layer object under our names, and what could not be translated."""

    values: dict[str, Any] = field(default_factory=dict)
    spelling: dict[str, str] = field(default_factory=dict)
    """How each parameter was spelled."""
    converted: set[str] = field(default_factory=set)
    """Parameters whose value has another form than was posted."""
    unreadable: set[str] = field(default_factory=set)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    input_axes: int | None = None
    """How many axes the input must have, as a parameter with entries for all of them says."""
    activates: bool = False
    """Whether a function is applied to what the layer computes."""


def _has(word: Word, opset: int | None) -> bool:
    """Whether an operator set has a word; the newest where none is said."""
    if opset is None:
        return word.until is None
    return word.since <= opset <= (opset if word.until is None else word.until)


def translated(meaning: Meaning, posted: Mapping[str, Any], location: Pointer, opset: int | None = None) -> Translation:
    """The parameters under our names, how each was spelled, which could not be translated, and the diagnostics."""
    words, done = meaning.words, Translation()
    for word, value in posted.items():
        if word == "type" or word in OF_THE_GRAPH or (word in UNSET and value == UNSET[word]):
            continue
        meant = words.get(word)
        if meant is None:
            owner = f"`{posted.get('type', meaning.kind.name)}`"
            facts = malformed.unknown_parameter(owner, word, list(words), (*location, word))
            close = nearest(word, list(words))
            done.diagnostics += _placed(facts, words[close].parameter if close else None)
            continue
        name = meant.parameter
        if not _has(meant, opset):
            owner = f"`{posted.get('type', meaning.kind.name)}` of operator set {opset or 'today'}"
            facts = malformed.unknown_parameter(owner, word, (), (*location, word))
            done.diagnostics += _placed(facts, name)
            continue
        if name in done.spelling:
            spelled = done.spelling[name]
            done.diagnostics += placed(malformed.conflicting_parameters(spelled, word, name, (*location, word)))
            continue
        try:
            convert = meant.convert if meant.beside is None else partial(_beside, meant.beside, posted)
            translation = _converted(convert, value)
        except OutOfRangeError as error:
            facts = malformed.parameter_out_of_range(word, value, error.bound, error.form, (*location, word))
            done.diagnostics += _placed(facts, name)
        except ValueError as error:
            done.diagnostics += _placed(malformed.wrong_type(word, value, str(error), (*location, word)), name)
        else:
            if name is not None:
                done.spelling[name] = word
                done.values[name] = translation
                if translation is not value:
                    done.converted.add(name)
                if meant.counts_axes is not None and meant.unless not in posted:
                    done.input_axes = meant.counts_axes(value)
            done.activates |= meant.activates and value != "linear"
            continue
        if name is not None:
            done.spelling[name] = word
            done.unreadable.add(name)
    return done


def _beside(convert: Callable[[Any, Mapping[str, Any]], Any], posted: Mapping[str, Any], value: Any) -> Any:
    """A value that other members give its meaning, under our name."""
    return convert(value, posted)


def _placed(facts: Iterator[Fact], parameter: str | None) -> list[Diagnostic]:
    """The diagnostics of a parameter; where no size depends on it, what comes out is certain all the same."""
    if parameter is not None and parameter not in SIZELESS:
        return placed(facts)
    survives: frozenset[Trait] = frozenset({"sizes survive"})
    return placed(replace(fact, traits=survives) for fact in facts)


def _converted(convert: Convert | None, value: Any) -> Any:
    """The value under our name.

    Raises:
        ValueError: saying what the value has to be.
    """
    lists = [value, *value] if isinstance(value, list) else []
    if any(isinstance(entry, list) and len(entry) > MOST_ENTRIES for entry in lists):
        raise ValueError(f"a list of at most {MOST_ENTRIES}")
    return value if convert is None else convert(value)


def parameter_mistakes(
    meaning: Meaning,
    error: ValidationError,
    values: Mapping[str, Any],
    spelling: Mapping[str, str],
    posted: Mapping[str, Any],
    location: Pointer,
    so_far: list[Diagnostic],
    *,
    skipped: Set[str] = frozenset(),
) -> tuple[list[Diagnostic], set[str]]:
    """The diagnostics of parameters that are missing or refused, and the names of those parameters.

    Nothing is said of those `skipped` that are missing: the layer's inputs may tell them.
    """
    owner, meant = f"`{posted.get('type', meaning.kind.name)}`", parameters_meant(meaning, so_far)
    mistakes: list[Diagnostic] = []
    refused: set[str] = set()
    for name, errors in errors_by_member(error).items():
        refused.add(name)
        if name not in spelling and name in values:
            continue
        if errors[0]["type"] == "missing":
            if name not in meant and name not in spelling and name not in skipped:
                mistakes += placed(malformed.missing_parameter(owner, name, location))
            continue
        details = closest_error(errors, values)
        spelled = spelling[name]
        inner = path_in_document(values, details["loc"])[1:] if values[name] is posted[spelled] else ()
        mistakes += _placed(wrong_value(spelled, details, PARAMETERS[name].form, (*location, spelled, *inner)), name)
    return mistakes, refused


def parameters_meant(meaning: Meaning, so_far: list[Diagnostic]) -> set[str]:
    """The parameters that unknown words are probably meant to be."""
    unknown = [str(diagnostic.location[-1]) for diagnostic in so_far if diagnostic.rule.name == "unknown-parameter"]
    near = (nearest(word, list(meaning.words)) for word in unknown)
    meant = (meaning.words[word].parameter for word in near if word)
    return {parameter for parameter in meant if parameter}


def layer_of_readable_parameters(kind: Kind, values: Mapping[str, Any], unreadable: Set[str]) -> Layer | None:
    """The layer made from the parameters that could be read."""
    readable = {name: value for name, value in values.items() if name not in unreadable}
    stand_in = {name: value for name, value in PLACEHOLDERS.items() if name in unreadable}
    try:
        return layer_from(kind, {**readable, **stand_in})
    except ValidationError:
        return None
