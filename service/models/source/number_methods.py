"""Methods of numbers."""

from collections.abc import Callable
from typing import Any

Methods = dict[str, Callable[..., Any]]

INT: Methods = {
    "bit_length": lambda _machine, value: value.bit_length(),
    "bit_count": lambda _machine, value: value.bit_count(),
    "conjugate": lambda _machine, value: value,
    "is_integer": lambda _machine, _value: True,
    "as_integer_ratio": lambda _machine, value: (value, 1),
    "item": lambda _machine, value: value,
    "__index__": lambda _machine, value: value,
    "__int__": lambda _machine, value: value,
    "__float__": lambda _machine, value: float(value),
}
FLOAT: Methods = {
    "is_integer": lambda _machine, value: value.is_integer(),
    "conjugate": lambda _machine, value: value,
    "as_integer_ratio": lambda _machine, value: value.as_integer_ratio(),
    "item": lambda _machine, value: value,
    "hex": lambda _machine, value: value.hex(),
    "__int__": lambda _machine, value: int(value),
    "__float__": lambda _machine, value: value,
}
"""`item` is that of NumPy's scalars, which are Python's numbers here."""
