"""Layers that leave the shape as it is: normalisation, dropout, activations."""

from dataclasses import dataclass
from typing import Literal

from service.core.layers.base import SPATIAL_RANKS, Layer, layer_kind
from service.core.parameters import DataFormat, Dimension, Positive, Probability
from service.core.shapes import Size
from service.core.site import Site


@layer_kind("batch_norm", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class BatchNorm(Layer):
    """Each channel shifted and scaled to mean 0 and variance 1 over the batch, then by a trained scale and shift."""

    num_features: Positive | None = None
    eps: float = 1e-5
    momentum: float | None = 0.1
    affine: bool = True
    track_running_stats: bool = True
    data_format: DataFormat | None = None

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """`[N, C]` and `[N, C, L]` at rank 1, rank + 2 above; all of them where the type names no rank."""
        return {None: (2, 3, 4, 5), 1: (2, 3), 2: (4,), 3: (5,)}[site.kind.rank]

    def channels(self, site: Site) -> Size:
        """The channels it is made for: as declared, else as they arrive."""
        return self.num_features if self.num_features is not None else self.arriving(site)

    def arriving(self, site: Site) -> Size:
        """The channels of the input, which needs no spatial axes here: `[N, C]` is enough."""
        if site.shape is None or len(site.shape) < 2:
            return None
        return site.shape[-1 if site.layout.channels_last else 1]

    def parameters(self, site: Site) -> Size:
        """A scale and a shift a channel, if `affine`."""
        channels = self.channels(site)
        return None if channels is None else 2 * channels * self.affine

    def buffers(self, site: Site) -> Size:
        """Running mean and variance a channel and a count of batches, if `track_running_stats`."""
        channels = self.channels(site)
        return None if channels is None else (2 * channels + 1) * self.track_running_stats


@layer_kind("dropout")
@dataclass(frozen=True, kw_only=True)
class Dropout(Layer):
    """Elements dropped at random in training; nothing at inference."""

    p: Probability = 0.5
    inplace: bool = False


@layer_kind("identity")
@dataclass(frozen=True, kw_only=True)
class Identity(Layer):
    """What comes in goes out."""


@layer_kind("relu", "relu6", "sigmoid", "tanh", "silu", "mish", "hardswish", "hardsigmoid", "selu", "softsign",
            "softplus", "log_sigmoid", "tanhshrink")  # fmt: skip
@dataclass(frozen=True, kw_only=True)
class Activation(Layer):
    """A function of each element on its own."""

    inplace: bool = False


@layer_kind("leaky_relu")
@dataclass(frozen=True, kw_only=True)
class LeakyRelu(Activation):
    """`x` above zero, `negative_slope * x` below."""

    negative_slope: float = 0.01


@layer_kind("elu", "celu")
@dataclass(frozen=True, kw_only=True)
class ExponentialUnit(Activation):
    """`x` above zero, an exponential towards `-alpha` below."""

    alpha: float = 1.0


@layer_kind("gelu")
@dataclass(frozen=True, kw_only=True)
class Gelu(Layer):
    """`x` times the normal distribution's cumulative probability at x."""

    approximate: Literal["none", "tanh"] = "none"


@layer_kind("hardtanh")
@dataclass(frozen=True, kw_only=True)
class Hardtanh(Activation):
    """`x` held between two bounds."""

    min_val: float = -1.0
    max_val: float = 1.0


@layer_kind("prelu")
@dataclass(frozen=True, kw_only=True)
class PRelu(Layer):
    """`x` above zero, a trained slope times `x` below: one slope, or one a channel."""

    num_parameters: Positive = 1
    init: float = 0.25

    def parameters(self, site: Site) -> Size:
        """The slopes."""
        return self.num_parameters


@layer_kind("softmax", "log_softmax", "softmin")
@dataclass(frozen=True, kw_only=True)
class Softmax(Layer):
    """Exponentials scaled to sum to 1 along an axis."""

    dim: Dimension | None = None
