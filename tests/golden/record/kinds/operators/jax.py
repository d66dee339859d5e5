"""JAX's functions for our types; inputs are ones in float32, zeros where indices are meant."""

import math
from collections.abc import Callable
from functools import reduce
from typing import Any

import jax
import jax.numpy as jnp

VERSION = jax.__version__
Layer = dict[str, Any]
INDICES = {"gather": (1,), "take": (1,), "one_hot": (0,)}


def arrays(kind: str, shapes: list[list[int]]) -> list[Any]:
    """The inputs of a layer."""
    made = []
    for position, shape in enumerate(shapes):
        if position in INDICES.get(kind, ()):
            made.append(jnp.zeros(shape, dtype=jnp.int32))
        elif kind == "where" and not position:
            made.append(jnp.ones(shape, dtype=bool))
        else:
            made.append(jnp.ones(shape))
    return made


def binary(name: str) -> Callable[..., Any]:
    return lambda xs, layer: reduce(getattr(jnp, name), [*xs, *([layer["other"]] if "other" in layer else [])])


def options(layer: Layer) -> dict[str, Any]:
    """Axes as JAX spells them."""
    words = {"dim": "axis", "norm_type": "ord", "contracted": "axes"}
    return {words.get(name, name): hashable(value) for name, value in layer.items()}


def hashable(value: Any) -> Any:
    return tuple(hashable(entry) for entry in value) if isinstance(value, list) else value


def plain(name: str) -> Callable[..., Any]:
    return lambda xs, layer: getattr(jnp, name)(*xs, **options(layer))


def activation(name: str) -> Callable[..., Any]:
    return lambda xs, layer: getattr(jax.nn, name)(*xs, **options(layer))


def norm(xs: list[Any], layer: Layer) -> Any:
    """A norm of vectors: of all elements where no axis is named."""
    given = options(layer)
    power, axes, keepdims = given.pop("ord", 2), given.get("axis"), given.get("keepdims", False)
    return jnp.sum(jnp.abs(xs[0]) ** power, axis=axes, keepdims=keepdims) ** (1 / power)


def gather(xs: list[Any], layer: Layer) -> Any:
    """Single elements; only those axes that agree, since JAX broadcasts the others."""
    return jnp.take_along_axis(xs[0], xs[1], axis=layer["dim"])


def bounds(xs: list[Any], layer: Layer) -> Any:
    return jnp.clip(xs[0], **layer)


BINARY = {
    "add": "add", "multiply": "multiply", "maximum": "maximum", "minimum": "minimum", "subtract": "subtract",
    "divide": "divide", "floor_divide": "floor_divide", "remainder": "remainder", "power": "power", "equal": "equal",
    "not_equal": "not_equal", "less": "less", "less_equal": "less_equal", "greater": "greater",
    "greater_equal": "greater_equal", "logical_and": "logical_and", "logical_or": "logical_or",
    "logical_xor": "logical_xor",
}  # fmt: skip
PLAIN = {
    "abs": "abs", "negative": "negative", "sign": "sign", "square": "square", "sqrt": "sqrt", "exp": "exp",
    "log": "log", "sin": "sin", "cos": "cos", "floor": "floor", "ceil": "ceil", "isnan": "isnan", "round": "round",
    "reciprocal": "reciprocal", "logical_not": "logical_not", "matmul": "matmul", "dot": "dot", "outer": "outer",
    "tensordot": "tensordot", "cumsum": "cumsum", "cumprod": "cumprod", "sort": "sort", "argsort": "argsort",
    "amax": "max", "amin": "min", "take": "take",
    **{name: name for name in ("sum", "mean", "prod", "any", "all", "argmax", "argmin", "std", "var", "median")},
}  # fmt: skip
FUNCTIONS: dict[str, Callable[..., Any]] = {
    **{kind: binary(name) for kind, name in BINARY.items()},
    **{kind: plain(name) for kind, name in PLAIN.items()},
    **{kind: activation(kind) for kind in ("glu", "softmax", "log_softmax", "logsumexp", "relu6")},
    "hardswish": activation("hard_swish"),
    "erf": lambda xs, layer: jax.scipy.special.erf(*xs),
    "norm": norm,
    "where": lambda xs, layer: jnp.where(*xs, *([layer["other"]] if "other" in layer else [])),
    "clamp": bounds,
    "einsum": lambda xs, layer: jnp.einsum(layer["equation"], *xs),
    "topk": lambda xs, layer: jax.lax.top_k(xs[0], layer["k"], **({"axis": layer["dim"]} if "dim" in layer else {})),
    "one_hot": lambda xs, layer: jax.nn.one_hot(xs[0], layer["num_classes"], axis=layer.get("dim", -1)),
}
TYPES = sorted(FUNCTIONS)


def run(layer: Layer, shapes: list[list[int]]) -> list[list[int]]:
    """The shapes that come out; raises what JAX raises when it traces the call."""
    kind, given = layer["type"], {name: value for name, value in layer.items() if name != "type"}
    result = jax.eval_shape(lambda xs: FUNCTIONS[kind](xs, given), arrays(kind, shapes))
    results = result if isinstance(result, tuple | list) else [result]
    assert all(math.prod(array.shape) >= 0 for array in results)
    return [list(array.shape) for array in results]
