"""What Keras' and JAX's functions have in common: how NumPy's arguments are made of a step's parameters."""

from collections.abc import Callable
from typing import Any

from tests.golden.record.arrays import tuples
from tests.golden.record.equivalents.runners import Step

Function = Callable[[Step, list[Any]], Any]
WORDS = {"dim": "axis", "norm_type": "ord", "dims": "axes", "turns": "k", "diagonal": "k", "position": "indices"}
BINARY = {
    "add": "add", "subtract": "subtract", "multiply": "multiply", "divide": "divide", "power": "power",
    "maximum": "maximum", "minimum": "minimum", "fmod": "fmod", "equal": "equal", "not_equal": "not_equal",
    "less": "less", "less_equal": "less_equal", "greater": "greater", "greater_equal": "greater_equal",
    "hypot": "hypot", "log_add_exp": "logaddexp", "atan2": "arctan2", "where": "where", "outer": "outer",
    **{name: name for name in ("logical_and", "logical_or", "logical_xor", "matmul", "dot")},
}  # fmt: skip
FUNCTIONS = {
    **{name: name for name in (
        "abs", "negative", "sign", "sqrt", "reciprocal", "exp", "log", "sin", "cos", "tan", "sinh", "cosh", "floor",
        "ceil", "round", "isnan", "isinf", "logical_not", "square", "exp2", "expm1", "log2", "log10", "log1p",
        "trunc", "sinc", "isfinite", "nan_to_num", "deg2rad", "rad2deg", "sum", "mean", "prod", "any", "all",
        "argmax", "argmin", "std", "var", "nansum", "nanmean", "median", "squeeze", "tril", "triu", "flip", "roll",
        "cumsum", "cumprod", "argsort")},
    "asin": "arcsin", "acos": "arccos", "atan": "arctan", "asinh": "arcsinh", "acosh": "arccosh", "atanh": "arctanh",
    "amax": "max", "amin": "min", "unsqueeze": "expand_dims", "rot90": "rot90",
}  # fmt: skip


def given(step: Step) -> dict[str, Any]:
    """The parameters by NumPy's names; `align` says how operators broadcast, which functions know."""
    left_out = ("type", "align")
    return {WORDS.get(name, name): tuples(value) for name, value in step.items() if name not in left_out}


def binary(function: Callable[..., Any]) -> Function:
    """A function of two operands, of which one may be a number."""

    def run(step: Step, xs: list[Any]) -> Any:
        operands = [*xs, *([step["other"]] if "other" in step else [])]
        return function(*(operands[::-1] if step.get("reversed") else operands))

    return run


def plain(function: Callable[..., Any]) -> Function:
    """A function of one array and its parameters."""
    return lambda step, xs: function(*xs, **given(step))


def sliced(step: Step, xs: list[Any]) -> Any:
    """Python's slices."""
    index = [slice(None)] * xs[0].ndim
    steps = step.get("steps") or [1] * len(step["starts"])
    for axis, start, end, by in zip(step.get("dims", range(9)), step["starts"], step["ends"], steps, strict=False):
        index[axis] = slice(start, None if by < 0 and end < -xs[0].shape[axis] else end, by)
    return xs[0][tuple(index)]


def functions_of(module: Any) -> dict[str, Function]:
    """The table for a module with NumPy's names."""
    return {
        **{kind: binary(getattr(module, name)) for kind, name in BINARY.items()},
        **{kind: plain(getattr(module, name)) for kind, name in FUNCTIONS.items()},
        "remainder": binary(module.mod),
        "slice": sliced,
        "transpose": lambda step, xs: module.swapaxes(xs[0], step["dim0"], step["dim1"]),
        "movedim": lambda step, xs: module.moveaxis(xs[0], tuples(step["source"]), tuples(step["destination"])),
        "stack": lambda step, xs: module.stack(xs, axis=step.get("axis", 0)),
        "expand": lambda step, xs: module.broadcast_to(xs[0], tuple(step["shape"])),
        "tile": lambda step, xs: module.tile(xs[0], tuples(step["repeats"])),
        "repeat_interleave": lambda step, xs: module.repeat(xs[0], step["repeats"], axis=step["axis"]),
        "einsum": lambda step, xs: module.einsum(step["equation"], *xs),
        "tensordot": lambda step, xs: module.tensordot(*xs, axes=tuples(step["contracted"])),
    }
