"""The values that stand in many places of the description: each has a name there, and is referred to.

Models and layers say what they take as they like; what is equal to a value of this table becomes a reference to it.
Generators make a type of each name; enums without one they number.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from service.core.diagnostics.model import Applicability, Severity
from service.core.layers import LAYERS
from service.core.layers.elementwise import Alignment
from service.core.layers.indexing import Index
from service.core.layers.parameters import (
    AmountPair,
    DataFormat,
    Dimensions,
    PaddingMode,
    PaddingName,
    PaddingValue,
    PadMode,
    PerAxis,
)
from service.core.layers.recurrent import Direction
from service.core.layers.resampling import Interpolation, Policy
from service.core.layers.resizing import Method
from service.operations.solve import Unknown
from service.schemas.arrays import ARRAY_JSON
from service.schemas.dtypes import Datatype, DtypeName
from service.schemas.fields import Detail, FrameworkName, PostedShape

TEMPLATE = "#/components/schemas/{model}"
"""Where schemas refer to each other."""
Schema = dict[str, Any]
SAID_BESIDE = ("description", "default")
"""What a place says beside the value that it refers to."""
NULL = {"type": "null"}
VALUES = ("default", "example", "const", "enum")
"""Keywords that hold values, not schemas."""
SCHEMAS_BY_NAME = ("properties", "patternProperties")
"""Keywords that hold schemas by names that are no keywords."""
AUTO_PAD = ("NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER")


def _of(annotation: Any, description: str) -> Schema:
    schema = TypeAdapter(annotation).json_schema(ref_template=TEMPLATE)
    schema.pop("$defs", None)
    return {"description": description, **schema}


NAMED: Mapping[str, Schema] = {
    "PaddingPair": _of(AmountPair, "Positions before and after."),
    "PaddingWord": _of(PaddingName, "A rule for padding, by its name."),
    "Alignment": _of(Alignment, "Where shapes of fewer axes get their axes of size 1."),
    "Applicability": _of(
        Applicability,
        "safe: follows from the rest; unsafe: valid, but a choice; display-only: to read, not to apply.",
    ),
    "NumericArray": {
        "description": "An array: nested lists of numbers, or a flat list or base64 with a shape.",
        **ARRAY_JSON,
    },
    "AutoPad": {"description": "ONNX's words for padding.", "type": "string", "enum": [*AUTO_PAD]},
    "AxisOrAxes": _of(Dimensions, "An index of an axis, or several; negative ones count from the end."),
    "DataLayout": _of(DataFormat, "Where the channels stand."),
    "Datatype": _of(Datatype, "A number type under its name in the Open Inference Protocol."),
    "Detail": _of(Detail, "How full the answer is."),
    "Direction": _of(Direction, "Which way a recurrent layer reads."),
    "Dtype": _of(DtypeName, "A number type."),
    "Flag": {
        "description": "True or false; 1 or 0 as in ONNX.",
        "anyOf": [{"type": "boolean"}, {"type": "integer", "minimum": 0, "maximum": 1}],
    },
    "Framework": _of(FrameworkName, "A framework whose rules apply."),
    "PythonIndex": _of(
        Index, "An index as Python writes it: an integer, a slice as text, null for a new axis, or a list."
    ),
    "Interpolation": _of(Interpolation, "How values between positions are computed."),
    "LayerType": {"description": "A type of layer.", "type": "string", "enum": list(LAYERS)},
    "Padding": _of(PaddingValue, "A word, an amount, one for each axis, or a pair [before, after] for each axis."),
    "PaddingMode": _of(PaddingMode, "What padding is filled with."),
    "PadMode": _of(PadMode, "What a layer that pads fills with."),
    "PartialShape": _of(PostedShape, "All axes in the framework's order; null where a size is not known."),
    "PerAxis": _of(PerAxis, "An integer of at least 1 for all axes, or one for each."),
    "ResizeMethod": _of(Method, "How values between positions are computed."),
    "ResizePolicy": _of(Policy, "What becomes of the ratio of the sizes."),
    "Severity": _of(Severity, "An error is refused by the framework; a warning is not."),
    "Unknown": _of(Unknown, "A parameter to solve for."),
}
"""The values by name; one that stands in another comes before it."""


def core(schema: Schema) -> Schema:
    """What a schema says of its value itself."""
    return {key: value for key, value in schema.items() if key not in SAID_BESIDE}


def _definitions() -> Mapping[str, Schema]:
    """The values, those that stand in others as references there; those with the most choices come first."""
    known: dict[str, Schema] = {}
    for name, schema in NAMED.items():
        known[name] = _inside(schema, known)
        known = dict(sorted(known.items(), key=lambda item: -len(item[1].get("anyOf", ""))))
    return known


def _inside(schema: Any, known: Mapping[str, Schema]) -> Any:
    """A schema with references inside it; it itself stays as it is."""
    if isinstance(schema, list):
        return [_referring(entry, known) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: value if key in VALUES else _member(key, value, known) for key, value in schema.items()}


def _member(key: str, value: Any, known: Mapping[str, Schema]) -> Any:
    if key in SCHEMAS_BY_NAME and isinstance(value, dict):
        return {name: _referring(schema, known) for name, schema in value.items()}
    return _referring(value, known)


def _referring(schema: Any, known: Mapping[str, Schema]) -> Any:
    schema = _inside(schema, known)
    if not isinstance(schema, dict) or "$ref" in schema:
        return schema
    value = core(schema)
    takes_null = isinstance(value.get("type"), list) and value["type"][1:] == ["null"]
    if takes_null:
        choices = [value | {"type": value["type"][0]}, NULL]
    else:
        choices = value["anyOf"] if value.keys() == {"anyOf"} else [value]
    found = _named(choices, known)
    beside = {key: schema[key] for key in SAID_BESIDE if key in schema}
    if found == choices:
        return schema
    return {**beside, **(found[0] if len(found) == 1 else {"anyOf": found})}


def _named(choices: list[Schema], known: Mapping[str, Schema]) -> list[Schema]:
    """The choices with references in place of those that make a named value."""
    for name, schema in known.items():
        value = core(schema)
        parts = value["anyOf"] if value.keys() == {"anyOf"} else [value]
        if all(part in choices for part in parts):
            rest = [entry for entry in choices if entry not in parts]
            return [{"$ref": TEMPLATE.format(model=name)}, *_named(rest, known)]
    return choices


DEFINITIONS = _definitions()
"""The schemas of the named values."""


def referring(schema: Any) -> Any:
    """A schema in which every named value is a reference to it."""
    return _referring(schema, DEFINITIONS)
