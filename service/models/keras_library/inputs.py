"""`keras.Input`: symbolic tensors that a model begins with."""

from collections.abc import Mapping, Sequence

from service.core.geometry.shapes import LARGEST
from service.models.keras_library.arguments import checked
from service.models.keras_library.layers import Leaf
from service.models.keras_library.nodes import Output
from service.models.keras_library.signatures import signature
from service.models.keras_library.state import state_of
from service.models.keras_library.tensors import SymbolicTensor
from service.models.reading import Place
from service.models.source.host import NotKnownError, RaisedError, Run, Unknown, Value, literals_of
from service.models.source.library_hosts import Function
from service.models.source.recorded_signatures import Signature

NAME = "InputLayer"
MOST_AXES = 8
"""Axes of an input. Chosen: the core takes no more."""
ANYTHING = Signature("Input", ("shape",))


def input_tensor(run: Run, sizes: Sequence[Value], name: str, *, dtype: str = "float32", place: Place | None = None
                 ) -> SymbolicTensor:  # fmt: skip
    """A symbolic tensor that is an input, of a shape with the batch.

    Raises:
        RaisedError: A size is none.
    """
    if len(sizes) > MOST_AXES:
        raise NotKnownError(f"an input has {len(sizes)} axes")
    shape: list[int | None] = []
    for size in sizes:
        known = isinstance(size, int) and not isinstance(size, bool)
        if known and not 0 < size <= LARGEST:
            raise RaisedError("ValueError", f"Cannot convert the shape of an input: it has a size of {int(size)}")
        if not known and size is not None and not isinstance(size, Unknown):
            raise RaisedError("ValueError", f"Cannot convert the shape of an input: {run.text_of(size)} is no size")
        shape.append(int(size) if known else None)
    literals = {axis: found for axis, size in enumerate(sizes) if (found := literals_of(size))}
    own = name or state_of(run).given_name(NAME)
    where = place or run.place
    return SymbolicTensor(Output(shape=tuple(shape), node=None, dtype=dtype, name=own, place=where, literals=literals))


def _input(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """`keras.Input(shape)`"""
    return from_arguments(checked("Input", signature("Input") or ANYTHING, arguments, keywords, run), run)


def from_arguments(given: Mapping[str, Value], run: Run, place: Place | None = None) -> SymbolicTensor:
    """The input that arguments of `Input` or `InputLayer` say.

    Raises:
        RaisedError: They say no shape.
    """
    tensor = given.get("tensor")
    if isinstance(tensor, SymbolicTensor):
        return tensor
    whole = next((given[word] for word in ("batch_shape", "batch_input_shape") if given.get(word) is not None), None)
    shape = given.get("shape") if given.get("shape") is not None else given.get("input_shape")
    if whole is None and shape is None:
        raise RaisedError("ValueError", "You must pass a `shape` argument.")
    sizes = whole if whole is not None else shape
    if isinstance(sizes, int) and not isinstance(sizes, bool):
        run.report(RaisedError("ValueError", f"Cannot convert '{int(sizes)}' to a shape."))
        sizes = (sizes,)
    if not isinstance(sizes, list | tuple):
        raise NotKnownError("the shape of an input is not known")
    if whole is None:
        sizes = [given.get("batch_size"), *sizes]
    name, dtype = given.get("name"), given.get("dtype")
    return input_tensor(
        run, list(sizes), str(name) if isinstance(name, str) else "",
        dtype=str(dtype) if isinstance(dtype, str) else "float32", place=place,
    )  # fmt: skip


def input_of_layer(layer: Leaf, run: Run) -> SymbolicTensor:
    """The tensor of an `InputLayer`."""
    given = dict(layer.arguments)
    given.setdefault("name", layer.name)
    return from_arguments(given, run, layer.made_at)


INPUT = Function("keras.Input", _input)
