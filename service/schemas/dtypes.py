"""The number types of arrays, under the names that each format gives them."""

from collections.abc import Mapping
from typing import Annotated, Any

import numpy as np

from service.schemas.fields import OneOf

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
DATATYPES: Mapping[str, np.dtype[Any]] = {name.upper().replace("FLOAT", "FP"): dtype for name, dtype in DTYPES.items()}
"""The names of the Open Inference Protocol, whose bytes are little-endian too."""
DATATYPE_OF: Mapping[str, str] = {dtype.name: name for name, dtype in DATATYPES.items()}

DtypeName = Annotated[str, OneOf(DTYPES)]
Datatype = Annotated[str, OneOf(DATATYPES)]
DTYPE_FORM = "one of " + ", ".join(DTYPES)
