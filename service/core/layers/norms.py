"""Normalisation: shapes stay, channels must be those that the layer was made for."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal

from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.merging import broadcast
from service.core.layers.parameters import DataFormat, Dimension, Positive
from service.core.layers.registry import SPATIAL_RANKS, layer_kind


class ChannelNorm(Layer):
    """What the normalisations of channels share: how many they are made for, and how many arrive.

    Further inputs are its weights and statistics, so that it has none of its own.
    """

    takes_inputs: ClassVar[InputCounts] = (1, 3)
    sized_by: ClassVar[frozenset[str]] = frozenset({"num_features", "num_channels"})

    def input_counts(self, site: Site) -> InputCounts:
        """One where the others are no weights: those have one axis."""
        if site.framework.weights_are_inputs or all(shape is None or len(shape) == 1 for shape in site.inputs[1:]):
            return super().input_counts(site)
        return (1, 1)

    def weights_given(self, site: Site) -> bool:
        """Whether its numbers are inputs."""
        return len(site.inputs) > 1

    def numbers(self, site: Site) -> Size:
        """How many numbers a weight has: one a channel."""
        return self.arriving(site)

    def declared_as(self) -> tuple[str, Size]:
        """The parameter that says how many channels it is made for, and what it says."""
        raise TypeError(f"{type(self).__name__} declares no channels")

    @property
    def holds_numbers(self) -> bool:
        """Whether it has numbers a channel, so that their count matters."""
        return True

    def channels(self, site: Site) -> Size:
        """The channels it is made for: as declared, else as they arrive."""
        declared = self.declared_as()[1]
        return self.arriving(site) if declared is None else declared

    def declared_shape(self, site: Site) -> Shape | None:
        """All but the channels: what arrives and what it is made for may differ."""
        if not site.shape or len(site.shape) < 2:
            return site.shape
        axis = len(site.shape) - 1 if site.layout.channels_last else 1
        return (*site.shape[:axis], None, *site.shape[axis + 1 :])

    def arriving(self, site: Site) -> Size:
        """The channels of the input, which needs no spatial axes here: `[N, C]` is enough."""
        if not site.shape:
            return None
        if site.layout.channels_last:
            return site.shape[-1]
        return site.shape[1] if len(site.shape) > 1 else 1


def _along(axis: int | None, site: Site, otherwise: Size) -> Size:
    """The size of the axis that is named, unknown where it does not exist; of another where none is named."""
    if axis is None or site.shape is None:
        return otherwise
    return site.shape[axis] if -len(site.shape) <= axis < len(site.shape) else None


def _trained(layer: "BatchNorm | GroupNorm") -> int:
    """How many numbers a channel are trained: a shift and a scale, either, or none."""
    return sum(layer.affine if part is None else part for part in (layer.center, layer.scale))


@layer_kind("batch_norm", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class BatchNorm(ChannelNorm):
    """Each channel shifted and scaled to mean 0 and variance 1 over the batch, then by a trained scale and shift."""

    takes_inputs: ClassVar[InputCounts] = (1, 5)

    num_features: Positive | None = None
    eps: float = 1e-5
    momentum: float | None = 0.1
    affine: bool = True
    center: bool | None = None
    scale: bool | None = None
    track_running_stats: bool = True
    axis: Dimension | None = None
    data_format: DataFormat | None = None
    return_statistics: bool = False

    def arriving(self, site: Site) -> Size:
        """The channels of the axis that is named, else of the layout's."""
        return _along(self.axis, site, super().arriving(site))

    def declared_as(self) -> tuple[str, Size]:
        """`num_features`."""
        return "num_features", self.num_features

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """What is normalised; the running mean and variance, a number a channel, if they are asked for."""
        return (self.output_shape(site), *((self.channels(site),),) * (2 * self.return_statistics))

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As many outputs."""
        return (self.declared_shape(site), *((self.channels(site),),) * (2 * self.return_statistics))

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """`[N, C]` and `[N, C, L]` at rank 1, rank + 2 above; all of them where the type names no rank."""
        if site.kind.rank is None and (self.weights_given(site) or not site.framework.unbatched):
            return (1, 2, 3, 4, 5, 6, 7, 8)
        return {None: (2, 3, 4, 5), 1: (2, 3), 2: (4,), 3: (5,)}[site.kind.rank]

    def values_in_a_mean(self, site: Site) -> Size:
        """As in training; None where running means are taken instead once it is trained."""
        return None if self.track_running_stats else self.values_in_training(site)

    def values_in_training(self, site: Site) -> Size:
        """Of a channel, in all the batch; None while unknown."""
        if site.shape is None or len(site.shape) < 2 or None in site.shape:
            return None
        return (elements(site.shape) or 0) // (self.arriving(site) or 1)

    def parameters(self, site: Site) -> Size:
        """A scale and a shift a channel, if `affine`; either alone as `scale` and `center` say."""
        channels = 0 if self.weights_given(site) else self.channels(site)
        return None if channels is None else channels * _trained(self)

    def buffers(self, site: Site) -> Size:
        """Running mean and variance a channel, and PyTorch's count of batches, if `track_running_stats`."""
        if self.weights_given(site):
            return 0
        channels = self.channels(site)
        return None if channels is None else (2 * channels + site.framework.counts_batches) * self.track_running_stats


@layer_kind("instance_norm", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class InstanceNorm(BatchNorm):
    """Each channel of each example on its own; without trained or running numbers unless asked for."""

    affine: bool = False
    track_running_stats: bool = False

    @property
    def holds_numbers(self) -> bool:
        """Neither trained nor running ones unless asked for."""
        return self.affine or self.track_running_stats

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Rank + 1 or rank + 2 axes; all of them where the type names no rank."""
        return (2, 3, 4, 5) if site.kind.rank is None else (site.kind.rank + 1, site.kind.rank + 2)

    def values_in_training(self, site: Site) -> Size:
        """Of a channel of one example."""
        if not site.spatial or None in site.spatial:
            return None
        return prod(size for size in site.spatial if size is not None)

    def arriving(self, site: Site) -> Size:
        """The channels before the spatial axes, whether or not there is a batch."""
        if site.shape is None or site.kind.rank is None:
            return super().arriving(site)
        return site.channels


@layer_kind("group_norm")
@dataclass(frozen=True, kw_only=True)
class GroupNorm(ChannelNorm):
    """The channels of each of `num_groups` groups together."""

    num_groups: Positive | Literal[-1]
    num_channels: Positive | None = None
    eps: float = 1e-5
    affine: bool = True
    center: bool | None = None
    scale: bool | None = None
    axis: Dimension | None = None
    data_format: DataFormat | None = None

    def arriving(self, site: Site) -> Size:
        """The channels of the axis that is named, else of the layout's."""
        return _along(self.axis, site, super().arriving(site))

    def groups(self, site: Site) -> Size:
        """The groups; with -1 there are as many as channels."""
        return self.channels(site) if self.num_groups == -1 else self.num_groups

    def declared_as(self) -> tuple[str, Size]:
        """`num_channels`."""
        return "num_channels", self.num_channels

    def values_in_a_mean(self, site: Site) -> Size:
        """Of a group of channels, in all the batch: that is how PyTorch counts; None while unknown."""
        if site.shape is None or len(site.shape) < 2 or None in site.shape:
            return None
        groups = self.groups(site)
        if not groups or (self.arriving(site) or 0) % groups:
            return None
        return (elements(site.shape) or 0) // groups

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch and channels at least."""
        return (2, 3, 4, 5, 6, 7, 8)

    def parameters(self, site: Site) -> Size:
        """A scale and a shift a channel, if `affine`; either alone as `scale` and `center` say."""
        numbers = 0 if self.weights_given(site) else self.made_for(site)
        return None if numbers is None else numbers * _trained(self)

    def made_for(self, site: Site) -> Size:
        """How many numbers its own weights have: one a channel, or a group in old operator sets."""
        return self.groups(site) if site.framework.weights_by_group else self.channels(site)

    def numbers(self, site: Site) -> Size:
        """How many numbers a weight has: one a channel, or a group in old operator sets."""
        return self.groups(site) if site.framework.weights_by_group else self.arriving(site)


@layer_kind("channel_layer_norm")
@dataclass(frozen=True, kw_only=True)
class ChannelLayerNorm(ChannelNorm):
    """Each position over its channels, which stand where the framework has them; then by a trained scale and shift."""

    num_channels: Positive | None = None
    eps: float = 1e-6
    affine: bool = True

    def declared_as(self) -> tuple[str, Size]:
        """`num_channels`."""
        return "num_channels", self.num_channels

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch, channels and an image."""
        return (4,)

    def parameters(self, site: Site) -> Size:
        """A scale and a shift a channel, if `affine`."""
        channels = 0 if self.weights_given(site) else self.channels(site)
        return None if channels is None else 2 * channels * self.affine


@layer_kind("frozen_batch_norm")
@dataclass(frozen=True, kw_only=True)
class FrozenBatchNorm(Layer):
    """`x * scale + shift` with four numbers a channel, of mean and variance too, that are all kept and none trained.

    They stand along axis 1 of four; shapes of fewer axes and sizes of 1 stretch to them.
    """

    num_features: Positive | None = None
    eps: float = 1e-5

    def channels(self, site: Site) -> Size:
        """The channels it is made for: as declared, else as they arrive."""
        if self.num_features is not None or site.shape is None:
            return self.num_features
        return site.shape[-3] if len(site.shape) > 2 else 1

    def output_shape(self, site: Site) -> Shape | None:
        """The input's shape, stretched to the channels."""
        channels = self.channels(site)
        if site.shape is None or channels is None:
            return site.shape
        return broadcast([site.shape, (1, channels, 1, 1)])

    def declared_shape(self, site: Site) -> Shape | None:
        """The input's shape."""
        return site.shape

    def buffers(self, site: Site) -> Size:
        """Scale, shift, mean and variance a channel."""
        channels = self.channels(site)
        return None if channels is None else 4 * channels
