"""Arrays as they travel: nested lists, flat lists, base64, `.npy`. Sizes are checked before a byte is allocated."""

from base64 import b64encode
from binascii import a2b_base64
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Annotated, Any, Literal

import numpy as np
from annotated_types import Ge, Le, Len
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from service.core.diagnostics import Fact, placed
from service.core.diagnostics.arrays import array_size_mismatch, bad_npy, non_finite_number, not_an_array, too_large
from service.core.layers.base import Pointer
from service.problems import refused
from service.schemas.errors import facts, require_narrow
from service.schemas.npy import NpyError, read_header

Array = NDArray[Any]
DTYPES: Mapping[str, np.dtype[Any]] = {
    name: np.dtype(name)
    for name in (
        *("float16", "float32", "float64"),
        *("int8", "int16", "int32", "int64"),
        *("uint8", "uint16", "uint32", "uint64"),
    )
}
DTYPE_OF_NPY: Mapping[str, np.dtype[Any]] = {
    f"{order}{dtype.kind}{dtype.itemsize}": dtype for dtype in DTYPES.values() for order in ("<", "|", "=", "")
}
"""The types that an `.npy` file may have: little-endian, as every machine is that this runs on."""
MOST_AXES = 5
LARGEST_EXACT_FLOAT = 2**53
DtypeName = Literal[
    "float16", "float32", "float64", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"
]
LARGEST_SIZE = 2**63 - 1
"""No array has a longer axis: what counts bytes has 64 bits."""
PostedShape = Annotated[list[Annotated[int, Ge(0), Le(LARGEST_SIZE)]], Len(0, MOST_AXES)]


class FlatArray(BaseModel):
    """An array as a shape and a flat list of numbers, row-major."""

    model_config = ConfigDict(strict=True, extra="forbid")

    shape: PostedShape
    dtype: DtypeName | None = Field(None, description="float64 by default, or int64 when every number is an integer.")
    data: list[Any] = Field(description="The numbers, the last axis running fastest.")


class Base64Array(BaseModel):
    """An array as a shape, a type and its bytes in base64: little-endian, row-major."""

    model_config = ConfigDict(strict=True, extra="forbid")

    shape: PostedShape
    dtype: DtypeName
    base64: str


class ArrayReader:
    """Reads posted arrays, none of more than `limit` elements."""

    def __init__(self, limit: int) -> None:
        self.limit = limit

    def from_json(self, value: Any, location: Pointer, dtype: str | None = None) -> Array:
        """An array from any of its JSON forms; a Problem with status 422 or 413 where it is none."""
        if isinstance(value, dict):
            return self._from_object(value, location, dtype)
        if not isinstance(value, list | int | float) or isinstance(value, bool):
            raise refused(placed(not_an_array(value, "not a list of numbers", location)))
        return self._numbers(value, location, dtype)

    def from_data(self, value: Any, shape: Sequence[int], dtype: str, location: Pointer) -> Array:
        """An array from a flat list of its numbers, or one nested as its shape is."""
        if not isinstance(value, list):
            raise refused(placed(not_an_array(value, "not a list of numbers", location)))
        nested = bool(value) and isinstance(value[0], list)
        count = prod(shape[:1] if nested else shape)
        if len(value) != count:
            raise refused(
                placed(array_size_mismatch(location, shape, count, "rows" if nested else "numbers", len(value)))
            )
        self.require_bounded(prod(shape), location)
        array = self._numbers(value, location, dtype)
        if nested and array.shape != tuple(shape):
            raise refused(placed(not_an_array(value, f"of shape {list(array.shape)}, not {list(shape)}", location)))
        return array.reshape(shape)

    def from_npy(self, data: bytes | memoryview, location: Pointer) -> Array:
        """An array from the bytes of an `.npy` file, as a view of them; every claim is checked first."""
        try:
            header = read_header(data)
        except NpyError as error:
            raise refused(placed(bad_npy(str(error), location))) from None
        if not isinstance(header.descr, str) or header.descr not in DTYPE_OF_NPY:
            raise refused(placed(bad_npy(f"has the type {_cut(header.descr)}, which is not accepted", location)))
        self.require_bounded(prod(header.shape), location)
        shape = header.shape[::-1] if header.fortran_order else header.shape
        array = self._from_bytes(memoryview(data)[header.start :], shape, DTYPE_OF_NPY[header.descr], location)
        return array.T if header.fortran_order else array

    def _from_object(self, value: dict[str, Any], location: Pointer, dtype: str | None) -> Array:
        require_narrow(value)
        model: type[FlatArray | Base64Array] = Base64Array if "base64" in value else FlatArray
        try:
            posted = TypeAdapter(model).validate_python(value)
        except ValidationError as error:
            found = facts(error, value, "the array", list(model.model_fields), _form)
            raise refused(placed(_below(fact, location) for fact in found)) from None
        shape = tuple(posted.shape)
        self.require_bounded(prod(shape), location)
        if isinstance(posted, Base64Array):
            try:
                data = a2b_base64(posted.base64, strict_mode=True)
            except ValueError:
                wrong = not_an_array(posted.base64, "not base64", (*location, "base64"))
                raise refused(placed(wrong)) from None
            return self._from_bytes(data, shape, DTYPES[posted.dtype], location)
        flat = self._numbers(posted.data, (*location, "data"), posted.dtype or dtype)
        if flat.ndim != 1:
            raise refused(placed(not_an_array(posted.data, "not a flat list", (*location, "data"))))
        if flat.size != prod(shape):
            raise refused(placed(array_size_mismatch(location, shape, prod(shape), "numbers", flat.size)))
        return flat.reshape(shape)

    def _from_bytes(
        self, data: bytes | memoryview, shape: tuple[int, ...], dtype: np.dtype[Any], location: Pointer
    ) -> Array:
        needed = prod(shape) * dtype.itemsize
        if needed == 0:
            raise refused(placed(not_an_array([], "it has no elements", location)))
        if len(data) != needed:
            raise refused(placed(array_size_mismatch(location, shape, needed, "bytes", len(data))))
        return np.frombuffer(data, dtype).reshape(shape)

    def _numbers(self, value: Any, location: Pointer, dtype: str | None) -> Array:
        """A nested list of numbers: built without a type first, so that nothing is turned into a number."""
        if (depth := _depth(value)) > MOST_AXES:
            raise refused(placed(not_an_array(value, f"{depth} levels deep, more than {MOST_AXES}", location)))
        try:
            array = np.array(value)
        except (ValueError, OverflowError):
            raise refused(placed(not_an_array(value, "its rows differ in length or depth", location))) from None
        self.require_bounded(array.size, location)
        if array.size == 0:
            raise refused(placed(not_an_array(value, "it has no elements", location)))
        if array.dtype.kind == "O" and array.ndim and all(type(one) is int for one in array.flat):
            raise refused(placed(not_an_array(value, "it holds integers that no type holds", location)))
        if array.dtype.kind not in "iuf" or _holds_truth_values(value, array):
            raise refused(placed(not_an_array(value, "not all of it are numbers", location)))
        if array.dtype.kind == "f":
            if not np.isfinite(array).all():
                raise refused(placed(non_finite_number(location, f"`{location[0]}`")))
            if np.abs(array).max() >= LARGEST_EXACT_FLOAT and not _holds(value, float):
                array = self._unsigned(value, location)
        elif array.dtype != np.uint64:
            array = array.astype(np.int64, copy=False)
        return array if dtype is None else self._converted(array, DTYPES[dtype], value, location)

    def _unsigned(self, value: Any, location: Pointer) -> Array:
        """Integers that are too large for int64, which NumPy makes floats of unless told."""
        try:
            return np.array(value, np.uint64)
        except OverflowError:
            found = not_an_array(value, "it holds integers that no type holds together", location)
            raise refused(placed(found)) from None

    def _converted(self, array: Array, dtype: np.dtype[Any], value: Any, location: Pointer) -> Array:
        """The array as the type asked for, which must hold every number: no integer wraps, no fraction is cut."""
        with np.errstate(all="ignore"):
            converted = array.astype(dtype)
        exact = np.array_equal(converted, array) if dtype.kind in "iu" else np.isfinite(converted).all()
        if not exact:
            raise refused(placed(not_an_array(value, f"not all of it fits {dtype.name}", location)))
        return converted

    def require_bounded(self, count: int, location: Pointer) -> None:
        """A Problem with status 413 where there are more elements than an array may have."""
        if count > self.limit:
            text = f"the number of elements of `{location[0]}`"
            raise refused(placed(too_large(text, count, self.limit, "max_array_elements", location)), 413)


def _depth(value: Any) -> int:
    """How many lists deep the first element lies."""
    depth = 0
    while isinstance(value, list):
        depth += 1
        value = value[0] if value else None
    return depth


def _cut(descr: Any) -> str:
    """The type that an `.npy` file claims, short; one with fields is told as such."""
    return descr[:40] if isinstance(descr, str) else "of a structure"


def _holds_truth_values(value: Any, array: Array) -> bool:
    """Whether truth values are among the numbers; they have become 0 and 1, so few arrays need to be searched."""
    return bool(((array == 0) | (array == 1)).any()) and _holds(value, bool)


def _holds(value: Any, kind: type) -> bool:
    """Whether a nested list has an element of exactly this type."""
    if isinstance(value, list):
        if value and not isinstance(value[0], list):
            return kind in set(map(type, value))
        return any(_holds(entry, kind) for entry in value)
    return type(value) is kind


def _form(member: str) -> str:
    return {
        "shape": "a list of at most 5 integers of at least 0",
        "dtype": "one of " + ", ".join(DTYPES),
        "data": "a flat list of numbers",
    }.get(member, "base64 text")


def _below(fact: Fact, location: Pointer) -> Fact:
    return replace(fact, anchor=(*location, *(fact.anchor or ())))


def as_json(array: Array, form: str) -> Any:
    """An array in the form of JSON that was asked for; the writer turns a nested one into lists."""
    contiguous = np.ascontiguousarray(array)
    if form == "nested":
        return contiguous.item() if contiguous.ndim == 0 else contiguous
    shown: dict[str, Any] = {"shape": list(array.shape), "dtype": array.dtype.name}
    if form == "flat":
        return {**shown, "data": contiguous.reshape(-1)}
    return {**shown, "base64": b64encode(contiguous.data).decode()}
