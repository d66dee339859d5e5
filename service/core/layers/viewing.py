"""More layers that give the same elements another shape: unflatten, and the shape of another input."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.shapes import Size, shape_text
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import Dimension, FreeSize
from service.core.layers.registry import layer_kind
from service.core.layers.structural import RefusedError, Shapes, Structural, axis_of, out_of_range, size_mismatch


@layer_kind("unflatten")
@dataclass(frozen=True, kw_only=True)
class Unflatten(Structural):
    """One axis as several: the product of `sizes` is its size; one of them may be -1 and is what is left."""

    dim: Dimension
    sizes: Annotated[Sequence[FreeSize], Len(1, 8)]

    def shapes(self, site: Site) -> Shapes:
        """The sizes in place of the axis."""
        if site.shape is None:
            return (None,)
        axis = axis_of(site, "dim", self.dim, len(site.shape), scalar=False)
        sizes = self._resolved(site, axis, site.shape[axis])
        return ((*site.shape[:axis], *sizes, *site.shape[axis + 1 :]),)

    def _resolved(self, site: Site, axis: int, size: Size) -> list[Size]:
        """The sizes with -1 resolved."""
        sizes: list[Size] = list(self.sizes)
        free = [place for place, entry in enumerate(sizes) if entry == -1]
        known = [entry for entry in sizes if entry is not None and entry != -1]
        if len(free) > 1:
            raise out_of_range(site, ("sizes", free[1]), -1, "the second size that is left open", "one -1 at most")
        complete = len(known) + len(free) == len(sizes)
        if size is not None and complete:
            rest = prod(known)
            if (size % rest if free and rest else size != rest) or (free and not rest):
                spelled = f"{site.spelled('sizes')} {list(self.sizes)}"
                message = f"{spelled} does not multiply up to the {size} positions of axis {axis}"
                raise size_mismatch(message, "sizes", f"give sizes whose product is {size}; one of them may be -1")
            if free:
                sizes[free[0]] = size // rest
        return [None if entry == -1 else entry for entry in sizes]


@layer_kind("reshape_as")
@dataclass(frozen=True, kw_only=True)
class ReshapeAs(Structural):
    """The elements of the first input in the shape of the second."""

    takes_inputs: ClassVar[InputCounts] = (2, 2)

    def shapes(self, site: Site) -> Shapes:
        """The second input's."""
        shape, wanted = site.inputs[0], site.inputs[1]
        if shape is None or wanted is None:
            return (wanted,)
        here = [size for size in shape if size is not None]
        there = [size for size in wanted if size is not None]
        if len(here) == len(shape) and len(there) == len(wanted) and prod(here) != prod(there):
            message = f"{shape_text(wanted)} does not hold the {prod(here)} elements of {shape_text(shape)}"
            raise RefusedError("element-count-mismatch", message, "inputs", "give inputs of as many elements")
        return (wanted,)
