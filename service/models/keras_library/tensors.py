"""Symbolic tensors as the program sees them: a shape, and operators that are calls of functions."""

from collections.abc import Iterator, Mapping, Sequence

from service.models.keras_library.nodes import Output, Said, new_node
from service.models.keras_library.state import state_of
from service.models.source.host import Host, NotKnownError, RaisedError, Run, Unknown, Value
from service.models.source.library_hosts import Function, TypeOf

OPERATORS: Mapping[str, str] = {
    "+": "add", "-": "subtract", "*": "multiply", "/": "true_divide", "//": "floor_divide", "%": "mod", "**": "power",
    "@": "matmul", "&": "logical_and", "|": "logical_or", "^": "logical_xor", "<": "less", "<=": "less_equal",
    ">": "greater", ">=": "greater_equal", "==": "equal", "!=": "not_equal",
}  # fmt: skip
UNARY: Mapping[str, str] = {"-": "negative", "abs": "abs", "~": "logical_not", "round": "round"}
DEEPEST = 20
"""Lists inside lists of tensors. Chosen: no model has as many."""
TENSOR = TypeOf("keras.KerasTensor")


class SymbolicTensor(Host):
    """A tensor of which only the shape is known."""

    type_name = "KerasTensor"
    is_callable = False

    def __init__(self, output: Output) -> None:
        self.value = output

    def attribute(self, name: str, run: Run) -> Value:
        """Its shape, with None where a size is not known; its type, its name."""
        if name == "shape":
            return sizes_of(self, run)
        if name in ("ndim", "rank"):
            return len(sizes_of(self, run))
        if name == "dtype":
            return self.value.dtype
        if name == "name":
            return self.value.name or (self.value.node.said.name if self.value.node else "")
        if name in ("get_shape", "set_shape"):
            return Function(name, lambda arguments, keywords, run: sizes_of(self, run))
        raise RaisedError("AttributeError", f"'KerasTensor' object has no attribute '{name}'")

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """A tensor is not called."""
        raise RaisedError("TypeError", "'KerasTensor' object is not callable")

    def operate(self, operator: str, other: Value, run: Run, *, reflected: bool) -> Value:
        """`x + y` is a call of `keras.ops.add`."""
        from service.models.keras_library.functions import operated  # which makes tensors

        if other is None and operator in ("==", "!="):
            return operator == "!="
        if isinstance(other, str | dict) or operator not in OPERATORS:
            raise RaisedError("TypeError", f"unsupported operand type(s) for {operator}: 'KerasTensor'")
        return operated(OPERATORS[operator], [other, self] if reflected else [self, other], run)

    def unary(self, operator: str, run: Run) -> Value:
        """`-x`"""
        from service.models.keras_library.functions import operated

        if operator == "+":
            return self
        if operator not in UNARY:
            raise NotKnownError("the values of a symbolic tensor are not known")
        return operated(UNARY[operator], [self], run)

    def item(self, key: Value, run: Run) -> Value:
        """`x[:, 0]`"""
        from service.models.keras_library.functions import part_of

        return part_of(self, key, run)

    def iterate(self, run: Run) -> list[Value]:
        """A symbolic tensor is not taken apart."""
        raise RaisedError("TypeError", "Iterating over a symbolic KerasTensor is not supported.")

    def truth(self, run: Run) -> bool:
        """A symbolic tensor is neither true nor false."""
        raise RaisedError("TypeError", "A symbolic KerasTensor cannot be used as a boolean.")

    def is_instance_of(self, kind: Host) -> bool:
        """Whether it is a tensor."""
        return isinstance(kind, TypeOf) and kind.type_name_of in ("KerasTensor", "Tensor")

    def kind(self, run: Run) -> Value:
        """`type(x)`"""
        return TENSOR


def sizes_of(tensor: SymbolicTensor, run: Run) -> tuple[Value, ...]:
    """The sizes of all axes.

    Raises:
        NotKnownError: Not even their number is known.
    """
    if tensor.value.shape is None:
        raise NotKnownError("the shape of a tensor is not known")
    return tuple(tensor.value.shape)


def tensors_in(value: Value, depth: int = 0) -> Iterator[SymbolicTensor]:
    """The tensors of nested lists and dictionaries in order."""
    if isinstance(value, SymbolicTensor):
        yield value
    elif depth < DEEPEST and isinstance(value, list | tuple):
        for entry in value:
            yield from tensors_in(entry, depth + 1)
    elif depth < DEEPEST and isinstance(value, dict):
        for key in sorted(value, key=str):
            yield from tensors_in(value[key], depth + 1)


def holds_tensor(value: Value) -> bool:
    """Whether there is a tensor in a value."""
    return next(tensors_in(value), None) is not None


def unknown_tensor(run: Run, unknown: Unknown | None = None) -> SymbolicTensor:
    """A tensor of which nothing is known, and why."""
    said = Said(
        found=None,
        name=f"{state_of(run).prefix}unknown",
        message=unknown.reason if unknown is not None and unknown.place is not None else "",
        place=unknown.place if unknown is not None and unknown.place is not None else run.place,
    )
    return SymbolicTensor(new_node(run, said, [])[0])


def structure_of(outputs: Sequence[Output]) -> Value:
    """What the caller of a layer gets: a tensor, or a list of several."""
    made = [SymbolicTensor(output) for output in outputs]
    return made[0] if len(made) == 1 else made


def with_tensors(value: Value, given: Iterator[Output], depth: int = 0) -> Value:
    """The same nested lists with other tensors, in order."""
    if isinstance(value, SymbolicTensor):
        return SymbolicTensor(next(given))
    if depth < DEEPEST and isinstance(value, list | tuple):
        return [with_tensors(entry, given, depth + 1) for entry in value]
    if depth < DEEPEST and isinstance(value, dict):
        return {key: with_tensors(value[key], given, depth + 1) for key in sorted(value, key=str)}
    return value
