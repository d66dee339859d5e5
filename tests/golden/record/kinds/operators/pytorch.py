"""PyTorch's functions for our types; inputs are ones in float64, zeros where indices are meant."""

from collections.abc import Callable
from functools import reduce
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812 - as everyone calls it

VERSION = torch.__version__.partition("+")[0]
Layer = dict[str, Any]
INDICES = {
    "embedding": (0,),
    "apply_embedding": (0,),
    "gather": (1,),
    "take": (1,),
    "index_select": (1,),
    "one_hot": (0,),
}


def tensors(kind: str, shapes: list[list[int]]) -> list[torch.Tensor]:
    """The inputs of a layer."""
    made = []
    for position, shape in enumerate(shapes):
        if position in INDICES.get(kind, ()):
            made.append(torch.zeros(shape, dtype=torch.int64))
        elif kind.startswith("logical") or (kind == "where" and not position):
            made.append(torch.ones(shape, dtype=torch.bool))
        else:
            made.append(torch.ones(shape, dtype=torch.float64))
    return made


def binary(name: str) -> Callable[..., Any]:
    """A function of two tensors, or its form in place."""

    def run(xs: list[Any], layer: Layer) -> Any:
        operands = [*xs, *([layer["other"]] if "other" in layer else [])]
        if layer.get("inplace"):
            return getattr(operands[0], f"{name}_")(*operands[1:])
        if name in ("maximum", "minimum") or name.startswith("logical"):
            operands = [torch.as_tensor(operand, dtype=operands[0].dtype) for operand in operands]
        return reduce(getattr(torch, name), operands)

    return run


def options(layer: Layer) -> dict[str, Any]:
    """Axes and whether they are kept, as PyTorch's functions spell them."""
    words = {"keepdims": "keepdim", "norm_type": "p"}
    return {words.get(name, name): value for name, value in layer.items() if value is not False}


def plain(name: str) -> Callable[..., Any]:
    """A function of tensors that takes the layer's parameters under their own names."""
    return lambda xs, layer: getattr(torch, name)(*xs, **options(layer))


def functional(name: str) -> Callable[..., Any]:
    return lambda xs, layer: getattr(F, name)(*xs, **options(layer))


def where(xs: list[Any], layer: Layer) -> Any:
    return torch.where(*xs, *([layer["other"]] if "other" in layer else []))


def clamp(xs: list[Any], layer: Layer) -> Any:
    return torch.clamp(xs[0], **dict(zip(("min", "max"), xs[1:], strict=False)), **options(layer))


def tensordot(xs: list[Any], layer: Layer) -> Any:
    return torch.tensordot(*xs, dims=layer["contracted"])


def embedding(xs: list[Any], layer: Layer) -> Any:
    return torch.nn.Embedding(layer["num_embeddings"], layer["embedding_dim"])(*xs)


def bilinear(xs: list[Any], layer: Layer) -> Any:
    sizes = [layer[name] for name in ("in1_features", "in2_features", "out_features")]
    return torch.nn.Bilinear(*sizes, dtype=torch.float64)(*xs)


def index_select(xs: list[Any], layer: Layer) -> Any:
    return torch.index_select(xs[0], layer["dim"], xs[1])


def gather(xs: list[Any], layer: Layer) -> Any:
    return torch.gather(xs[0], layer["dim"], xs[1])


BINARY = {
    "add": "add", "multiply": "mul", "maximum": "maximum", "minimum": "minimum", "subtract": "sub", "divide": "div",
    "floor_divide": "floor_divide", "remainder": "remainder", "power": "pow", "equal": "eq", "not_equal": "ne",
    "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge", "logical_and": "logical_and",
    "logical_or": "logical_or", "logical_xor": "logical_xor",
}  # fmt: skip
PLAIN = {
    "abs": "abs", "negative": "neg", "sign": "sign", "square": "square", "sqrt": "sqrt", "exp": "exp", "log": "log",
    "sin": "sin", "cos": "cos", "erf": "erf", "floor": "floor", "ceil": "ceil", "isnan": "isnan", "round": "round",
    "reciprocal": "reciprocal", "logical_not": "logical_not", "identity": "clone",
    "addcmul": "addcmul", "addcdiv": "addcdiv", "lerp": "lerp", "var_mean": "var_mean", "mode": "mode",
    "matmul": "matmul", "bmm": "bmm", "mm": "mm", "mv": "mv", "dot": "dot", "outer": "outer", "addmm": "addmm",
    "baddbmm": "baddbmm", "addmv": "addmv", "cumsum": "cumsum", "cumprod": "cumprod", "sort": "sort", "topk": "topk",
    "argsort": "argsort", "softmax": "softmax", "log_softmax": "log_softmax", "cummax": "cummax",
    **{name: name for name in ("sum", "mean", "prod", "amax", "amin", "any", "all", "logsumexp", "argmax", "argmin",
                               "std", "var", "norm", "max", "min", "median")},
}  # fmt: skip
FUNCTIONAL = {
    "relu6": "relu6", "hardswish": "hardswish", "glu": "glu", "normalize": "normalize",
    "cosine_similarity": "cosine_similarity", "local_response_norm": "local_response_norm",
    "apply_linear": "linear", "apply_bilinear": "bilinear", "apply_embedding": "embedding", "one_hot": "one_hot",
    **{f"conv{rank}d": f"conv{rank}d" for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": f"conv_transpose{rank}d" for rank in (1, 2, 3)},
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{kind: binary(name) for kind, name in BINARY.items()},
    **{kind: plain(name) for kind, name in PLAIN.items()},
    **{kind: functional(name) for kind, name in FUNCTIONAL.items()},
    "aminmax": lambda xs, layer: torch.aminmax(*xs, **options(layer)),
    "where": where,
    "clamp": clamp,
    "tensordot": tensordot,
    "einsum": lambda xs, layer: torch.einsum(layer["equation"], *xs),
    "embedding": embedding,
    "bilinear": bilinear,
    "gather": gather,
    "take": lambda xs, layer: torch.take(*xs),
    "index_select": index_select,
    "softmax2d": lambda xs, layer: torch.nn.Softmax2d()(*xs),
}
TYPES = sorted({kind[:-2] if kind.startswith("conv") else kind for kind in FUNCTIONS})


def run(layer: Layer, shapes: list[list[int]]) -> list[list[int]]:
    """The shapes that come out; raises what PyTorch raises."""
    kind = layer["type"]
    with torch.no_grad():
        result = FUNCTIONS[kind](tensors(kind, shapes), {k: v for k, v in layer.items() if k != "type"})
    results = result if isinstance(result, tuple | list) else [result]
    return [list(tensor.shape) for tensor in results]
