"""Layers that give the same elements another shape: flatten, reshape, permute."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, ClassVar

from annotated_types import Ge, Le, Len

from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import Layer, Site
from service.core.layers.parameters import DataFormat, Dimension, FreeSize
from service.core.layers.registry import layer_kind


@layer_kind("flatten")
@dataclass(frozen=True, kw_only=True)
class Flatten(Layer):
    """Several neighbouring axes as one; by default all but the batch.

    ONNX's `axis` makes two axes of all: those before it, and those from it on.
    """

    mixes_positions: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False

    start_dim: Dimension = 1
    end_dim: Dimension = -1
    axis: Annotated[int, Ge(-8), Le(8)] | None = None
    data_format: DataFormat | None = None

    def span(self, dimensions: int) -> tuple[int, int] | None:
        """First and last axis counted from the front; None where they do not exist or are reversed."""
        dimensions = max(dimensions, 1)
        if not all(-dimensions <= dim < dimensions for dim in (self.start_dim, self.end_dim)):
            return None
        first, last = self.start_dim % dimensions, self.end_dim % dimensions
        return (first, last) if first <= last else None

    def output_shape(self, site: Site) -> Shape | None:
        """The product of the flattened sizes in their place; unknown if one of them is."""
        axis = self.split_axis(site)
        if axis is not None:
            return self._two_axes(site.shape, axis)
        if site.shape is None:
            return None
        span = self.span(len(site.shape))
        if span is None:
            return None
        first, last = span
        if not site.shape:
            return (1,) if site.framework.along_axes.scalar_axis else None
        return (*site.shape[:first], _product(site.shape[first : last + 1]), *site.shape[last + 1 :])

    def declared_shape(self, site: Site) -> Shape | None:
        """Nothing: which axes are flattened is what is wrong."""
        return None

    def split_axis(self, site: Site) -> int | None:
        """The first axis of the second part, where all axes become two; None where a range is flattened."""
        if self.axis is not None or {"start_dim", "end_dim"} & site.spelling.keys():
            return self.axis
        return site.framework.flatten_axis

    def _two_axes(self, shape: Shape | None, axis: int) -> Shape | None:
        """`[prod(shape[:axis]), prod(shape[axis:])]`; an axis may also be the number of axes."""
        if shape is None or not -len(shape) <= axis <= len(shape):
            return None
        axis = axis if axis >= 0 else axis + len(shape)
        return (_product(shape[:axis]), _product(shape[axis:]))


def _product(sizes: Shape) -> Size:
    """The product of sizes; unknown if one of them is."""
    known = [size for size in sizes if size is not None]
    return prod(known) if len(known) == len(sizes) else None


WITHOUT_BATCH = frozenset({"target_shape"})
"""Spellings of a shape that leave the batch out: it stays as it is."""


@layer_kind("reshape")
@dataclass(frozen=True, kw_only=True)
class Reshape(Layer):
    """The same elements in another shape; one size may be -1 and is what is left, null is one that is not known.

    `shape` names all axes, Keras' `target_shape` all but the batch.
    """

    mixes_positions: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False

    shape: Annotated[Sequence[FreeSize], Len(0, 8)]
    allowzero: bool = True

    def wanted(self, site: Site) -> Sequence[Size]:
        """The sizes asked for, -1 among them; a 0 that stands for the input's size at its place is that size."""
        if self.allowzero or site.shape is None:
            return self.shape
        kept = (*site.shape, *(0,) * len(self.shape))
        return [kept[index] if size == 0 else size for index, size in enumerate(self.shape)]

    def parts(self, site: Site) -> tuple[Shape, Shape]:
        """The sizes that stay as they are, and those that are put into another shape."""
        kept = int(site.spelling.get("shape") in WITHOUT_BATCH)
        return (site.shape or ())[:kept], (site.shape or ())[kept:]

    def output_shape(self, site: Site) -> Shape | None:
        """As asked for, with -1 resolved; unknown sizes leave it unknown."""
        if site.shape is None:
            return None
        kept, reshaped = self.parts(site)
        wanted = [None if size == -1 else size for size in self.wanted(site)]
        if wanted.count(None) == 1 and None not in reshaped:
            total, rest = elements(reshaped) or 0, prod(size for size in wanted if size is not None)
            wanted[wanted.index(None)] = total // rest if rest and total % rest == 0 else None
        return (*kept, *wanted)

    def declared_shape(self, site: Site) -> Shape | None:
        """As many axes as are asked for."""
        return (*self.parts(site)[0], *(None,) * len(self.shape))


@layer_kind("permute")
@dataclass(frozen=True, kw_only=True)
class Permute(Layer):
    """The axes in another order: axis j of the output is axis `dims[j]` of the input; reversed without `dims`.

    In Keras `dims` may also leave the batch out and count the other axes from 1.
    """

    mixes_positions: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False

    dims: Annotated[Sequence[Dimension], Len(0, 8)] | None = None

    def order(self, site: Site) -> list[int] | None:
        """The axes counted from the front; None where they are no permutation of all axes."""
        count = len(site.shape or ())
        if self.dims is None:
            return list(range(count))[::-1]
        if site.framework.batch_stands_apart and count and sorted(self.dims) == list(range(1, count)):
            return [0, *self.dims]
        if min(self.dims, default=0) < 0 and not site.framework.structure.negative_permutation:
            return None
        order = [dim % count if -count <= dim < count else count for dim in self.dims]
        return order if sorted(order) == list(range(count)) else None

    def output_shape(self, site: Site) -> Shape | None:
        """The sizes in the new order."""
        if site.shape is None:
            return None
        order = self.order(site)
        return None if order is None else tuple(site.shape[axis] for axis in order)

    def declared_shape(self, site: Site) -> Shape | None:
        """As many axes as arrive."""
        return None if site.shape is None else (None,) * len(site.shape)
