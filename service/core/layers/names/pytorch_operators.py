"""PyTorch's names of operators, reductions, products and lookups: functions, methods of tensors, and modules."""

from collections.abc import Mapping

from service.core.layers.names import conversions as to
from service.core.layers.names.layer_name import LayerName, Vocabulary, Word, Words, called, ignored

PREFIXES = ("torch.", "Tensor.", "torch.Tensor.", "operator.", "torch.linalg.", "torch.special.")
FUNCTION_PREFIXES = ("F.", "nn.functional.", "torch.nn.functional.")
MODULE_PREFIXES = ("", "nn.", "torch.nn.", "torch.nn.modules.")

DTYPE: Words = {"dtype": None}
SCALED: Words = {"alpha": Word(None, to.number)}
IN_PLACE = {"inplace": True}
REVERSED = {"reversed": True}

BINARY: Mapping[str, str] = {
    "add": "add",
    "sub": "subtract",
    "mul": "multiply",
    "div": "divide",
    "floor_divide": "floor_divide",
    "remainder": "remainder",
    "fmod": "fmod",
    "pow": "power",
    "atan2": "atan2",
    "hypot": "hypot",
    "eq": "equal",
    "ne": "not_equal",
    "lt": "less",
    "le": "less_equal",
    "gt": "greater",
    "ge": "greater_equal",
    "logical_and": "logical_and",
    "logical_or": "logical_or",
    "logical_xor": "logical_xor",
    "bitwise_and": "bitwise_and",
    "bitwise_or": "bitwise_or",
    "bitwise_xor": "bitwise_xor",
    "bitwise_left_shift": "shift_left",
    "bitwise_right_shift": "shift_right",
    "copysign": "copysign",
    "nextafter": "nextafter",
    "xlogy": "xlogy",
}
"""Functions of two tensors, or of one and a number; each also has a form in place, whose name ends in `_`."""
OTHER_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "add": ("__add__", "__radd__"),
    "sub": ("subtract", "__sub__"),
    "mul": ("multiply", "__mul__", "__rmul__"),
    "div": ("truediv", "divide", "true_divide", "__truediv__"),
    "floor_divide": ("floordiv", "__floordiv__"),
    "remainder": ("mod", "__mod__"),
    "pow": ("__pow__",),
    "eq": ("__eq__",),
    "ne": ("not_equal", "__ne__"),
    "lt": ("less", "__lt__"),
    "le": ("less_equal", "__le__"),
    "gt": ("greater", "__gt__"),
    "ge": ("greater_equal", "__ge__"),
    "bitwise_and": ("and_", "__and__"),
    "bitwise_or": ("or_", "__or__"),
    "bitwise_xor": ("xor", "__xor__"),
}
AUGMENTED: Mapping[str, str] = {
    "iadd": "add",
    "isub": "subtract",
    "imul": "multiply",
    "itruediv": "divide",
    "ifloordiv": "floor_divide",
    "imod": "remainder",
    "ipow": "power",
    "iand": "bitwise_and",
    "ior": "bitwise_or",
}
BACKWARDS: Mapping[str, str] = {
    "__rsub__": "subtract",
    "rsub": "subtract",
    "__rtruediv__": "divide",
    "__rdiv__": "divide",
    "__rfloordiv__": "floor_divide",
    "__rmod__": "remainder",
    "__rpow__": "power",
}
UNARY: Mapping[str, str] = {
    "abs": "abs",
    "absolute": "abs",
    "neg": "negative",
    "negative": "negative",
    "pos": "positive",
    "positive": "positive",
    "sign": "sign",
    "sgn": "sign",
    "frac": "fraction",
    "fix": "trunc",
    "arcsin": "asin",
    "arccos": "acos",
    "arctan": "atan",
    "inv": "bitwise_not",
    "invert": "bitwise_not",
    **{
        name: name
        for name in (
            *("square", "sqrt", "rsqrt", "reciprocal", "exp", "exp2", "expm1", "log", "log2", "log10", "log1p", "sin"),
            *("cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "erf", "erfc", "erfinv"),
            *("lgamma", "digamma", "floor", "ceil", "trunc", "sinc", "isnan", "isinf", "isfinite", "logical_not"),
            *("bitwise_not", "nan_to_num", "deg2rad", "rad2deg", "logit", "round", "relu", "relu6", "sigmoid", "tanh"),
            *("selu", "celu"),
        )
    },
}
"""Functions of one tensor and the kind of each; each also has a form in place, whose name ends in `_`."""
CASTS = ("to", "type", "float", "half", "double", "bfloat16", "bool", "int", "long", "short", "byte", "cpu", "cuda")
KEEPING = ("contiguous", "clone", "detach", "detach_", "requires_grad_", "alias", "resolve_conj", "data")
FILLED = ("zero_", "fill_", "zeros_like", "ones_like", "full_like", "empty_like", "rand_like", "randn_like", "normal_")
REDUCTIONS = (
    *("sum", "mean", "prod", "amax", "amin", "any", "all", "logsumexp", "argmax", "argmin", "nansum", "nanmean"),
    *("count_nonzero", "std", "var", "norm", "median", "nanmedian", "mode", "var_mean", "std_mean", "aminmax"),
)
SAME = (
    *("addcmul", "addcdiv", "lerp", "matmul", "bmm", "mm", "mv", "dot", "outer", "addmm", "baddbmm", "addmv", "einsum"),
    *("tensordot", "cumsum", "cumprod", "logcumsumexp", "cummax", "cummin", "sort", "argsort", "topk", "take"),
    *("index_select", "gather", "maximum", "minimum", "softmax", "log_softmax", "cosine_similarity"),
)
"""Functions that are called here as they are there."""
SUMMED: Words = {**DTYPE, **SCALED}


def _binary() -> list[LayerName]:
    """Functions of two tensors, their forms in place, and operators of which the operands change places."""
    return [
        *(called(name, *OTHER_SPELLINGS.get(name, ()), kind=kind, words=SCALED) for name, kind in BINARY.items()),
        *(called(f"{name}_", kind=kind, words=SCALED, settled=IN_PLACE) for name, kind in BINARY.items()),
        *(called(name, f"__{name}__", kind=kind, settled=IN_PLACE) for name, kind in AUGMENTED.items()),
        *(called(name, kind=kind, words=SCALED, settled=REVERSED) for name, kind in BACKWARDS.items()),
    ]


NAMES: tuple[LayerName, ...] = (
    *_binary(),
    *(called(name, kind=kind) for name, kind in UNARY.items()),
    *(called(f"{name}_", kind=kind, settled=IN_PLACE) for name, kind in UNARY.items()),
    *(called(name, kind=name, words=DTYPE) for name in (*REDUCTIONS, *SAME)),
    called("vector_norm", kind="norm", words=DTYPE),
    called("max", kind="max", by_inputs={2: "maximum"}),
    called("min", kind="min", by_inputs={2: "minimum"}),
    called("clamp", "clip", kind="clamp"),
    called("clamp_", "clip_", kind="clamp", settled=IN_PLACE),
    called("clamp_min", kind="clamp", needs=("min",)),
    called("clamp_max", kind="clamp", needs=("max",)),
    called("where", kind="where"),
    called("masked_fill", kind="where"),
    called("masked_fill_", kind="where", settled=IN_PLACE),
    called("__matmul__", "imatmul", kind="matmul"),
    called("ger", kind="outer"),
    called("logaddexp", kind="log_add_exp"),
    called("msort", kind="sort", settled={"dim": 0}),
    called(*CASTS, "type_as", kind="cast",
           words={**ignored("device", "copy"), "non_blocking": Word(None, to.flag), "memory_format": None}),
    called(*KEEPING, kind="identity", words=ignored("memory_format", "requires_grad")),
    called(*FILLED, kind="like", words={"fill_value": "other", **ignored("device", "layout", "memory_format")}),
    called("softmin", kind="softmin"),
)  # fmt: skip

STACKED: Words = {**DTYPE, "_stacklevel": Word(None, to.integer)}
FUNCTIONS: tuple[LayerName, ...] = (
    called("normalize", kind="normalize", words=ignored("out")),
    called("glu", kind="glu"),
    called("hardshrink", kind="hardshrink"),
    called("softshrink", kind="softshrink"),
    called("threshold", kind="threshold", needs=("replacement",)),
    called("rrelu", kind="rrelu", words={"training": Word(None, to.flag)}),
    called("local_response_norm", kind="local_response_norm"),
    called("cosine_similarity", kind="cosine_similarity"),
    called("bilinear", kind="apply_bilinear"),
    called("embedding", kind="apply_embedding",
           words={**ignored("max_norm", "norm_type"), "scale_grad_by_freq": Word(None, to.flag),
                  "sparse": Word(None, to.flag)}),
    called("one_hot", kind="one_hot", defaults={"num_classes": -1}),
    *(called(f"{name}_", kind=name, settled=IN_PLACE)
      for name in ("relu", "relu6", "elu", "selu", "celu", "leaky_relu", "hardtanh", "rrelu")),
    called("threshold_", kind="threshold", settled=IN_PLACE, needs=("replacement",)),
)  # fmt: skip

MADE: Words = ignored("device", "dtype")
MODULES: tuple[LayerName, ...] = (
    called("GLU", kind="glu"),
    called("Hardshrink", kind="hardshrink"),
    called("Softshrink", kind="softshrink"),
    called("Threshold", kind="threshold", needs=("replacement",)),
    called("RReLU", kind="rrelu"),
    called("LocalResponseNorm", kind="local_response_norm"),
    called("CosineSimilarity", kind="cosine_similarity"),
    called("Bilinear", kind="bilinear", words=MADE),
    called("Embedding", kind="embedding",
           words={**MADE, **ignored("max_norm", "norm_type"), "scale_grad_by_freq": Word(None, to.flag),
                  "sparse": Word(None, to.flag)}),
)  # fmt: skip

VOCABULARIES = (
    Vocabulary(framework="pytorch", prefixes=PREFIXES, names=NAMES),
    Vocabulary(framework="pytorch", prefixes=FUNCTION_PREFIXES, names=FUNCTIONS),
    Vocabulary(framework="pytorch", prefixes=MODULE_PREFIXES, names=MODULES),
)
