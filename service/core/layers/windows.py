"""Convolution and transposed convolution, of any rank."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import ClassVar

from service.core.geometry.arithmetic import split
from service.core.geometry.axes import Axis, TransposedAxis, WindowAxis
from service.core.geometry.padding import SAME, Pair, normalize, resolve
from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import Layer, Site
from service.core.layers.parameters import (
    AmountPerAxis,
    DataFormat,
    PaddingMode,
    PaddingValue,
    PerAxis,
    Positive,
    WantedSize,
)
from service.core.layers.registry import SPATIAL_RANKS, layer_kind


class SpatialLayer(Layer):
    """A layer that works on channels and spatial axes and puts its own axes' outputs in their place."""

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch, channels and spatial axes; without the batch where the framework takes that."""
        if site.kind.rank is None:
            return (3, 4, 5)
        if site.rules is not None and site.rules.leading_axes and not site.sizes_only:
            least, most = site.rules.leading_axes
            if not isinstance(getattr(self, "padding", 0), int | str):
                most = min(most, site.rules.most_leading_axes_with_pairs)
            return tuple(range(site.kind.rank + least, site.kind.rank + most + 1))
        unbatched = site.framework.unbatched and not site.sizes_only
        return (site.kind.rank + 1, site.kind.rank + 2) if unbatched else (site.kind.rank + 2,)

    @abstractmethod
    def axes(self, site: Site) -> tuple[Axis, ...]:
        """The spatial axes with every parameter resolved."""

    def channels_out(self, site: Site) -> Size:
        """The channels that come out."""
        return site.channels

    def output_shape(self, site: Site) -> Shape | None:
        """Batch and channels as they are declared, spatial sizes from the axes, None where there is no size."""
        if site.rank is None or not site.fits:
            return None
        axes = site.axes
        sizes = [axis.output for axis in axes] or [None] * site.rank
        least = 0 if site.rules is not None and site.rules.empty_output else 1
        known = [size if size is not None and size >= least else None for size in sizes]
        return site.layout.with_sizes(site.shape or (), self.channels_out(site), known)

    def declared_shape(self, site: Site) -> Shape | None:
        """The channels, not the sizes."""
        if site.rank is None or not site.fits:
            return None
        return site.layout.with_sizes(site.shape or (), self.channels_out(site), (None,) * site.rank)


def pairs(site: Site, spelled: PaddingValue) -> list[Pair | str] | None:
    """The padding of each axis as a pair, or as the name it was given by; None when entries and axes differ."""
    normal = normalize(spelled, site.rank or 0)
    if normal is None:
        return None
    return [normal] * (site.rank or 0) if isinstance(normal, str) else list(normal)


def window_axes(
    site: Site,
    kernels: Sequence[int] | None,
    strides: Sequence[int] | None,
    dilations: Sequence[int] | None,
    padding: PaddingValue,
    *,
    ceil_mode: bool = False,
    input_dilations: Sequence[int] | None = None,
    padding_mode: str = "zeros",
) -> tuple[WindowAxis, ...]:
    """One `WindowAxis` per spatial axis, padding names resolved; empty when a parameter has too few or many entries."""
    spelled = pairs(site, padding)
    if kernels is None or strides is None or dilations is None or spelled is None:
        return ()
    axes = []
    holes = input_dilations or (1,) * len(kernels)
    empty_output = site.rules is not None and site.rules.empty_output
    truncates = site.rules is not None and site.rules.truncates
    for size, kernel, stride, dilation, pad, hole in zip(
        site.spatial, kernels, strides, dilations, spelled, holes, strict=True
    ):
        dilated = size if size is None or hole == 1 else (size - 1) * hole + 1
        pair = resolve(pad, dilated, kernel, stride, dilation) if isinstance(pad, str) else pad
        before, after = pair or (None, None)
        axes.append(
            WindowAxis(
                size=size,
                kernel=kernel,
                stride=stride,
                dilation=dilation,
                before=before,
                after=after,
                ceil_mode=ceil_mode,
                input_dilation=hole,
                empty_output=empty_output,
                truncates=truncates,
                padding_mode=padding_mode,
                rounds_up=pad in SAME,
            )
        )
    return tuple(axes)


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


@layer_kind("conv_transpose", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class TransposedConvolution(Convolving):
    """Transposed convolution: the adjoint of a convolution, which spreads each input over a window.

    `o = (i - 1)*s - b - a + d*(k - 1) + 1 + output_padding` an axis; padding crops. `output_size` may be given
    instead of `output_padding`.
    """

    output_padding: AmountPerAxis | None = None
    output_size: WantedSize | None = None

    def entries(self, site: Site, parameter: str) -> tuple[int, ...]:
        """`output_size` may be the whole shape, where the framework takes that; only its spatial sizes are read."""
        if parameter == "output_size" and site.rules and site.rules.whole_output_size and site.shape and site.fits:
            return (site.rank or 0, len(site.shape))
        return super().entries(site, parameter)

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """The spread positions, cropped as the framework reads the padding."""
        kernels, strides, dilations = (site.per_axis(name) for name in ("kernel_size", "stride", "dilation"))
        spelled = pairs(site, self.padding)
        extras = (None,) * len(kernels or ()) if self.output_padding is None else site.per_axis("output_padding")
        if kernels is None or strides is None or dilations is None or spelled is None or extras is None:
            return ()
        if site.rules is None:
            return ()
        axes: list[TransposedAxis] = []
        for index, (size, kernel, stride, dilation, pad, extra) in enumerate(
            zip(site.spatial, kernels, strides, dilations, spelled, extras, strict=True)
        ):
            crop = site.rules.crop(pad, 1 if size is None else size, kernel, stride, dilation, extra)
            axis = TransposedAxis(
                size=size,
                kernel=kernel,
                stride=stride,
                dilation=dilation,
                before=crop.before,
                after=crop.after,
                output_padding=crop.output_padding,
                empty_output=site.rules.empty_output,
            )
            axes.append(self._reaching(site, index, axis))
        return tuple(axes)

    def _reaching(self, site: Site, index: int, axis: TransposedAxis) -> TransposedAxis:
        """The axis with the `output_padding`, or the cropping, that gives the `output_size` asked for, if one was."""
        wanted = None if self.output_size is None else self.wanted_sizes(site)
        if not wanted or wanted[index] is None or axis.output is None:
            return axis
        longer = wanted[index] - axis.output
        if site.rules is None or not site.rules.output_size_crops:
            return replace(axis, output_padding=axis.output_padding + longer)
        spare = replace(axis, before=0, after=0)
        excess = (spare.output or 0) - wanted[index]
        before, after = split(max(excess, 0), extra_after=self.padding in ("same", "same_upper"))
        return replace(spare, before=before, after=after, output_padding=spare.output_padding + max(-excess, 0))

    def wanted_sizes(self, site: Site) -> tuple[int, ...] | None:
        """`output_size` as one integer per axis; None when it has not as many as there are axes."""
        if isinstance(self.output_size, int | None) or len(self.output_size) not in self.entries(site, "output_size"):
            return None if self.output_size is None else site.per_axis("output_size")
        return tuple(self.output_size[-(site.rank or 0) :])

    def macs(self, site: Site, output: Shape) -> Size:
        """`N * prod(i) * C_in * C_out / groups * prod(k)`: every input position meets every weight of its group."""
        weights, channels = self.weights(site), site.channels
        inputs = elements(site.shape)
        if weights is None or inputs is None or not channels:
            return None
        return inputs // channels * weights
