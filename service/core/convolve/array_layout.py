"""How the axes of posted arrays are arranged: arrays are brought to one order, and results back to their own.

Inside, an input is `[N, C, *spatial]`, a convolution's weight `[O, C/groups, *kernel]`, a transposed one's
`[C, O/groups, *kernel]`. Outside, axes are in the framework's own order, with or without batch and channels.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from service.core.convolve.kernels.pad_arrays import Array
from service.core.diagnostics import Fact
from service.core.diagnostics.arrays import array_rank_mismatch
from service.core.geometry.shapes import Layout, Shape
from service.core.layers.base import Kind
from service.core.layers.registry import SPATIAL_RANKS

MOST_AXES = 5
"""Axes of an input: batch, channels and three spatial axes."""


class Form(IntEnum):
    """How many axes an input has besides the spatial ones."""

    BARE = 0
    UNBATCHED = 1
    BATCHED = 2


@dataclass(frozen=True, kw_only=True)
class Arrangement:
    """How posted arrays are arranged: their spatial axes, the other axes of the input, and the order of all."""

    rank: int
    form: Form
    layout: Layout
    weight: str
    """The axes of the weight, as O, I and S in their order (see `Framework.weight`). A bare weight has only S."""

    def inward(self, array: Array) -> Array:
        """An input as `[N, C, *spatial]`."""
        if self.form == Form.BARE:
            return array[None, None]
        moved: Array = np.moveaxis(array, -1, -1 - self.rank) if self.layout.channels_last else array
        return moved[None] if self.form == Form.UNBATCHED else moved

    def outward(self, array: Array) -> Array:
        """A result `[N, C, *spatial]` in the form and order of the input."""
        if self.form == Form.BARE:
            bare: Array = array[0, 0]
            return bare
        moved: Array = np.moveaxis(array, -1 - self.rank, -1) if self.layout.channels_last else array
        return moved[0] if self.form == Form.UNBATCHED else moved

    def weight_inward(self, array: Array, order: str) -> Array:
        """A weight with O and I in this order, before the axes of the kernel."""
        if self.form == Form.BARE:
            return array[None, None]
        places = {}
        axis = 0
        for letter in self.weight:
            places[letter] = axis
            axis += self.rank if letter == "S" else 1
        spatial = range(places["S"], places["S"] + self.rank)
        return array.transpose([*(places[letter] for letter in order), *spatial])

    def shape_inward(self, shape: Shape) -> Shape:
        """The shape of an input as `[N, C, *spatial]`, without touching its data."""
        if self.form == Form.BARE:
            return (1, 1, *shape)
        if self.layout.channels_last:
            shape = (*shape[: -1 - self.rank], shape[-1], *shape[-1 - self.rank : -1])
        return (1, *shape) if self.form == Form.UNBATCHED else shape

    def position_inward(self, position: tuple[int, ...]) -> tuple[int, ...]:
        """An index into a result as posted, as an index into `[N, C, *spatial]`."""
        if self.form == Form.BARE:
            return (0, 0, *position)
        if self.layout.channels_last:
            position = (*position[: -1 - self.rank], position[-1], *position[-1 - self.rank : -1])
        return (0, *position) if self.form == Form.UNBATCHED else position


def arranged(
    kind: Kind, own_rank: int | None, input_axes: int, weight_axes: int | None, layout: Layout, weight: str
) -> Arrangement | list[Fact]:
    """How arrays with so many axes are arranged, or why they cannot be.

    The rank is the layer's, if it has one. Otherwise it is the weight's: a weight with as many axes as the input, up to
    three, is bare. Without a weight it is the input's, where only one rank is possible.
    """
    rank = kind.rank or own_rank or _rank_of(input_axes, weight_axes)
    facts = list(_mismatches(kind, rank, input_axes, weight_axes))
    if facts or rank is None:
        return facts
    return Arrangement(rank=rank, form=Form(input_axes - rank), layout=layout, weight=weight)


def _rank_of(input_axes: int, weight_axes: int | None) -> int | None:
    if weight_axes is not None:
        bare = weight_axes == input_axes and weight_axes in SPATIAL_RANKS
        return weight_axes if bare else weight_axes - 2
    return {1: 1, 2: 2, 4: 2, 5: 3}.get(input_axes)


def _mismatches(kind: Kind, rank: int | None, input_axes: int, weight_axes: int | None) -> Iterator[Fact]:
    if rank is None:
        wanted = "a layer type that names its rank" if input_axes == 3 else "1 to 5 axes"
        yield from array_rank_mismatch("input", input_axes, wanted, kind.name)
    elif rank not in SPATIAL_RANKS and weight_axes is not None and 1 <= input_axes <= MOST_AXES:
        wanted = f"{input_axes} axes, or 3 to 5, beside this input"
        yield from array_rank_mismatch("weight", weight_axes, wanted, kind.name)
    elif rank not in SPATIAL_RANKS or input_axes - rank not in set(Form):
        wanted = f"{rank}, {rank + 1} or {rank + 2} axes" if rank in SPATIAL_RANKS else "1 to 5 axes"
        yield from array_rank_mismatch("input", input_axes, wanted, kind.name)
    elif weight_axes is not None:
        wanted_axes = rank if input_axes == rank else rank + 2
        if weight_axes != wanted_axes:
            yield from array_rank_mismatch("weight", weight_axes, f"{wanted_axes} axes beside this input", kind.name)
