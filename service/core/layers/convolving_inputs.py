"""Convolutions whose weight is always an input, beside others: what quantised and deformable ones share."""

from dataclasses import dataclass, replace
from typing import ClassVar

from service.core.geometry.axes import Axis
from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import InputCounts, Kind, Layer, Site
from service.core.layers.convolution import Convolution, Convolving
from service.core.layers.parameters import DataFormat, PaddingMode, PaddingValue, PerAxis, Positive


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


@dataclass(frozen=True, kw_only=True)
class ConvolutionOfInputs(ConvolvingInputs):
    """Convolution of the first input with the second, `[C_out, C_in / groups, *kernel]`; the third is the bias."""

    padding_mode: PaddingMode = "zeros"
