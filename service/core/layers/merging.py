"""What the merging of branches shares, and the layer that puts them one after another."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from service.core.geometry.shapes import Layout, Shape, Size
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.parameters import Dimension
from service.core.layers.registry import layer_kind


def common_sizes(shapes: Sequence[Shape]) -> Shape | None:
    """The sizes that all shapes have in common, the others unknown; None where they differ in their axes."""
    if len({len(shape) for shape in shapes}) != 1:
        return None
    return tuple(sizes[0] if len(set(sizes)) == 1 else None for sizes in zip(*shapes, strict=True))


def broadcast(shapes: Sequence[Shape], *, batch_stands_apart: bool = False) -> Shape | None:
    """The shape that arrays of these shapes broadcast to; None when they do not.

    Shapes of fewer axes get axes of size 1 at the front, or behind the batch where that stands apart.
    A size of 1 stretches to any other, but not a batch that stands apart. An unknown size is that of the others, if one
    of them is above 1.
    """
    dimensions = max(len(shape) for shape in shapes)
    if batch_stands_apart and dimensions and not _one_batch(shapes):
        return None
    first = int(batch_stands_apart)
    padded = [(*shape[:first], *(1,) * (dimensions - len(shape)), *shape[first:]) for shape in shapes]
    result: list[Size] = []
    for sizes in zip(*padded, strict=True):
        above_one = {size for size in sizes if size is not None and size != 1}
        if len(above_one) > 1:
            return None
        unknown = None in sizes and not above_one
        result.append(None if unknown else above_one.pop() if above_one else 1)
    return tuple(result)


def _one_batch(shapes: Sequence[Shape]) -> bool:
    """Whether all shapes have a batch, and the same as far as it is known."""
    return all(shapes) and len({shape[0] for shape in shapes} - {None}) < 2


@layer_kind("concat")
@dataclass(frozen=True, kw_only=True)
class Concat(Layer):
    """The branches one after another along an axis, the channels' unless `dim` says another."""

    merges: ClassVar[bool] = True
    takes_inputs: ClassVar[InputCounts] = (1, None)
    passes_channels_on: ClassVar[bool] = False

    dim: Dimension | None = None

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """One axis at least."""
        return tuple(range(1, 9))

    def axis(self, layout: Layout, dimensions: int) -> int | None:
        """The axis counted from the front; None where it does not exist."""
        if not dimensions:
            return None
        if not dimensions:
            return None
        if self.dim is None:
            return dimensions - 1 if layout.channels_last else min(1, dimensions - 1)
        return self.dim % dimensions if -dimensions <= self.dim < dimensions else None

    def output_shape(self, site: Site) -> Shape | None:
        """The sizes along the axis added up; elsewhere the first size that is known."""
        shapes = [shape for shape in site.inputs if shape is not None]
        if not shapes or len({len(shape) for shape in shapes}) > 1:
            return None
        axis = self.axis(site.layout, len(shapes[0]))
        if axis is None:
            return None
        along = [shape[axis] for shape in shapes]
        complete = len(shapes) == len(site.inputs) and None not in along
        merged = [None if None in sizes else sizes[0] for sizes in zip(*shapes, strict=True)]
        merged[0] = next((shape[0] for shape in shapes if shape[0] is not None), None)
        merged[axis] = sum(size for size in along if size is not None) if complete else None
        return tuple(merged)

    def declared_shape(self, site: Site) -> Shape | None:
        """The sum along the axis; of the others those on which the branches agree."""
        merged = self.output_shape(site)
        same = common_sizes([shape for shape in site.inputs if shape is not None])
        if merged is None or same is None:
            return None
        axis = self.axis(site.layout, len(merged))
        return tuple(size if index == axis else same[index] for index, size in enumerate(merged))
