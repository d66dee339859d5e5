"""Which of JAX's functions are drawn, and how: every name that the service knows, but for Flax's layers."""

import random
from collections.abc import Mapping

from tests.golden.record.kinds.functions.draws import (
    ALIKE,
    ALONG,
    Draw,
    Drawn,
    binary,
    concatenated,
    convolved,
    counted,
    listed,
    needing,
    of_kind,
    padded,
    reduced,
    repeated,
    resized,
    rotated,
    split_at,
    split_sizes,
    swapped,
    unary,
    without_stretching,
)

UNARY = (
    *("abs", "absolute", "negative", "positive", "sign", "square", "sqrt", "reciprocal", "exp", "exp2", "expm1", "log"),
    *("log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh", "tanh", "floor", "ceil", "trunc", "isnan"),
    *("isinf", "isfinite", "logical_not", "nan_to_num", "sinc", "arcsin", "arccos", "arctan", "copy", "asarray"),
    *("array", "zeros_like", "ones_like"),
)
BINARY = (
    *("add", "multiply", "subtract", "divide", "true_divide", "floor_divide", "remainder", "mod", "fmod", "power"),
    *("pow", "float_power", "hypot", "maximum", "minimum", "equal", "not_equal", "less", "less_equal", "greater"),
    *("greater_equal", "logical_and", "logical_or", "logical_xor", "arctan2", "logaddexp"),
)
BITWISE = ("bitwise_and", "bitwise_or", "bitwise_xor")
REDUCTIONS = (
    *("sum", "mean", "prod", "any", "all", "argmax", "argmin", "std", "var", "median", "count_nonzero", "nansum"),
    *("nanmean", "amax", "amin", "max", "min"),
)
ACTIVATIONS = (
    *("relu", "relu6", "sigmoid", "tanh", "silu", "swish", "hard_silu", "hard_swish", "hard_sigmoid", "selu"),
    *("soft_sign", "softplus", "log_sigmoid", "hard_tanh"),
)
SMALL_ONES = ("mish", "sparse_plus", "sparse_sigmoid", "identity")
LAX_UNARY = ("tanh", "logistic", "neg", "rsqrt", "erf", "stop_gradient")
LAX_BINARY = ("add", "mul", "sub", "div", "rem", "pow", "max", "min")

FLAX: Mapping[str, Draw] = {
    **dict.fromkeys(ACTIVATIONS, unary()),
    "leaky_relu": unary(negative_slope=lambda rng: 0.2),
    "elu": unary(alpha=lambda rng: 0.5),
    "celu": unary(alpha=lambda rng: 0.5),
    "gelu": unary(approximate=lambda rng: rng.random() < 0.5),
    "softmax": of_kind("softmax", optional=ALONG),
    "log_softmax": of_kind("log_softmax", optional=ALONG),
    "glu": of_kind("glu", optional=ALONG),
    "logsumexp": reduced,
    "one_hot": of_kind("one_hot", optional=ALONG),
}
"""Functions of `jax.nn` that Flax repeats in `nnx` and `linen`."""


def bitwise(rng: random.Random) -> Drawn:
    """Two inputs of integers, never one and a number."""
    while True:
        given, shapes = binary(rng)
        if not given:
            return given, shapes


NUMPY: Mapping[str, Draw] = {
    **dict.fromkeys(UNARY, unary()),
    "round": unary(decimals=lambda rng: rng.randint(0, 3)),
    "astype": needing(dtype=lambda rng: rng.choice(("float32", "int32", "bool"))),
    "full_like": needing(fill_value=lambda rng: rng.choice((0, 1.5))),
    **dict.fromkeys(BINARY, binary),
    **dict.fromkeys(BITWISE, bitwise),
    "where": of_kind("where"),
    "clip": of_kind("clamp"),
    **dict.fromkeys(REDUCTIONS, reduced),
    "einsum": of_kind("einsum", {"equation": "subscripts"}),
    **{name: of_kind(name, {"contracted": "axes"}) for name in ("matmul", "dot", "outer")},
    "tensordot": of_kind("tensordot", {"contracted": "axes"}, ("axes",)),
    "take": of_kind("take", optional=ALONG),
    **{name: of_kind(name, optional=ALONG) for name in ("cumsum", "cumprod")},
    **{name: of_kind(name, optional=("axis", "descending"), descending=lambda rng: rng.random() < 0.5)
       for name in ("sort", "argsort")},
    "concatenate": concatenated("axis", optional=True),
    "concat": concatenated("axis", optional=True),
    "stack": of_kind("stack", optional=ALONG),
    "reshape": of_kind("reshape"),
    "transpose": of_kind("permute", {"dims": "axes"}, ("axes",)),
    "permute_dims": of_kind("permute", {"dims": "axes"}),
    "split": split_at("split"),
    "array_split": split_at("tensor_split"),
    "unstack": of_kind("unbind", optional=ALONG),
    "squeeze": of_kind("squeeze"),
    "expand_dims": of_kind("unsqueeze"),
    "swapaxes": swapped,
    "matrix_transpose": unary(),
    "moveaxis": of_kind("movedim"),
    "ravel": unary(),
    "roll": of_kind("roll", {"shifts": "shift", "dims": "axis"}),
    "flip": of_kind("flip", {"dims": "axis"}, ALONG),
    "fliplr": unary(),
    "flipud": unary(),
    "rot90": rotated,
    "tril": of_kind("tril", {"diagonal": "k"}, ("k",)),
    "triu": of_kind("triu", {"diagonal": "k"}, ("k",)),
    "meshgrid": of_kind("meshgrid", {}, ("indexing",)),
    "broadcast_to": of_kind("expand"),
    "tile": of_kind("tile", {"repeats": "reps"}),
    "repeat": repeated,
    "take_along_axis": of_kind("take_along"),
    "pad": padded,
    "nonzero": of_kind("nonzero"),
    "arange": counted,
}  # fmt: skip
LAX: Mapping[str, Draw] = {
    **dict.fromkeys(LAX_UNARY, unary()),
    **dict.fromkeys(LAX_BINARY, without_stretching),
    "concatenate": concatenated("dimension", optional=False),
    "reshape": of_kind("reshape", {"shape": "new_sizes"}),
    "transpose": of_kind("permute", {"dims": "permutation"}),
    "top_k": of_kind("topk", optional=ALONG),
    "convert_element_type": needing(new_dtype=lambda rng: rng.choice(("float32", "int32"))),
    "squeeze": listed("squeeze", {"dim": "dimensions"}, "dimensions"),
    "expand_dims": listed("unsqueeze", {"dim": "dimensions"}, "dimensions"),
    "rev": listed("flip", {"dims": "dimensions"}, "dimensions"),
    "split": split_sizes,
    "conv_general_dilated": convolved("lhs_dilation", "rhs_dilation", "feature_group_count"),
    "conv_with_general_padding": convolved("lhs_dilation", "rhs_dilation"),
    "conv": convolved(named=True),
    "conv_transpose": convolved("rhs_dilation", transposed=True),
}
DRAWS: Mapping[str, Draw] = {
    **{f"jnp.{name}": draw for name, draw in NUMPY.items()},
    **{f"lax.{name}": draw for name, draw in LAX.items()},
    **{f"jax.nn.{name}": draw for name, draw in FLAX.items()},
    **{f"nnx.{name}": draw for name, draw in FLAX.items()},
    **{f"linen.{name}": draw for name, draw in FLAX.items()},
    **{f"jax.nn.{name}": unary() for name in SMALL_ONES},
    "jax.nn.squareplus": unary(),
    "jax.image.resize": resized,
}
ALWAYS_ALIKE = frozenset(
    {f"jnp.{name}" for name in UNARY}
    | {f"lax.{name}" for name in LAX_UNARY}
    | {f"{module}{name}" for module in ("jax.nn.", "nnx.", "linen.") for name in (*ACTIVATIONS, *SMALL_ONES)}
)
"""Functions that take any shape and keep it."""


def draw(rng: random.Random) -> Drawn:
    """A call: a layer object, and the shapes of its inputs."""
    names = list(DRAWS)
    [name] = rng.choices(names, [ALIKE if name in ALWAYS_ALIKE else 1 for name in names])
    return draw_named(rng, name)


def draw_named(rng: random.Random, name: str) -> Drawn:
    """A call of one function, with its short prefix or its long one."""
    given, shapes = DRAWS[name](rng)
    longer = {"jnp.": "jax.numpy.", "lax.": "jax.lax.", "nnx.": "flax.nnx.", "linen.": "flax.linen."}
    prefix = name[: name.rindex(".") + 1]
    written = longer.get(prefix, prefix) if rng.random() < 0.3 else prefix
    return {"type": written + name[len(prefix) :], **given}, shapes
