"""Receptive fields: which pixels of the network's input an output sees.

Along an axis, output j of a layer sees `size` neighbouring pixels centred at `start + j*stride`; the first pixel of the
network's input is 0. A layer with window e, stride s and padding b before turns the field (r, g, c) into

    size    r + (e - 1)*g
    stride  g*s
    start   c + ((e - 1)/2 - b)*g

Behind a layer that makes more positions than it gets (a transposed convolution, an upsampling, an adaptive pool)
neighbouring outputs see different numbers of pixels. The size is then that of the widest field, the stride the average,
and the start that of output 0.
Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill, 2019.
"""

from dataclasses import dataclass
from functools import lru_cache

from service.core.geometry import axis_field
from service.core.geometry.axis_field import AxisField
from service.core.geometry.shapes import LARGEST_AXIS

MOST_CACHED_FIELDS = 20_000
"""Fields. Chosen: the same fields come again within a network and from one request to the next."""


@dataclass(frozen=True)
class ReceptiveField:
    """The receptive field of a tensor, and whether all paths to it agree on centres and strides."""

    axes: tuple[AxisField, ...]
    aligned: bool = True


def of_input(rank: int) -> ReceptiveField:
    """The field of the network's input: each pixel sees itself."""
    return ReceptiveField((axis_field.IDENTITY,) * rank)


@lru_cache(maxsize=MOST_CACHED_FIELDS)
def composed(field: ReceptiveField | None, layer: tuple[AxisField | None, ...]) -> ReceptiveField | None:
    """The field behind a layer whose outputs see `layer` of its inputs along each axis; None where it is unknown.

    Nor is one told that is longer than any axis can be.
    """
    if field is None or len(layer) != len(field.axes):
        return None
    axes = []
    for before, own in zip(field.axes, layer, strict=True):
        behind = None if own is None else axis_field.composed(before, own)
        if behind is None or behind.advance > LARGEST_AXIS or behind.lasts[0] - behind.firsts[0] > LARGEST_AXIS:
            return None
        axes.append(behind)
    return ReceptiveField(tuple(axes), field.aligned)


@lru_cache(maxsize=MOST_CACHED_FIELDS)
def union(fields: tuple[ReceptiveField | None, ...], main: int) -> ReceptiveField | None:
    """The field of merged branches: all that any of them sees, with the stride of branch `main`."""
    known = [field for field in fields if field is not None]
    if len(known) != len(fields) or len({len(field.axes) for field in known}) != 1:
        return None
    if all(field == known[0] for field in known):
        return known[0]
    axes = []
    aligned = all(field.aligned for field in known)
    for branches in zip(*(field.axes for field in known), strict=True):
        aligned = aligned and len({(branch.twice_centre, branch.stride) for branch in branches}) == 1
        merged = axis_field.union(list(branches), main)
        if merged is None:
            return None
        axes.append(merged)
    return ReceptiveField(tuple(axes), aligned)
