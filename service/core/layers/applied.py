"""Layers whose weights are inputs, from parameter layers or others: they have no parameters of their own."""

from dataclasses import dataclass, replace
from typing import ClassVar

from service.core.geometry.axes import Axis
from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import InputCounts, Kind, Layer, Site
from service.core.layers.convolution import Convolution, Convolving
from service.core.layers.last_axes_norms import NormalizedShape
from service.core.layers.parameters import (
    AmountPerAxis,
    DataFormat,
    Number,
    PaddingMode,
    PaddingValue,
    PerAxis,
    Positive,
    WantedSize,
)
from service.core.layers.registry import SPATIAL_RANKS, layer_kind
from service.core.layers.transposed_convolution import TransposedConvolution


@dataclass(frozen=True, kw_only=True)
class ConvolvingInputs(Layer):
    """What convolutions share whose weight, and bias, are their second and third input."""

    takes_inputs: ClassVar[InputCounts] = (2, 3)
    passes_channels_on: ClassVar[bool] = False
    form: ClassVar[type[Convolving]] = Convolution
    weight_at: ClassVar[int] = 1
    """The input that is the weight."""
    bias_at: ClassVar[int] = 2
    """The input that is the bias."""
    family: ClassVar[str] = "conv"
    """The convolution that owns its weight."""
    outputs_first: ClassVar[bool] = True
    """Whether the weight's first axis is the output's channels; else it is the input's."""

    kernel_size: PerAxis | None = None
    stride: PerAxis = 1
    padding: PaddingValue = 0
    dilation: PerAxis = 1
    groups: Positive = 1
    data_format: DataFormat | None = None

    def entries(self, site: Site, parameter: str) -> tuple[int, ...]:
        """Any number: the convolution that owns such a weight judges it."""
        value = getattr(self, parameter)
        return (len(value) if isinstance(value, list) else 1,)

    def rank(self, site: Site) -> int | None:
        """The spatial axes: as the type says, else as the weight has them."""
        weight = self.weight(site)
        if site.kind.rank is not None:
            return site.kind.rank
        return len(weight) - 2 if weight is not None and 3 <= len(weight) <= 5 else None

    def weight(self, site: Site) -> Shape | None:
        """The shape of the weight."""
        return site.inputs[self.weight_at] if len(site.inputs) > self.weight_at else None

    def bias_given(self, site: Site) -> bool:
        """Whether there is a bias."""
        return len(site.inputs) > self.bias_at

    def plain(self, site: Site) -> Site | None:
        """The convolution that owns such a weight, in the same place; None where the weight does not say which."""
        weight, rank = self.weight(site), self.rank(site)
        if weight is None or rank is None or len(weight) != rank + 2 or None in weight:
            return None
        first, second, *kernel = [size or 0 for size in weight]
        channels = (second * self.groups, first) if self.outputs_first else (first, second * self.groups)
        known = set(self.form.parameter_names()) - {"kernel_size"}
        given = {name: getattr(self, name) for name in self.parameter_names() if name in known}
        layer = self.form(
            **given, kernel_size=kernel, in_channels=channels[0], out_channels=channels[1], bias=self.bias_given(site)
        )
        kind = Kind(f"{self.family}{rank}d", self.family, rank, self.form)
        return replace(site, kind=kind, layer=layer, inputs=site.inputs[:1], sources=site.sources[:1])

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """Those of the convolution."""
        plain = self.plain(site)
        return () if plain is None else plain.axes

    def output_shape(self, site: Site) -> Shape | None:
        """As the convolution has it."""
        plain = self.plain(site)
        return None if plain is None else plain.layer.output_shape(plain)

    def declared_shape(self, site: Site) -> Shape | None:
        """The channels, not the sizes."""
        plain = self.plain(site)
        return None if plain is None else plain.layer.declared_shape(plain)

    def macs(self, site: Site, output: Shape) -> Size:
        """As the convolution has them."""
        plain = self.plain(site)
        return None if plain is None else plain.layer.macs(plain, output)


@layer_kind("apply_conv", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class ConvolutionOfInputs(ConvolvingInputs):
    """Convolution of the first input with the second, `[C_out, C_in / groups, *kernel]`; the third is the bias."""

    padding_mode: PaddingMode = "zeros"


@layer_kind("apply_conv_transpose", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class TransposedConvolutionOfInputs(ConvolvingInputs):
    """Transposed convolution of the first input with the second, `[C_in, C_out / groups, *kernel]`, and a bias."""

    form: ClassVar[type[Convolving]] = TransposedConvolution
    family: ClassVar[str] = "conv_transpose"
    outputs_first: ClassVar[bool] = False

    output_padding: AmountPerAxis | None = None
    output_size: WantedSize | None = None


@layer_kind("apply_linear")
@dataclass(frozen=True, kw_only=True)
class LinearOfInputs(Layer):
    """`[..., in] x [out, in] -> [..., out]`: a linear layer whose weight is the second input and bias the third."""

    mixes_positions: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False
    takes_inputs: ClassVar[InputCounts] = (2, 3)

    def output_shape(self, site: Site) -> Shape | None:
        """The last axis becomes the weight's first; a weight that is a vector leaves none."""
        weight = site.inputs[1] if len(site.inputs) > 1 else None
        if not site.shape or weight is None or not 1 <= len(weight) <= 2:
            return None
        return (*site.shape[:-1], *weight[:-1])

    def macs(self, site: Site, output: Shape) -> Size:
        """The features that arrive for each element of the output."""
        outputs = elements(output)
        features = site.shape[-1] if site.shape else None
        return None if outputs is None or features is None else outputs * features


@layer_kind("bilinear")
@dataclass(frozen=True, kw_only=True)
class Bilinear(Layer):
    """`x1 A x2 + b` over the last axes of two inputs: `[..., in1]` and `[..., in2]` give `[..., out_features]`."""

    mixes_positions: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False
    takes_inputs: ClassVar[InputCounts] = (2, 2)

    in1_features: Positive
    in2_features: Positive
    out_features: Positive
    bias: bool = True

    def output_shape(self, site: Site) -> Shape | None:
        """The last axis becomes `out_features`."""
        return (*site.shape[:-1], self.out_features) if site.shape else None

    def parameters(self, site: Site) -> Size:
        """`out * in1 * in2`, and `out` more with a bias."""
        return self.out_features * (self.in1_features * self.in2_features + self.bias)

    def macs(self, site: Site, output: Shape) -> Size:
        """`in1 * in2` for each element of the output."""
        outputs = elements(output)
        return None if outputs is None else outputs * self.in1_features * self.in2_features


@layer_kind("apply_bilinear")
@dataclass(frozen=True, kw_only=True)
class BilinearOfInputs(Layer):
    """`x1 A x2 + b` whose weight `[out, in1, in2]` is the third input, and bias the fourth."""

    mixes_positions: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False
    takes_inputs: ClassVar[InputCounts] = (3, 4)

    def output_shape(self, site: Site) -> Shape | None:
        """The last axis becomes the weight's first."""
        weight = site.inputs[2] if len(site.inputs) > 2 else None
        return (*site.shape[:-1], weight[0]) if site.shape and weight else None

    def macs(self, site: Site, output: Shape) -> Size:
        """`in1 * in2` for each element of the output."""
        weight, outputs = site.inputs[2] if len(site.inputs) > 2 else None, elements(output)
        if outputs is None or not weight or len(weight) != 3 or weight[1] is None or weight[2] is None:
            return None
        return outputs * weight[1] * weight[2]


@layer_kind("apply_batch_norm", "apply_instance_norm")
@dataclass(frozen=True, kw_only=True)
class NormOfInputs(Layer):
    """Each channel shifted and scaled by means, variances, scales and shifts that are inputs, one number a channel."""

    takes_inputs: ClassVar[InputCounts] = (1, 5)

    eps: float = 1e-5
    momentum: Number | None = 0.1


@layer_kind("apply_layer_norm")
@dataclass(frozen=True, kw_only=True)
class LayerNormOfInputs(Layer):
    """Each example over its last axes; scale and shift are the second and third input, if they are there."""

    takes_inputs: ClassVar[InputCounts] = (1, 3)

    normalized_shape: NormalizedShape | None = None
    eps: float = 1e-5


@layer_kind("apply_group_norm")
@dataclass(frozen=True, kw_only=True)
class GroupNormOfInputs(Layer):
    """The channels of each of `num_groups` groups together; scale and shift are the second and third input."""

    takes_inputs: ClassVar[InputCounts] = (1, 3)

    num_groups: Positive
    eps: float = 1e-5
