"""Small blocks that real models are made of: trained scales, dropped branches, gates, a convolution with its norm."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from service.core.geometry.shapes import Shape, Size
from service.core.layers.attention import examples, product
from service.core.layers.base import Layer, Site
from service.core.layers.merging import broadcast
from service.core.layers.parameters import Positive, Probability
from service.core.layers.registry import layer_kind


@layer_kind("layer_scale")
@dataclass(frozen=True, kw_only=True)
class LayerScale(Layer):
    """`gamma * x`: the last axis times a trained scale for each of its features."""

    features: Positive
    init_values: float = 1e-5
    inplace: bool = False

    def output_shape(self, site: Site) -> Shape | None:
        """The input's shape; a last axis of one feature stretches to all scales."""
        return None if site.shape is None else broadcast([site.shape, (self.features,)])

    def declared_shape(self, site: Site) -> Shape | None:
        """The input's shape."""
        return site.shape

    def parameters(self, site: Site) -> Size:
        """A scale a feature."""
        return self.features


@layer_kind("stochastic_depth")
@dataclass(frozen=True, kw_only=True)
class StochasticDepth(Layer):
    """A whole branch dropped at random in training, for each example or for the batch; nothing at inference."""

    takes_any_shape: ClassVar[bool] = True

    p: Probability = 0.0
    drop_mode: Literal["row", "batch"] = "row"
    scale_by_keep: bool = True


@layer_kind("squeeze_excitation")
@dataclass(frozen=True, kw_only=True)
class SqueezeExcitation(Layer):
    """`x * sigmoid(W2 relu(W1 mean(x) + b1) + b2)`: every channel scaled by what the means of all say.

    The mean is over the image, the two layers are 1 x 1 convolutions of `squeeze_channels` between them.
    """

    in_channels: Positive
    squeeze_channels: Positive

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Channels and an image, with or without a batch."""
        return (3, 4)

    def parameters(self, site: Site) -> Size:
        """`2*C*S + S + C`: two weights and their biases."""
        return 2 * self.in_channels * self.squeeze_channels + self.squeeze_channels + self.in_channels

    def macs(self, site: Site, output: Shape) -> Size:
        """Both weights once an example."""
        batch = examples(site.shape[0]) if site.shape is not None and len(site.shape) == 4 else 1
        return product(batch, 2, self.in_channels, self.squeeze_channels)
