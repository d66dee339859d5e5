"""The JSON forms of arrays: nested lists, flat lists and base64."""

from base64 import b64encode
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Le, Len
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from service.schemas.dtypes import DTYPE_FORM, DtypeName
from service.schemas.fields import Form

Array = NDArray[Any]
ArrayForm = Literal["nested", "flat", "base64"]
MOST_AXES = 5
LARGEST_SIZE = 2**63 - 1
"""No array has a longer axis: what counts bytes has 64 bits."""
ArrayShape = Annotated[
    list[Annotated[int, Ge(0), Le(LARGEST_SIZE)]],
    Len(0, MOST_AXES),
    WithJsonSchema(
        {
            "type": "array",
            "items": {"type": "integer", "minimum": 1, "maximum": LARGEST_SIZE},
            "maxItems": MOST_AXES,
        }
    ),
]
"""A size of 0 is read, and refused with what it means: an array without elements."""
SHAPE_FORM = Form(f"a list of at most {MOST_AXES} integers of at least 0")


def _nested_lists(levels: int) -> dict[str, Any]:
    """Lists of lists of numbers, so many deep."""
    return {"type": "array", "items": _nested_lists(levels - 1)} if levels else {"type": "number"}


def _none_empty(levels: int) -> dict[str, Any]:
    """What every list of lists so many deep meets: it has entries."""
    return {"minItems": 1, **({"items": _none_empty(levels - 1)} if levels > 1 else {})}


NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 1}
"""A flat list of numbers."""
BASE64 = "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$"
ARRAY_JSON: dict[str, Any] = {
    "anyOf": [
        {
            "description": "Nested lists of numbers, all rows of one length.",
            "anyOf": [_nested_lists(levels) for levels in range(1, MOST_AXES + 1)],
        },
        {"type": "number"},
        {"$ref": "#/components/schemas/FlatArray"},
        {"$ref": "#/components/schemas/Base64Array"},
    ],
    "if": {"type": "array", "items": {}},
    "then": _none_empty(MOST_AXES),
}
"""The forms of an array; that no list is empty follows an `if`, which generators do not read."""
ArrayJson = Annotated[Any, WithJsonSchema(ARRAY_JSON), Form("an array")]


class PostedArray(BaseModel):
    """The base of arrays that are posted as objects."""

    model_config = ConfigDict(strict=True, extra="forbid")


class FlatArray(PostedArray):
    """An array as a shape and a flat list of numbers, row-major."""

    shape: Annotated[ArrayShape, SHAPE_FORM]
    dtype: Annotated[DtypeName | None, Form(DTYPE_FORM)] = Field(
        None, description="float64 by default, or int64 when every number is an integer."
    )
    data: Annotated[list[Any], WithJsonSchema(NUMBERS), Form("a flat list of numbers")] = Field(
        description="The numbers, the last axis running fastest."
    )


class Base64Array(PostedArray):
    """An array as a shape, a type and its bytes in base64: little-endian, row-major."""

    shape: Annotated[ArrayShape, SHAPE_FORM]
    dtype: Annotated[DtypeName, Form(DTYPE_FORM)]
    base64: Annotated[str, WithJsonSchema({"type": "string", "pattern": BASE64, "minLength": 4}), Form("base64 text")]


def array_json(array: Array, form: ArrayForm) -> Any:
    """An array in one of its JSON forms; the JSON writer turns a nested one into lists."""
    contiguous = np.ascontiguousarray(array)
    if form == "nested":
        return contiguous.item() if contiguous.ndim == 0 else contiguous
    head: dict[str, Any] = {"shape": list(array.shape), "dtype": array.dtype.name}
    if form == "flat":
        return {**head, "data": contiguous.reshape(-1)}
    return {**head, "base64": b64encode(contiguous.data).decode()}
