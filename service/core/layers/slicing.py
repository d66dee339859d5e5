"""Layers that take a part of the input along some axes: slice, narrow, select, take_along."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.axes import Axis
from service.core.geometry.index_ranges import Cut, SliceBounds, broadcast_shapes
from service.core.geometry.shapes import Shape
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import Bound, Dimension, Natural
from service.core.layers.registry import layer_kind
from service.core.layers.structural import (
    RefusedError,
    Shapes,
    Structural,
    axes_of,
    axis_of,
    out_of_range,
    sliced_positions,
    unlike_inputs,
    wrong_rank,
)

Bounds = Annotated[Sequence[Bound], Len(0, 8)]


class Cutting(Structural):
    """A layer that keeps all axes and takes a part of some."""

    mixes_positions: ClassVar[bool] = False

    @abstractmethod
    def cuts(self, site: Site) -> dict[int, Cut]:
        """What is taken of each axis of which not all is; those not named stay."""

    def shapes(self, site: Site) -> Shapes:
        """The sizes with those of the cut axes replaced."""
        if site.shape is None:
            return (None,)
        cuts = self.cuts(site)
        return (tuple(cuts[axis].taken if axis in cuts else size for axis, size in enumerate(site.shape)),)

    def position_axes(self, site: Site) -> tuple[Axis, ...]:
        """Positions along the spatial axes that are cut."""
        if site.shape is None:
            return ()
        try:
            return sliced_positions(site, self.cuts(site))
        except RefusedError:
            return ()


@layer_kind("slice")
@dataclass(frozen=True, kw_only=True)
class Slice(Cutting):
    """A part along some axes: along axis `dims[k]` every `steps[k]`-th position from `starts[k]` to before `ends[k]`.

    Bounds below 0 count from the end, and those beyond the axis are moved to it: `ceil((end - start) / step)`
    positions. Without `dims` they are the first ones. A step below 0 runs backwards, which PyTorch does not have.
    """

    starts: Bounds
    ends: Bounds
    dims: Bounds | None = None
    steps: Bounds | None = None

    def cuts(self, site: Site) -> dict[int, Cut]:
        """Each axis that is named."""
        shape = site.shape or ()
        lists = {"ends": self.ends, "dims": self.dims, "steps": self.steps}
        for name, entries in lists.items():
            if entries is not None and len(entries) != len(self.starts):
                bound = f"but {site.spelled('starts')} has {len(self.starts)} entries"
                raise out_of_range(site, name, list(entries), bound, f"{len(self.starts)} entries")
        if len(self.starts) > len(shape):
            bound = f"but the input has {len(shape)} axes"
            raise out_of_range(site, "starts", list(self.starts), bound, "at most one entry per axis")
        named = range(len(self.starts)) if self.dims is None else self.dims
        axes = axes_of(site, "dims", list(named), len(shape))
        steps = self.steps or [1] * len(axes)
        for index, step in enumerate(steps):
            if step == 0 or (step < 0 and not site.framework.structure.negative_steps):
                raise out_of_range(site, ("steps", index), step, "not a step of a slice here", "steps of at least 1")
        rules = site.framework.structure
        if not shape and not rules.slices_scalars:
            raise wrong_rank(site, "1 or more")
        ends = [None if end in rules.open_ends else end for end in self.ends]
        starts = [
            max(start, -size) if rules.backwards_from_first and step < 0 and size else start
            for start, step, size in zip(self.starts, steps, (shape[axis] for axis in axes), strict=True)
        ]
        bounds = [SliceBounds(*entry) for entry in zip(starts, ends, steps, strict=True)]
        return {axis: part.of(shape[axis]) for axis, part in zip(axes, bounds, strict=True)}


@layer_kind("narrow")
@dataclass(frozen=True, kw_only=True)
class Narrow(Cutting):
    """`length` positions along `dim`, from `start` on; all of them must be there."""

    dim: Dimension
    start: Bound
    length: Natural

    def cuts(self, site: Site) -> dict[int, Cut]:
        """The axis, which must have the positions."""
        shape = site.shape or ()
        axis = axis_of(site, "dim", self.dim, len(shape), scalar=False)
        size = shape[axis]
        if size is None:
            return {axis: Cut(max(self.start, 0), 1, self.length)}
        if not -size <= self.start <= size:
            message = f"{site.spelled('start')} is {self.start}, but axis {axis} has {size} positions"
            raise RefusedError("index-outside-axis", message, "start", f"give an index from {-size} to {size}")
        start = self.start + size if self.start < 0 else self.start
        if start + self.length > size:
            message = (
                f"{self.length} positions from {start} on end at {start + self.length}, but axis {axis} has {size}"
            )
            raise RefusedError("index-outside-axis", message, "length", f"give at most {size - start}")
        return {axis: Cut(start, 1, self.length)}


@layer_kind("select")
@dataclass(frozen=True, kw_only=True)
class Select(Structural):
    """One position along `dim`, whose axis goes."""

    dim: Dimension
    position: Bound

    def shapes(self, site: Site) -> Shapes:
        """The input without the axis."""
        if site.shape is None:
            return (None,)
        axis = axis_of(site, "dim", self.dim, len(site.shape), scalar=False)
        require_position(site, "position", self.position, axis, site.shape[axis])
        return ((*site.shape[:axis], *site.shape[axis + 1 :]),)


def require_position(site: Site, at: str | tuple[str | int, ...], index: int, axis: int, size: int | None) -> None:
    """A position must lie on its axis.

    Raises:
        RefusedError: It does not.
    """
    if size is None or -size <= index < size or (site.framework.structure.clamps_indices and size):
        return
    name = at if isinstance(at, str) else str(at[0])
    message = f"{site.spelled(name)} has {index}, but axis {axis} has {size} positions"
    raise RefusedError("index-outside-axis", message, at, f"give an index from {-size} to {size - 1}")


@layer_kind("take_along")
@dataclass(frozen=True, kw_only=True)
class TakeAlong(Structural):
    """At each place of the indices, the second input, the value that they name along `dim`; other axes broadcast.

    Without `dim` both are flattened.
    """

    takes_inputs: ClassVar[InputCounts] = (2, 2)

    dim: Dimension | None = None

    def shapes(self, site: Site) -> Shapes:
        """The indices' size along the axis, and what both broadcast to elsewhere."""
        values, index = site.inputs[0], site.inputs[1]
        if index is None or values is None:
            return (None,)
        if self.dim is None:
            if len(index) != 1 and not site.framework.structure.flat_indices:
                raise wrong_rank(site, "1", 1)
            return (_flat(index),)
        if len(index) != len(values):
            raise unlike_inputs(site, "the indices have not as many axes as the values")
        axis = axis_of(site, "dim", self.dim, len(values), scalar=False)
        rest = broadcast_shapes([(*shape[:axis], *shape[axis + 1 :]) for shape in (values, index)])
        if rest is None:
            raise unlike_inputs(site, f"beside axis {axis} the values and the indices do not broadcast")
        return ((*rest[:axis], index[axis], *rest[axis:]),)


def _flat(shape: Shape) -> Shape:
    """One axis of all elements."""
    total = 1
    for size in shape:
        if size is None:
            return (None,)
        total *= size
    return (total,)
