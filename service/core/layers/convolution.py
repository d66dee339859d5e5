"""Convolution, of any rank, and what it shares with its transpose."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from service.core.geometry.axes import Axis
from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import Site
from service.core.layers.parameters import DataFormat, PaddingMode, PaddingValue, PerAxis, Positive
from service.core.layers.registry import SPATIAL_RANKS, layer_kind
from service.core.layers.spatial import SpatialLayer, window_axes


@dataclass(frozen=True, kw_only=True)
class Convolving(SpatialLayer):
    """What convolution and transposed convolution share: channels, groups, a weight and a bias."""

    windowed: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False
    declares: ClassVar[tuple[str, ...]] = ("out_channels",)

    kernel_size: PerAxis
    stride: PerAxis = 1
    padding: PaddingValue = 0
    dilation: PerAxis = 1
    groups: Positive = 1
    in_channels: Positive | None = None
    out_channels: Positive | None = None
    bias: bool = True
    padding_mode: PaddingMode = "zeros"
    input_dilation: PerAxis = 1
    data_format: DataFormat | None = None

    def channels_in(self, site: Site) -> Size:
        """The channels the weight is made for: as declared, else as they arrive."""
        return self.in_channels if self.in_channels is not None else site.channels

    def channels_out(self, site: Site) -> Size:
        """As declared; unknown otherwise."""
        return self.out_channels

    def weights(self, site: Site) -> Size:
        """`C_in * C_out / groups * prod(k)`: elements of the weight."""
        kernels, channels_in = site.per_axis("kernel_size"), self.channels_in(site)
        if kernels is None or channels_in is None or self.out_channels is None or channels_in % self.groups:
            return None
        return channels_in * self.out_channels // self.groups * prod(kernels)

    def parameters(self, site: Site) -> Size:
        """`C_in * C_out / groups * prod(k)`, and `C_out` more with a bias."""
        weights = self.weights(site)
        if weights is None or self.out_channels is None:
            return None
        return weights + self.out_channels * self.bias


@layer_kind("conv", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class Convolution(Convolving):
    """Convolution as the frameworks compute it: cross-correlation, the kernel is not flipped.

    `o = floor((i + b + a - d*(k - 1) - 1) / s) + 1` an axis.
    """

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """Windows over the padded input."""
        return window_axes(
            site,
            site.per_axis("kernel_size"),
            site.per_axis("stride"),
            site.per_axis("dilation"),
            self.padding,
            input_dilations=site.per_axis("input_dilation"),
            padding_mode=self.padding_mode,
        )

    def macs(self, site: Site, output: Shape) -> Size:
        """`N * C_out * prod(o) * C_in / groups * prod(k)`."""
        outputs, weights = elements(output), self.weights(site)
        if outputs is None or weights is None or self.out_channels is None:
            return None
        return outputs * (weights // self.out_channels)
