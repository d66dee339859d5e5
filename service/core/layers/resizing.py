"""Resampling along any axes, batch and channels included."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Gt, Le, Len

from service.core.geometry.axes import Axis, ScaledAxis
from service.core.geometry.shapes import LARGEST, Shape, Size
from service.core.layers.base import Site
from service.core.layers.parameters import Axes
from service.core.layers.registry import layer_kind
from service.core.layers.resampling import Policy, in_relation
from service.core.layers.structural import RefusedError, Shapes, Structural, axes_of, out_of_range

Scale = Annotated[float, Gt(0), Le(LARGEST)]
Wanted = Annotated[int, Ge(1), Le(LARGEST)]
Method = Literal["nearest", "linear", "cubic", "lanczos3", "lanczos5"]
NEIGHBOURS: Mapping[str, int] = {"linear": 1, "cubic": 2, "lanczos3": 3, "lanczos5": 5}
"""How many positions on each side an output is made of."""


@layer_kind("resize")
@dataclass(frozen=True, kw_only=True)
class Resize(Structural):
    """Every axis resampled, or those that `dims` names: `o = floor(i * scale)`, or the size that is given.

    With the policy `not_larger` or `not_smaller` all axes get one scale, the smallest or the largest that the sizes
    come to: `o = round(i * scale)`.
    """

    mixes_positions: ClassVar[bool] = False

    scales: Annotated[Sequence[Scale], Len(1, 8)] | None = None
    new_sizes: Annotated[Sequence[Wanted], Len(1, 8)] | None = None
    dims: Axes | None = None
    mode: Method = "nearest"
    policy: Policy = "stretch"

    def resampled(self, site: Site, shape: Shape) -> dict[int, Size]:
        """The new size of each axis that is named.

        Raises:
            RefusedError: There is no such axis, or not one entry for each.
        """
        if (self.scales is None) == (self.new_sizes is None):
            if {"scales", "new_sizes"} & site.unreadable:
                return dict.fromkeys(range(len(shape)))
            rule, number = (
                ("missing-parameter", "neither") if self.scales is None else ("conflicting-parameters", "both")
            )
            message = f"`{site.type}` has {number} of `scales` and `new_sizes`"
            raise RefusedError(rule, message, () if self.scales is None else "scales", "give one of them")
        axes = list(range(len(shape))) if self.dims is None else axes_of(site, "dims", self.dims, len(shape))
        given = "scales" if self.scales is not None else "new_sizes"
        entries = list(self.scales or self.new_sizes or ())
        if len(entries) != len(axes):
            bound, form = f"but there are {len(axes)} axes", "one entry per axis"
            raise out_of_range(site, given, entries, bound, form)
        if self.scales is not None:
            scaled = site.framework.scaled
            return {
                axis: None if (size := shape[axis]) is None else floor(scaled(size, scale))
                for axis, scale in zip(axes, self.scales, strict=True)
            }
        return self._to_sizes(shape, dict(zip(axes, self.new_sizes or (), strict=True)))

    def _to_sizes(self, shape: Shape, wanted: Mapping[int, int]) -> dict[int, Size]:
        """The sizes wanted, or those that one scale for all axes comes to."""
        sizes = in_relation(list(wanted.values()), [shape[axis] for axis in wanted], self.policy)
        return dict(zip(wanted, sizes, strict=True))

    def shapes(self, site: Site) -> Shapes:
        """The new sizes in their places."""
        if site.shape is None:
            return (None,)
        new = self.resampled(site, site.shape)
        return (tuple(new.get(axis, size) for axis, size in enumerate(site.shape)),)

    def position_axes(self, site: Site) -> tuple[Axis, ...]:
        """The spatial axes resampled."""
        shape, output = site.shape, self.output_shape(site)
        if shape is None or output is None:
            return ()
        return tuple(
            ScaledAxis(size=shape[axis], output=output[axis], neighbours=NEIGHBOURS.get(self.mode, 0))
            for axis in site.layout.position_axes(shape)
        )
