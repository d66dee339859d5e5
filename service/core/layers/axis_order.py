"""Layers that add, remove or move axes, or turn what stands along them round."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import Axes, AxisIndex, Bound, DataFormat, Dimension, Positive
from service.core.layers.registry import layer_kind
from service.core.layers.structural import (
    RefusedError,
    Shapes,
    Structural,
    axes_of,
    axis_of,
    out_of_range,
    size_mismatch,
    unlike_inputs,
    wrong_rank,
)


@layer_kind("squeeze")
@dataclass(frozen=True, kw_only=True)
class Squeeze(Structural):
    """Axes of size 1 taken away: those that `dim` names, or all of them.

    PyTorch leaves an axis of another size as it is; the others refuse it.
    """

    dim: AxisIndex | Axes | None = None

    def shapes(self, site: Site) -> Shapes:
        """The other sizes."""
        if site.shape is None:
            return (None,)
        rules, shape = site.framework.structure, site.shape
        named = self.dim
        if named is None or (rules.loose_squeeze and not isinstance(named, int) and not named):
            return (None,) if None in shape else (tuple(size for size in shape if size != 1),)
        axes = axes_of(site, "dim", named, len(shape), twice=rules.loose_squeeze)
        if not shape:
            return ((),)
        for axis in axes:
            if shape[axis] != 1 and shape[axis] is not None and not rules.squeezes_any_size:
                raise size_mismatch(
                    f"axis {axis} has {shape[axis]} positions, not 1", "dim", "name axes of size 1 only"
                )
        if rules.squeezes_any_size and any(shape[axis] is None for axis in axes):
            return (None,)
        gone = {axis for axis in axes if not rules.squeezes_any_size or shape[axis] == 1}
        return (tuple(size for axis, size in enumerate(shape) if axis not in gone),)


@layer_kind("unsqueeze")
@dataclass(frozen=True, kw_only=True)
class Unsqueeze(Structural):
    """New axes of size 1, at the indices that they have in the output."""

    dim: AxisIndex | Axes

    def shapes(self, site: Site) -> Shapes:
        """The input's sizes, with 1 at each new axis."""
        if site.shape is None:
            return (None,)
        count = len(site.shape) + (1 if isinstance(self.dim, int) else len(self.dim))
        twice = site.framework.structure.repeated_new_axes
        axes = axes_of(site, "dim", self.dim, count, whose="output", twice=twice)
        sizes: list[Size] = list(site.shape)
        for axis in sorted(axes):
            if axis > len(sizes):
                bound = f"but only {len(sizes)} axes are there when it is inserted"
                raise out_of_range(site, "dim", axis, bound, "each new axis once")
            sizes.insert(axis, 1)
        return (tuple(sizes),)


@layer_kind("transpose")
@dataclass(frozen=True, kw_only=True)
class Transpose(Structural):
    """Two axes in each other's place; without `dim0` and `dim1` all axes in reverse order."""

    dim0: Dimension | None = None
    dim1: Dimension | None = None

    def shapes(self, site: Site) -> Shapes:
        """The sizes of the two axes exchanged."""
        if site.shape is None:
            return (None,)
        if self.dim0 is None and self.dim1 is None:
            return (site.shape[::-1],)
        if self.dim0 is None or self.dim1 is None:
            lacking = "dim0" if self.dim0 is None else "dim1"
            message = f"`{site.type}` has no `{lacking}`"
            raise RefusedError("missing-parameter", message, (), f"add `{lacking}`: the index of an axis")
        first = axis_of(site, "dim0", self.dim0, len(site.shape))
        second = axis_of(site, "dim1", self.dim1, len(site.shape))
        sizes = list(site.shape)
        if sizes:
            sizes[first], sizes[second] = sizes[second], sizes[first]
        return (tuple(sizes),)


@layer_kind("movedim")
@dataclass(frozen=True, kw_only=True)
class MoveAxes(Structural):
    """Axes moved from `source` to `destination`; the others keep their order."""

    source: AxisIndex | Axes
    destination: AxisIndex | Axes

    def shapes(self, site: Site) -> Shapes:
        """The sizes in the new order."""
        if site.shape is None:
            return (None,)
        count = len(site.shape)
        inserts = site.framework.structure.inserts_moved_axes
        source = axes_of(site, "source", self.source, count, twice=inserts)
        target = axes_of(site, "destination", self.destination, count, twice=inserts)
        if len(source) != len(target):
            bound = f"but {site.spelled('source')} names {len(source)} axes"
            raise out_of_range(site, "destination", self.destination, bound, "as many axes")
        if not site.shape:
            return ((),)
        if inserts:
            return (self._inserted(site, site.shape, source, target),)
        others = iter(axis for axis in range(count) if axis not in source)
        order = [source[target.index(place)] if place in target else next(others) for place in range(count)]
        return (tuple(site.shape[axis] for axis in order),)

    def _inserted(self, site: Site, shape: Shape, source: Sequence[int], target: Sequence[int]) -> Shape:
        """The axes put in one after another among those that stay, so that two may have one destination."""
        if list(source) == list(target):
            return shape
        order = [axis for axis in range(len(shape)) if axis not in source]
        for place, axis in sorted(zip(target, source, strict=True)):
            order.insert(place, axis)
        if len(order) != len(shape):
            raise out_of_range(site, "source", self.source, "which names an axis twice", "each axis once")
        return tuple(shape[axis] for axis in order)


@layer_kind("stack")
@dataclass(frozen=True, kw_only=True)
class Stack(Structural):
    """Inputs of one shape along a new axis `dim`: `n` of them give size n there."""

    takes_inputs: ClassVar[InputCounts] = (1, None)

    dim: AxisIndex = 0

    def shapes(self, site: Site) -> Shapes:
        """The common shape with the new axis."""
        known = [shape for shape in site.inputs if shape is not None]
        if not known:
            return (None,)
        if len({len(shape) for shape in known}) > 1:
            raise unlike_inputs(site, "the inputs have not one shape")
        axis = axis_of(site, "dim", self.dim, len(known[0]) + 1, whose="output")
        common: list[Size] = []
        for sizes in zip(*known, strict=True):
            different = {size for size in sizes if size is not None}
            if len(different) > 1:
                raise unlike_inputs(site, "the inputs have not one shape")
            common.append(different.pop() if different else None)
        return ((*common[:axis], len(site.inputs), *common[axis:]),)


class Turned(Structural):
    """A layer that moves what stands along some axes and keeps the shape."""

    @abstractmethod
    def turned(self, site: Site, shape: Shape) -> None:
        """Check the axes.

        Raises:
            RefusedError: They do not go with the shape.
        """

    def shapes(self, site: Site) -> Shapes:
        """The input's."""
        if site.shape is not None:
            self.turned(site, site.shape)
        return (site.shape,)


@layer_kind("roll")
@dataclass(frozen=True, kw_only=True)
class Roll(Turned):
    """Positions moved along the axes `dims` by `shifts`; what leaves at one end comes in at the other.

    Without `dims` all elements are rolled in one row.
    """

    shifts: Bound | Annotated[Sequence[Bound], Len(0, 8)]
    dims: AxisIndex | Axes | None = None

    def turned(self, site: Site, shape: Shape) -> None:
        """As many shifts as axes, each of which exists."""
        shifts = 1 if isinstance(self.shifts, int) else len(self.shifts)
        rules = site.framework.structure
        broadcasts = rules.shifts_broadcast
        if rules.rolls_along_axes and self.dims is not None and not isinstance(self.dims, int) and not self.dims:
            raise out_of_range(site, "dims", list(self.dims), "no axes", "at least one axis, or leave it out")
        if rules.rolls_along_axes and self.dims is None and not isinstance(self.shifts, int):
            raise out_of_range(site, "shifts", list(self.shifts), "but no axes are named", "one integer")
        if self.dims is None or (not isinstance(self.dims, int) and not self.dims):
            if shifts != 1 and not broadcasts:
                bound = "but no axes are named"
                raise out_of_range(site, "shifts", self.shifts, bound, "one shift, or name the axes")
            return
        listed = [self.dims] if isinstance(self.dims, int) else list(self.dims)
        if len(listed) != shifts and not (broadcasts and 1 in (shifts, len(listed))):
            bound = f"but {site.spelled('dims')} names {len(listed)} axes"
            raise out_of_range(site, "shifts", self.shifts, bound, "one shift an axis")
        for place, index in enumerate(listed):
            at = "dims" if isinstance(self.dims, int) else ("dims", place)
            axis_of(site, at, index, len(shape), scalar=False)


@layer_kind("flip")
@dataclass(frozen=True, kw_only=True)
class Flip(Turned):
    """Positions along the axes `dims` in reverse order; along all axes where none is named."""

    dims: AxisIndex | Axes | None = None

    def turned(self, site: Site, shape: Shape) -> None:
        """Axes that exist, each once."""
        if self.dims is not None:
            axes_of(site, "dims", self.dims, len(shape))


@layer_kind("rot90")
@dataclass(frozen=True, kw_only=True)
class Rotate(Structural):
    """The plane of two axes turned by a quarter, `k` times: an odd k exchanges their sizes."""

    turns: Bound = 1
    dims: Annotated[Sequence[Dimension], Len(2, 2)] = (0, 1)

    def shapes(self, site: Site) -> Shapes:
        """The two sizes exchanged, or as they are."""
        if site.shape is None:
            return (None,)
        if len(site.shape) < 2:
            raise wrong_rank(site, "2 or more")
        unlike = self.dims[0] != self.dims[1]
        if self.turns % 4 == 0 and unlike and not site.framework.structure.looks_at_planes_turned:
            return (site.shape,)
        first, second = axes_of(site, "dims", self.dims, len(site.shape))
        sizes = list(site.shape)
        if self.turns % 2:
            sizes[first], sizes[second] = sizes[second], sizes[first]
        return (tuple(sizes),)


@layer_kind("tril", "triu")
@dataclass(frozen=True, kw_only=True)
class Triangle(Turned):
    """The last two axes below (`tril`) or above (`triu`) a diagonal; the rest is 0."""

    diagonal: Bound = 0

    def turned(self, site: Site, shape: Shape) -> None:
        """Two axes at least."""
        if len(shape) < 2:
            raise wrong_rank(site, "2 or more")


@layer_kind("channel_shuffle")
@dataclass(frozen=True, kw_only=True)
class ChannelShuffle(Turned):
    """Channels in another order: `groups` rows of `C / groups` channels read column by column."""

    mixes_positions: ClassVar[bool] = False

    groups: Positive
    data_format: DataFormat | None = None

    def turned(self, site: Site, shape: Shape) -> None:
        """Channels that the groups divide."""
        if len(shape) < 3:
            raise wrong_rank(site, "3 or more")
        channels = shape[-1 if site.layout.channels_last else 1]
        if channels is not None and channels % self.groups:
            message = f"{site.spelled('groups')} is {self.groups}, which does not divide {channels} channels"
            raise RefusedError("indivisible-channels", message, "groups", f"give a number that divides {channels}")
