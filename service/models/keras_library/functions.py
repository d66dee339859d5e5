"""Functions that are called with symbolic tensors: `keras.ops`, `keras.activations`, TensorFlow's."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.models.keras.connections import Call, ConstantTensor, SliceOf, TensorReference
from service.models.keras.older_functions import FUNCTIONS as OF_TENSORFLOW
from service.models.keras.operations import applied
from service.models.keras_library.arguments import checked
from service.models.keras_library.nodes import Output, Said, new_node
from service.models.keras_library.signatures import signature
from service.models.keras_library.state import state_of
from service.models.keras_library.tensors import (
    SymbolicTensor,
    holds_tensor,
    sizes_of,
    structure_of,
    tensors_in,
    unknown_tensor,
)
from service.models.keras_library.written import Written, places_of
from service.models.reading import MADE
from service.models.source.host import NotKnownError, RaisedError, Run, Unknown, Value
from service.models.source.library_hosts import Answer, Function, Harmless

OPS_MODULE = "keras.ops"
LISTS = frozenset({"split", "array_split", "unstack", "meshgrid", "nonzero"})
"""Functions that return a list, also where it has one entry."""
SHAPES = frozenset({"newshape", "shape", "size"})
"""Parameters of which single entries may be null, because they are not known."""


def operated(name: str, operands: Sequence[Value], run: Run) -> Value:
    """An operator of Python: the function of `keras.ops` on tensors and numbers.

    Raises:
        NotKnownError: An operand is neither.
    """
    for operand in operands:
        if not isinstance(operand, SymbolicTensor | bool | int | float | Unknown | list | tuple):
            raise NotKnownError(f"an operand of `{name}` is not known")
    return _called(OPS_MODULE, name, {f"x{index}": one for index, one in enumerate(operands, 1)}, run)


def function_of_keras(name: str) -> Function | None:
    """A function of `keras.ops` by its name: `concatenate`, `image.resize`; None where there is none."""
    known = signature(f"ops.{name}")
    if known is None:
        return None

    def answer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        bound = checked(f"keras.ops.{name}", known, arguments, keywords, run, is_call=True)
        if name == "shape":
            return _sizes(bound, run)
        if not (holds_tensor(list(bound.values())) or any(isinstance(value, Unknown) for value in bound.values())):
            return constant(name, bound, run)
        module, _, last = f"{OPS_MODULE}.{name}".rpartition(".")
        ordered = {word: bound[word] for word in (*known.positional, *bound) if word in bound}
        return _called(module, last, ordered, run)

    return Function(f"keras.ops.{name}", answer)


def function_of_tensorflow(name: str) -> Function | None:
    """A function of TensorFlow by its name behind `tf.`; None where it is none that is known."""
    names = (name, f"math.{name}", f"linalg.{name}")
    full = next((one for one in names if one in OF_TENSORFLOW and signature(f"tf.{one}") is not None), None)
    known = None if full is None else signature(f"tf.{full}")
    if full is None or known is None:
        return None

    def answer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        bound = checked(f"tf.{name}", known, arguments, keywords, run, is_call=True)
        if full == "shape":
            return _sizes(bound, run)
        if not (holds_tensor(list(bound.values())) or any(isinstance(value, Unknown) for value in bound.values())):
            return constant(name, bound, run)
        require_within_call(run)
        return _called("tensorflow", full, bound, run)

    return Function(f"tf.{name}", answer)


def require_within_call(run: Run) -> None:
    """Keras 3 takes functions of TensorFlow in the `call` of a layer only; outside of one, that is told."""
    if not state_of(run).calls:
        message = "A KerasTensor cannot be used as input to a TensorFlow function: use one of `keras.ops`, or a layer"
        run.report(RaisedError("ValueError", message))


def activation(name: str) -> Function:
    """A function of `keras.activations`, which may be called or given to a layer."""

    def answer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        layer = {"class_name": "Activation", "module": "keras.layers", "config": {"activation": name}}
        return _noted(layer, name, {"x": arguments[0] if arguments else keywords.get("x")}, Written(), run)

    return Function(f"keras.activations.{name}", answer)


def _sizes(bound: Mapping[str, Value], run: Run) -> Value:
    """`ops.shape(x)`: the sizes, where one that is not known is an unknown number."""
    first = next(iter(bound.values()), None)
    if not isinstance(first, SymbolicTensor):
        raise NotKnownError("the shape of this value is not known")
    return tuple(Unknown("a size is not known") if size is None else size for size in sizes_of(first, run))


def part_of(tensor: SymbolicTensor, key: Value, run: Run) -> Value:
    """`x[:, 0]`

    Raises:
        NotKnownError: The index is not known.
    """
    entries = key if isinstance(key, tuple) else (key,)
    index = [_index(entry) for entry in entries]
    call = Call(arguments=[TensorReference("", 0, 0), index])
    layer = {"class_name": "GetItem", "module": OPS_MODULE, "config": {}}
    return _made(layer, "get_item", call, [tensor.value], Written(), run)


def _index(entry: Value) -> Any:
    if isinstance(entry, slice):
        parts = (entry.start, entry.stop, entry.step)
        if not all(part is None or isinstance(part, int) for part in parts):
            raise NotKnownError("a bound of a slice is not known")
        texts = ["" if part is None else str(int(part)) for part in parts]
        return SliceOf(":".join(texts) if texts[2] else ":".join(texts[:2]))
    if entry is Ellipsis:
        return "..."
    if entry is None or (isinstance(entry, int) and not isinstance(entry, bool)):
        return None if entry is None else int(entry)
    raise NotKnownError("an index of a tensor is not known")


def _called(module: str, name: str, bound: Mapping[str, Value], run: Run) -> Value:
    """A function of Keras or TensorFlow with all its arguments by name."""
    written = Written()
    layer: dict[str, Any] = {"class_name": name, "module": module, "config": {}}
    if module == "tensorflow":
        layer = {"class_name": "TFOpLambda", "module": module, "config": {"function": name}}
    return _noted(layer, name.rpartition(".")[2], bound, written, run)


def _noted(layer: Mapping[str, Any], name: str, bound: Mapping[str, Value], written: Written, run: Run) -> Value:
    taken: list[Output] = []
    keywords = {word: _argument(word, value, taken, written, run) for word, value in bound.items()}
    return _made(layer, name, Call(keywords=keywords), taken, written, run)


def _argument(word: str, value: Value, taken: list[Output], written: Written, run: Run) -> Any:
    """An argument as a configuration has it, with references in the place of tensors."""
    if isinstance(value, Unknown) and word not in SHAPES:
        value = unknown_tensor(run, value)
    if isinstance(value, SymbolicTensor):
        taken.append(value.value)
        return TensorReference("", len(taken) - 1, 0)
    if isinstance(value, list | tuple) and any(isinstance(entry, SymbolicTensor) for entry in value):
        return [_argument(word, entry, taken, written, run) for entry in value]
    if isinstance(value, list | tuple) and word in SHAPES:
        return [_size(entry, (word, index), written) for index, entry in enumerate(value)]
    if isinstance(value, Harmless):
        return None
    return written.value(value, (word,))


def _size(entry: Value, at: tuple[str, int], written: Written) -> Any:
    return -1 if isinstance(entry, Unknown) else written.value(entry, at)


def _made(layer: Mapping[str, Any], name: str, call: Call, taken: list[Output], written: Written, run: Run) -> Value:
    """Remember the call of a function."""
    from service.models.keras.layers import layer_object  # an activation is a layer

    state = state_of(run)
    own = state.prefix + state.given_name(name)
    order: Sequence[TensorReference | ConstantTensor]
    if layer["class_name"] == "Activation":
        found, order = layer_object(layer), list(call.references())
    else:
        function = applied(layer, call)
        found, order = (None, list(call.references())) if function is None else (function.layer, list(function.taken))
    inputs = [taken[entry.node] if isinstance(entry, TensorReference) else _number(entry, run) for entry in order]
    known = {} if found is None else found.parameters
    literals = {at: spots for at, spots in written.literals.items() if at[0] in known}
    said = Said(
        found=found,
        name=own,
        message=f"`{name}` is not known, so the shape of what it returns is not either",
        place=run.place,
        places={(MADE,): run.place, **places_of(literals)},
        literals=literals,
    )
    outputs = new_node(run, said, inputs)
    if name in LISTS:
        return [SymbolicTensor(output) for output in outputs]
    return structure_of(outputs)


def _number(entry: Any, run: Run) -> Output:
    """Numbers that stand among the operands, as a constant."""
    return constant_tensor(list(entry.shape), run).value


def constant_tensor(
    shape: Sequence[int | None], run: Run, kind: str = "constant", name: str = "constant"
) -> SymbolicTensor:
    """A tensor of numbers, or a weight."""
    from service.models.keras.layers import LayerObject

    state = state_of(run)
    found = LayerObject(type=kind, parameters={"shape": list(shape)})
    said = Said(found=found, name=state.prefix + state.given_name(name), place=run.place)
    return SymbolicTensor(new_node(run, said, [])[0])


def constant(name: str, bound: Mapping[str, Value], run: Run) -> Value:
    """What a function makes of numbers only: a tensor, of known shape where the function is given one.

    Raises:
        NotKnownError: Its shape is not known.
    """
    shape = bound.get("shape")
    if isinstance(shape, int):
        shape = (shape,)
    if isinstance(shape, list | tuple) and shape and all(type(size) is int or isinstance(size, int) for size in shape):
        return constant_tensor([int(size) for size in shape], run)
    first = next(iter(bound.values()), None)
    if name == "arange" and isinstance(first, int) and not {"stop", "step"} & bound.keys():
        return constant_tensor([int(first)], run)
    raise NotKnownError(f"what `{name}` makes of numbers is not known")


class Foreign(Harmless):
    """A function or class that is not known: of tensors it makes an unknown one, of all else nothing that matters."""

    def attribute(self, name: str, run: Run) -> Value:
        """Such a value again."""
        return Foreign(f"{self.name}.{name}")

    def call(self, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        """A tensor of unknown shape, where a tensor goes in."""
        given = list(tensors_in([*arguments, *keywords.values()]))
        if not given:
            return super().call(arguments, keywords, run)
        if self.name.startswith("tf."):
            require_within_call(run)
        state = state_of(run)
        said = Said(
            found=None,
            name=state.prefix + state.given_name(self.name.rpartition(".")[2]),
            message=f"`{self.name}` is not known, so the shape of what it returns is not either",
            place=run.place,
        )
        return structure_of(new_node(run, said, [tensor.value for tensor in given]))


def nothing(name: str) -> Function:
    """A function that does nothing that matters."""

    def answer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        return None

    return Function(name, answer)


def of_shape(name: str, position: int = 0) -> Function:
    """A function such as `tf.zeros` that makes a tensor of the shape that it is given."""

    def answer(arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
        shape = arguments[position] if len(arguments) > position else keywords.get("shape")
        return constant(name, {"shape": shape}, run)

    return Function(name, answer)


Answers = Mapping[str, Answer]
