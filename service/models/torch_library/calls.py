"""Calls that become layers: what of the arguments are inputs, what parameters, and what comes out."""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from typing import Any

from service.core.layers.names.lookup import meanings
from service.models.reading import MADE, Place
from service.models.recorder import Tensor
from service.models.source.host import NOWHERE, NotKnownError, Run, Unknown, Value
from service.models.torch_library.computing import computed_values
from service.models.torch_library.tensors import TensorHost
from service.models.torch_library.written import Written

Arguments = Mapping[str, Value]

NOT_SAID = frozenset({"device", "dtype", "out", "generator", "memory_format", "layout", "pin_memory", "requires_grad",
                      "_stacklevel", "non_blocking", "copy"})  # fmt: skip
"""Arguments that change no shape."""
GUESSED = frozenset({"p", "dropout", "eps", "momentum", "inplace", "training", "bias", "negative_slope", "alpha",
                     "dropout_p", "drop_prob", "align_corners", "approximate", "scale", "value", "init"})  # fmt: skip
"""Parameters that are left out where they are not known: no shape depends on them."""
BOOLEAN = frozenset({"equal", "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and",
                     "logical_or", "logical_xor", "logical_not", "isnan", "isinf", "isfinite", "any",
                     "all"})  # fmt: skip
"""Kinds of layers whose result is true or false."""
INTEGER = frozenset({"argmax", "argmin", "argsort", "one_hot", "nonzero"})


def is_layer(type_name: str) -> bool:
    """Whether a name is one of a layer."""
    return bool(meanings(type_name, "pytorch"))


def tensors_in(value: Value) -> Iterator[TensorHost | Unknown]:
    """The tensors of nested lists and tuples in order, those that are not known too."""
    if isinstance(value, TensorHost | Unknown):
        yield value
    elif isinstance(value, list | tuple):
        for entry in value:
            yield from tensors_in(entry)


def holds_tensors(value: Value) -> bool:
    """Whether there is a tensor among nested lists and tuples."""
    return any(isinstance(found, TensorHost) for found in tensors_in(value))


def recorded(
    run: Run,
    type_name: str,
    arguments: Arguments,
    *,
    name: str | None = None,
    outputs: int | None = None,
    trained: bool = False,
    owner: Hashable = None,
    made_at: Place | None = None,
) -> tuple[TensorHost, ...]:
    """Write a call down as a layer, and return the tensors that it makes.

    What depends on constants only is a constant, unless the layer is `trained`. `outputs` says how many tensors the
    program expects, where the layer cannot say it because of a shape that is not known. Layers of one `owner` use the
    same weights. `made_at` is where the module is made, if it is not made by the call.
    """
    inputs, written = _inputs_and_parameters(type_name, arguments, run)
    dtype = result_type(type_name, inputs)
    known = computed_values(type_name.rpartition(".")[2], arguments, run)
    if known is not None:
        run.spend(elements=sum(tensor.data.size for tensor in known if tensor.data is not None))
        return known
    folded = None if trained else _folded(run, type_name, inputs, written.parameters, dtype)
    if folded is not None:
        return folded
    short = type_name.rpartition(".")[2]
    made = run.recorder.layer(
        type_name,
        written.parameters,
        [tensor.tensor(run) for tensor in inputs],
        name=name or f"{run.module_path}.{short}".strip("."),
        place=made_at if made_at is not None and run.place is NOWHERE else run.place,
        places={(MADE,): made_at or run.place, **written.places},
        literals=written.literals,
        dtype=dtype,
        owner=owner,
    )
    tensors = [TensorHost.of(tensor, run) for tensor in made]
    if outputs is not None and len(tensors) < outputs and made[0].shape is None:
        tensors += _later_outputs(run, made[0].name, len(tensors), outputs, dtype)
    return tuple(tensors)


def _later_outputs(run: Run, name: str, given: int, wanted: int, dtype: str | None) -> list[TensorHost]:
    """Outputs that a layer will have, though their shapes are not known yet."""
    tensors = [Tensor(name=f"{name}:{place}", shape=None, dtype=dtype or "float32") for place in range(given, wanted)]
    return [TensorHost.of(tensor, run) for tensor in tensors]


def _inputs_and_parameters(type_name: str, arguments: Arguments, run: Run) -> tuple[list[TensorHost], Written]:
    """The tensors among the arguments in order, and all others as JSON."""
    inputs: list[TensorHost] = []
    written = Written(type_name)
    for name, value in arguments.items():
        if name in NOT_SAID or value is None:
            continue
        if holds_tensors(value) and not isinstance(value, dict):
            inputs += [_known(found, run) for found in tensors_in(value)]
        elif isinstance(value, Unknown) and name in GUESSED:
            continue
        else:
            written.add(name, value, run)
    return inputs, written


def _known(value: TensorHost | Unknown, run: Run) -> TensorHost:
    """A tensor; a value that is not known is one of unknown shape."""
    return value if isinstance(value, TensorHost) else unknown_tensor(run)


def unknown_tensor(run: Run) -> TensorHost:
    """A tensor of which nothing is known, and of which that has been said."""
    name = f"{run.module_path}.unknown".strip(".")
    return TensorHost.of(run.recorder.layer("opaque", {}, [], name=name, place=run.place)[0], run)


def _folded(
    run: Run, type_name: str, inputs: Sequence[TensorHost], parameters: Mapping[str, Any], dtype: str | None
) -> tuple[TensorHost, ...] | None:
    """What comes out of constants; None where there are others, or something is wrong that the layer must say."""
    if not inputs or not all(tensor.is_constant(run) for tensor in inputs):
        return None
    shapes = [tensor.shape for tensor in inputs]
    names = [f"constant_{index}" for index in range(len(inputs))]
    raw = {"name": "constant", "type": type_name, **parameters, "inputs": names}
    found = run.recorder.judge(raw, shapes, {})
    known = all(shape is not None and None not in shape for shape in shapes)
    if known and any(shape is None or None in shape for shape in found):
        return None
    made = tuple(TensorHost(shape, dtype=dtype or inputs[0].dtype) for shape in found)
    for tensor in made:
        tensor.literals = next((given.literals for given in inputs if given.shape == tensor.shape), {})
    return made


def result_type(type_name: str, inputs: Sequence[TensorHost]) -> str | None:
    """The type of the numbers that come out; None where it is that of the first input."""
    found = meanings(type_name, "pytorch")
    family = found[0].kind.family if found else ""
    if family in BOOLEAN:
        return "bool"
    return "int64" if family in INTEGER else None


def opaque(run: Run, name: str, arguments: Sequence[Value], *, why: str | None = None) -> TensorHost:
    """What a function returns that no layer says: a tensor of unknown shape, said once.

    Raises:
        NotKnownError: No tensor goes in, so that it may be anything that comes out.
    """
    message = why or f"`{name}` is not known, so the shape of what it returns is not either"
    inputs = [found for value in arguments for found in tensors_in(value) if isinstance(found, TensorHost)]
    if not any(not tensor.is_constant(run) for tensor in inputs):
        raise NotKnownError(message)
    short = name.rpartition(".")[2]
    path = f"{run.module_path}.{short}".strip(".")
    taken = [tensor.tensor(run) for tensor in inputs]
    return TensorHost.of(run.recorder.unknown(message, taken, name=path, place=run.place), run)
