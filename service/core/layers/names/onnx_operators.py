"""ONNX's names of operators, reductions, products and lookups."""

from collections.abc import Mapping

from service.core.layers.names import conversions as to
from service.core.layers.names.layer_name import LayerName, Vocabulary, Word, Words, called, ignored
from service.core.layers.names.onnx import LIMITED_BROADCAST, PREFIXES

ELEMENTWISE: Mapping[str, str] = {
    "Sub": "subtract",
    "Div": "divide",
    "Mod": "remainder",
    "Pow": "power",
    "Max": "maximum",
    "Min": "minimum",
    "Mean": "average",
    "Equal": "equal",
    "Less": "less",
    "LessOrEqual": "less_equal",
    "Greater": "greater",
    "GreaterOrEqual": "greater_equal",
    "And": "logical_and",
    "Or": "logical_or",
    "Xor": "logical_xor",
    "BitwiseAnd": "bitwise_and",
    "BitwiseOr": "bitwise_or",
    "BitwiseXor": "bitwise_xor",
    "Where": "where",
    "Abs": "abs",
    "Neg": "negative",
    "Sign": "sign",
    "Sqrt": "sqrt",
    "Reciprocal": "reciprocal",
    "Exp": "exp",
    "Log": "log",
    "Sin": "sin",
    "Cos": "cos",
    "Tan": "tan",
    "Asin": "asin",
    "Acos": "acos",
    "Atan": "atan",
    "Sinh": "sinh",
    "Cosh": "cosh",
    "Asinh": "asinh",
    "Acosh": "acosh",
    "Atanh": "atanh",
    "Erf": "erf",
    "Floor": "floor",
    "Ceil": "ceil",
    "Round": "round",
    "IsNaN": "isnan",
    "IsInf": "isinf",
    "Not": "logical_not",
    "BitwiseNot": "bitwise_not",
    "ThresholdedRelu": "thresholded_relu",
}
"""Operators that work element by element."""
LIMITED = frozenset({"Sub", "Div", "Pow", "And", "Or", "Xor", "Equal", "Less", "Greater"})
"""Those of two operands that were there when operators did not broadcast."""
REDUCTIONS: Mapping[str, str] = {
    "ReduceSum": "sum",
    "ReduceMean": "mean",
    "ReduceProd": "prod",
    "ReduceMax": "amax",
    "ReduceMin": "amin",
    "ReduceLogSumExp": "logsumexp",
    "ReduceLogSum": "log_sum",
    "ReduceSumSquare": "sum_square",
    "ReduceL1": "norm",
    "ReduceL2": "norm",
    "ArgMax": "argmax",
    "ArgMin": "argmin",
}
AXES: Words = {"axes": "dim", "axis": "dim", "noop_with_empty_axes": Word("no_axes_keep", to.flag)}
ONE_AXIS: Words = {"axis": "dim", "select_last_index": Word(None, to.flag)}
OF_ELEMENTS: Words = {
    "fmod": Word(None, to.flag),
    "detect_negative": Word(None, to.flag),
    "detect_positive": Word(None, to.flag),
}

NAMES: tuple[LayerName, ...] = (
    *(called(name, kind=kind, words={**OF_ELEMENTS, **(LIMITED_BROADCAST if name in LIMITED else {})})
      for name, kind in ELEMENTWISE.items()),
    *(called(name, kind=kind, words=ONE_AXIS if name.startswith("Arg") else AXES,
             settled={"norm_type": float(name[-1])} if kind == "norm" else {}) for name, kind in REDUCTIONS.items()),
    called("Cast", "CastLike", kind="cast",
           words={"to": Word("dtype"), "saturate": Word(None, to.flag), "round_mode": None}),
    called("MatMul", kind="matmul"),
    called("Einsum", kind="einsum"),
    called("CumSum", kind="cumsum", words={"axis": "dim", "reverse": "from_the_end"}),
    called("TopK", kind="topk", words={"axis": "dim", "K": Word("k", to.count)}),
    called("Gather", kind="take", words={"axis": "dim"}),
    called("GatherElements", kind="gather", words={"axis": "dim"}),
    called("OneHot", kind="one_hot", words={"axis": "dim", "depth": Word("num_classes", to.count)}),
    called("Hardmax", kind="hardmax", words={"axis": "dim"}, defaults={"dim": -1}),
    called("LpNormalization", kind="normalize", words={"axis": "dim"}, defaults={"dim": -1}),
    called("GlobalLpPool", kind="global_lp_pool"),
    called("LRN", kind="local_response_norm", words={"bias": "k"}),
    called("Shrink", kind="hardshrink", words=ignored("bias")),
    called("RandomNormalLike", "RandomUniformLike", "Bernoulli", kind="like",
           words=ignored("mean", "scale", "low", "high", "seed")),
)  # fmt: skip

VOCABULARIES = (
    Vocabulary(framework="onnx", prefixes=PREFIXES, names=NAMES, everywhere=ignored("domain", "doc_string")),
)
