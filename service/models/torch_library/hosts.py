"""Values of PyTorch that are no tensors; those that any library has are in `service.models.source.library_hosts`."""

from collections.abc import Mapping, Sequence

from service.models.source.host import Host, NotKnownError, Run, Value
from service.models.source.library_hosts import (
    Answer,
    Find,
    Function,
    Harmless,
    Namespace,
    TypeOf,
    always,
    nothing,
    same,
)

__all__ = ["Answer", "Find", "Function", "Harmless", "Namespace", "Token", "TypeOf", "always", "nothing", "same"]


class Token(Host):
    """A value that is only handed on: a type of numbers, a device, a layout of memory."""

    is_callable = False

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self.type_name = kind

    def attribute(self, name: str, run: Run) -> Value:
        """Of a device its type; of a type of numbers whether it has a point."""
        known = {
            "type": self.name,
            "index": None,
            "is_floating_point": self.name.removeprefix("torch.") in FLOATING,
            "is_complex": self.name.startswith("torch.complex"),
            "itemsize": 4,
        }
        if name in known:
            return known[name]
        raise NotKnownError(f"`{self.name}.{name}` is not known")

    def operate(self, operator: str, other: Value, run: Run, *, reflected: bool) -> Value:
        """Whether two are the same."""
        same = isinstance(other, Token) and other.name == self.name
        same = same or (isinstance(other, str) and other == self.name)
        if operator in ("==", "!="):
            return same is (operator == "==")
        return super().operate(operator, other, run, reflected=reflected)

    def is_instance_of(self, kind: Host) -> bool:
        """Whether it is of that type."""
        return isinstance(kind, TypeOf) and kind.type_name_of == self.type_name

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """Types of numbers are not called."""
        raise NotKnownError(f"calling `{self.name}` is not known")


FLOATING = frozenset({"float", "float16", "float32", "float64", "half", "double", "bfloat16"})
