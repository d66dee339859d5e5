"""Reading layer objects: from posted JSON to the dataclasses of the registry, every mistake at its place."""

import marshal
from collections.abc import Mapping, Set
from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import Any, NotRequired, get_type_hints

from pydantic import ConfigDict, TypeAdapter, ValidationError, with_config
from typing_extensions import TypedDict

from service.core.diagnostics import Diagnostic, placed, reading
from service.core.diagnostics.posted_layer import Description
from service.core.frameworks import Framework
from service.core.layers import LAYERS, Kind, Layer
from service.core.layers.base import OF_THE_GRAPH, Pointer
from service.core.layers.parameters import ALIASES, CONVERSIONS, PARAMETERS, UNSET
from service.schemas.errors import MOST_AT_ONCE, bad_value, by_member, path_into, worst

STRICT = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)
LONGEST_KEY = 500
"""Bytes of a layer that is remembered; parameters take fewer."""
MOST_REMEMBERED = 20_000
"""Layers remembered at most; when there are more, all are forgotten."""
MOST_ENTRIES = 64
"""Entries of a list among the parameters; none has half as many."""
PLACEHOLDERS: Mapping[str, Any] = {"kernel_size": 1, "padding": 0, "output_size": 1}
"""What stands for a required parameter that could not be read, so that the rest of the layer can be judged."""


@cache
def validator(type_name: str) -> TypeAdapter[dict[str, Any]]:
    """The validator of a layer type's parameters: a typed dictionary with its class' own annotations, strict.

    Not the dataclass itself: strict mode makes a dataclass only from an instance of it, never from a dictionary.
    """
    layer = LAYERS[type_name].layer
    hints = get_type_hints(layer, include_extras=True)
    members = {
        one.name: hints[one.name] if one.default is MISSING else NotRequired[hints[one.name]] for one in fields(layer)
    }
    typed: Any = TypedDict(layer.__name__, members)  # type: ignore[misc]  # a checker wants them written out
    strict: Any = with_config(STRICT)(typed)
    return TypeAdapter(strict)


@cache
def spellings(type_name: str) -> Mapping[str, str]:
    """Every spelling of every parameter of a layer type, and the parameter it means."""
    names = LAYERS[type_name].layer.parameter_names()
    return {name: name for name in names} | {alias: name for alias, name in ALIASES.items() if name in names}


@dataclass(frozen=True, slots=True)
class _Reading:
    """What was made of a layer with which nothing was wrong."""

    kind: Kind
    layer: Layer
    spelling: Mapping[str, str]
    key: bytes


_remembered: dict[tuple[str, bytes], _Reading] = {}


def describe_in_network(raw: Any, location: Pointer, framework: Framework) -> Description:
    """As `describe`, quicker where a layer is written like one that has been read before, as most are."""
    key = _key(raw)
    known = None if key is None else _remembered.get((framework.name, key))
    if known is not None:
        return Description(
            location=location,
            written=raw,
            kind=known.kind,
            layer=known.layer,
            spelling=known.spelling,
            key=known.key,
        )
    described = describe(raw, location, framework=framework, key=key)
    if key is None or described.diagnostics or described.kind is None or described.layer is None:
        return described
    if len(_remembered) >= MOST_REMEMBERED:
        _remembered.clear()
    _remembered[framework.name, key] = _Reading(described.kind, described.layer, described.spelling, key)
    return described


def _key(raw: Any) -> bytes | None:
    """What a layer says, less what it says of the graph, as bytes; None if those are many."""
    if not isinstance(raw, dict):
        return None
    own = {name: value for name, value in raw.items() if name not in OF_THE_GRAPH}
    try:
        key = marshal.dumps(own, 0)
    except ValueError:
        return None
    return key if len(key) <= LONGEST_KEY else None


def describe(
    raw: Any,
    location: Pointer,
    *,
    default_type: str | None = None,
    framework: Framework | None = None,
    supplied: Mapping[str, Any] | None = None,
    anchors: Mapping[str, Pointer] | None = None,
    key: bytes | None = None,
) -> Description:
    """What a posted layer object says, and what is wrong with it; never raises.

    `framework` settles words that mean different things in different frameworks. `supplied` are parameters known from
    elsewhere (the weight's shape), used where the layer does not give them, and `anchors` the places they are known
    from. `key` says what was written, and is kept where nothing is wrong with it.
    """
    if not isinstance(raw, dict):
        return _refused(location, {}, placed(reading.wrong_type("layer", raw, "an object", location)))
    if len(raw) > MOST_AT_ONCE:
        many = f"with {len(raw)} members, too many: the most is {MOST_AT_ONCE}"
        wrong = reading.parameter_out_of_range("layer", raw, many, "its parameters only", location)
        return _refused(location, {}, placed(wrong))
    written: Mapping[str, Any] = raw
    type_name = written.get("type", default_type)
    if type_name is None:
        return _refused(location, written, placed(reading.missing_parameter("the layer", "type", location)))
    if not isinstance(type_name, str):
        wrong = reading.wrong_type("type", type_name, "the name of a layer type", (*location, "type"))
        return _refused(location, written, placed(wrong))
    kind = LAYERS.get(type_name)
    if kind is None:
        unknown = reading.unknown_layer_type(type_name, LAYERS, (*location, "type"))
        return _refused(location, written, placed(unknown))
    words = framework.words.get(kind.family, {}) if framework else {}
    silent = framework.ignored_member(kind.family, written) if framework else None
    if silent is not None:
        written = {name: value for name, value in written.items() if name != silent}
    known = {**framework.defaults.get(kind.family, {}), **(supplied or {})} if framework else supplied or {}
    return _describe(kind, written, location, words, known, anchors or {}, key)


def _refused(location: Pointer, written: Mapping[str, Any], diagnostics: list[Diagnostic]) -> Description:
    return Description(location=location, written=written, diagnostics=tuple(diagnostics))


def _describe(
    kind: Kind,
    written: Mapping[str, Any],
    location: Pointer,
    words: Mapping[str, str],
    supplied: Mapping[str, Any],
    anchors: Mapping[str, Pointer],
    key: bytes | None,
) -> Description:
    values, spelling, broken, diagnostics = _translate(kind, written, location, words)
    if diagnostics:
        broken |= _meant(kind, diagnostics) - spelling.keys()
    if supplied:
        values = {**supplied, **values}
    try:
        layer: Layer | None = _make(kind, values)
    except ValidationError as error:
        found, refused = _judge(kind, error, values, spelling, written, location, diagnostics)
        diagnostics += found
        broken |= refused
        layer = _what_is_left(kind, values, broken)
    if "type" in written:
        spelling["type"] = "type"
    return Description(
        location=location,
        written=written,
        kind=kind,
        layer=layer,
        spelling=spelling,
        broken=frozenset(broken),
        anchors=anchors,
        diagnostics=tuple(diagnostics),
        key=None if diagnostics else key,
    )


def _make(kind: Kind, values: Mapping[str, Any]) -> Layer:
    """A layer from its parameters, or a ValidationError with all that is wrong with them."""
    return kind.layer(**validator(kind.name).validate_python(values))


def _translate(
    kind: Kind, written: Mapping[str, Any], location: Pointer, words: Mapping[str, str]
) -> tuple[dict[str, Any], dict[str, str], set[str], list[Diagnostic]]:
    """The parameters under our names, how each was spelled, which could not be translated, and the diagnostics."""
    known = spellings(kind.name)
    values: dict[str, Any] = {}
    spelling: dict[str, str] = {}
    broken: set[str] = set()
    diagnostics: list[Diagnostic] = []
    for word, value in written.items():
        if word == "type" or word in OF_THE_GRAPH or (word in UNSET and value == UNSET[word]):
            continue
        name = words.get(word) or known.get(word)
        if name is None:
            diagnostics += placed(reading.unknown_parameter(f"`{kind.name}`", word, list(known), (*location, word)))
        elif name in spelling:
            diagnostics += placed(reading.conflicting_parameters(spelling[name], word, name, (*location, word)))
        else:
            spelling[name] = word
            try:
                values[name] = _converted(word, value)
            except ValueError as error:
                diagnostics += placed(reading.wrong_type(word, value, str(error), (*location, word)))
                broken.add(name)
    return values, spelling, broken, diagnostics


def _converted(word: str, value: Any) -> Any:
    """The value under our name; a ValueError that says what it has to be, where that can be told without judging it."""
    lists = [value, *value] if isinstance(value, list) else []
    if any(isinstance(one, list) and len(one) > MOST_ENTRIES for one in lists):
        raise ValueError(f"a list of at most {MOST_ENTRIES}")
    return CONVERSIONS[word](value) if word in CONVERSIONS else value


def _judge(
    kind: Kind,
    error: ValidationError,
    values: Mapping[str, Any],
    spelling: Mapping[str, str],
    written: Mapping[str, Any],
    location: Pointer,
    so_far: list[Diagnostic],
) -> tuple[list[Diagnostic], set[str]]:
    """The diagnostics of parameters that are missing or refused, and the names of those parameters."""
    meant = _meant(kind, so_far)
    found: list[Diagnostic] = []
    refused: set[str] = set()
    for name, errors in by_member(error).items():
        refused.add(name)
        if name not in spelling and name in values:
            continue
        if errors[0]["type"] == "missing":
            if name not in meant and name not in spelling:
                found += placed(reading.missing_parameter(f"`{kind.name}`", name, location))
            continue
        one = worst(errors, values)
        spelled = spelling[name]
        inner = path_into(values, one["loc"])[1:] if values[name] is written[spelled] else ()
        found += placed(bad_value(spelled, one, PARAMETERS[name].form, (*location, spelled, *inner)))
    return found, refused


def _meant(kind: Kind, so_far: list[Diagnostic]) -> set[str]:
    """The parameters that words which belong to none may stand for."""
    known = spellings(kind.name)
    unknown = [str(one.location[-1]) for one in so_far if one.rule.name == "unknown-parameter"]
    return {known[word] for word in (reading.nearest(word, list(known)) for word in unknown) if word}


def _what_is_left(kind: Kind, values: Mapping[str, Any], broken: Set[str]) -> Layer | None:
    """The layer made from the parameters that could be read."""
    readable = {name: value for name, value in values.items() if name not in broken}
    stand_in = {name: value for name, value in PLACEHOLDERS.items() if name in broken}
    try:
        return _make(kind, {**readable, **stand_in})
    except ValidationError:
        return None
