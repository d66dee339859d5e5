"""Rules that several frameworks' rows begin with."""

from service.core.frameworks.window_rules import WindowRules

ADAPTIVE_POOL = WindowRules(name="adaptive pooling")
GLOBAL_POOL = WindowRules(name="global pooling")
NO_POOL_EXTRAS = frozenset({"ceil_mode", "divisor_override"})
"""Parameters of PyTorch's pools that others lack."""
ACTIVATIONS = frozenset({
    "relu", "relu6", "sigmoid", "tanh", "silu", "mish", "hardswish", "hardsigmoid", "selu", "softsign", "softplus",
    "log_sigmoid", "leaky_relu", "elu", "celu", "gelu", "hardtanh", "softmax", "log_softmax", "identity",
})  # fmt: skip
"""Functions of each element, or along an axis, that most frameworks have."""
SHAPES = frozenset({"flatten", "reshape", "permute", "linear", "pad", "crop", "upsample"})
"""Layers that every framework has in some form."""
LAST_AXIS = {"dim": -1}
"""Where a softmax works unless it is told."""
FUNCTIONS = frozenset({
    "abs", "negative", "sign", "sqrt", "reciprocal", "exp", "log", "sin", "cos", "tan", "asin", "acos", "atan", "sinh",
    "cosh", "asinh", "acosh", "atanh", "erf", "floor", "ceil", "round", "isnan", "isinf", "logical_not", "clamp",
})  # fmt: skip
"""Functions of each element that every framework has."""
NUMPY_FUNCTIONS = FUNCTIONS | {
    "square", "rsqrt", "exp2", "expm1", "log2", "log10", "log1p", "erfc", "erfinv", "trunc", "sinc", "isfinite",
    "nan_to_num", "deg2rad", "rad2deg",
}  # fmt: skip
"""Those of the frameworks whose functions are like NumPy's."""
OPERATORS = frozenset({
    "add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "fmod", "equal", "less", "less_equal",
    "greater", "greater_equal", "logical_and", "logical_or", "logical_xor", "where",
})  # fmt: skip
"""Operators between branches that every framework has."""
NUMPY_OPERATORS = OPERATORS | {"remainder", "not_equal", "atan2", "hypot", "log_add_exp"}
"""Those of the frameworks whose functions are like NumPy's."""
REDUCED = frozenset({"sum", "mean", "prod", "amax", "amin", "logsumexp", "norm", "argmax", "argmin"})
"""Reductions that every framework has."""
NUMPY_REDUCED = REDUCED | {"any", "all", "std", "var", "nansum", "nanmean"}
"""Those of the frameworks whose functions are like NumPy's."""
AXES_MOVED = frozenset({"squeeze", "unsqueeze", "concat", "tril", "triu", "expand", "tile", "slice", "cumsum", "topk"})
"""Layers along axes that every framework has in some form."""
NUMPY_AXES_MOVED = AXES_MOVED | {
    "transpose", "movedim", "stack", "flip", "roll", "rot90", "repeat_interleave", "cumprod", "glu", "argsort",
}  # fmt: skip
"""Those of the frameworks whose functions are like NumPy's."""
PRODUCTS = frozenset({"matmul", "einsum"})
"""Products that every framework has."""
LIKE_NUMPY = NUMPY_FUNCTIONS | NUMPY_OPERATORS | NUMPY_REDUCED | NUMPY_AXES_MOVED | PRODUCTS | {"tensordot", "outer"}
"""All of the frameworks whose functions are like NumPy's."""
