"""Tensors of the Open Inference Protocol, in JSON or as bytes after it: every claim is checked before one is made.

Members that are not known are ignored, as the protocol has it.
"""

from collections.abc import Sequence
from math import prod
from typing import Annotated, Any

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema
from pydantic.json_schema import SkipJsonSchema

from service.core.diagnostics.malformed import shown
from service.problems import Problem
from service.schemas.answers import Answer, Count
from service.schemas.array_reader import ArrayReader
from service.schemas.arrays import Array, ArrayShape
from service.schemas.conditions import absent, any_of, both, has, nullable
from service.schemas.dtypes import DATATYPE_OF, DATATYPES


class LenientModel(BaseModel):
    """The base of what is posted to `/v2`."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


Refused = SkipJsonSchema[Any]
"""A member that is read in order to be refused, unless it is null; a condition of its model says so."""
NUMBERS_OF_ANY_DEPTH = {"type": "array", "items": {}, "minItems": 1}


class InputParameters(LenientModel):
    """How an input's numbers travel; shared memory is not supported."""

    model_config = ConfigDict(json_schema_extra=both(absent("shared_memory_region")))

    binary_data_size: Count | None = Field(None, description="Their bytes after the JSON, in place of `data`.")
    shared_memory_region: Refused = None


class InputTensor(LenientModel):
    """An input: JSON numbers, or bytes after the JSON."""

    model_config = ConfigDict(
        json_schema_extra=any_of(
            has("data", data=NUMBERS_OF_ANY_DEPTH) | {"not": has("parameters", parameters=has("binary_data_size"))},
            both(absent("data"), has("parameters", parameters=has("binary_data_size"))),
        )
    )

    name: Annotated[str, WithJsonSchema({"type": "string", "enum": ["input", "weight", "bias", "pointwise_weight"]})]
    shape: ArrayShape
    datatype: Annotated[str, WithJsonSchema({"type": "string", "enum": list(DATATYPES)})] = Field(
        description="FP64, FP32, FP16, INT8 to INT64 or UINT8 to UINT64."
    )
    data: Annotated[Any, WithJsonSchema(nullable(NUMBERS_OF_ANY_DEPTH))] = Field(
        None, description="The numbers, row-major: a flat list, or one nested as the shape is."
    )
    parameters: InputParameters = Field(default_factory=InputParameters)


class InferenceError(Answer):
    """An error of the protocol."""

    error: str


def read_tensors(
    inputs: Sequence[InputTensor], names: Sequence[str], body: bytes | bytearray, start: int, limit: int
) -> dict[str, Array]:
    """The inputs by name; those in bytes are views of the body, one after the other from `start`."""
    given = [tensor.name for tensor in inputs]
    for tensor in inputs:
        if tensor.name not in names:
            raise Problem(400, f"there is no input {shown(tensor.name)}; there is {', '.join(names)}")
        if given.count(tensor.name) > 1:
            raise Problem(400, f"the input `{tensor.name}` is given more than once")
        _require_consistent(tensor)
    claimed = sum(tensor.parameters.binary_data_size or 0 for tensor in inputs)
    if claimed != len(body) - start:
        after = f"{len(body) - start} bytes follow the JSON, whose length `Inference-Header-Content-Length` gives"
        raise Problem(400, f"the inputs claim {claimed} bytes, but {after}")
    arrays, reader, view = {}, ArrayReader(limit), memoryview(body).toreadonly()
    for tensor in inputs:
        arrays[tensor.name] = _read(tensor, reader, view, start)
        start += tensor.parameters.binary_data_size or 0
    return arrays


def _require_consistent(tensor: InputTensor) -> None:
    """Raises a Problem with status 400 where the members of a tensor contradict each other."""
    name, size = tensor.name, tensor.parameters.binary_data_size
    if tensor.datatype not in DATATYPES:
        known = ", ".join(DATATYPES)
        raise Problem(400, f"`{name}` has the datatype {shown(tensor.datatype)}; accepted are {known}")
    if tensor.parameters.shared_memory_region is not None:
        raise Problem(400, f"`{name}` is in shared memory, which is not read here")
    if (tensor.data is None) == (size is None):
        has = "neither `data` nor" if size is None else "both `data` and"
        raise Problem(400, f"`{name}` has {has} `binary_data_size`; it needs one of them")
    if (count := prod(tensor.shape)) == 0:
        raise Problem(400, f"`{name}` has no elements")
    if size is not None and size != (needed := count * DATATYPES[tensor.datatype].itemsize):
        what = f"a shape of {tensor.shape} needs {needed} bytes of {tensor.datatype}"
        raise Problem(400, f"{what}, but the `binary_data_size` of `{name}` is {size}")


def _read(tensor: InputTensor, reader: ArrayReader, body: memoryview, start: int) -> Array:
    dtype = DATATYPES[tensor.datatype]
    if tensor.parameters.binary_data_size is None:
        return reader.from_data(tensor.data, tensor.shape, dtype.name, (tensor.name,))
    count = prod(tensor.shape)
    reader.require_bounded(count, (tensor.name,))
    return np.frombuffer(body, dtype, count, start).reshape(tensor.shape)


def tensor_of(name: str, array: Array, *, binary: bool) -> tuple[dict[str, Any], bytes]:
    """An array as the object in the JSON, and the bytes after it (none unless `binary`)."""
    head: dict[str, Any] = {"name": name, "datatype": DATATYPE_OF[array.dtype.name], "shape": list(array.shape)}
    if binary:
        return {**head, "parameters": {"binary_data_size": array.nbytes}}, array.tobytes()
    return {**head, "data": np.ascontiguousarray(array).reshape(-1)}, b""
