"""Posted layer objects read into the layers of the registry, every mistake at its place."""

import marshal
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import FRAMEWORKS, Framework
from service.core.layers import Layer
from service.core.layers.base import OF_THE_GRAPH, Pointer
from service.core.layers.names.lookup import Meaning, chosen, meanings
from service.schemas.bodies import without_nulls
from service.schemas.read_parameters import (
    layer_from,
    layer_of_readable_parameters,
    parameter_mistakes,
    parameters_meant,
    translated,
    words_that_take_null,
)
from service.schemas.validation_errors import MOST_MEMBERS

LONGEST_KEY = 500
"""Bytes of a layer that is cached. Chosen: parameters take fewer."""
MOST_CACHED = 20_000
"""Layers cached at most; the cache is emptied when it is full. Chosen."""

_cached_readings: dict[tuple[str, bytes], PostedLayer] = {}


def describe_in_network(raw: Any, location: Pointer, framework: Framework) -> PostedLayer:
    """As `describe`, faster where the same parameters have been read before, as in most networks they have."""
    key = _key(raw)
    known = None if key is None else _cached_readings.get((framework.name, key))
    if known is not None and known.kind is not None:
        return replace(known, location=location, posted=without_nulls(raw, words_that_take_null(known.kind.name)))
    described = describe(raw, location, framework=framework, key=key)
    if key is None or described.diagnostics or described.kind is None or described.layer is None:
        return described
    if len(_cached_readings) >= MOST_CACHED:
        _cached_readings.clear()
    _cached_readings[framework.name, key] = described
    return described


def _key(raw: Any) -> bytes | None:
    """The type and parameters of a layer as bytes, without its name and inputs; None if they are long."""
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
) -> PostedLayer:
    """What a posted layer object says, and what is wrong with it; never raises.

    `framework` settles words that mean different things in different frameworks. `supplied` are parameters known from
    elsewhere (the weight's shape), used where the layer does not give them, and `anchors` the places they are known
    from. `key` says what was posted, and is kept where nothing is wrong with it.
    """
    if not isinstance(raw, dict):
        return _refused(location, {}, placed(malformed.wrong_type("layer", raw, "an object", location)))
    if len(raw) > MOST_MEMBERS:
        many = f"with {len(raw)} members, too many: the most is {MOST_MEMBERS}"
        wrong = malformed.parameter_out_of_range("layer", raw, many, "its parameters only", location)
        return _refused(location, {}, placed(wrong))
    posted = without_nulls(raw)
    type_name = posted.get("type", default_type)
    if type_name is None:
        return _refused(location, posted, placed(malformed.missing_parameter("the layer", "type", location)))
    if not isinstance(type_name, str):
        wrong = malformed.wrong_type("type", type_name, "the name of a layer type", (*location, "type"))
        return _refused(location, posted, placed(wrong))
    possible = meanings(type_name, framework.name if framework else None)
    if not possible:
        unknown = malformed.unknown_layer_type(type_name, framework.name if framework else None, (*location, "type"))
        return _refused(location, posted, placed(unknown))
    readings = [_reading(meaning, raw, location, framework, supplied or {}, anchors or {}, key) for meaning in possible]
    return readings[0] if len(readings) == 1 else _settled(readings, type_name, location)


def _refused(location: Pointer, posted: Mapping[str, Any], diagnostics: list[Diagnostic]) -> PostedLayer:
    return PostedLayer(location=location, posted=posted, diagnostics=tuple(diagnostics))


def _settled(readings: list[PostedLayer], type_name: str, location: Pointer) -> PostedLayer:
    """The one reading of a name that belongs to several frameworks, where those that can be read are the same layer."""
    sound = [reading for reading in readings if not reading.diagnostics] or readings[:1]
    first = sound[0]
    if all(reading.kind is first.kind and reading.layer == first.layer for reading in sound):
        return first
    texts = [(FRAMEWORKS[reading.source or ""].title, reading.as_text) for reading in sound]
    at = (*location, "type") if "type" in first.posted else location
    return _refused(location, first.posted, placed(malformed.ambiguous_layer_type(type_name, texts, at)))


def _reading(
    meaning: Meaning,
    raw: Mapping[str, Any],
    location: Pointer,
    framework: Framework | None,
    supplied: Mapping[str, Any],
    anchors: Mapping[str, Pointer],
    key: bytes | None,
) -> PostedLayer:
    """A layer object read with one meaning of its type."""
    if meaning.chooses is not None:
        member, kinds = meaning.chooses
        value = raw.get(member)
        if not isinstance(value, str) or value not in kinds:
            posted = without_nulls(raw)
            wrong = malformed.not_a_choice(str(raw.get("type")), member, value, kinds, location)
            return _refused(location, posted, placed(wrong))
        meaning = chosen(meaning, kinds[value])
    kind = meaning.kind
    posted = without_nulls(raw, words_that_take_null(kind.name))
    if framework is not None:
        silent = framework.ignored_member(kind.family, posted)
        if silent is not None:
            posted = {name: value for name, value in posted.items() if name != silent}
        if meaning.framework is None or meaning.framework == framework.name:
            supplied = {**framework.defaults.get(kind.family, {}), **supplied}
    if meaning.framework is not None:
        supplied = {**supplied, **meaning.defaults, **meaning.settled}
    return _described(meaning, posted, location, framework, supplied, anchors, key)


def _described(
    meaning: Meaning,
    posted: Mapping[str, Any],
    location: Pointer,
    framework: Framework | None,
    supplied: Mapping[str, Any],
    anchors: Mapping[str, Pointer],
    key: bytes | None,
) -> PostedLayer:
    kind = meaning.kind
    reading = translated(meaning, posted, location)
    values, spelling, unreadable, diagnostics = (
        reading.values,
        reading.spelling,
        reading.unreadable,
        reading.diagnostics,
    )
    if diagnostics:
        unreadable |= parameters_meant(meaning, diagnostics) - spelling.keys()
    if supplied:
        values = {**supplied, **values}
    for name, default in meaning.elsewhere.items():
        if name not in values and (value := default(values) if callable(default) else default) is not None:
            values[name] = value
    for name in meaning.needs:
        if name not in values and name not in unreadable:
            diagnostics += placed(malformed.missing_parameter(f"`{posted.get('type')}`", name, location))
    if meaning.adapts is not None:
        values = meaning.adapts(values)
    try:
        layer: Layer | None = layer_from(kind, values)
    except ValidationError as error:
        mistakes, refused = parameter_mistakes(meaning, error, values, spelling, posted, location, diagnostics)
        diagnostics += mistakes
        unreadable |= refused
        layer = layer_of_readable_parameters(kind, values, unreadable)
    if "type" in posted:
        spelling["type"] = "type"
    return PostedLayer(
        location=location,
        posted=posted,
        kind=kind,
        layer=layer,
        source=meaning.framework,
        asked=framework,
        spelling=spelling,
        converted=frozenset(reading.converted),
        activates=reading.activates,
        input_axes=reading.input_axes or meaning.input_axes,
        unreadable=frozenset(unreadable),
        anchors=anchors,
        diagnostics=tuple(diagnostics),
        key=None if diagnostics else key,
    )
