"""Functions of each element on its own that are no activations: unary mathematics, tests, changes of the type."""

from dataclasses import dataclass
from typing import ClassVar

from service.core.layers.base import InputCounts, Layer
from service.core.layers.parameters import Number
from service.core.layers.registry import layer_kind


@layer_kind("abs", "negative", "positive", "sign", "square", "sqrt", "rsqrt", "reciprocal", "exp", "exp2", "expm1",
            "log", "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh",
            "acosh", "atanh", "erf", "erfc", "erfinv", "lgamma", "digamma", "floor", "ceil", "trunc", "fraction",
            "sinc", "isnan", "isinf", "isfinite", "logical_not", "bitwise_not", "nan_to_num", "deg2rad", "rad2deg",
            "logit")  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class UnaryFunction(Layer):
    """A function of each element on its own."""

    takes_any_shape: ClassVar[bool] = True

    inplace: bool = False


@layer_kind("round")
@dataclass(frozen=True, kw_only=True)
class Round(UnaryFunction):
    """Each element rounded to so many `decimals`, halves to even."""

    decimals: int = 0


@layer_kind("cast")
@dataclass(frozen=True, kw_only=True)
class Cast(Layer):
    """The same elements as numbers of another type, which a second input may have."""

    takes_any_shape: ClassVar[bool] = True
    takes_inputs: ClassVar[InputCounts] = (1, 2)

    dtype: str | int | None = None


@layer_kind("like")
@dataclass(frozen=True, kw_only=True)
class FilledLike(Layer):
    """New elements in the shape of the input: zeros, ones, one number or random ones."""

    takes_any_shape: ClassVar[bool] = True

    other: Number | None = None
    dtype: str | int | None = None
