"""Layers that take one number of all those along some axes: sums, means, extremes, norms."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from service.core.geometry.axes import AdaptiveAxis, Axis
from service.core.geometry.axis_numbers import all_from_the_front
from service.core.geometry.shapes import Shape
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.parameters import Dimensions
from service.core.layers.registry import layer_kind

MOST_SPATIAL_AXES = 3


def as_list(dim: int | Sequence[int]) -> list[int]:
    """One index or several as a list."""
    return [dim] if isinstance(dim, int) else list(dim)


@layer_kind("sum", "mean", "prod", "amax", "amin", "any", "all", "logsumexp", "argmax", "argmin", "nansum", "nanmean",
            "count_nonzero", "sum_square", "log_sum")  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Reduction(Layer):
    """One number of all those along the axes `dim`, or of all there are; with `keepdims` the axes stay, at size 1.

    With `no_axes_keep` nothing is reduced where no axes are named.
    """

    takes_inputs: ClassVar[InputCounts] = (1, 2)
    passes_channels_on: ClassVar[bool] = False

    dim: Dimensions | None = None
    keepdims: bool = False
    no_axes_keep: bool = False

    def reduced(self, site: Site) -> tuple[int, ...] | None:
        """The axes that are reduced, counted from the front; None where they do not exist or are not known."""
        if site.shape is None or len(site.inputs) > 1:
            return None
        count, rules = len(site.shape), site.framework.along_axes
        named = None if self.dim is None else as_list(self.dim)
        if not named and self.no_axes_keep:
            return ()
        if named is None or (not named and site.kind.family not in rules.no_axes_are_none):
            return tuple(range(count))
        if not count and rules.scalar_axis and set(named) <= {0, -1}:
            return ()
        return all_from_the_front(named, count)

    def output_shape(self, site: Site) -> Shape | None:
        """The sizes of the other axes, and with `keepdims` 1 for each that is reduced."""
        if site.shape is None:
            return None
        axes = self.reduced(site)
        if axes is None:
            return (None,) * len(site.shape) if self.keepdims else None
        sizes = [1 if index in axes else size for index, size in enumerate(site.shape)]
        return tuple(size for index, size in enumerate(sizes) if self.keepdims or index not in axes)

    def declared_shape(self, site: Site) -> Shape | None:
        """Nothing: which axes are reduced is what is wrong."""
        return None

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """One window over each spatial axis that is reduced, the others as they are; empty where none is."""
        reduced, shape = self.reduced(site), site.shape
        if shape is None or reduced is None or not 3 <= len(shape) <= MOST_SPATIAL_AXES + 2:
            return ()
        spatial = site.layout.spatial_axes(len(shape), len(shape) - 2)
        if not set(spatial) & set(reduced):
            return ()
        sizes = [(shape[axis], 1 if axis in reduced else shape[axis]) for axis in spatial]
        return tuple(AdaptiveAxis(size=size, output=output) for size, output in sizes)


@layer_kind("std", "var")
@dataclass(frozen=True, kw_only=True)
class Deviation(Reduction):
    """Standard deviation or variance along the axes `dim`: squares are divided by their number less `correction`."""

    correction: float | None = None
    unbiased: bool | None = None


@layer_kind("norm")
@dataclass(frozen=True, kw_only=True)
class Norm(Reduction):
    """`(sum of |x|**p)**(1/p)` along the axes `dim`, or of all elements."""

    norm_type: float | Literal["fro", "nuc", "inf", "-inf"] = 2.0


@layer_kind("global_lp_pool")
@dataclass(frozen=True, kw_only=True)
class GlobalNorm(Layer):
    """`(sum of |x|**p)**(1/p)` of everything in a channel: output size 1 an axis."""

    norm_type: float = 2.0

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch, channels and one to three spatial axes."""
        return (3, 4, 5)

    def output_shape(self, site: Site) -> Shape | None:
        """Spatial sizes of 1."""
        if site.shape is None or len(site.shape) < 3:
            return None
        places = site.layout.spatial_axes(len(site.shape), len(site.shape) - 2)
        return tuple(1 if index in places else size for index, size in enumerate(site.shape))

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """One window over each spatial axis."""
        if site.shape is None or not 3 <= len(site.shape) <= MOST_SPATIAL_AXES + 2:
            return ()
        return tuple(AdaptiveAxis(size=size, output=1) for size in site.layout.spatial(site.shape, len(site.shape) - 2))


@layer_kind("max", "min", "median", "nanmedian", "mode")
@dataclass(frozen=True, kw_only=True)
class Choice(Reduction):
    """The element chosen along an axis and, where the framework gives it, its position; without `dim` one of all."""

    takes_inputs: ClassVar[InputCounts] = (1, 1)

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """The elements and, along an axis that is named, their positions."""
        return (self.output_shape(site),) * self.outputs(site)

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """Unknown, each of them."""
        return (None,) * self.outputs(site)

    def outputs(self, site: Site) -> int:
        """One, or two with positions."""
        named = self.dim is not None or site.kind.family == "mode"
        return 2 if named and site.kind.family in site.framework.along_axes.gives_indices else 1

    def reduced(self, site: Site) -> tuple[int, ...] | None:
        """The last axis where a mode names none."""
        if self.dim is None and site.kind.family == "mode" and site.shape is not None:
            return (len(site.shape) - 1,) if site.shape else ()
        return super().reduced(site)


@layer_kind("var_mean", "std_mean", "aminmax")
@dataclass(frozen=True, kw_only=True)
class PairOfReductions(Reduction):
    """Two numbers of all those along the axes `dim`: deviation and mean, or least and largest."""

    takes_inputs: ClassVar[InputCounts] = (1, 1)

    correction: float | None = None
    unbiased: bool | None = None

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """Both alike."""
        return (self.output_shape(site),) * 2

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """Both unknown."""
        return (None, None)
