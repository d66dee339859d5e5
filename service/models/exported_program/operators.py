"""ATen's operators as layers: OPERATORS has what writes each of them down, by the operator's name.

A writer takes the walk and the node, and gives what the node makes; None where it is called in a way that is not known.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from service.core.layers.names.lookup import meanings
from service.models.exported_program import restructuring, weighted
from service.models.exported_program.arguments import SETTING, Named, Subgraph, Symbol, tensors_in
from service.models.exported_program.graph import Node
from service.models.recorder import Tensor

if TYPE_CHECKING:
    from service.models.exported_program.walk import Made, Walk

Writer = Callable[["Walk", Node], "Made | None"]
FRAMEWORK = "pytorch"
NEVER_OF_A_SHAPE = frozenset(
    {"dtype", "layout", "device", "pin_memory", "memory_format", "non_blocking", "copy", "half_to_float", "generator"}
    | {"train", "training", "implicit", "inplace", "alpha", "rounding_mode", "deterministic", "out_dtype"}
)
"""Arguments that no shape depends on."""
SAME = (
    *("relu", "relu6", "sigmoid", "tanh", "silu", "mish", "hardswish", "hardsigmoid", "selu", "gelu", "elu", "celu"),
    *("leaky_relu", "hardtanh", "softplus", "hardshrink", "softshrink", "threshold", "glu", "rrelu"),
    *("softsign", "softmax", "log_softmax", "softmin"),
    *(
        "dropout",
        "alpha_dropout",
        "pixel_shuffle",
        "pixel_unshuffle",
        "channel_shuffle",
        "scaled_dot_product_attention",
    ),
    *("normalize", "cosine_similarity", "one_hot"),
    *("max_pool1d", "max_pool2d", "max_pool3d", "avg_pool1d", "avg_pool2d", "avg_pool3d", "adaptive_avg_pool1d"),
    *("adaptive_avg_pool2d", "adaptive_avg_pool3d", "adaptive_max_pool1d", "adaptive_max_pool2d"),
    *("adaptive_max_pool3d",),
)
"""Functions of `torch.nn.functional` that ATen calls as they are called there."""
TORCH = (
    *("add", "sub", "mul", "div", "floor_divide", "remainder", "fmod", "pow", "atan2", "eq", "ne", "lt", "le", "gt"),
    *("ge", "logical_and", "logical_or", "logical_xor", "logical_not", "bitwise_and", "bitwise_or", "bitwise_xor"),
    *("bitwise_not", "rsub", "maximum", "minimum", "where", "masked_fill", "addcmul", "addcdiv", "lerp"),
    *("abs", "neg", "sign", "square", "sqrt", "rsqrt", "reciprocal", "exp", "exp2", "expm1", "log", "log2", "log10"),
    *("log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "erf", "erfc"),
    *("erfinv", "floor", "ceil", "trunc", "round", "isnan", "isinf", "isfinite", "nan_to_num", "frac", "logit"),
    *("clamp", "clamp_min", "clamp_max", "sum", "mean", "prod", "amax", "amin", "any", "all", "argmax", "argmin"),
    *(
        "max",
        "min",
        "var",
        "std",
        "var_mean",
        "std_mean",
        "logsumexp",
        "median",
        "cumsum",
        "cumprod",
        "sort",
        "argsort",
    ),
    *("topk", "norm", "matmul", "bmm", "mv", "dot", "outer", "baddbmm", "einsum", "gather", "index_select", "take"),
    *("cat", "stack", "chunk", "split", "split_with_sizes", "unbind", "select", "narrow", "squeeze", "unsqueeze"),
    *(
        "transpose",
        "permute",
        "t",
        "flatten",
        "unflatten",
        "movedim",
        "roll",
        "flip",
        "tril",
        "triu",
        "repeat_interleave",
    ),
    *("zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "nonzero", "swapaxes"),
)
"""Functions of `torch` that ATen calls as they are called there."""
OTHERS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "_softmax": ("F.softmax", {}),
    "_log_softmax": ("F.log_softmax", {}),
    "_adaptive_avg_pool2d": ("F.adaptive_avg_pool2d", {}),
    "_adaptive_avg_pool3d": ("F.adaptive_avg_pool3d", {}),
    "feature_dropout": ("F.dropout2d", {}),
    "native_dropout": ("F.dropout", {}),
    "log_sigmoid": ("F.logsigmoid", {}),
    "log_sigmoid_forward": ("F.logsigmoid", {}),
    "linalg_vector_norm": ("torch.linalg.vector_norm", {}),
    "native_channel_shuffle": ("F.channel_shuffle", {}),
    "repeat": ("Tensor.repeat", {}),
    "expand_as": ("Tensor.expand_as", {}),
    "view_as": ("Tensor.view_as", {}),
    "reshape_as": ("Tensor.reshape_as", {}),
    "unfold": ("Tensor.unfold", {}),
    "im2col": ("F.unfold", {}),
    "col2im": ("F.fold", {}),
    "zero": ("Tensor.zero_", {}),
    "squeeze_copy": ("torch.squeeze", {}),
}
"""Operators that PyTorch's users call otherwise, with their arguments of other names."""
COPIES = ("clone", "contiguous", "detach", "alias", "lift_fresh_copy", "lift_fresh", "lift", "_to_copy", "to",
          "type_as", "view_copy_same", "dropout_copy", "_assert_async", "requires_grad", "detach_copy", "alias_copy",
          "conj", "resolve_conj", "resolve_neg")  # fmt: skip
"""Operators that give the same elements again, at most as another type."""
CONSTANTS = (
    *("arange", "full", "zeros", "ones", "empty", "rand", "randn", "randint", "scalar_tensor", "linspace", "eye"),
    *("new_zeros", "new_ones", "new_full", "new_empty", "randperm", "empty_strided", "new_empty_strided"),
)
"""Operators that make a tensor of nothing but numbers."""
UNUSED: Mapping[str, frozenset[str]] = {
    "elu": frozenset({"scale", "input_scale"}),
    "rrelu": frozenset({"lower", "upper"}),
    "softmax": frozenset({"dtype"}),
    "full_like": frozenset({"fill_value"}),
    "bernoulli": frozenset({"p"}),
}
"""Arguments of single operators that no shape depends on."""


def by_name(type_name: str, renamed: Mapping[str, str], unused: frozenset[str]) -> Writer:
    """A writer for an operator whose tensors are the layer's inputs, and whose numbers are its parameters."""
    words = meanings(type_name, FRAMEWORK)[0].words

    def write(walk: "Walk", node: Node) -> "Made | None":
        inputs: list[Tensor] = []
        parameters: dict[str, Any] = {}
        for name, value in node.arguments.items():
            tensors = list(tensors_in(value))
            inputs += [walk.tensor(tensor.name) for tensor in tensors]
            if tensors or value is None or value is SETTING or name in NEVER_OF_A_SHAPE or name in unused:
                continue
            word, number = renamed.get(name, name), resolved(walk, value)
            if name == "self" and "other" in words:  # a number before the only tensor
                word = "other"
                parameters |= {"reversed": True} if "reversed" in words else {}
            if word not in words or isinstance(value, Subgraph) or number is None:
                return None
            parameters[word] = number
        return walk.layer(node, type_name, parameters, inputs) if inputs else walk.constant(node)

    return write


def resolved(walk: "Walk", value: Any) -> Any:
    """An argument with symbols resolved; None where one of them is unknown."""
    if isinstance(value, Symbol):
        return walk.number(value)
    if isinstance(value, list) and any(isinstance(entry, Symbol) for entry in value):
        numbers = walk.numbers(value)
        return None if None in numbers else numbers
    return value


def copied(walk: "Walk", node: Node) -> "Made | None":
    """The same elements."""
    first = next((value for value in node.arguments.values() if list(tensors_in(value))), None)
    tensors: Sequence[Any] = list(tensors_in(first))
    if len(tensors) != 1:
        return None
    return walk.layer(node, "Tensor.clone", {}, [walk.tensor(tensors[0].name)])


def filled(walk: "Walk", node: Node) -> "Made | None":
    """One number in the shape of the first tensor."""
    tensor = node.arguments.get("self")
    return walk.layer(node, "Tensor.zero_", {}, [walk.tensor(tensor.name)]) if isinstance(tensor, Named) else None


def constant(walk: "Walk", node: Node) -> "Made | None":
    """Numbers made in a shape that the file declares."""
    return walk.constant(node)


def _table() -> dict[str, Writer]:
    writers: dict[str, Writer] = {}
    for name in SAME:
        writers[name] = by_name(f"F.{name}", {}, UNUSED.get(name, frozenset()))
    for name in TORCH:
        writers[name] = by_name(f"torch.{name}", {}, UNUSED.get(name, frozenset()))
    for name, (type_name, renamed) in OTHERS.items():
        writers[name] = by_name(type_name, renamed, UNUSED.get(name, frozenset()))
    writers |= dict.fromkeys(COPIES, copied)
    writers |= dict.fromkeys(
        CONSTANTS,
        constant,
    )
    writers["fill"] = filled
    writers |= restructuring.WRITERS
    writers |= weighted.WRITERS
    return {f"aten.{name}": writer for name, writer in writers.items()}


OPERATORS: Mapping[str, Writer] = _table()
