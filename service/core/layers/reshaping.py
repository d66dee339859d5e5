"""Layers that move or add positions and compute nothing: flatten, pad, crop."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.axes import Axis, PaddedAxis
from service.core.layers.base import Layer, layer_kind
from service.core.layers.windows import SpatialLayer
from service.core.padding import normalize
from service.core.parameters import Amount, AmountPair, DataFormat, Dimension, Natural, PadMode
from service.core.shapes import Shape
from service.core.site import Site

PadAmounts = Amount | Annotated[Sequence[Amount], Len(1, 3)] | Annotated[Sequence[AmountPair], Len(1, 3)]
CropPair = Annotated[Sequence[Natural], Len(2, 2)]
CropAmounts = Natural | Annotated[Sequence[Natural], Len(1, 3)] | Annotated[Sequence[CropPair], Len(1, 3)]


@layer_kind("flatten")
@dataclass(frozen=True, kw_only=True)
class Flatten(Layer):
    """Several neighbouring axes as one; by default all but the batch."""

    mixes_positions: ClassVar[bool] = True

    start_dim: Dimension = 1
    end_dim: Dimension = -1

    def span(self, dimensions: int) -> tuple[int, int] | None:
        """First and last axis counted from the front; None where they do not exist or are reversed."""
        if not all(-dimensions <= dim < dimensions for dim in (self.start_dim, self.end_dim)):
            return None
        first, last = self.start_dim % dimensions, self.end_dim % dimensions
        return (first, last) if first <= last else None

    def output_shape(self, site: Site) -> Shape | None:
        """The product of the flattened sizes in their place; unknown if one of them is."""
        if not site.shape:
            return None
        span = self.span(len(site.shape))
        if span is None:
            return None
        first, last = span
        flattened = site.shape[first : last + 1]
        known = [size for size in flattened if size is not None]
        size = prod(known) if len(known) == len(flattened) else None
        return (*site.shape[:first], size, *site.shape[last + 1 :])


@layer_kind("pad")
@dataclass(frozen=True, kw_only=True)
class Pad(SpatialLayer):
    """Explicit padding of the spatial axes: `o = i + before + after`; negative amounts crop.

    `padding` is one integer, one per axis, or one pair per axis. `reflect` takes less than the input size, `circular`
    at most the input size.
    """

    padding: PadAmounts
    mode: PadMode = "constant"
    value: float = 0.0
    data_format: DataFormat | None = None

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """The input with positions added or taken away."""
        normal = normalize(self.padding, site.rank or 0)
        if normal is None or isinstance(normal, str):
            return ()
        return tuple(
            PaddedAxis(size=size, before=before, after=after)
            for size, (before, after) in zip(site.spatial, normal, strict=True)
        )


@layer_kind("crop")
@dataclass(frozen=True, kw_only=True)
class Crop(SpatialLayer):
    """Positions taken from the ends of the spatial axes: `o = i - before - after`."""

    padding: CropAmounts
    data_format: DataFormat | None = None

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """The input with positions taken away."""
        normal = normalize(self.padding, site.rank or 0)
        if normal is None or isinstance(normal, str):
            return ()
        return tuple(
            PaddedAxis(size=size, before=-before, after=-after)
            for size, (before, after) in zip(site.spatial, normal, strict=True)
        )
