"""Keras' names of operators, reductions, products and lookups: layers that merge or look up, and `keras.ops`."""

from collections.abc import Mapping

from service.core.layers.names import conversions as to
from service.core.layers.names.keras import OPTIONS, PREFIXES, as_kernel
from service.core.layers.names.layer_name import LayerName, Vocabulary, Word, Words, called, ignored

FUNCTION_PREFIXES = ("ops.", "keras.ops.", "tf.keras.ops.", "keras.src.ops.")
LAST = {"align": "last"}
DTYPE: Words = {"dtype": None}

LAYERS: tuple[LayerName, ...] = (
    called("Subtract", kind="subtract"),
    called("Maximum", kind="maximum"),
    called("Minimum", kind="minimum"),
    called("Average", kind="average"),
    called("Dot", kind="batch_dot", words={"axes": "contracted"}, needs=("contracted",)),
    called("Embedding", kind="embedding",
           words={**ignored("embeddings_initializer", "embeddings_regularizer", "embeddings_constraint", "weights",
                            "lora_rank", "lora_alpha", "input_length"),
                  "mask_zero": Word(None, to.flag)}),
)  # fmt: skip

SECOND: Words = {"x2": "other"}
"""The second operand, where that is a number."""
MERGING: Mapping[str, str] = {
    "add": "add",
    "subtract": "subtract",
    "multiply": "multiply",
    "maximum": "maximum",
    "minimum": "minimum",
}
BINARY = (
    *("divide", "floor_divide", "power", "equal", "not_equal", "less", "less_equal", "greater", "greater_equal"),
    *("logical_and", "logical_or", "logical_xor", "bitwise_and", "bitwise_or", "bitwise_xor"),
)
SAME = (
    "where",
    *("abs", "negative", "sign", "square", "sqrt", "rsqrt", "reciprocal", "exp", "exp2", "expm1", "log", "log2"),
    *("log10", "log1p", "sin", "cos", "tan", "sinh", "cosh", "erf", "erfinv", "floor", "ceil", "trunc", "isnan"),
    *("isinf", "isfinite", "logical_not", "nan_to_num", "round", "cast", "identity", "relu", "relu6", "sigmoid"),
    *("tanh", "silu", "selu", "elu", "celu", "softplus", "softsign", "log_sigmoid", "hardmax"),
    *("sum", "mean", "prod", "any", "all", "argmax", "argmin", "std", "var", "logsumexp", "median", "count_nonzero"),
    *("cumsum", "cumprod", "sort", "argsort", "matmul", "dot", "outer", "tensordot", "take", "glu", "softmax"),
    *("log_softmax", "squareplus", "sparse_plus", "sparsemax"),
)
OTHER: Mapping[str, str] = {
    "mod": "remainder",
    "arctan2": "atan2",
    "true_divide": "divide",
    "absolute": "abs",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "max": "amax",
    "min": "amin",
    "amax": "amax",
    "amin": "amin",
    "hard_sigmoid": "hardsigmoid",
    "hard_silu": "hardswish",
    "hard_swish": "hardswish",
    "swish": "silu",
    "hard_tanh": "hardtanh",
    "hard_shrink": "hardshrink",
    "soft_shrink": "softshrink",
    "tanh_shrink": "tanhshrink",
    "copy": "identity",
    "stop_gradient": "identity",
    "convert_to_tensor": "identity",
    "zeros_like": "like",
    "ones_like": "like",
    "full_like": "like",
}
POOLED: Words = {"pool_size": "kernel_size", "strides": "stride"}
FUNCTIONS: tuple[LayerName, ...] = (
    *(called(name, kind=kind, words=SECOND, settled=LAST) for name, kind in MERGING.items()),
    *(called(name, kind=name, words={**DTYPE, **SECOND}) for name in BINARY),
    *(called(name, kind=name, words=DTYPE) for name in SAME),
    *(called(name, kind=kind, words=DTYPE) for name, kind in OTHER.items()),
    called("gelu", kind="gelu", words={"approximate": Word("approximate", to.as_approximation)},
           defaults={"approximate": "tanh"}),
    called("leaky_relu", kind="leaky_relu", defaults={"negative_slope": 0.2}),
    called("max_pool", kind="max_pool", words=POOLED, elsewhere={"stride": as_kernel}),
    called("average_pool", kind="avg_pool", words=POOLED, elsewhere={"stride": as_kernel, "count_include_pad": False}),
    called("clip", kind="clamp", needs=("min", "max")),
    called("einsum", kind="einsum", words={"subscripts": "equation"}),
    called("norm", kind="norm"),
    called("normalize", kind="normalize", words={"axis": "dim", "order": "norm_type", "epsilon": "eps"},
           defaults={"dim": -1}),
    called("top_k", kind="topk"),
    called("one_hot", kind="one_hot", words={"axis": "dim", **DTYPE, "sparse": Word(None, to.flag)}),
)  # fmt: skip

VOCABULARIES = (
    Vocabulary(framework="keras", prefixes=PREFIXES, names=LAYERS, everywhere=OPTIONS),
    Vocabulary(framework="keras", prefixes=FUNCTION_PREFIXES, names=FUNCTIONS),
)
