"""Matrix products of branches: matmul and its special cases, products of vectors, sums over named indices."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.axis_numbers import all_from_the_front
from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.merging import broadcast
from service.core.layers.parameters import Dimension, Number
from service.core.layers.registry import layer_kind


def known_product(sizes: Sequence[Size]) -> Size:
    """The product of sizes; unknown if one of them is."""
    known = [size for size in sizes if size is not None]
    return prod(known) if len(known) == len(sizes) else None


@dataclass(frozen=True, slots=True)
class Multiplied:
    """What a matrix product makes of two shapes: what comes out, and the pairs of sizes that have to be equal."""

    shape: Shape | None
    contracted: tuple[tuple[Size, Size], ...] = ()

    @property
    def macs(self) -> Size:
        """The size of what is summed over for each element that comes out."""
        outputs = elements(self.shape)
        inner = known_product([first if first is not None else second for first, second in self.contracted])
        return None if outputs is None or inner is None else outputs * inner


def matrix_product(first: Shape, second: Shape) -> Multiplied | None:
    """`[..., n, k] x [..., k, m]` is `[..., n, m]`; a vector is a row on the left and a column on the right.

    Axes before the matrix broadcast. None where an input has no axis, the shape unknown where they do not broadcast.
    """
    if not first or not second:
        return None
    left = first if len(first) > 1 else (1, *first)
    right = second if len(second) > 1 else (*second, 1)
    batch = broadcast((left[:-2], right[:-2]))
    if batch is None:
        return Multiplied(None, ((left[-1], right[-2]),))
    rows = left[-2:-1] if len(first) > 1 else ()
    columns = right[-1:] if len(second) > 1 else ()
    return Multiplied((*batch, *rows, *columns), ((left[-1], right[-2]),))


class Product(Layer):
    """What products of two branches share."""

    mixes_positions: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False
    takes_inputs: ClassVar[InputCounts] = (2, 2)

    factors_from: ClassVar[int] = 0
    """The input that is the first factor."""
    factor_axes: ClassVar[int | None] = None
    """The axes that both factors must have, where that is fixed."""

    def factors(self, site: Site) -> tuple[Shape, Shape] | None:
        """The shapes of both factors; None while one is unknown."""
        pair = site.inputs[self.factors_from : self.factors_from + 2]
        if len(pair) < 2 or pair[0] is None or pair[1] is None:
            return None
        return pair[0], pair[1]

    def multiplied(self, site: Site) -> Multiplied | None:
        """What comes out of both factors; None where they are unknown or have other axes than it takes."""
        factors = self.factors(site)
        if factors is None or (self.factor_axes and {len(shape) for shape in factors} != {self.factor_axes}):
            return None
        return self.product_of(*factors, site)

    def product_of(self, first: Shape, second: Shape, site: Site) -> Multiplied | None:
        """What comes out of two factors with the right axes."""
        return matrix_product(first, second)

    def output_shape(self, site: Site) -> Shape | None:
        """The shape of the product."""
        multiplied = self.multiplied(site)
        return None if multiplied is None else multiplied.shape

    def macs(self, site: Site, output: Shape) -> Size:
        """The size that is summed over, for each element that comes out."""
        multiplied = self.multiplied(site)
        return None if multiplied is None else multiplied.macs


@layer_kind("matmul")
@dataclass(frozen=True, kw_only=True)
class Matmul(Product):
    """`[..., n, k] x [..., k, m] -> [..., n, m]`: a product over the last two axes; those before broadcast."""


@layer_kind("bmm")
@dataclass(frozen=True, kw_only=True)
class BatchedProduct(Product):
    """`[b, n, k] x [b, k, m] -> [b, n, m]`: a matrix product for each example; nothing broadcasts."""

    factor_axes: ClassVar[int | None] = 3

    def product_of(self, first: Shape, second: Shape, site: Site) -> Multiplied | None:
        """Of one batch."""
        if None not in (first[0], second[0]) and first[0] != second[0]:
            return Multiplied(None, ((first[2], second[1]),))
        batch = second[0] if first[0] is None else first[0]
        return Multiplied((batch, first[1], second[2]), ((first[2], second[1]),))


@layer_kind("mm")
@dataclass(frozen=True, kw_only=True)
class PlainProduct(Product):
    """`[n, k] x [k, m] -> [n, m]`: a product of two matrices."""

    factor_axes: ClassVar[int | None] = 2


@layer_kind("mv")
@dataclass(frozen=True, kw_only=True)
class MatrixVector(Product):
    """`[n, k] x [k] -> [n]`: a product of a matrix and a vector."""

    def product_of(self, first: Shape, second: Shape, site: Site) -> Multiplied | None:
        """Of a matrix and a vector only."""
        return matrix_product(first, second) if (len(first), len(second)) == (2, 1) else None


@layer_kind("dot")
@dataclass(frozen=True, kw_only=True)
class DotProduct(Product):
    """`[..., k] x [..., k, m] -> [..., ..., m]`: summed over the last axis and the last but one.

    PyTorch takes vectors only. With an input without axes it is a plain product.
    """

    def product_of(self, first: Shape, second: Shape, site: Site) -> Multiplied | None:
        """Every axis of both but the one that is summed over."""
        if site.framework.operators.dot_of_vectors and (len(first), len(second)) != (1, 1):
            return None
        if not first or not second:
            return Multiplied(first or second)
        at = max(len(second) - 2, 0)
        return Multiplied((*first[:-1], *second[:at], *second[at + 1 :]), ((first[-1], second[at]),))


@layer_kind("outer")
@dataclass(frozen=True, kw_only=True)
class OuterProduct(Product):
    """`[n] x [m] -> [n, m]`: each of one vector times each of another; other inputs than vectors are flattened."""

    def product_of(self, first: Shape, second: Shape, site: Site) -> Multiplied | None:
        """The sizes of both."""
        if site.framework.operators.outer_of_vectors and (len(first), len(second)) != (1, 1):
            return None
        return Multiplied((known_product(first), known_product(second)))


@layer_kind("addmm", "baddbmm", "addmv")
@dataclass(frozen=True, kw_only=True)
class AddedProduct(Product):
    """`beta * input + alpha * (first @ second)`: a product to which the first input, which broadcasts, is added."""

    takes_inputs: ClassVar[InputCounts] = (3, 3)
    factors_from: ClassVar[int] = 1

    beta: Number = 1
    alpha: float = 1.0

    def product_of(self, first: Shape, second: Shape, site: Site) -> Multiplied | None:
        """Of matrices, of batches of them, or of a matrix and a vector."""
        wanted = {"addmm": (2, 2), "baddbmm": (3, 3), "addmv": (2, 1)}[site.kind.family]
        if (len(first), len(second)) != wanted:
            return None
        return BatchedProduct().product_of(first, second, site) if wanted == (3, 3) else matrix_product(first, second)


@layer_kind("gemm")
@dataclass(frozen=True, kw_only=True)
class Gemm(Product):
    """`alpha * (A @ B) + beta * C`: matrices, each transposed if it is said; C may be left out and stretches."""

    takes_inputs: ClassVar[InputCounts] = (2, 3)
    factor_axes: ClassVar[int | None] = 2

    transpose_first: bool = False
    transpose_second: bool = False
    alpha: float = 1.0
    beta: float = 1.0

    def product_of(self, first: Shape, second: Shape, site: Site) -> Multiplied | None:
        """Of the matrices as they are transposed."""
        left = first[::-1] if self.transpose_first else first
        right = second[::-1] if self.transpose_second else second
        return matrix_product(left, right)


Contracted = Annotated[Sequence[Dimension | Annotated[Sequence[Dimension], Len(0, 8)]], Len(1, 8)]


@layer_kind("tensordot")
@dataclass(frozen=True, kw_only=True)
class Tensordot(Product):
    """A sum over pairs of axes of both: the last `n` of the first with the first `n` of the second, or those named."""

    contracted: Dimension | Contracted = 2

    def pairs(self, first: Shape, second: Shape) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
        """The axes of the first and of the second that are summed over; None where they do not exist."""
        if isinstance(self.contracted, int):
            count = self.contracted
            if not 0 <= count <= min(len(first), len(second)):
                return None
            return tuple(range(len(first) - count, len(first))), tuple(range(count))
        named = [[axes] if isinstance(axes, int) else list(axes) for axes in self.contracted]
        if len(named) != 2 or len(named[0]) != len(named[1]):
            return None
        left, right = all_from_the_front(named[0], len(first)), all_from_the_front(named[1], len(second))
        return None if left is None or right is None else (left, right)

    def product_of(self, first: Shape, second: Shape, site: Site) -> Multiplied | None:
        """The axes of both that are not summed over."""
        pairs = self.pairs(first, second)
        if pairs is None:
            return None
        left = [size for axis, size in enumerate(first) if axis not in pairs[0]]
        right = [size for axis, size in enumerate(second) if axis not in pairs[1]]
        return Multiplied((*left, *right), tuple((first[a], second[b]) for a, b in zip(*pairs, strict=True)))


@layer_kind("batch_dot")
@dataclass(frozen=True, kw_only=True)
class BatchDot(Product):
    """Keras' `Dot`: for each example a sum over an axis of both branches, the batch counted as axis 0."""

    contracted: Dimension | Contracted
    normalize: bool = False

    def pair(self, first: Shape, second: Shape) -> tuple[int, int] | None:
        """The axis of the first and of the second; None where there is none."""
        named = [self.contracted] * 2 if isinstance(self.contracted, int) else list(self.contracted)
        indices = [axis for axis in named if isinstance(axis, int)]
        if len(indices) != 2 or len(named) != 2:
            return None
        found = (all_from_the_front(indices[:1], len(first)), all_from_the_front(indices[1:], len(second)))
        return None if not found[0] or not found[1] else (found[0][0], found[1][0])

    def product_of(self, first: Shape, second: Shape, site: Site) -> Multiplied | None:
        """The batch, and the axes of both that are not summed over; one of size 1 where none is left."""
        pair = self.pair(first, second)
        if pair is None or 0 in pair or min(len(first), len(second)) < 2:
            return None
        left = [size for axis, size in enumerate(first[1:], 1) if axis != pair[0]]
        right = [size for axis, size in enumerate(second[1:], 1) if axis != pair[1]]
        batch = second[0] if first[0] is None else first[0]
        contracted = ((first[pair[0]], second[pair[1]]),)
        differs = None not in (first[0], second[0]) and first[0] != second[0]
        return Multiplied(None if differs else (batch, *(left + right or [1])), contracted)
