"""Arrays as `.npy` files in memory. NumPy is imported only where arrays are used."""

from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from padstride.errors import PadstrideError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def packed(array: "ArrayLike") -> bytes:
    """An array as a file: its header and its own bytes, which are copied once. The least byte of a number comes first.

    Raises:
        PadstrideError: where it is no array of numbers, or has a mask.
    """
    numpy = numpy_module()
    if isinstance(array, numpy.ma.MaskedArray):
        raise PadstrideError("an array with a mask cannot be sent; fill what is masked: array.filled(0)")
    try:
        numbers: NDArray[Any] = numpy.asarray(array)
    except ValueError:
        raise PadstrideError("the lists are no array: they have different lengths") from None
    if numbers.dtype.hasobject:
        raise PadstrideError("an array of Python objects cannot be sent; make it one of numbers")
    numbers = numbers.astype(numbers.dtype.newbyteorder("<"), copy=False)
    described = numpy.lib.format.header_data_from_array_1_0(numbers)
    header = BytesIO()
    numpy.lib.format.write_array_header_1_0(header, described)
    ordered = numpy.ascontiguousarray(numbers.T if described["fortran_order"] else numbers)
    return b"".join([header.getvalue(), ordered.reshape(-1).view("u1")])


def unpacked(data: bytes) -> "NDArray[Any]":
    """The array of a file; it reads the bytes where they are, and cannot be written to."""
    numpy = numpy_module()
    file = BytesIO(data)
    version = numpy.lib.format.read_magic(file)
    header = numpy.lib.format.read_array_header_1_0 if version == (1, 0) else numpy.lib.format.read_array_header_2_0
    shape, fortran, dtype = header(file)
    array: NDArray[Any] = numpy.frombuffer(data, dtype, offset=file.tell())
    return array.reshape(shape, order="F" if fortran else "C")


def array_of_file(path: Path) -> "NDArray[Any]":
    """The array of a `.npy` file.

    Raises:
        PadstrideError: where it is none; one that holds Python objects is not read.
    """
    try:
        with path.open("rb") as file:
            array: NDArray[Any] = numpy_module().lib.format.read_array(file, allow_pickle=False)
    except ValueError:
        raise PadstrideError(f"{path} is no .npy file of numbers") from None
    return array


def save(path: Path, array: "NDArray[Any]") -> None:
    """Writes an array to a `.npy` file."""
    path.write_bytes(packed(array))


def numpy_module() -> ModuleType:
    """NumPy, where it is installed; otherwise an error that says how to get it."""
    try:
        import numpy as np
    except ImportError:
        raise PadstrideError("arrays need NumPy: pip install 'padstride[numpy]'") from None
    return np
