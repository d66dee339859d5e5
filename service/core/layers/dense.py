"""The fully connected layer."""

from dataclasses import dataclass
from typing import ClassVar

from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import Layer, Site
from service.core.layers.parameters import Positive
from service.core.layers.registry import layer_kind


@layer_kind("linear")
@dataclass(frozen=True, kw_only=True)
class Linear(Layer):
    """A matrix product over the last axis: `in_features` values become `out_features`."""

    mixes_positions: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False
    declares: ClassVar[tuple[str, ...]] = ("out_features",)

    in_features: Positive | None = None
    out_features: Positive | None = None
    bias: bool = True

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Any number, from the least that the framework takes."""
        return tuple(range(site.framework.dense_axes, 9))

    def features_in(self, site: Site) -> Size:
        """The features the weight is made for: as declared, else as they arrive."""
        if self.in_features is not None:
            return self.in_features
        return site.shape[-1] if site.shape else None

    def output_shape(self, site: Site) -> Shape | None:
        """The last axis becomes `out_features`."""
        return (*site.shape[:-1], self.out_features) if site.shape else None

    def weights(self, site: Site) -> Size:
        """`in_features * out_features`: elements of the weight."""
        features = self.features_in(site)
        return None if features is None or self.out_features is None else features * self.out_features

    def parameters(self, site: Site) -> Size:
        """`in_features * out_features`, and `out_features` more with a bias."""
        weights = self.weights(site)
        if weights is None or self.out_features is None:
            return None
        return weights + self.out_features * self.bias

    def macs(self, site: Site, output: Shape) -> Size:
        """`in_features` for each element of the output."""
        features, outputs = self.features_in(site), elements(output)
        return None if features is None or outputs is None else features * outputs
