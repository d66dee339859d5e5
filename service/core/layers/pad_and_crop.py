"""Explicit pads and crops, along as many axes as they name."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated

from annotated_types import Len

from service.core.frameworks import Framework
from service.core.frameworks.pad_rules import PadRules
from service.core.geometry.axes import Axis, PaddedAxis
from service.core.geometry.padding_pairs import Pair, read_padding
from service.core.geometry.shapes import Shape
from service.core.layers.base import Layer, Site
from service.core.layers.parameters import Amount, AmountPair, Axes, DataFormat, Like, Natural, PadMode, Positive
from service.core.layers.registry import layer_kind
from service.core.layers.spatial import SpatialLayer

MOST_SPATIAL = 3
"""Spatial axes at most: so many entries of a flat list may be an amount an axis."""
MOST_AXES = 8
"""Axes that are worked on at most."""
PadAmounts = Amount | Annotated[Sequence[Amount], Len(1, 16)] | Annotated[Sequence[AmountPair], Len(1, 8)]
WantedSizes = Positive | Annotated[Sequence[Positive], Len(1, 8)] | Like
CropPair = Annotated[Sequence[Natural], Len(2, 2)]
CropAmounts = Natural | Annotated[Sequence[Natural], Len(1, 16)] | Annotated[Sequence[CropPair], Len(1, 8)]


@dataclass(frozen=True, kw_only=True)
class PadOrCrop(SpatialLayer):
    """What pad and crop share: they work on the last axes, or those before the channels, as many as are given."""

    padding: int | Sequence[int] | Sequence[Sequence[int]] | None
    to: WantedSizes | None
    dims: Axes | None

    def rules(self, site: Site) -> PadRules:
        """What its framework takes."""
        return site.framework.pads_of(named_axes=self.dims is not None)

    @property
    def own_rank(self) -> int | None:
        """As many axes as are named, or entries; None where the input decides."""
        if self.dims is not None:
            return len(self.dims)
        if self.padding is None:
            return None if isinstance(self.to, int | dict | None) else len(self.to)
        if isinstance(self.padding, int):
            return None
        return None if isinstance(self.padding[0], int) and len(self.padding) > MOST_SPATIAL else len(self.padding)

    def entries(self, site: Site, parameter: str) -> tuple[int, ...]:
        """As many as there are axes; a list that is about no axes is judged as such."""
        if parameter == "padding" and not isinstance(self.padding, int | None):
            return (site.rank or 0, len(self.padding))
        return super().entries(site, parameter)

    def in_place(self, asked: Framework | None, shape: Shape | None) -> Layer:
        """A flat list as pairs, where it has one reading."""
        readings = self.readings(asked, shape)
        return replace(self, padding=readings[0]) if len(readings) == 1 else self

    def readings(self, asked: Framework | None, shape: Shape | None) -> list[list[list[int]]]:
        """What a flat list may mean, as pairs: an amount an axis, or two amounts an axis as the framework orders them.

        The one that names all spatial axes of the input is meant, if one of them does.
        """
        if isinstance(self.padding, int | None) or not all(isinstance(entry, int) for entry in self.padding):
            return []
        amounts = [entry for entry in self.padding if isinstance(entry, int)]
        dimensions = 8 if shape is None else len(shape)
        theirs = asked.pads.flat(amounts) if asked and asked.pads.flat and len(amounts) % 2 == 0 else []
        while len(theirs) > MOST_SPATIAL and theirs[0] == [0, 0]:
            theirs = theirs[1:]
        own = [[amount, amount] for amount in amounts] if len(amounts) <= MOST_SPATIAL or self.dims is not None else []
        possible = [pairs for pairs in (own, theirs) if 0 < len(pairs) <= min(MOST_AXES, dimensions)]
        whole = [pairs for pairs in possible if shape is not None and len(pairs) == len(shape) - 2]
        return whole or possible

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Any number that has these axes, the channels' beside them where those come last."""
        rank = self.own_rank
        if self.dims is not None:
            return tuple(range(9))
        if rank is None:
            return (3, 4, 5)
        if site.sizes_only:
            return (rank + 2,)
        least, most = self.leading_axes(site)
        return tuple(range(rank + least, rank + most + 1))

    def leading_axes(self, site: Site) -> tuple[int, int]:
        """How many axes may stand before those that are worked on."""
        placed = site.layout.channels_last or site.framework.layout.channels_last
        return (2, 2) if placed else (0, 8 - (self.own_rank or 0))

    def places(self, site: Site) -> list[int]:
        """The axes of the shape that are worked on; those that do not exist are left out."""
        shape = site.shape or ()
        if self.dims is None:
            return list(site.layout.spatial_axes(len(shape), site.rank or 0))
        return [dim % len(shape) for dim in self.dims if -len(shape) <= dim < len(shape)]

    def sizes(self, site: Site) -> Shape:
        """The sizes of the axes that are worked on."""
        if self.dims is None:
            return site.spatial
        places = self.places(site)
        known = site.shape is not None and len(places) == len(self.dims)
        return tuple((site.shape or ())[place] for place in places) if known else (None,) * len(self.dims)

    def position_axes(self, site: Site) -> tuple[Axis, ...]:
        """The spatial axes, of which not all need be worked on, and others may be."""
        if site.shape is None or not site.fits or not site.axes:
            return site.axes
        padded = dict(zip(self.places(site), site.axes, strict=False))
        positions = site.layout.position_axes(site.shape)
        if not padded.keys() & set(positions):
            return ()
        return tuple(padded.get(place) or PaddedAxis(size=site.shape[place], before=0, after=0) for place in positions)

    def amounts(self, site: Site) -> tuple[Pair, ...]:
        """The padding as one pair per axis; empty while it is unknown."""
        if self.padding is None:
            return self._amounts_to(site)
        normal = read_padding(self.padding, site.rank or 0)
        return () if normal is None or isinstance(normal, str) else normal

    def _amounts_to(self, site: Site) -> tuple[Pair, ...]:
        """What is missing of the size wanted, half before and the rest after; negative where it is too much."""
        wanted = self.wanted_sizes(site)
        sizes = [size for size in self.sizes(site) if size is not None]
        if wanted is None or len(sizes) != len(wanted):
            return ()
        missing = [target - size for size, target in zip(sizes, wanted, strict=True)]
        return tuple((total // 2, total - total // 2) for total in missing)

    def wanted_sizes(self, site: Site) -> tuple[int, ...] | None:
        """The sizes of `to`, one per axis; None where there is none, or it is unknown."""
        return None if self.to is None else site.per_axis("to")

    def output_shape(self, site: Site) -> Shape | None:
        """The shape with its spatial sizes replaced."""
        if site.shape is None or site.rank is None or not site.fits:
            return None
        places = self.places(site)
        if self.dims is not None and len(places) != len(self.dims):
            return None
        least = 0 if self.rules(site).empty_output else 1
        sizes = [axis.output if axis.output is not None and axis.output >= least else None for axis in site.axes]
        if not sizes:
            sizes = list(self.wanted_sizes(site) or (None,) * site.rank)
        put = dict(zip(places, sizes, strict=False))
        return tuple(put.get(axis, size) for axis, size in enumerate(site.shape))

    def declared_shape(self, site: Site) -> Shape | None:
        """The axes that are named may have any size."""
        if self.dims is None or site.shape is None:
            return super().declared_shape(site)
        places = self.places(site)
        return tuple(None if axis in places else size for axis, size in enumerate(site.shape))


@layer_kind("pad")
@dataclass(frozen=True, kw_only=True)
class Pad(PadOrCrop):
    """Explicit padding: `o = i + before + after`; negative amounts crop.

    Constant padding takes an input of any number of axes; the other modes one with channels, batched or not.
    `padding` is one integer, one per axis, or one pair per axis: the spatial axes unless there are more or fewer of
    them, or those that `dims` names. `to` is the size wanted instead, or that of another
    layer: what is missing is added, half of it before and the rest after. `reflect` takes less than the input size,
    `symmetric` and `circular` at most the input size.
    """

    padding: PadAmounts | None = None
    to: WantedSizes | None = None
    dims: Axes | None = None
    mode: PadMode = "constant"
    value: float = 0.0
    data_format: DataFormat | None = None

    def leading_axes(self, site: Site) -> tuple[int, int]:
        """As the framework has it: in PyTorch modes that copy from the input want channels, and a batch or none."""
        return self.rules(site).leading_axes.get(self.mode) or super().leading_axes(site)

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """The input with positions added or taken away."""
        return tuple(
            PaddedAxis(size=size, before=before, after=after, mode=self.mode, to_size=self.to is not None)
            for size, (before, after) in zip(self.sizes(site), self.amounts(site), strict=False)
        )


@layer_kind("crop")
@dataclass(frozen=True, kw_only=True)
class Crop(PadOrCrop):
    """Positions taken from the ends of the spatial axes: `o = i - before - after`.

    `to` is the size wanted instead, or that of another layer: half of what is too much is taken before, rounded down,
    and the rest after.
    """

    padding: CropAmounts | None = None
    to: WantedSizes | None = None
    dims: Axes | None = None
    data_format: DataFormat | None = None

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """The input with positions taken away."""
        return tuple(
            PaddedAxis(size=size, before=-before, after=-after, to_size=self.to is not None)
            for size, (before, after) in zip(self.sizes(site), self.amounts(site), strict=False)
        )

    def _amounts_to(self, site: Site) -> tuple[Pair, ...]:
        """What is too much of the size wanted, half before and the rest after."""
        return tuple((-after, -before) for before, after in super()._amounts_to(site))
