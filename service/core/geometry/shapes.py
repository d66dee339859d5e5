"""Shapes and layouts: which axes of an array are its batch, its channels and its spatial axes.

A shape is a tuple of sizes, None where a size is unknown. It has up to three parts: the batch (absent from an unbatched
input), the channels and the spatial sizes. A `Layout` takes a shape apart and puts it together again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod

Size = int | None
Shape = tuple[Size, ...]
LARGEST = 2**31 - 1
"""The largest size or parameter accepted: what a 32-bit signed index can hold."""
LARGEST_AXIS = 2**63 - 1
"""The largest size that a layer may make of what arrives: what frameworks count positions with, a 64-bit index."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Channels before the spatial axes (`NCHW`), or after them (`NHWC`)."""

    name: str
    channels_last: bool

    def channel_axis(self, dimensions: int, rank: int) -> int:
        """The index of the channel axis in a shape of `dimensions` axes, `rank` of them spatial."""
        return dimensions - 1 if self.channels_last else dimensions - rank - 1

    def spatial_axes(self, dimensions: int, rank: int) -> range:
        """The indices of the spatial axes."""
        first = dimensions - rank - self.channels_last
        return range(first, first + rank)

    def spatial(self, shape: Shape, rank: int) -> Shape:
        """The spatial sizes of a shape."""
        axes = self.spatial_axes(len(shape), rank)
        return shape[axes.start : axes.stop]

    def position_axes(self, shape: Shape) -> range:
        """The axes of a batched shape that have positions: the spatial ones, or the features where there are none."""
        return self.spatial_axes(len(shape), len(shape) - 2) if len(shape) > 2 else range(1, len(shape))

    def known_sizes(self, shape: Shape) -> tuple[int, ...]:
        """The spatial sizes of a batched shape; empty where it has none, or one is unknown."""
        spatial = self.spatial(shape, len(shape) - 2) if len(shape) > 2 else ()
        return tuple(size for size in spatial if size is not None) if None not in spatial else ()

    def known_spatial(self, shape: Shape | None, rank: int) -> tuple[int, ...] | None:
        """The spatial sizes of a shape; None where it has not as many, or one is unknown."""
        if shape is None or len(shape) < rank + self.channels_last:
            return None
        sizes = [size for size in self.spatial(shape, rank) if size is not None]
        return tuple(sizes) if len(sizes) == rank else None

    def with_sizes(self, shape: Shape, channels: Size, spatial: Sequence[Size]) -> Shape:
        """A shape with its channels, if it has any, and its spatial sizes replaced."""
        sizes = list(shape)
        places = self.spatial_axes(len(shape), len(spatial))
        sizes[places.start : places.stop] = spatial
        if len(shape) > len(spatial):
            sizes[self.channel_axis(len(shape), len(spatial))] = channels
        return tuple(sizes)

    def join(self, batch: Shape, channels: Size, spatial: Sequence[Size]) -> Shape:
        """The shape of these axes before all others (the batch), these channels and these spatial sizes."""
        return (*batch, *spatial, channels) if self.channels_last else (*batch, channels, *spatial)


CHANNELS_FIRST = Layout("channels_first", False)
CHANNELS_LAST = Layout("channels_last", True)
LAYOUTS = {layout.name: layout for layout in (CHANNELS_FIRST, CHANNELS_LAST)}


def within_reach(shape: Shape | None) -> Shape | None:
    """A shape in which sizes above LARGEST_AXIS are unknown."""
    if shape is None or all(size is None or size <= LARGEST_AXIS for size in shape):
        return shape
    return tuple(None if size is None or size > LARGEST_AXIS else size for size in shape)


def elements(shape: Shape | None) -> int | None:
    """How many elements a shape holds; an unknown first size (the batch) counts as 1, any other makes it None."""
    if shape is None:
        return None
    known = [1 if index == 0 and size is None else size for index, size in enumerate(shape)]
    return None if None in known else prod(size for size in known if size is not None)


def sizes_text(sizes: Sequence[Size]) -> str:
    """Sizes of several axes in a message: `224 x 200`."""
    return " x ".join(str(size) for size in sizes)


def shape_text(shape: Shape) -> str:
    """A shape in a message, as JSON writes it."""
    return f"[{', '.join('null' if size is None else str(size) for size in shape)}]"
