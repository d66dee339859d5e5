"""What a tensor is asked with a dot: its shape, its type, its methods."""

from collections.abc import Callable, Mapping, Sequence
from math import prod

from service.models.source.host import NotKnownError, RaisedError, Run, Unknown, Value
from service.models.torch_library.dtypes import CPU, Casts, dtype_of, token_of
from service.models.torch_library.hosts import Function
from service.models.torch_library.made import filled, like_method
from service.models.torch_library.results import returned
from service.models.torch_library.signatures import method
from service.models.torch_library.tensors import TensorHost, of_values
from service.models.torch_library.unsaid import DROPPED, layer_name, without_layer

Method = Callable[[TensorHost, Sequence[Value], Mapping[str, Value], Run], Value]

UNCHANGED = frozenset(
    {"contiguous", "clone", "detach", "detach_", "cpu", "cuda", "requires_grad_", "pin_memory", "coalesce", "xpu",
     "share_memory_", "retain_grad", "resolve_conj", "copy_", "data_ptr", "normal_", "uniform_", "zero_", "fill_",
     "trunc_normal_", "bernoulli_", "exponential_", "random_", "fill_diagonal_", "xavier_uniform_", "erfinv_", "alias",
     "positive", "rename", "refine_names", "to_dense", "rename_", "align_to", "geometric_", "cauchy_", "log_normal_",
     "eye_", "resize_as_"}
)  # fmt: skip
"""Methods after which the tensor has the same shape, and which no network needs to say."""
VARIADIC: Mapping[str, str] = {
    "permute": "dims", "view": "shape", "reshape": "shape", "expand": "sizes", "repeat": "sizes", "tile": "dims",
}  # fmt: skip
"""Methods that take their numbers one by one or as one list, and what the list is called."""


def attribute_of(tensor: TensorHost, name: str, run: Run) -> Value:
    """An attribute of a tensor: a property, or a method that can be called."""
    if name in PROPERTIES:
        return PROPERTIES[name](tensor, run)
    special = METHODS.get(name)
    if special is not None:
        return Function(f"Tensor.{name}", lambda arguments, keywords, run: special(tensor, arguments, keywords, run))
    if name in UNCHANGED:
        return Function(f"Tensor.{name}", lambda arguments, keywords, run: tensor)
    if name in Casts.METHODS:
        return Function(f"Tensor.{name}", lambda arguments, keywords, run: Casts.cast(tensor, Casts.METHODS[name]))
    return Function(f"Tensor.{name}", lambda arguments, keywords, run: called(tensor, name, arguments, keywords, run))


def called(tensor: TensorHost, name: str, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """Call a method that becomes a layer, or of which nothing is known."""
    known = method(name)
    if known is None:
        raise RaisedError("AttributeError", f"'Tensor' object has no attribute '{name}'")
    type_name = layer_name(f"Tensor.{name}")
    if name in VARIADIC and len(arguments) == 1 and isinstance(arguments[0], list | tuple):
        bound: Mapping[str, Value] = {VARIADIC[name]: arguments[0], **keywords}
    elif name in VARIADIC and arguments:
        bound = {VARIADIC[name]: list(arguments), **keywords}
    else:
        bound = known.bind(arguments, keywords)
    given = {"input": tensor, **{key: value for key, value in bound.items() if key not in DROPPED.get(name, ())}}
    result = without_layer(run, f"Tensor.{name}", given) if type_name is None else returned(run, type_name, given)
    in_place = name.endswith("_") and not name.endswith("__")
    return tensor.become(result) if in_place and isinstance(result, TensorHost) else result


# --- what a tensor says of itself -----------------------------------------------------------------------------------


def size(tensor: TensorHost, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """All sizes, or one."""
    dim = keywords.get("dim", arguments[0] if arguments else None)
    sizes = tensor.sizes(run)
    if dim is None:
        return sizes
    if not isinstance(dim, int):
        raise NotKnownError("which size is asked for is not known")
    if not -len(sizes) <= dim < len(sizes):
        bound = f"(expected to be in range of [{-len(sizes)}, {len(sizes) - 1}], but got {int(dim)})"
        raise RaisedError("IndexError", f"Dimension out of range {bound}")
    return sizes[dim]


def dim(tensor: TensorHost, *_: object) -> Value:
    """How many axes it has."""
    if tensor.shape is None:
        raise NotKnownError("the number of axes of a tensor is not known")
    return len(tensor.shape)


def numel(tensor: TensorHost, *_: object) -> Value:
    """How many elements it has."""
    if tensor.shape is None or None in tensor.shape:
        return Unknown("the number of elements of a tensor is not known")
    return prod(size or 0 for size in tensor.shape)


def item(tensor: TensorHost, *_: object) -> Value:
    """The value of its only element."""
    return tensor.only_value()


def tolist(tensor: TensorHost, *_: object) -> Value:
    """Its values."""
    if tensor.data is None:
        raise NotKnownError("the values of a tensor are not known")
    return tensor.data.tolist()


def to(tensor: TensorHost, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """The same numbers, maybe as another type or elsewhere."""
    for value in (*arguments, *keywords.values()):
        wanted = value.dtype if isinstance(value, TensorHost) else dtype_of(value)
        if wanted is not None:
            return Casts.cast(tensor, wanted)
    return tensor


def type_as(tensor: TensorHost, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """The same numbers as the type of another tensor; without one the name of its own."""
    return to(tensor, arguments, keywords, run) if arguments or keywords else f"torch.{tensor.dtype}"


def stride(tensor: TensorHost, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """How far apart neighbours lie in memory, where nothing was permuted."""
    if tensor.shape is None or None in tensor.shape:
        raise NotKnownError("the strides of a tensor are not known")
    strides = tuple(prod(part or 1 for part in tensor.shape[axis + 1 :]) for axis in range(len(tensor.shape)))
    place = keywords.get("dim", arguments[0] if arguments else None)
    return strides if place is None else strides[place]


def true(*_: object) -> Value:
    """True."""
    return True


def is_floating(tensor: TensorHost, *_: object) -> Value:
    """Whether its numbers have a point."""
    return "float" in tensor.dtype


def view(tensor: TensorHost, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """The elements in another shape; a type of numbers instead of a shape is a cast."""
    if len(arguments) == 1 and dtype_of(arguments[0]) is not None:
        return to(tensor, arguments, keywords, run)
    if (values := tensor.known(run)) is not None:
        shape = arguments[0] if arguments and isinstance(arguments[0], list | tuple) else arguments
        if shape and all(isinstance(entry, int) for entry in shape):
            try:
                return of_values(values.reshape([int(entry) for entry in shape]), tensor.dtype)
            except ValueError:
                pass
    return called(tensor, "view", arguments, keywords, run)


def reshape(tensor: TensorHost, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """As `view`, for any layout in memory."""
    return called(tensor, "reshape", arguments, keywords, run)


def expand_as(tensor: TensorHost, arguments: Sequence[Value], keywords: Mapping[str, Value], run: Run) -> Value:
    """Stretched to the shape of another tensor."""
    other = arguments[0] if arguments else keywords.get("other")
    return returned(run, "Tensor.expand_as", {"input": tensor, "other": other})


def apply_(tensor: TensorHost, *_: object) -> Value:
    """A function of each element."""
    return tensor


PROPERTIES: Mapping[str, Callable[[TensorHost, Run], Value]] = {
    "shape": lambda tensor, run: tensor.sizes(run),
    "ndim": lambda tensor, run: dim(tensor),
    "dtype": lambda tensor, run: token_of(tensor.dtype),
    "device": lambda tensor, run: CPU,
    "data": lambda tensor, run: tensor,
    "real": lambda tensor, run: tensor,
    "grad": lambda tensor, run: None,
    "grad_fn": lambda tensor, run: None,
    "requires_grad": lambda tensor, run: tensor.is_parameter,
    "is_cuda": lambda tensor, run: False,
    "is_mps": lambda tensor, run: False,
    "is_sparse": lambda tensor, run: False,
    "is_quantized": lambda tensor, run: False,
    "is_nested": lambda tensor, run: False,
    "is_leaf": lambda tensor, run: True,
    "T": lambda tensor, run: returned(run, "Tensor.T", {"input": tensor}),
    "mT": lambda tensor, run: returned(run, "Tensor.mT", {"input": tensor}),
}
METHODS: Mapping[str, Method] = {
    "size": size, "dim": dim, "ndimension": dim, "numel": numel, "nelement": numel, "item": item, "tolist": tolist,
    "to": to, "type": type_as, "type_as": type_as, "stride": stride, "is_contiguous": true,
    "is_floating_point": is_floating, "is_complex": lambda *_: False, "view": view, "reshape": reshape,
    "register_hook": lambda *_: None, "backward": lambda *_: None, "__len__": lambda tensor, *rest:
    tensor.length(rest[-1]), "get_device": lambda *_: -1, "element_size": lambda *_: 4,
    "new_zeros": filled, "new_ones": filled, "new_empty": filled, "new_full": like_method, "new_tensor": like_method,
    "expand_as": expand_as, "apply_": apply_, "is_pinned": lambda *_: False,
}  # fmt: skip
