"""Types of numbers and devices: values that change no shape."""

from collections.abc import Mapping

from service.models.source.host import Value
from service.models.torch_library.hosts import Token
from service.models.torch_library.tensors import TensorHost

NAMES: Mapping[str, str] = {
    **{name: name for name in ("float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64", "uint8",
                               "bool", "complex32", "complex64", "complex128", "qint8", "quint8", "float8_e4m3fn",
                               "float8_e5m2", "uint16", "uint32", "uint64", "qint32")},
    "float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32", "short": "int16",
    "cfloat": "complex64", "cdouble": "complex128",
}  # fmt: skip
"""The types under every name that they have in `torch`."""
_TOKENS: dict[str, Token] = {name: Token(f"torch.{name}", "dtype") for name in NAMES.values()}
CPU = Token("cpu", "device")
FORMATS: Mapping[str, Token] = {
    name: Token(f"torch.{name}", kind)
    for name, kind in (
        ("contiguous_format", "memory_format"), ("channels_last", "memory_format"), ("strided", "layout"),
        ("channels_last_3d", "memory_format"), ("preserve_format", "memory_format"), ("sparse_coo", "layout"),
    )
}  # fmt: skip


def token_of(name: str) -> Token:
    """The value of `torch.float32` and the like."""
    known = NAMES.get(name, "float32")
    return _TOKENS[known]


def dtype_of(value: Value) -> str | None:
    """The type of numbers that a value names; None where it is none."""
    if isinstance(value, Token) and value.type_name == "dtype":
        return value.name.removeprefix("torch.")
    return None


class Casts:
    """Methods that give the same numbers as another type."""

    METHODS: Mapping[str, str] = {
        "float": "float32", "half": "float16", "double": "float64", "bfloat16": "bfloat16", "bool": "bool",
        "int": "int32", "long": "int64", "short": "int16", "byte": "uint8", "char": "int8",
    }  # fmt: skip

    @staticmethod
    def cast(tensor: TensorHost, dtype: str) -> TensorHost:
        """The same tensor with another type of numbers."""
        if dtype == tensor.dtype:
            return tensor
        data = None if tensor.data is None else tensor.data.astype(_kept_as(dtype))
        return tensor.seen_as(dtype, data)


def _kept_as(dtype: str) -> str:
    """The type in which values are kept."""
    if dtype.startswith(("int", "uint")):
        return "int64"
    return dtype if dtype in ("bool", "float32") else "float64"
