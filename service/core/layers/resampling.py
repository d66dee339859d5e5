"""Layers that trade positions for more or fewer of them: upsampling and pixel shuffling."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import floor
from typing import Annotated, Literal

from annotated_types import Gt, Le, Len

from service.core.geometry.axes import Axis, ScaledAxis
from service.core.geometry.shapes import LARGEST, Size
from service.core.layers.base import Site
from service.core.layers.parameters import DataFormat, Positive, SizeOrLike
from service.core.layers.registry import layer_kind
from service.core.layers.spatial import SpatialLayer

Interpolation = Literal[
    "nearest", "nearest-exact", "linear", "bilinear", "bicubic", "trilinear", "area", "lanczos3", "lanczos5"
]
NEIGHBOURS: Mapping[str, int] = {
    "linear": 1,
    "bilinear": 1,
    "trilinear": 1,
    "bicubic": 2,
    "lanczos3": 3,
    "lanczos5": 5,
}
"""By interpolation, how many positions on each side of an output it is made of."""
Factor = Annotated[float, Gt(0), Le(LARGEST)]
FactorPerAxis = Factor | Annotated[Sequence[Factor], Len(1, 3)]


Policy = Literal["stretch", "not_larger", "not_smaller"]


def in_relation(wanted: Sequence[int] | None, sizes: Sequence[Size], policy: str) -> Sequence[Size]:
    """Sizes that all axes come to by one scale, the smallest or largest of those wanted: `o = round(i * scale)`."""
    if wanted is None or policy == "stretch":
        return wanted or ()
    scales = [target / size for target, size in zip(wanted, sizes, strict=True) if size]
    if len(scales) < len(wanted):
        return (None,) * len(wanted)
    scale = min(scales) if policy == "not_larger" else max(scales)
    return tuple(floor(scale * (size or 0) + 0.5) for size in sizes)


@layer_kind("upsample")
@dataclass(frozen=True, kw_only=True)
class Upsample(SpatialLayer):
    """Positions repeated or interpolated: `o = floor(i * scale_factor)`, or the `size` that is given."""

    scale_factor: FactorPerAxis | None = None
    size: SizeOrLike | None = None
    mode: Interpolation = "nearest"
    align_corners: bool | None = None
    policy: Policy = "stretch"
    data_format: DataFormat | None = None

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch and channels must be there: 3 to 5 axes."""
        return (3, 4, 5)

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """The input scaled; empty unless exactly one of `size` and `scale_factor` is given."""
        rank = site.rank or 0
        if (self.size is None) == (self.scale_factor is None):
            return ()
        if self.size is not None:
            sizes = in_relation(site.per_axis("size"), site.spatial, self.policy)
            return tuple(
                self._axis(size, output, None) for size, output in zip(site.spatial, sizes or (), strict=False)
            )
        given = self.scale_factor
        factors = [given] * rank if isinstance(given, int | float) else list(given or ())
        if len(factors) != rank:
            return ()
        return tuple(
            self._scaled_axis(size, factor, None if size is None else site.framework.scaled(size, factor))
            for size, factor in zip(site.spatial, factors, strict=True)
        )

    def _scaled_axis(self, size: Size, factor: float, product: float | None) -> ScaledAxis:
        axis = self._axis(size, None if product is None else floor(product), 1 / Fraction(factor))
        return replace(axis, factor=int(factor) if factor == int(factor) else factor, product=product)

    def _axis(self, size: Size, output: Size, spacing: Fraction | None) -> ScaledAxis:
        return ScaledAxis(
            size=size,
            output=output,
            spacing=spacing,
            neighbours=NEIGHBOURS.get(self.mode, 0),
            corners=bool(self.align_corners),
            block=self.mode == "area",
        )


@layer_kind("pixel_shuffle")
@dataclass(frozen=True, kw_only=True)
class PixelShuffle(SpatialLayer):
    """Channels moved into space: `C * r**2` channels of `H x W` become C of `H*r x W*r`."""

    scale_factor: Positive
    data_format: DataFormat | None = None

    @property
    def own_rank(self) -> int | None:
        """Images only."""
        return 2

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Any number of axes before the channels in PyTorch; elsewhere one."""
        return (3, 4, 5, 6, 7, 8) if site.framework.unbatched else (4,)

    def channels_out(self, site: Site) -> Size:
        """`C / r**2`; unknown where that is not whole."""
        square = self.scale_factor**2
        return None if site.channels is None or site.channels % square else site.channels // square

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """Both axes r times as long."""
        return tuple(
            ScaledAxis(size=size, output=None if size is None else size * self.scale_factor) for size in site.spatial
        )


@layer_kind("pixel_unshuffle")
@dataclass(frozen=True, kw_only=True)
class PixelUnshuffle(PixelShuffle):
    """Space moved into channels: C channels of `H x W` become `C * r**2` of `H/r x W/r`."""

    def channels_out(self, site: Site) -> Size:
        """`C * r**2`."""
        return None if site.channels is None else site.channels * self.scale_factor**2

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """Both axes r times as short; unknown where that is not whole."""
        factor = self.scale_factor
        return tuple(
            ScaledAxis(size=size, output=None if size is None or size % factor else size // factor, block=True)
            for size in site.spatial
        )
