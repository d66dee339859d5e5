"""Depthwise and separable convolution, as Keras has them."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

from service.core.geometry.axes import Axis
from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import Site
from service.core.layers.parameters import DataFormat, PaddingValue, PerAxis, Positive
from service.core.layers.registry import layer_kind
from service.core.layers.spatial import SpatialLayer, window_axes


@layer_kind("depthwise_conv", ranks=(1, 2))
@dataclass(frozen=True, kw_only=True)
class DepthwiseConvolution(SpatialLayer):
    """Each channel convolved on its own, `depth_multiplier` times: `C * depth_multiplier` channels come out.

    A grouped convolution with as many groups as channels computes the same.
    """

    windowed: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False

    kernel_size: PerAxis
    stride: PerAxis = 1
    padding: PaddingValue = 0
    dilation: PerAxis = 1
    depth_multiplier: Positive = 1
    bias: bool = True
    data_format: DataFormat | None = None

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """Windows over the padded input."""
        return window_axes(
            site, site.per_axis("kernel_size"), site.per_axis("stride"), site.per_axis("dilation"), self.padding
        )

    def depth(self, site: Site) -> Size:
        """`C * depth_multiplier`: channels after the depthwise step."""
        if site.channels is None or "depth_multiplier" in site.unreadable:
            return None
        return site.channels * self.depth_multiplier

    def channels_out(self, site: Site) -> Size:
        """As many as the depthwise step gives."""
        return self.depth(site)

    def weights(self, site: Site) -> Size:
        """`C * depth_multiplier * prod(k)`."""
        kernels, depth = site.per_axis("kernel_size"), self.depth(site)
        return None if kernels is None or depth is None else depth * prod(kernels)

    def parameters(self, site: Site) -> Size:
        """The weights, and one more per output channel with a bias."""
        weights, channels = self.weights(site), self.channels_out(site)
        return None if weights is None or channels is None else weights + channels * self.bias

    def macs(self, site: Site, output: Shape) -> Size:
        """The weights of a channel for each of its outputs."""
        kernels, outputs = site.per_axis("kernel_size"), elements(output)
        return None if kernels is None or outputs is None else outputs * prod(kernels)


@layer_kind("separable_conv", ranks=(1, 2))
@dataclass(frozen=True, kw_only=True)
class SeparableConvolution(DepthwiseConvolution):
    """A depthwise convolution, and a 1x1 convolution that mixes its channels."""

    declares: ClassVar[tuple[str, ...]] = ("out_channels",)

    out_channels: Positive | None = None

    def channels_out(self, site: Site) -> Size:
        """As declared; unknown otherwise."""
        return self.out_channels

    def parameters(self, site: Site) -> Size:
        """`C * depth_multiplier * (prod(k) + C_out)`, and `C_out` more with a bias."""
        weights, depth = self.weights(site), self.depth(site)
        if weights is None or depth is None or self.out_channels is None:
            return None
        return weights + depth * self.out_channels + self.out_channels * self.bias

    def macs(self, site: Site, output: Shape) -> Size:
        """`prod(k) + C_out` for each output of the depthwise step."""
        kernels, depth, outputs = site.per_axis("kernel_size"), self.depth(site), elements(output)
        if kernels is None or depth is None or outputs is None or not self.out_channels:
            return None
        return outputs // self.out_channels * depth * (prod(kernels) + self.out_channels)
