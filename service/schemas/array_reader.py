"""Posted arrays read into NumPy's: sizes are checked before memory is allocated."""

from binascii import a2b_base64
from collections.abc import Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
from pydantic import ValidationError

from service.core.diagnostics import Fact, placed
from service.core.diagnostics.arrays import array_size_mismatch, bad_npy, non_finite_number, not_an_array, too_large
from service.core.layers.pointers import Pointer
from service.problems import refused
from service.schemas.arrays import MOST_AXES, Array, Base64Array, FlatArray
from service.schemas.dtypes import DTYPE_OF_NPY, DTYPES
from service.schemas.npy import NpyError, read_header
from service.schemas.validation_errors import require_narrow, validation_facts

LARGEST_EXACT_FLOAT = 2**53


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
            raise refused(placed(bad_npy(f"has the type {_short_type(header.descr)}, which is not accepted", location)))
        self.require_bounded(prod(header.shape), location)
        shape = header.shape[::-1] if header.fortran_order else header.shape
        array = self._from_bytes(memoryview(data)[header.start :], shape, DTYPE_OF_NPY[header.descr], location)
        return array.T if header.fortran_order else array

    def _from_object(self, value: dict[str, Any], location: Pointer, dtype: str | None) -> Array:
        require_narrow(value)
        model: type[FlatArray | Base64Array] = Base64Array if "base64" in value else FlatArray
        try:
            posted = model.model_validate(value)
        except ValidationError as error:
            facts = validation_facts(error, value, "the array", model)
            raise refused(placed(_below(fact, location) for fact in facts)) from None
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
        if array.dtype.kind == "O" and array.ndim and all(type(number) is int for number in array.flat):
            raise refused(placed(not_an_array(value, "it holds integers that no type holds", location)))
        if array.dtype.kind not in "iuf" or _has_truth_values(value, array):
            raise refused(placed(not_an_array(value, "not all of it are numbers", location)))
        if array.dtype.kind == "f":
            if not np.isfinite(array).all():
                raise refused(placed(non_finite_number(location, f"`{location[0]}`")))
            if np.abs(array).max() >= LARGEST_EXACT_FLOAT and not _has_element_of(value, float):
                array = self._unsigned(value, location)
        elif array.dtype != np.uint64:
            array = array.astype(np.int64, copy=False)
        return array if dtype is None else self._converted(array, DTYPES[dtype], value, location)

    def _unsigned(self, value: Any, location: Pointer) -> Array:
        """Integers that are too large for int64; by default NumPy would make floats of them."""
        try:
            return np.array(value, np.uint64)
        except OverflowError:
            mistake = not_an_array(value, "it holds integers that no type holds together", location)
            raise refused(placed(mistake)) from None

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


def _short_type(descr: Any) -> str:
    """The type that an `.npy` file claims, shortened; a type with fields is named as such."""
    return descr[:40] if isinstance(descr, str) else "of a structure"


def _has_truth_values(value: Any, array: Array) -> bool:
    """Whether truth values are among the numbers; they became 0 and 1, so few arrays need a search."""
    return bool(((array == 0) | (array == 1)).any()) and _has_element_of(value, bool)


def _has_element_of(value: Any, kind: type) -> bool:
    """Whether a nested list has an element of exactly this type."""
    if isinstance(value, list):
        if value and not isinstance(value[0], list):
            return kind in set(map(type, value))
        return any(_has_element_of(entry, kind) for entry in value)
    return type(value) is kind


def _below(fact: Fact, location: Pointer) -> Fact:
    """The fact, placed below a location."""
    return replace(fact, anchor=(*location, *(fact.anchor or ())))
