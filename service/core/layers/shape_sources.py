"""Tensors made from a shape or from numbers, and what a tensor says of itself: shape, size, range, nonzero."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.shapes import Shape
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import Bound, FreeSize
from service.core.layers.registry import layer_kind
from service.core.layers.structural import Shapes, Structural, out_of_range, wrong_rank


@layer_kind("shape_of")
@dataclass(frozen=True, kw_only=True)
class ShapeOf(Structural):
    """The sizes of the input as a tensor of one axis; `start` and `end` leave some out."""

    start: Bound = 0
    end: Bound | None = None

    def shapes(self, site: Site) -> Shapes:
        """As many as the input has axes."""
        return (None,) if site.shape is None else ((len(site.shape[self.start : self.end]),),)


@layer_kind("size_of")
@dataclass(frozen=True, kw_only=True)
class SizeOf(Structural):
    """The number of elements of the input, a tensor without axes."""

    def shapes(self, site: Site) -> Shapes:
        """No axes."""
        return ((),)


@layer_kind("constant_of_shape")
@dataclass(frozen=True, kw_only=True)
class ConstantOfShape(Structural):
    """A tensor of one value in the `shape` given; or in that which the input holds, of which only the rank is known."""

    takes_inputs: ClassVar[InputCounts] = (0, 1)

    shape: Annotated[Sequence[FreeSize], Len(0, 8)] | None = None

    def shapes(self, site: Site) -> Shapes:
        """As given; unknown sizes, one for each element of the input, otherwise."""
        if self.shape is not None:
            return (tuple(None if size is None or size < 0 else size for size in self.shape),)
        if not site.inputs or site.shape is None:
            return (None,)
        if len(site.shape) != 1:
            raise wrong_rank(site, "1")
        count = site.shape[0]
        return ((None,) * count if count is not None and count <= 8 else None,)


@layer_kind("range")
@dataclass(frozen=True, kw_only=True)
class Range(Structural):
    """Numbers from `start` to before `limit`, every `delta`: `ceil((limit - start) / delta)` of them."""

    takes_inputs: ClassVar[InputCounts] = (0, 0)

    start: float = 0
    limit: float
    delta: float = 1

    def shapes(self, site: Site) -> Shapes:
        """One axis."""
        if not self.delta:
            raise out_of_range(site, "delta", 0, "which leads nowhere", "a number other than 0")
        distance = Fraction(self.limit) - Fraction(self.start)
        count = -(-distance // Fraction(self.delta))
        if distance * Fraction(self.delta) < 0:
            if not site.framework.structure.empty_range:
                bound = f"which does not lead from {self.start} to {self.limit}"
                raise out_of_range(site, "delta", self.delta, bound, "a number of the other sign")
            count = 0
        return ((max(int(count), 0),),)


@layer_kind("nonzero")
@dataclass(frozen=True, kw_only=True)
class NonZero(Structural):
    """The indices of the values that are not 0: how many there are is unknown.

    A row for each value in PyTorch, a column in ONNX; in Keras and JAX an output for each axis.
    """

    def shapes(self, site: Site) -> Shapes:
        """An unknown number of indices, one for each axis of the input."""
        if site.shape is None:
            return (None,)
        form, rank = site.framework.structure.nonzero, len(site.shape)
        if form == "rows":
            return ((None, rank),)
        if form == "columns":
            return ((max(rank, 1), None),)
        apart: tuple[Shape, ...] = ((None,),) * rank
        return apart or (None,)
