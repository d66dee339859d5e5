"""JAX's names of operators, reductions, products and lookups: `jax.numpy`, `jax.nn`, `jax.lax`, and Flax's Embed."""

from collections.abc import Mapping

from service.core.layers.names.jax import (
    FUNCTION_PREFIXES,
    LAX_PREFIXES,
    LAYER_PREFIXES,
    NUMPY_PREFIXES,
    OPTIONS,
    UNFILLED,
)
from service.core.layers.names.layer_name import LayerName, Vocabulary, Words, called, ignored

DTYPE: Words = ignored("dtype", "precision", "preferred_element_type", "out")
SAME = (
    *("subtract", "divide", "floor_divide", "remainder", "fmod", "power", "hypot", "maximum", "minimum", "equal"),
    *("not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or", "logical_xor"),
    *("bitwise_and", "bitwise_or", "bitwise_xor", "where", "abs", "negative", "positive", "sign", "square", "sqrt"),
    *("reciprocal", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh"),
    *("floor", "ceil", "trunc", "round", "isnan", "isinf", "isfinite", "logical_not", "nan_to_num", "sinc"),
    *("sum", "mean", "prod", "any", "all", "argmax", "argmin", "std", "var", "median", "count_nonzero", "nansum"),
    *("nanmean", "amax", "amin", "cumsum", "cumprod", "sort", "argsort", "matmul", "dot", "outer", "tensordot", "take"),
)
OTHER: Mapping[str, str] = {
    "true_divide": "divide",
    "mod": "remainder",
    "pow": "power",
    "float_power": "power",
    "arctan2": "atan2",
    "logaddexp": "log_add_exp",
    "absolute": "abs",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "max": "amax",
    "min": "amin",
    "copy": "identity",
    "asarray": "identity",
    "array": "identity",
    "zeros_like": "like",
    "ones_like": "like",
    "astype": "cast",
}
NUMPY: tuple[LayerName, ...] = (
    *(called(name, kind=name, words=DTYPE) for name in SAME),
    *(called(name, kind=kind, words=DTYPE) for name, kind in OTHER.items()),
    called("clip", kind="clamp"),
    called("full_like", kind="like", words={"fill_value": None, **DTYPE}),
    called("einsum", kind="einsum", words={"subscripts": "equation", **DTYPE, "optimize": None}),
)
FUNCTIONS: tuple[LayerName, ...] = (
    called("glu", kind="glu", words={"axis": "dim"}),
    called("logsumexp", kind="logsumexp"),
    called("one_hot", kind="one_hot", words={"axis": "dim", **DTYPE}),
    called("squareplus", kind="squareplus"),
    called("sparse_plus", kind="sparse_plus"),
    called("sparse_sigmoid", kind="sparse_sigmoid"),
    called("identity", kind="identity"),
)
LAX: tuple[LayerName, ...] = (
    called("sub", kind="subtract", settled=UNFILLED),
    called("div", kind="divide", settled=UNFILLED),
    called("rem", kind="fmod", settled=UNFILLED),
    called("pow", kind="power", settled=UNFILLED),
    called("max", kind="maximum", settled=UNFILLED),
    called("min", kind="minimum", settled=UNFILLED),
    called("neg", kind="negative"),
    called("rsqrt", kind="rsqrt"),
    called("erf", kind="erf"),
    called("top_k", kind="topk", words={"axis": "dim", "operand": None}),
    called("stop_gradient", kind="identity"),
    called("convert_element_type", kind="cast", words={"new_dtype": "dtype"}),
)
EMBEDDED: Words = {**ignored("embedding_init", "param_dtype"), "features": "embedding_dim"}
LAYERS: tuple[LayerName, ...] = (called("Embed", kind="embedding", words=EMBEDDED),)

VOCABULARIES = (
    Vocabulary(framework="jax", prefixes=NUMPY_PREFIXES, names=NUMPY),
    Vocabulary(framework="jax", prefixes=FUNCTION_PREFIXES, names=FUNCTIONS, everywhere=OPTIONS),
    Vocabulary(framework="jax", prefixes=LAX_PREFIXES, names=LAX, everywhere=OPTIONS),
    Vocabulary(framework="jax", prefixes=LAYER_PREFIXES, names=LAYERS, everywhere=OPTIONS),
)
