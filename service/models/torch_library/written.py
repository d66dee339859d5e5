"""Values of the interpreted program as JSON, with what in the posted text they come from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from service.core.layers.names.lookup import meanings
from service.core.layers.pointers import Pointer
from service.models.reading import Literal, Place
from service.models.source.host import NotKnownError, Run, TracedInt, Unknown, Value, literals_of
from service.models.torch_library.hosts import Token
from service.models.torch_library.tensors import TensorHost


class InputIndex(dict[str, int]):
    """`{"input": 1}`: the place in an index where a tensor stands, by the number of the input that it is."""

    def __init__(self, number: int) -> None:
        super().__init__(input=number)


OPEN_SIZES = frozenset({"shape", "size", "sizes", "output_size"})
"""Parameters of which single entries may be null, because they are not known."""
SIZED_LIKE = frozenset({"upsample", "adaptive_avg_pool", "adaptive_max_pool", "conv_transpose"})
"""Layers that may be told to give the sizes of another one."""
SPATIAL_FROM = 2
"""The first spatial axis."""


@dataclass
class Written:
    """The parameters of a layer as JSON, and for each part of them the literals from which it comes."""

    type_name: str
    parameters: dict[str, Any] = field(default_factory=dict)
    literals: dict[Pointer, Sequence[Literal]] = field(default_factory=dict)

    @property
    def places(self) -> dict[Pointer, Place]:
        """Where each parameter stands as it is; one that is computed stands where its layer is made."""
        return {at: literals[0].place for at, literals in self.literals.items() if literals and literals[0].exact}

    def add(self, name: str, value: Value, run: Run) -> None:
        """Write a parameter down.

        Raises:
            NotKnownError: It is not known, or is nothing that a layer can be told.
        """
        like = _like(value) if name in OPEN_SIZES and self._takes_like() else None
        self.parameters[name] = like or self._json(value, (name,), run)

    def _takes_like(self) -> bool:
        """Whether the layer may ask for the sizes of another."""
        found = meanings(self.type_name, "pytorch")
        return bool(found) and found[0].kind.family in SIZED_LIKE

    def _json(self, value: Value, at: Pointer, run: Run) -> Any:
        """One value, and the literals of each of its parts."""
        if literals := literals_of(value):
            self.literals[at] = literals
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            number = int(value) if isinstance(value, int) else float(value)
            return number if math.isfinite(number) else None
        if isinstance(value, str):
            return str(value)
        if isinstance(value, list | tuple):
            return [self._json(entry, (*at, index), run) for index, entry in enumerate(value)]
        return self._other(value, at, run)

    def _other(self, value: Value, at: Pointer, run: Run) -> Any:
        """Values that Python has and JSON has not."""
        if isinstance(value, Unknown):
            if len(at) > 1 and at[0] in OPEN_SIZES:
                return None
            raise NotKnownError(f"`{at[0]}` is not known")
        if isinstance(value, slice):
            parts = (value.start, value.stop, value.step)
            return slice_text(tuple(_bound(part) for part in parts))
        if value is Ellipsis:
            return "..."
        if isinstance(value, Token):
            return value.name
        if isinstance(value, TensorHost) and value.data is not None and value.data.size == 1:
            return value.data.item()
        if isinstance(value, range):
            return list(value)
        if isinstance(value, dict):
            return {str(key): self._json(entry, (*at, str(key)), run) for key, entry in value.items()}
        raise NotKnownError(f"`{at[0]}` is given a value that a layer cannot be told")


def _bound(value: Value) -> int | None:
    """A bound of a slice.

    Raises:
        NotKnownError: It is not known.
    """
    if value is None:
        return None
    if isinstance(value, TensorHost) and value.data is not None and value.data.size == 1:
        return int(value.data.item())
    if isinstance(value, int):
        return int(value)
    raise NotKnownError("a bound of a slice is not known")


def slice_text(parts: Sequence[int | None]) -> str:
    """A slice in Python's notation: `1:`, `::2`."""
    start, stop, step = ("" if part is None else str(part) for part in parts)
    return f"{start}:{stop}" + (f":{step}" if step else "")


def _like(value: Value) -> dict[str, str] | None:
    """`{"like": name}` where a size is that of all spatial axes of one tensor; None otherwise."""
    if not isinstance(value, list | tuple):
        return None
    read = [entry.size_of for entry in value if isinstance(entry, TracedInt) and entry.size_of is not None]
    if not read or len(read) < len(value) or len({(name, count) for name, _, count in read}) > 1:
        return None
    name, _, count = read[0]
    whole = [axis for _, axis, _ in read] == list(range(SPATIAL_FROM, count))
    return {"like": name} if whole else None
