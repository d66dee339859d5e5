"""The functions of `torch` and `torch.nn.functional`: most are layers, some are not what their name says."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from math import prod

from service.models.source.host import NotKnownError, RaisedError, Run, Unknown, Value
from service.models.source.wrong_words import likely_words, unexpected, with_known_words
from service.models.torch_library.calls import is_layer, opaque, recorded, unknown_tensor
from service.models.torch_library.dtypes import token_of
from service.models.torch_library.hosts import Answer, Function
from service.models.torch_library.methods import VARIADIC, attribute_of
from service.models.torch_library.results import returned
from service.models.torch_library.signatures import Signature, is_recorded, signature
from service.models.torch_library.tensors import TensorHost, constant
from service.models.torch_library.unsaid import DROPPED, layer_name, without_layer

Keywords = Mapping[str, Value]


def function(name: str) -> Function | None:
    """A function of PyTorch by its full name, such as `torch.cat` or `F.relu`; None where PyTorch has none."""
    special = SPECIAL.get(name)
    if special is not None:
        return Function(name, special)
    if not is_recorded(name) and not is_layer(name):
        return None
    return Function(name, lambda arguments, keywords, run: called(name, arguments, keywords, run))


def called(name: str, arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """Call a function that becomes a layer, or of which nothing is known."""
    known = signature(name)
    short, type_name = name.rpartition(".")[2], layer_name(name)
    bound = {} if known is None else _checked(name, known, known.bind(arguments, keywords), run)
    if type_name is None or known is None:
        return without_layer(run, name, bound)
    bound = {key: value for key, value in bound.items() if key not in DROPPED.get(short, ())}
    if known.rest is not None and short not in VARIADIC:
        rest = bound.get(known.rest)
        if isinstance(rest, list) and len(rest) == 1 and isinstance(rest[0], list | tuple):
            bound[known.rest] = rest[0]
    first = next(iter(bound), None)
    if first is not None and isinstance(bound[first], Unknown):
        bound[first] = unknown_tensor(run)
    return returned(run, type_name, bound)


def _checked(name: str, known: Signature, bound: dict[str, Value], run: Run) -> dict[str, Value]:
    """The arguments of a function; one that is likely meant as another is told.

    The functions of `torch` and the tensor take NumPy's words too.
    """
    if known.rest is not None or not name.startswith("F."):
        return bound
    likely = partial(likely_words, layer_name(name) or name, "pytorch", run)
    error = partial(unexpected, name.rpartition(".")[2])
    return with_known_words(bound, known, run, likely=likely, error=error, only_likely=True)


# --- functions that are not called as layers are ----------------------------------------------------------------------


def where(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """A choice between two; numbers stretch to anything."""
    bound = dict(zip(("condition", "input", "other"), arguments, strict=False)) | dict(keywords)
    if len(bound) < 3:
        return opaque(run, "torch.where", list(bound.values()), why="how many places `where` finds is not known")
    tensors = {name: value for name, value in bound.items() if isinstance(value, TensorHost)}
    if not tensors:
        raise NotKnownError("what `where` chooses from is not known")
    return recorded(run, "torch.where", tensors)[0]


def multi_head_attention(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """Attention with weights that are given: the weights count, the shape is the query's."""
    known = signature("F.multi_head_attention_forward")
    bound = {} if known is None else known.bind(arguments, keywords)
    query, weights = bound.get("query"), bound.get("out_proj_weight")
    if not isinstance(query, TensorHost) or query.shape is None:
        return opaque(run, "F.multi_head_attention_forward", list(bound.values()))
    named = ("query", "key", "value", "in_proj_weight", "in_proj_bias", "q_proj_weight", "k_proj_weight",
             "v_proj_weight", "out_proj_weight", "out_proj_bias")  # fmt: skip
    taken = [bound[name].tensor(run) for name in named if isinstance(bound.get(name), TensorHost)]
    features = weights.shape[0] if isinstance(weights, TensorHost) and weights.shape else query.shape[-1]
    shape = [*query.shape[:-1], features]
    name = f"{run.module_path}.multi_head_attention".strip(".")
    made = run.recorder.layer("opaque", {"output_shape": shape}, taken, name=name, place=run.place)
    return TensorHost.of(made[0], run), None


def einsum(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`torch.einsum("bij,bjk->bik", x, y)`"""
    if not arguments or not isinstance(arguments[0], str):
        return opaque(run, "torch.einsum", list(arguments))
    operands = arguments[1] if len(arguments) == 2 and isinstance(arguments[1], list | tuple) else arguments[1:]
    return recorded(run, "torch.einsum", {"operands": list(operands), "equation": arguments[0]})[0]


def of_method(name: str) -> Answer:
    """A function that is the method of its first argument."""

    def answer(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
        given = dict(keywords)
        owner, rest = (arguments[0], arguments[1:]) if arguments else (given.pop("input", None), ())
        if isinstance(owner, Unknown):
            owner = unknown_tensor(run)
        if not isinstance(owner, TensorHost):
            raise NotKnownError(f"`torch.{name}` of something that is no tensor is not known")
        return run.call(attribute_of(owner, name, run), rest, given)

    return answer


def is_tensor(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """Whether a value is a tensor."""
    return isinstance(arguments[0], TensorHost)


def size_of_all(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`torch.Size([1, 2])`: the sizes as a tuple."""
    return tuple(run.iterate(arguments[0])) if arguments else ()


def broadcast_tensors(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """Each tensor in the shape that all have together."""
    tensors = list(arguments[0]) if len(arguments) == 1 and isinstance(arguments[0], list | tuple) else list(arguments)
    if not all(isinstance(tensor, TensorHost) and tensor.is_constant(run) for tensor in tensors):
        return tuple(_expanded(tensor, tensors, run) for tensor in tensors)
    total = recorded(run, "operator.add", {"tensors": tensors[:2]})[0] if len(tensors) > 1 else tensors[0]
    return tuple(constant(total.shape, dtype=tensor.dtype) for tensor in tensors)


def _expanded(tensor: Value, tensors: Sequence[Value], run: Run) -> Value:
    for other in tensors:
        wider = isinstance(other, TensorHost) and other.shape and None not in other.shape
        if other is not tensor and wider and prod(other.shape) >= prod(tensor.shape or (0,)):
            return recorded(run, "Tensor.expand_as", {"input": tensor, "other": other})[0]
    return tensor


def broadcast_shapes(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """The shape that shapes have together."""
    from numpy import broadcast_shapes as together

    try:
        return tuple(together(*[tuple(int(size) for size in shape) for shape in arguments]))
    except ValueError as error:
        raise RaisedError("RuntimeError", str(error)) from None


def result_type(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """The type of the first tensor."""
    return token_of(arguments[0].dtype if arguments and isinstance(arguments[0], TensorHost) else "float32")


def random_like(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """Random numbers in the shape of the probabilities."""
    given = arguments[0] if arguments else next(iter(keywords.values()), None)
    if isinstance(given, TensorHost):
        return constant(given.shape, dtype=given.dtype)
    raise NotKnownError("the shape of random numbers is not known")


def joined(name: str, dim: int, least: int) -> Answer:
    """Tensors of at least so many axes joined along one; of fewer, PyTorch gives them more."""

    def answer(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
        given = arguments[0] if arguments else keywords.get("tensors")
        tensors = list(given) if isinstance(given, list | tuple) else [given]
        shapes = [tensor.shape if isinstance(tensor, TensorHost) else None for tensor in tensors]
        if any(shape is None or len(shape) < least for shape in shapes):
            return opaque(run, f"torch.{name}", tensors)
        return recorded(run, "torch.cat", {"tensors": tensors, "dim": dim})[0]

    return answer


SPECIAL: Mapping[str, Callable[[Sequence[Value], Keywords, Run], Value]] = {
    "torch.where": where, "torch.einsum": einsum, "torch.is_tensor": is_tensor, "torch.Size": size_of_all,
    "torch.functional.einsum": einsum, "F.multi_head_attention_forward": multi_head_attention,
    "torch.broadcast_tensors": broadcast_tensors, "torch.broadcast_shapes": broadcast_shapes,
    "torch.result_type": result_type, "torch.promote_types": result_type, "torch.bernoulli": random_like,
    "torch.normal": random_like, "torch.multinomial": lambda given, keywords, run: opaque(run, "torch.multinomial",
                                                                                      list(given)),
    "torch.hstack": joined("hstack", 1, 2), "torch.vstack": joined("vstack", 0, 2),
    "torch.row_stack": joined("row_stack", 0, 2), "torch.dstack": joined("dstack", 2, 3),
    **{f"torch.{name}": of_method(name) for name in
       ("numel", "clone", "detach", "is_floating_point", "is_complex", "view_as_real", "reshape", "permute", "tile",
        "expand_copy", "positive")},
}  # fmt: skip
"""Functions that are written here, by their full names."""
