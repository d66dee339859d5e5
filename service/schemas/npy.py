"""`.npy` files, read without NumPy's own reader, which trusts the header and takes more types than are safe."""

import io
from ast import literal_eval
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

MAGIC = b"\x93NUMPY"
LENGTH_BYTES: Mapping[bytes, int] = {b"\1\0": 2, b"\2\0": 4, b"\3\0": 4}
"""The bytes of the header's length field, by version."""
LONGEST_HEADER = 10_000
"""Bytes. NumPy's own limit; longer headers would be slow to parse."""
MOST_AXES = 64
"""Axes. NumPy's own limit."""
MOST_BITS = 128
"""Bits of one size, so that messages about it stay short. Chosen."""


class NpyError(ValueError):
    """Why a file cannot be read."""


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a file says of its array, and where the array's bytes begin."""

    descr: Any
    shape: tuple[int, ...]
    fortran_order: bool
    start: int


def read_header(data: bytes | memoryview) -> Header:
    """The header of a file, with a valid shape.

    Raises:
        NpyError: where there is none.
    """
    text, start = _header_text(data)
    try:
        claims = literal_eval(text)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        raise NpyError("is not an .npy file") from None
    match claims:
        case {"descr": descr, "fortran_order": bool(order), "shape": tuple(shape), **more} if not more:
            if len(shape) <= MOST_AXES and all(map(_is_size, shape)):
                return Header(descr=descr, shape=shape, fortran_order=order, start=start)
            raise NpyError("has an invalid shape")
    raise NpyError("is not an .npy file")


def _header_text(data: bytes | memoryview) -> tuple[str, int]:
    """The text of a file's header, and where it ends."""
    version = bytes(data[6:8])
    if bytes(data[:6]) != MAGIC or len(version) < 2:
        raise NpyError("is not an .npy file")
    if version not in LENGTH_BYTES:
        raise NpyError("has an unknown format version")
    first = 8 + LENGTH_BYTES[version]
    length = int.from_bytes(data[8:first], "little")
    if length > LONGEST_HEADER or len(data) < first + length:
        raise NpyError("is not an .npy file")
    return bytes(data[first : first + length]).decode("latin-1"), first + length


def _is_size(value: Any) -> bool:
    return type(value) is int and value >= 0 and value.bit_length() <= MOST_BITS


def npy_pieces(array: NDArray[Any]) -> list[bytes]:
    """An array as the header and the bytes of a file."""
    contiguous = np.ascontiguousarray(array)
    stream = io.BytesIO()
    npy.write_array_header_1_0(stream, npy.header_data_from_array_1_0(contiguous))
    return [stream.getvalue(), contiguous.tobytes()]
