"""Linear and bilinear layers whose weights are inputs: they have no parameters of their own. And the bilinear layer."""

from dataclasses import dataclass
from typing import ClassVar

from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.parameters import (
    Positive,
)
from service.core.layers.registry import layer_kind


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
