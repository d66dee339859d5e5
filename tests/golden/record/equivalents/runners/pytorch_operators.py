"""Operators, reductions, products and layers along axes in PyTorch: functions of all inputs."""

from collections.abc import Callable
from typing import Any

import torch

from tests.golden.record.equivalents.runners import Array, Arrays, Step

Tensors = list[torch.Tensor]
Function = Callable[[Step, Tensors], Any]
F = torch.nn.functional


def apply(step: Step, arrays: list[Array], weights: Arrays) -> Any:
    """What comes out, as arrays."""
    sources = [torch.from_numpy(array) for array in arrays]
    if step["type"] == "embedding":
        module = torch.nn.Embedding(step["num_embeddings"], step["embedding_dim"])
        module.weight.data.copy_(torch.from_numpy(weights["weight"]))
        return module(sources[0]).detach().numpy()
    if step["type"] == "rms_norm":
        module_ = torch.nn.RMSNorm(given(step)["normalized_shape"], step.get("eps"))
        module_.weight.data.copy_(torch.from_numpy(weights["weight"]).reshape(module_.weight.shape))
        return module_(sources[0]).detach().numpy()
    result = FUNCTIONS[step["type"]](step, sources)
    return [part.numpy() for part in result] if isinstance(result, tuple | list) else result.numpy()


def given(step: Step) -> dict[str, Any]:
    """The parameters."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in step.items() if name != "type"}


def plain(name: str) -> Function:
    return lambda step, xs: getattr(torch, name)(*xs, **given(step))


def binary(name: str) -> Function:
    def run(step: Step, xs: Tensors) -> Any:
        operands: list[Any] = [*xs, *([step["other"]] if "other" in step else [])]
        rounding = {"rounding_mode": step["rounding_mode"]} if "rounding_mode" in step else {}
        return getattr(torch, name)(*(operands[::-1] if step.get("reversed") else operands), **rounding)

    return run


def norm(step: Step, xs: Tensors) -> Any:
    return torch.linalg.vector_norm(
        xs[0], step.get("p", 2), dim=given(step).get("dim"), keepdim=step.get("keepdim", False)
    )


def whole(name: str) -> Function:
    """The extreme of all elements, or of those along several axes, as PyTorch's `max` has them."""

    def run(step: Step, xs: Tensors) -> Any:
        assert "dim" not in step
        return getattr(torch, name)(xs[0])

    return run


def sliced(step: Step, xs: Tensors) -> Any:
    index = [slice(None)] * xs[0].dim()
    steps = step.get("steps") or [1] * len(step["starts"])
    for axis, start, end, by in zip(step.get("dims", range(9)), step["starts"], step["ends"], steps, strict=False):
        index[axis] = slice(start, end, by)
    return xs[0][tuple(index)]


def expand(step: Step, xs: Tensors) -> Any:
    return xs[0].expand(*step["shape"])


def tensordot(step: Step, xs: Tensors) -> Any:
    return torch.tensordot(*xs, dims=step["contracted"])


BINARY = {
    "add": "add", "subtract": "subtract", "multiply": "multiply", "divide": "divide", "power": "pow",
    "maximum": "maximum", "minimum": "minimum", "remainder": "remainder", "fmod": "fmod", "equal": "eq",
    "not_equal": "ne", "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge", "atan2": "atan2",
    "hypot": "hypot", "log_add_exp": "logaddexp", "xlogy": "xlogy", "copysign": "copysign",
    **{name: name for name in ("logical_and", "logical_or", "logical_xor", "where")},
}  # fmt: skip
SAME = (
    "abs", "negative", "positive", "sign", "sqrt", "reciprocal", "exp", "log", "sin", "cos", "tan", "asin", "acos",
    "atan", "sinh", "cosh", "asinh", "acosh", "atanh", "erf", "floor", "ceil", "round", "isnan", "isinf",
    "logical_not", "clamp", "square", "rsqrt", "exp2", "expm1", "log2", "log10", "log1p", "erfc", "erfinv", "trunc",
    "sinc", "isfinite", "nan_to_num", "deg2rad", "rad2deg", "lgamma", "digamma", "logit", "threshold", "sum", "mean",
    "prod", "amax", "amin", "any", "all", "logsumexp", "argmax", "argmin", "std", "var", "nansum", "nanmean",
    "squeeze", "unsqueeze", "tril", "triu", "flip", "roll", "cumsum", "cumprod", "logcumsumexp", "argsort", "topk",
    "matmul", "bmm", "mm", "mv", "dot", "outer", "transpose", "movedim", "narrow", "channel_shuffle",
)  # fmt: skip
FUNCTIONS: dict[str, Function] = {
    **{name: plain(name) for name in SAME}, **{kind: binary(name) for kind, name in BINARY.items()},
    "norm": norm, "max": whole("max"), "min": whole("min"), "slice": sliced, "expand": expand,
    "tensordot": tensordot,
    "threshold": lambda step, xs: F.threshold(xs[0], step["threshold"], step.get("replacement", 0.0)),
    "hardshrink": lambda step, xs: F.hardshrink(xs[0], step.get("lambd", 0.5)),
    "softshrink": lambda step, xs: F.softshrink(xs[0], step.get("lambd", 0.5)),
    "rrelu": lambda step, xs: F.rrelu(xs[0], **given(step), training=False),
    "softmax2d": lambda step, xs: torch.nn.Softmax2d()(xs[0]),
    "glu": lambda step, xs: F.glu(xs[0], **given(step)),
    "normalize": lambda step, xs: F.normalize(xs[0], **given(step)),
    "stack": lambda step, xs: torch.stack(xs, **given(step)),
    "concat": lambda step, xs: torch.cat(xs, dim=step.get("dim", min(1, xs[0].dim() - 1))),
    "rot90": lambda step, xs: torch.rot90(xs[0], step.get("turns", 1), step.get("dims", [0, 1])),
    "tile": lambda step, xs: torch.tile(xs[0], tuple(step["repeats"])),
    "repeat": lambda step, xs: xs[0].repeat(*step["repeats"]),
    "repeat_interleave": lambda step, xs: torch.repeat_interleave(xs[0], step["repeats"], step["dim"]),
    "select": lambda step, xs: torch.select(xs[0], step["dim"], step["position"]),
    "unflatten": lambda step, xs: torch.unflatten(xs[0], step["dim"], tuple(step["sizes"])),
    "einsum": lambda step, xs: torch.einsum(step["equation"], *xs),
}  # fmt: skip
TYPES = frozenset({*FUNCTIONS, "embedding", "rms_norm"})
