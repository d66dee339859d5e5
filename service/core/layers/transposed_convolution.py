"""Transposed convolution, of any rank."""

from dataclasses import dataclass, replace

from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.arithmetic import split
from service.core.geometry.axes import Axis, TransposedAxis
from service.core.geometry.padding_pairs import Pair
from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import Site
from service.core.layers.convolution import Convolving
from service.core.layers.parameters import AmountPerAxis, WantedSize
from service.core.layers.registry import SPATIAL_RANKS, layer_kind
from service.core.layers.spatial import padding_of_each_axis


def transposed_axis(
    rules: WindowRules,
    size: Size,
    kernel: int,
    stride: int,
    dilation: int,
    padding: Pair | str,
    output_padding: int | None,
) -> TransposedAxis:
    """One axis as a framework has it, cropped as it reads the padding."""
    crop = rules.crop(padding, 1 if size is None else size, kernel, stride, dilation, output_padding)
    return TransposedAxis(
        size=size,
        kernel=kernel,
        stride=stride,
        dilation=dilation,
        before=crop.before,
        after=crop.after,
        output_padding=crop.output_padding,
        empty_output=rules.empty_output,
    )


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
        paddings = padding_of_each_axis(site, self.padding)
        extras = (None,) * len(kernels or ()) if self.output_padding is None else site.per_axis("output_padding")
        if kernels is None or strides is None or dilations is None or paddings is None or extras is None:
            return ()
        if site.rules is None:
            return ()
        axes: list[TransposedAxis] = []
        for index, (size, kernel, stride, dilation, pad, extra) in enumerate(
            zip(site.spatial, kernels, strides, dilations, paddings, extras, strict=True)
        ):
            axis = transposed_axis(site.rules, size, kernel, stride, dilation, pad, extra)
            axes.append(self._with_output_size(site, index, axis))
        return tuple(axes)

    def _with_output_size(self, site: Site, index: int, axis: TransposedAxis) -> TransposedAxis:
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

    def weight_axes(self, site: Site) -> str:
        """The axes of the framework's weight: O(ut), I(n), S(patial)."""
        return site.framework.transposed_weight

    def wanted_weight(self, site: Site, rank: int) -> Shape:
        """The shape that a weight must have here: all inputs, and the outputs of a group."""
        told = "kernel_size" not in site.unreadable
        kernels = (site.per_axis("kernel_size") if told else None) or (None,) * rank
        outputs = self.out_channels
        share = None if outputs is None or outputs % self.groups else outputs // self.groups
        parts: dict[str, Shape] = {"S": kernels, "O": (share,), "I": (self.channels_in(site),)}
        return tuple(size for axis in self.weight_axes(site) for size in parts[axis])

    def channels_of_weight(self, site: Site, weight: Shape) -> Size:
        """The output channels that a weight is made for, those of all groups."""
        share = super().channels_of_weight(site, weight)
        return None if share is None else share * self.groups

    def wanted_sizes(self, site: Site) -> tuple[int, ...] | None:
        """`output_size` as one integer per axis; None when it has not as many as there are axes."""
        wanted = self.output_size
        if isinstance(wanted, list) and len(wanted) in self.entries(site, "output_size"):
            return tuple(wanted[-(site.rank or 0) :])
        return None if wanted is None else site.per_axis("output_size")

    def macs(self, site: Site, output: Shape) -> Size:
        """`N * prod(i) * C_in * C_out / groups * prod(k)`: every input position meets every weight of its group."""
        weights, channels = self.weights(site), site.channels
        inputs = elements(site.shape)
        if weights is None or inputs is None or not channels:
            return None
        return inputs // channels * weights
