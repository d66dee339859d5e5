"""Tensors of the interpreted program: of the network, or constants that are written down when a layer takes them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from service.core.geometry.shapes import Shape
from service.core.layers.pointers import Pointer
from service.models.reading import Literal, Place
from service.models.recorder import Recorder, Tensor
from service.models.source.host import Host, NotKnownError, Run, TracedInt, Unknown, Value, literals_of
from service.models.torch_library.hosts import TypeOf

MOST_VALUES = 65_536
"""Elements of a constant whose values are kept. Chosen: above what schedules, anchors and windows have."""
Values = np.ndarray[Any, Any]


TENSOR = TypeOf("torch.Tensor")
"""The class of tensors."""


def size_of(size: int, tensor: str, axis: int, axes: int) -> TracedInt:
    """The size of an axis of a tensor of the network."""
    made = TracedInt(size)
    made.size_of = (tensor, axis, axes)
    return made


class TensorHost(Host):
    """A tensor. `kind` is "computed" by a layer, or what it is written down as: "constant", "parameter", "buffer"."""

    type_name = "Tensor"

    def __init__(
        self,
        shape: Shape | None,
        *,
        dtype: str = "float32",
        kind: str = "constant",
        data: Values | None = None,
        owner: tuple[Value, str] | None = None,
    ) -> None:
        self.shape = shape
        self.dtype = dtype
        self.kind_name = kind
        self.data = None if data is None or data.size > MOST_VALUES else data
        self.owner = owner
        """The module whose weight it is, and the weight's name, where that is no part of posted source."""
        self.is_parameter = kind == "parameter"
        self.made_at: Place | None = None
        """Where a parameter is made; others are told where they are used."""
        self.literals: dict[Pointer, Sequence[Literal]] = {}
        """What in the text its sizes come from, by a pointer such as `("shape", 0)`."""
        self._tensor: Tensor | None = None
        self._recorder: Recorder | None = None
        self._base: TensorHost | None = None
        """The tensor whose numbers these are, as another type."""

    def seen_as(self, dtype: str, data: Values | None = None) -> "TensorHost":
        """The same numbers as another type."""
        made = TensorHost(self.shape, dtype=dtype, kind=self.kind_name, data=data)
        made.is_parameter, made._base = False, self
        return made

    @classmethod
    def of(cls, tensor: Tensor, run: Run) -> "TensorHost":
        """The tensor that a layer makes, or an input of the network."""
        made = cls(tensor.shape, dtype=tensor.dtype, kind="computed")
        made._tensor, made._recorder = tensor, run.recorder
        return made

    def in_network(self, run: Run) -> bool:
        """Whether it is part of the network that is being written down."""
        if self._base is not None:
            return self._base.in_network(run)
        return self._tensor is not None and self._recorder is run.recorder

    def is_constant(self, run: Run) -> bool:
        """Whether it depends on no input, parameter or buffer."""
        if self._base is not None:
            return self._base.is_constant(run)
        if self.kind_name == "computed" and self.in_network(run):
            return False
        return self.kind_name in ("constant", "computed") and run.path_of(self) is None

    def known(self, run: Run) -> Values | None:
        """The values of a constant, where they are known; a parameter or buffer is none."""
        return self.data if self.data is not None and self.is_constant(run) else None

    def tensor(self, run: Run) -> Tensor:
        """The tensor of the network; a constant, parameter or buffer is written down when it is first asked for."""
        if self._base is not None:
            return replace(self._base.tensor(run), dtype=self.dtype)
        if self._tensor is None or self._recorder is not run.recorder:
            self._tensor, self._recorder = self._written(run), run.recorder
        return self._tensor

    def _written(self, run: Run) -> Tensor:
        path = run.path_of(self)
        if path is None and self.owner is not None:
            module = run.path_of(self.owner[0])
            path = None if module is None else f"{module}.{self.owner[1]}".strip(".")
        kind = "constant" if self.kind_name == "computed" else self.kind_name
        if kind == "constant" and path is not None:
            kind = "buffer"
        name = path or f"{run.module_path}.{kind}".strip(".")
        place = self.made_at or run.place
        if self.shape is None:
            return run.recorder.layer("opaque", {}, [], name=name, place=place, dtype=self.dtype)[0]
        if 0 in self.shape:
            message = f"a tensor of shape {list(self.shape)}, which has no elements, is not judged"
            return run.recorder.unknown(message, [], name=name, place=place)
        return run.recorder.layer(
            kind, {"shape": list(self.shape)}, [], name=name, place=place, literals=self.literals, dtype=self.dtype
        )[0]

    def become(self, other: "TensorHost") -> "TensorHost":
        """Take the place of another tensor, as an operation in place does; a parameter stays one."""
        self.shape, self.data = other.shape, other.data
        if not self.is_parameter:
            self.dtype, self.kind_name, self._base = other.dtype, other.kind_name, other._base
            self._tensor, self._recorder = other._tensor, other._recorder
        return self

    def sizes(self, run: Run) -> tuple[Value, ...]:
        """The sizes of all axes, as the program sees them.

        Raises:
            NotKnownError: Not even their number is known.
        """
        if self.shape is None:
            raise NotKnownError("the shape of a tensor is not known")
        if not self.in_network(run):
            return tuple(Unknown("a size is not known") if size is None else size for size in self.shape)
        name, axes = self.tensor(run).name, len(self.shape)
        return tuple(
            Unknown("a size is not known") if size is None else size_of(size, name, axis, axes)
            for axis, size in enumerate(self.shape)
        )

    # --- what the interpreter asks ------------------------------------------------------------------------------------

    def output(self, run: Run) -> Tensor | None:
        """The tensor of the network that it is."""
        return self.tensor(run)

    def attribute(self, name: str, run: Run) -> Value:
        """`x.shape`, and every method."""
        from service.models.torch_library.methods import attribute_of  # the methods make tensors

        return attribute_of(self, name, run)

    def assign(self, name: str, value: Value, run: Run) -> None:
        """`x.data = y` puts another tensor in its place; marks such as `x.requires_grad = False` change nothing."""
        if name == "data" and isinstance(value, TensorHost):
            self.become(value)

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """A tensor is not called."""
        raise NotKnownError("a tensor is called")

    def item(self, key: Value, run: Run) -> Value:
        """`x[:, 0]`"""
        from service.models.torch_library.indexing import taken

        return taken(self, key, run)

    def assign_item(self, key: Value, value: Value, run: Run) -> None:
        """`x[:, 0] = y`"""
        from service.models.torch_library.indexing import put

        put(self, key, value, run)

    def operate(self, operator: str, other: Value, run: Run, *, reflected: bool) -> Value:
        """`x + y`"""
        from service.models.torch_library.operators import operated

        return operated(self, operator, other, run, reflected=reflected)

    def unary(self, operator: str, run: Run) -> Value:
        """`-x`, `int(x)`"""
        from service.models.torch_library.operators import unary

        return unary(self, operator, run)

    def iterate(self, run: Run) -> list[Value]:
        """The parts along the first axis."""
        from service.models.torch_library.indexing import parts

        return parts(self, run)

    def length(self, run: Run) -> int:
        """The first size."""
        size = self.shape[0] if self.shape else None
        if size is None:
            raise NotKnownError("the length of a tensor is not known")
        return size

    def truth(self, run: Run) -> bool:
        """Whether its only element is not 0."""
        return bool(self.only_value())

    def only_value(self) -> Any:
        """The value of a tensor of one element.

        Raises:
            NotKnownError: It is not known.
        """
        if self.data is None or self.data.size != 1:
            raise NotKnownError("the values of a tensor are not known")
        return self.data.item()

    def is_instance_of(self, kind: Host) -> bool:
        """Whether it is a `torch.Tensor`, or an `nn.Parameter`."""
        name = getattr(kind, "type_name_of", None)
        return name == "Tensor" or (name == "Parameter" and self.is_parameter)

    def kind(self, run: Run) -> Value:
        """`type(x)`"""
        return TENSOR

    def copy(self, run: Run) -> "TensorHost":
        """A tensor of its own."""
        made = TensorHost(self.shape, dtype=self.dtype, kind=self.kind_name, data=self.data, owner=self.owner)
        made._tensor, made._recorder, made._base = self._tensor, self._recorder, self._base
        return made


def constant(shape: Sequence[Value] | None, *, dtype: str = "float32", data: Values | None = None) -> TensorHost:
    """A tensor of numbers; sizes that are not known are None."""
    known = None if shape is None else tuple(int(size) if isinstance(size, int) else None for size in shape)
    made = TensorHost(known, dtype=dtype, data=data)
    made.literals = literals_of_sizes(shape or ())
    return made


def literals_of_sizes(sizes: Sequence[Value]) -> dict[Pointer, Sequence[Literal]]:
    """What in the text some sizes come from, by the pointer of each."""
    return {("shape", axis): literals for axis, size in enumerate(sizes) if (literals := literals_of(size))}


def of_values(values: Values, dtype: str | None = None) -> TensorHost:
    """A constant whose values are known."""
    kind = dtype or {"i": "int64", "b": "bool"}.get(values.dtype.kind, "float32")
    if kind == "float32":
        values = values.astype(np.float32)
    return TensorHost(tuple(values.shape), dtype=kind, data=values)
