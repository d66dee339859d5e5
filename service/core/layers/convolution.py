"""Convolution, of any rank, and what it shares with its transpose."""

from dataclasses import dataclass, replace
from math import prod
from typing import Any, ClassVar

from service.core.geometry.axes import Axis
from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import DataFormat, PaddingMode, PaddingValue, PerAxis, Positive
from service.core.layers.registry import SPATIAL_RANKS, layer_kind
from service.core.layers.spatial import SpatialLayer, window_axes


@dataclass(frozen=True, kw_only=True)
class Convolving(SpatialLayer):
    """What convolution and transposed convolution share: channels, groups, a weight and a bias.

    The weight and the bias may be further inputs: then the layer has no parameters, and kernel and channels follow from
    the weight's shape.
    """

    windowed: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False
    declares: ClassVar[tuple[str, ...]] = ("out_channels",)
    takes_inputs: ClassVar[InputCounts] = (1, 3)
    sized_by: ClassVar[frozenset[str]] = frozenset({"kernel_size", "out_channels", "in_channels"})
    told_by_inputs: ClassVar[frozenset[str]] = frozenset({"kernel_size"})

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

    def weight_given(self, site: Site) -> Shape | None:
        """The shape of the weight that is an input, in the framework's order of axes; None where there is none."""
        return site.inputs[1] if len(site.inputs) > 1 else None

    def weight_axes(self, site: Site) -> str:
        """The axes of the framework's weight: O(ut), I(n), S(patial)."""
        return site.framework.weight

    def wanted_weight(self, site: Site, rank: int) -> Shape:
        """The shape that a weight must have here, unknown where nothing says it."""
        told = "kernel_size" not in site.unreadable
        kernels = (site.per_axis("kernel_size") if told else None) or (None,) * rank
        channels = self.channels_in(site)
        share = None if channels is None or channels % self.groups else channels // self.groups
        parts: dict[str, Shape] = {"S": kernels, "O": (self.out_channels,), "I": (share,)}
        return tuple(size for axis in self.weight_axes(site) for size in parts[axis])

    def channels_of_weight(self, site: Site, weight: Shape) -> Size:
        """The output channels that a weight is made for."""
        axes = self.weight_axes(site).replace("S", "S" * (len(weight) - 2))
        return weight[axes.index("O")]

    def informed(self, site: Site) -> Site:
        """With the kernel and the output channels of the weight that is an input."""
        weight = self.weight_given(site)
        if weight is None or len(weight) < 3:
            return replace(site, absent=frozenset()) if len(site.inputs) > 1 else site
        axes = self.weight_axes(site).replace("S", "S" * (len(weight) - 2))
        kernels = [size for axis, size in zip(axes, weight, strict=True) if axis == "S"]
        told: dict[str, Any] = {}
        if self.out_channels is None:
            told["out_channels"] = self.channels_of_weight(site, weight)
        if "kernel_size" in site.absent and None not in kernels:
            told["kernel_size"] = kernels
        layer = replace(self, bias=len(site.inputs) > 2, **told)
        return replace(site, layer=layer, absent=frozenset(), unreadable=site.unreadable - (site.absent & told.keys()))

    def lacking(self, site: Site) -> tuple[str, ...]:
        """Kernel and channels, unless a weight tells them."""
        return () if len(site.inputs) > 1 else super().lacking(site)

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
        if len(site.inputs) > 1:
            return 0
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
