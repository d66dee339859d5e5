"""Posted layer objects read into the layers of the registry, every mistake at its place."""

import marshal
from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import FRAMEWORKS, Framework
from service.core.layers import Layer
from service.core.layers.names.lookup import Meaning, chosen, meanings
from service.core.layers.pointers import OF_THE_GRAPH, Pointer
from service.schemas.bodies import without_nulls
from service.schemas.read_parameters import (
    Translation,
    layer_from,
    layer_of_readable_parameters,
    parameter_mistakes,
    parameters_meant,
    translated,
    words_that_take_null,
)
from service.schemas.validation_errors import MOST_MEMBERS

LONGEST_KEY = 1200
"""Bytes of a layer that is cached. Measured: the most that a layer of keras.applications takes is 1,030."""
INNER = "layer"
"""The parameter of a wrapper that holds another layer."""
MOST_WRAPPERS = 4
"""Layers around a layer, at most. Chosen: a time-distributed, bidirectional one has two."""
MOST_CACHED = 20_000
"""Layers cached at most; the cache is emptied when it is full. Chosen."""

_cached_readings: dict[tuple[str, int | None, bool, bytes], PostedLayer] = {}


def describe_cached(raw: Any, location: Pointer, framework: Framework, *, inputs_may_tell: bool = False) -> PostedLayer:
    """As `describe`, faster where the same parameters have been read before, as in most networks they have."""
    key = _key(raw)
    known = None if key is None else _cached_readings.get((framework.name, framework.opset, inputs_may_tell, key))
    if known is not None and known.kind is not None:
        return known.elsewhere(location, without_nulls(raw, words_that_take_null(known.kind.name)))
    described = describe(raw, location, framework=framework, key=key, inputs_may_tell=inputs_may_tell)
    if key is None or described.diagnostics or described.kind is None or described.layer is None:
        return described
    if len(_cached_readings) >= MOST_CACHED:
        _cached_readings.clear()
    _cached_readings[framework.name, framework.opset, inputs_may_tell, key] = described.elsewhere((), {})
    return described


def _key(raw: Any) -> bytes | None:
    """The type and parameters of a layer and how many inputs it names, as bytes; None if they are long."""
    if not isinstance(raw, dict):
        return None
    own = {name: value for name, value in raw.items() if name not in OF_THE_GRAPH}
    try:
        key = marshal.dumps((own, _inputs_named(raw)), 0)
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
    inputs_may_tell: bool = False,
) -> PostedLayer:
    """What a posted layer object says, and what is wrong with it; never raises.

    `framework` settles words that mean different things in different frameworks. `supplied` are parameters known from
    elsewhere (the weight's shape), used where the layer does not give them, and `anchors` the places they are known
    from. `key` says what was posted, and is kept where nothing is wrong with it. `inputs_may_tell` leaves it open
    whether a parameter is missing that the layer's inputs may tell, once they are known.
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
    readings = [
        _reading(
            meaning,
            raw,
            location,
            framework,
            supplied or {},
            anchors or {},
            key,
            meaning.kind.layer.told_by_inputs if inputs_may_tell else frozenset(),
        )
        for meaning in possible
    ]
    return readings[0] if len(readings) == 1 else _settled(readings, type_name, location)


def _refused(location: Pointer, posted: Mapping[str, Any], diagnostics: list[Diagnostic]) -> PostedLayer:
    return PostedLayer(location=location, posted=posted, diagnostics=tuple(diagnostics))


def _inputs_named(raw: Mapping[str, Any]) -> int:
    """How many inputs a layer names; one if it names none."""
    inputs = raw.get("inputs")
    return len(inputs) if isinstance(inputs, list) else 1


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
    open_parameters: frozenset[str],
) -> PostedLayer:
    """A layer object read with one meaning of its type."""
    if meaning.chooses is not None:
        member, kinds = meaning.chooses
        value = raw.get(member)
        if not isinstance(value, str) or value not in kinds:
            posted = without_nulls(raw)
            wrong = malformed.not_a_choice(str(raw.get("type")), member, value, kinds, location)
            return _refused(location, posted, placed(wrong))
        meaning = chosen(meaning, kinds[value], value)
    elif (other := meaning.by_inputs.get(_inputs_named(raw))) is not None:
        meaning = chosen(meaning, other)
    meaning = meaning.ranked(raw)
    kind = meaning.kind
    posted = without_nulls(raw, words_that_take_null(kind.name))
    opset = framework.opset if framework else None
    if meaning.opsets is not None and opset is not None and not meaning.opsets[0] <= opset <= meaning.opsets[1]:
        first, last = meaning.opsets
        why = f"is an operator of the sets {first} to {last}, not of {opset}"
        at = (*location, "type")
        return _refused(location, posted, placed(malformed.unsuitable_layer_type(str(raw.get("type")), why, at)))
    if framework is not None:
        silent = framework.ignored_member(kind.family, posted)
        if silent is not None:
            posted = {name: value for name, value in posted.items() if name != silent}
        if meaning.framework is None or meaning.framework == framework.name:
            supplied = {**framework.defaults.get(kind.family, {}), **supplied}
    if meaning.framework is not None:
        supplied = {**supplied, **meaning.defaults, **meaning.settled}
        for opset, defaults in meaning.older.items():
            if framework is not None and framework.opset is not None and framework.opset < opset:
                supplied = {**supplied, **defaults}
    return _described(meaning, posted, location, framework, supplied, anchors, key, open_parameters)


def _described(
    meaning: Meaning,
    posted: Mapping[str, Any],
    location: Pointer,
    framework: Framework | None,
    supplied: Mapping[str, Any],
    anchors: Mapping[str, Pointer],
    key: bytes | None,
    open_parameters: frozenset[str],
) -> PostedLayer:
    kind = meaning.kind
    reading = translated(meaning, posted, location, framework.opset if framework else None)
    _read_inner_layer(reading, location, framework)
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
    absent = open_parameters - values.keys() - unreadable
    try:
        layer: Layer | None = layer_from(kind, values)
    except ValidationError as error:
        mistakes, refused = parameter_mistakes(
            meaning, error, values, spelling, posted, location, diagnostics, skipped=absent
        )
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
        absent=absent & unreadable,
        anchors=anchors,
        diagnostics=tuple(diagnostics),
        key=None if diagnostics else key,
    )


def _read_inner_layer(reading: Translation, location: Pointer, framework: Framework | None) -> None:
    """Put the layer that a parameter holds in the place of the object that was posted for it."""
    if INNER not in reading.values:
        return
    spelled = reading.spelling[INNER]
    at = (*location, spelled)
    if sum(part == spelled for part in at) > MOST_WRAPPERS:
        bound = f"in more than {MOST_WRAPPERS} others"
        wrong = malformed.parameter_out_of_range(spelled, reading.values[INNER], bound, "a layer that holds none", at)
        reading.diagnostics += placed(wrong)
        inner = None
    else:
        described = describe(reading.values[INNER], at, framework=framework)
        reading.diagnostics += described.diagnostics
        inner = described.as_inner()
    reading.values[INNER] = inner
    if inner is None:
        reading.unreadable.add(INNER)
