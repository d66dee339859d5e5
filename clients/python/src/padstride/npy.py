"""Arrays as `.npy` files in memory. NumPy is imported only where arrays are used."""

from io import BytesIO
from types import ModuleType
from typing import TYPE_CHECKING, Any

from padstride.errors import PadstrideError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray


def packed(array: "ArrayLike") -> bytes:
    """An array as a file: its header and its own bytes."""
    numpy = numpy_module()
    file = BytesIO()
    numpy.lib.format.write_array(file, numpy.asarray(array), allow_pickle=False)
    return file.getvalue()


def unpacked(data: bytes) -> "NDArray[Any]":
    """The array of a file; it reads the bytes where they are, and cannot be written to."""
    numpy = numpy_module()
    file = BytesIO(data)
    version = numpy.lib.format.read_magic(file)
    header = numpy.lib.format.read_array_header_1_0 if version == (1, 0) else numpy.lib.format.read_array_header_2_0
    shape, fortran, dtype = header(file)
    array: NDArray[Any] = numpy.frombuffer(data, dtype, offset=file.tell())
    return array.reshape(shape, order="F" if fortran else "C")


def numpy_module() -> ModuleType:
    """NumPy, where it is installed; otherwise an error that says how to get it."""
    try:
        import numpy as np
    except ImportError:
        raise PadstrideError("arrays need NumPy: pip install 'padstride[numpy]'") from None
    return np
