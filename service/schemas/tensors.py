"""Tensors of the Open Inference Protocol, in JSON or as bytes after it: every claim is checked before one is made."""

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

import numpy as np

from service.core.diagnostics.reading import shown
from service.problems import Problem
from service.schemas.arrays import DTYPES, Array, ArrayReader
from service.schemas.inference import InputTensor

DATATYPES: Mapping[str, np.dtype[Any]] = {name.upper().replace("FLOAT", "FP"): dtype for name, dtype in DTYPES.items()}
"""Little-endian, as the protocol's bytes are."""
DATATYPE_OF: Mapping[str, str] = {dtype.name: name for name, dtype in DATATYPES.items()}


def read_tensors(
    inputs: Sequence[InputTensor], names: Sequence[str], body: bytes | bytearray, start: int, limit: int
) -> dict[str, Array]:
    """The inputs by name, those in bytes as views of the body, where they begin at `start`, one after the other."""
    known = [one.name for one in inputs]
    for tensor in inputs:
        if tensor.name not in names:
            raise Problem(400, f"there is no input {shown(tensor.name)}; there is {', '.join(names)}")
        if known.count(tensor.name) > 1:
            raise Problem(400, f"the input `{tensor.name}` is there twice")
        _check(tensor)
    claimed = sum(tensor.parameters.binary_data_size or 0 for tensor in inputs)
    if claimed != len(body) - start:
        after = f"{len(body) - start} bytes follow the JSON, whose end `Inference-Header-Content-Length` tells"
        raise Problem(400, f"the inputs claim {claimed} bytes, but {after}")
    found, reader, view = {}, ArrayReader(limit), memoryview(body).toreadonly()
    for tensor in inputs:
        found[tensor.name] = _read(tensor, reader, view, start)
        start += tensor.parameters.binary_data_size or 0
    return found


def _check(tensor: InputTensor) -> None:
    """A Problem with status 400 where what a tensor says of itself does not go together."""
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


def as_tensor(name: str, array: Array, *, binary: bool) -> tuple[dict[str, Any], bytes]:
    """An array as the object in the JSON and the bytes after it, of which a tensor in JSON has none."""
    head: dict[str, Any] = {"name": name, "datatype": DATATYPE_OF[array.dtype.name], "shape": list(array.shape)}
    if binary:
        return {**head, "parameters": {"binary_data_size": array.nbytes}}, array.tobytes()
    return {**head, "data": np.ascontiguousarray(array).reshape(-1)}, b""
