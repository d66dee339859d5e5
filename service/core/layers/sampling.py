"""Layers that read their input at places that another input says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.shapes import shape_text
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import PerAxis, Positive
from service.core.layers.registry import layer_kind
from service.core.layers.structural import Shapes, Structural, out_of_range, unlike_inputs, wrong_rank


@layer_kind("affine_grid")
@dataclass(frozen=True, kw_only=True)
class AffineGrid(Structural):
    """Places for `grid_sample` from matrices: `[N, 2, 3]` and the size `[N, C, H, W]` give `[N, H, W, 2]`."""

    shape: Annotated[Sequence[Positive | None], Len(4, 5)]
    align_corners: bool | None = None

    def shapes(self, site: Site) -> Shapes:
        """The size without its channels, and a coordinate for each spatial axis."""
        size = tuple(self.shape)
        rank = len(size) - 2
        given = site.shape
        if given is not None:
            if len(given) != 3:
                raise wrong_rank(site, "3")
            matrix = [None, rank, rank + 1]
            if any(want not in (None, size) and size is not None for want, size in zip(matrix, given, strict=True)):
                bound = f"which takes matrices of {rank} x {rank + 1}, but the input is {shape_text(given)}"
                raise out_of_range(site, "shape", list(self.shape), bound, "a size of the input's rank")
            if None not in (given[0], size[0]) and given[0] != size[0]:
                bound = f"but there are {given[0]} matrices"
                raise out_of_range(site, "shape", list(self.shape), bound, f"{given[0]} as its first size")
        return ((size[0], *size[2:], rank),)


@layer_kind("grid_sample")
@dataclass(frozen=True, kw_only=True)
class GridSample(Structural):
    """The first input read at the places of the second: `[N, C, H, W]` and `[N, h, w, 2]` give `[N, C, h, w]`."""

    takes_inputs: ClassVar[InputCounts] = (2, 2)

    align_corners: bool | None = None

    def shapes(self, site: Site) -> Shapes:
        """The input's batch and channels, and the sizes of the grid."""
        shape, grid = site.inputs[0], site.inputs[1]
        if shape is None or grid is None:
            return (None,)
        if len(shape) not in (4, 5):
            raise wrong_rank(site, "4 or 5")
        if len(grid) != len(shape):
            raise unlike_inputs(site, "the input and its grid have not as many axes")
        rank = len(shape) - 2
        if grid[-1] is not None and grid[-1] != rank:
            raise unlike_inputs(site, f"the grid has {grid[-1]} coordinates, not {rank}")
        if None not in (shape[0], grid[0]) and shape[0] != grid[0]:
            raise unlike_inputs(site, "the input and its grid have not one batch")
        return ((shape[0] if shape[0] is not None else grid[0], shape[1], *grid[1:-1]),)


@layer_kind("roi_align")
@dataclass(frozen=True, kw_only=True)
class RoiAlign(Structural):
    """Boxes of the first input, resampled to one size: `[N, C, H, W]` and K boxes give `[K, C, h, w]`."""

    takes_inputs: ClassVar[InputCounts] = (2, 3)

    output_size: PerAxis

    def shapes(self, site: Site) -> Shapes:
        """As many as there are boxes."""
        shape, boxes = site.inputs[0], site.inputs[1]
        if shape is not None and len(shape) != 4:
            raise wrong_rank(site, "4")
        if boxes is not None and len(boxes) != 2:
            raise wrong_rank(site, "2", 1)
        places = site.inputs[2] if len(site.inputs) > 2 else None
        if boxes is not None and places is not None:
            unlike = len(places) != 1 or (None not in (places[0], boxes[0]) and places[0] != boxes[0])
            if unlike or boxes[1] not in (None, 4):
                raise unlike_inputs(site, "there must be four numbers and one example for each box")
        sizes = [self.output_size] * 2 if isinstance(self.output_size, int) else list(self.output_size)
        if len(sizes) != 2:
            raise out_of_range(site, "output_size", sizes, "but there are 2 spatial axes", "one size, or 2")
        return ((boxes[0] if boxes else None, shape[1] if shape else None, *sizes),)
