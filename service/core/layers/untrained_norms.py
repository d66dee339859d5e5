"""Normalisations and scalings that train nothing: vectors to length 1, known means, constants."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.shapes import Size
from service.core.layers.base import Layer, Site
from service.core.layers.parameters import Dimension
from service.core.layers.registry import layer_kind

Axes = Dimension | Annotated[Sequence[Dimension], Len(0, 8)]
Numbers = float | Annotated[Sequence[float], Len(1, 10_000)]


def listed_axes(axes: int | Sequence[int] | None) -> Sequence[int]:
    """Axes as a list, where one may stand alone."""
    return [] if axes is None else [axes] if isinstance(axes, int) else axes


@layer_kind("unit_normalization")
@dataclass(frozen=True, kw_only=True)
class UnitNormalization(Layer):
    """`x / norm(x)`: every vector along the axes divided by its length."""

    order: float = 2.0
    along_axes: Axes = -1

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """One axis at least."""
        return (1, 2, 3, 4, 5, 6, 7, 8)


@layer_kind("mean_variance_norm")
@dataclass(frozen=True, kw_only=True)
class MeanVarianceNorm(Layer):
    """`(x - mean) / sqrt(variance)` over the axes, by default all but the channels."""

    takes_any_shape: ClassVar[bool] = True

    along_axes: Axes = (0, 2, 3)


@layer_kind("rescaling")
@dataclass(frozen=True, kw_only=True)
class Rescaling(Layer):
    """`x * factor + offset`."""

    takes_any_shape: ClassVar[bool] = True

    factor: Numbers
    offset: Numbers = 0.0


@layer_kind("normalization")
@dataclass(frozen=True, kw_only=True)
class Normalization(Layer):
    """`(x - mean) / sqrt(variance)` with a mean and a variance that are counted from data before training, or given.

    Every place along the kept axes has its own; without any all elements share one.
    """

    kept_axes: Axes = -1
    mean: Numbers | None = None
    variance: Numbers | None = None
    invert: bool = False

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """One axis at least."""
        return (1, 2, 3, 4, 5, 6, 7, 8)

    def buffers(self, site: Site) -> Size:
        """A mean and a variance a place, and the count of data; none of those that are given."""
        if self.mean is not None and self.variance is not None:
            return 0
        axes, shape = listed_axes(self.kept_axes), site.shape
        if shape is None or any(not -len(shape) <= axis < len(shape) for axis in axes):
            return None
        sizes = [shape[axis] for axis in axes]
        known = [size for size in sizes if size is not None]
        return 2 * prod(known) + 1 if len(known) == len(sizes) else None
