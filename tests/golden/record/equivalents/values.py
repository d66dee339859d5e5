"""The numbers that go into a layer: such as its function is defined for, and such as tell what it does at edges."""

from collections.abc import Callable
from typing import Any

import numpy as np

from tests.golden.record.equivalents.runners import Array, Step

Numbers = np.random.Generator
Draw = Callable[[Numbers, list[int]], Array]


def normal(numbers: Numbers, shape: list[int]) -> Array:
    """Any numbers."""
    return numbers.normal(size=shape).astype(np.float32)


def positive(numbers: Numbers, shape: list[int]) -> Array:
    """Above 0."""
    return (np.abs(numbers.normal(size=shape)) + 0.05).astype(np.float32)


def above_one(numbers: Numbers, shape: list[int]) -> Array:
    """Above 1."""
    return (np.abs(numbers.normal(size=shape)) + 1.05).astype(np.float32)


def within_one(numbers: Numbers, shape: list[int]) -> Array:
    """Between -1 and 1."""
    return numbers.uniform(-0.95, 0.95, size=shape).astype(np.float32)


def portions(numbers: Numbers, shape: list[int]) -> Array:
    """Between 0 and 1."""
    return numbers.uniform(0.05, 0.95, size=shape).astype(np.float32)


def halves(numbers: Numbers, shape: list[int]) -> Array:
    """Multiples of a half, of which many are equal."""
    return (numbers.integers(-6, 7, size=shape) / 2).astype(np.float32)


def not_finite(numbers: Numbers, shape: list[int]) -> Array:
    """Infinities and what is no number among them."""
    return numbers.choice(np.array([0, 1.5, -2, np.nan, np.inf, -np.inf], np.float32), size=shape)


def missing(numbers: Numbers, shape: list[int]) -> Array:
    """What is no number among them."""
    return numbers.choice(np.array([0.25, 1.5, -2, 0.5, np.nan], np.float32), size=shape)


def truths(numbers: Numbers, shape: list[int]) -> Array:
    """True or false."""
    return numbers.integers(0, 2, size=shape).astype(bool)


def mostly_true(numbers: Numbers, shape: list[int]) -> Array:
    """True, now and then false, or the other way round."""
    return numbers.random(size=shape) < numbers.choice([0.15, 0.85])


DRAWN: dict[str, Draw] = {
    **dict.fromkeys(("log", "log2", "log10", "log1p", "sqrt", "rsqrt", "reciprocal", "lgamma", "digamma", "log_sum",
                     "xlogy", "power", "divide"), positive),
    "acosh": above_one,
    **dict.fromkeys(("asin", "acos", "atanh", "erfinv"), within_one),
    "logit": portions,
    **dict.fromkeys(("round", "sign", "floor", "ceil", "trunc", "equal", "not_equal", "less", "less_equal", "greater",
                     "greater_equal", "maximum", "minimum", "threshold", "thresholded_relu", "hardshrink"), halves),
    **dict.fromkeys(("isnan", "isinf", "isfinite"), not_finite),
    **dict.fromkeys(("nansum", "nanmean"), missing),
    **dict.fromkeys(("logical_and", "logical_or", "logical_xor", "logical_not"), truths),
    **dict.fromkeys(("any", "all"), mostly_true),
}  # fmt: skip


def values_for(kind: str, place: int, layer: Step) -> Draw:
    """How the numbers of one input are drawn."""
    if kind == "where" and place == 0:
        return truths
    if kind == "embedding":
        count: Any = layer.get("num_embeddings", layer.get("input_dim"))
        return lambda numbers, shape: numbers.integers(0, count, size=shape).astype(np.int32)
    return DRAWN.get(kind, normal)
