"""Posted layer objects read into the layers of the registry, every mistake at its place."""

import marshal
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import Framework
from service.core.layers import LAYERS, Kind, Layer
from service.core.layers.base import OF_THE_GRAPH, Pointer
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


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a layer object without mistakes was read as."""

    kind: Kind
    layer: Layer
    spelling: Mapping[str, str]
    key: bytes


_cached_readings: dict[tuple[str, bytes], _Reading] = {}


def describe_in_network(raw: Any, location: Pointer, framework: Framework) -> PostedLayer:
    """As `describe`, faster where the same parameters have been read before, as in most networks they have."""
    key = _key(raw)
    known = None if key is None else _cached_readings.get((framework.name, key))
    if known is not None:
        return PostedLayer(
            location=location,
            posted=without_nulls(raw, words_that_take_null(known.kind.name)),
            kind=known.kind,
            layer=known.layer,
            spelling=known.spelling,
            key=known.key,
        )
    described = describe(raw, location, framework=framework, key=key)
    if key is None or described.diagnostics or described.kind is None or described.layer is None:
        return described
    if len(_cached_readings) >= MOST_CACHED:
        _cached_readings.clear()
    _cached_readings[framework.name, key] = _Reading(described.kind, described.layer, described.spelling, key)
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
    kind = LAYERS.get(type_name)
    if kind is None:
        unknown = malformed.unknown_layer_type(type_name, LAYERS, (*location, "type"))
        return _refused(location, posted, placed(unknown))
    posted = without_nulls(raw, words_that_take_null(kind.name))
    silent = framework.ignored_member(kind.family, posted) if framework else None
    if silent is not None:
        posted = {name: value for name, value in posted.items() if name != silent}
    known = {**framework.defaults.get(kind.family, {}), **(supplied or {})} if framework else supplied or {}
    return _describe(kind, posted, location, framework, known, anchors or {}, key)


def _refused(location: Pointer, posted: Mapping[str, Any], diagnostics: list[Diagnostic]) -> PostedLayer:
    return PostedLayer(location=location, posted=posted, diagnostics=tuple(diagnostics))


def _describe(
    kind: Kind,
    posted: Mapping[str, Any],
    location: Pointer,
    framework: Framework | None,
    supplied: Mapping[str, Any],
    anchors: Mapping[str, Pointer],
    key: bytes | None,
) -> PostedLayer:
    values, spelling, unreadable, diagnostics = translated(kind, posted, location, framework)
    if diagnostics:
        unreadable |= parameters_meant(kind, diagnostics) - spelling.keys()
    if supplied:
        values = {**supplied, **values}
    try:
        layer: Layer | None = layer_from(kind, values)
    except ValidationError as error:
        mistakes, refused = parameter_mistakes(kind, error, values, spelling, posted, location, diagnostics)
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
        spelling=spelling,
        unreadable=frozenset(unreadable),
        anchors=anchors,
        diagnostics=tuple(diagnostics),
        key=None if diagnostics else key,
    )
