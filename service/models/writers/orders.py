"""The order of the axes of tensors: which order a layer works on, and how axes are counted in another one."""

from service.core.geometry.shapes import Layout
from service.core.layers.axis_order import ChannelShuffle, Flip, Roll, Squeeze
from service.core.layers.base import Layer, Site
from service.core.layers.composites import StochasticDepth
from service.core.layers.elementwise import Clamp, Elementwise
from service.core.layers.functions import Cast, UnaryFunction
from service.core.layers.indexing import GetItem
from service.core.layers.merging import Concat
from service.core.layers.norms import ChannelNorm
from service.core.layers.pad_and_crop import PadOrCrop
from service.core.layers.pointwise import Activation, Dropout, Gelu, Identity, PRelu, Softmax, Softmax2d
from service.core.layers.reductions import Reduction
from service.core.layers.resampling import PixelShuffle, Upsample
from service.core.layers.slicing import Cutting, Select
from service.core.layers.spatial import SpatialLayer
from service.core.layers.splitting import Parts
from service.core.layers.untrained_norms import Rescaling
from service.models.writers.program import Order

OF_CHANNELS: tuple[type[Layer], ...] = (
    SpatialLayer, ChannelNorm, PadOrCrop, Upsample, PixelShuffle, Softmax2d, PRelu, ChannelShuffle,
)  # fmt: skip
"""Layers whose input has its channels where the framework has them."""
OF_ANY_ORDER: tuple[type[Layer], ...] = (
    Activation, UnaryFunction, Gelu, Identity, Dropout, Cast, Clamp, Elementwise, Concat, Rescaling,
    StochasticDepth,
)  # fmt: skip
"""Layers that do the same in every order of axes; several inputs all have the same one."""
OF_NAMED_AXES: tuple[type[Layer], ...] = (
    Softmax, Reduction, Cutting, Select, GetItem, Parts, Flip, Roll, Squeeze,
)  # fmt: skip
"""Layers that name axes, which are counted anew in another order."""


def rank_of(site: Site) -> int | None:
    """The number of spatial axes that a layer works on; None where it has none, or names its axes itself."""
    names = isinstance(site.layer, PadOrCrop) and site.layer.dims is not None
    return None if names else site.rank


def as_posted(axes: int) -> Order:
    """The order of the posted network."""
    return tuple(range(axes))


def with_channels_moved(source: Layout, target: Layout, axes: int) -> Order:
    """The order in which a target has a tensor whose channels the posted network has elsewhere."""
    if axes < 3 or source.channels_last == target.channels_last:
        return as_posted(axes)
    spatial = source.spatial_axes(axes, axes - 2)
    channel = source.channel_axis(axes, axes - 2)
    return (0, *spatial, channel) if target.channels_last else (0, channel, *spatial)


def wants_channels(site: Site) -> bool:
    """Whether a layer works on channels and positions, wherever its framework has them."""
    return isinstance(site.layer, OF_CHANNELS)


def takes_any_order(layer: Layer | None) -> bool:
    """Whether a layer does the same in every order of axes."""
    return isinstance(layer, OF_ANY_ORDER)


def names_axes(layer: Layer | None) -> bool:
    """Whether a layer names the axes that it works along."""
    return isinstance(layer, OF_NAMED_AXES)


def counted_in(order: Order, named: int | tuple[int, ...]) -> int | tuple[int, ...]:
    """Axes of the posted network as they are counted in another order."""
    if isinstance(named, int):
        return order.index(named % len(order))
    return tuple(order.index(axis % len(order)) for axis in named)


def without(order: Order, gone: set[int]) -> Order:
    """The order that is left where some axes of the posted network go."""
    left = sorted(set(order) - gone)
    return tuple(left.index(axis) for axis in order if axis not in gone)


def moves(have: Order, wanted: Order) -> Order:
    """The permutation that puts a tensor from one order into another."""
    return tuple(have.index(axis) for axis in wanted)
