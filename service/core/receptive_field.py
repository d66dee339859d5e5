"""Receptive fields: which pixels of the network's input an output sees, one axis at a time.

Output j of a layer sees `size` neighbouring pixels, centred at `start + j*stride` in pixels of the network's input,
the first of which is 0. A layer of window e, stride s and padding b before makes of (r, g, c)

    size    r + (e - 1)*g
    stride  g*s
    start   c + ((e - 1)/2 - b)*g

Behind a layer that makes more positions than there were (a transposed convolution, an upsampling, an adaptive pool)
outputs take turns at seeing more and less: the size is then that of the widest, the stride the average, and start
belongs to output 0.
Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill, 2019.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from service.core import reach
from service.core.lazy import lazy
from service.core.reach import Number, Reach

MOST_KEPT = 20_000
"""Fields kept at most: the same ones come again within a network and from one request to the next."""


@dataclass(frozen=True)
class ReceptiveField:
    """The receptive field of a tensor, and whether all paths to it agree on centres and strides."""

    axes: tuple[Reach, ...]
    aligned: bool = True

    @lazy
    def shown(self) -> dict[str, Any]:
        """The field as the HTTP answer shows it."""
        shown: dict[str, Any] = {
            "size": [axis.size for axis in self.axes],
            "stride": [_number(axis.stride) for axis in self.axes],
            "start": [axis.centre / 2 for axis in self.axes],
        }
        if not self.aligned:
            shown["aligned"] = False
        return shown


def _number(value: Number) -> int | float:
    return value if isinstance(value, int) else float(value)


def of_input(rank: int) -> ReceptiveField:
    """A pixel of the input sees itself."""
    return ReceptiveField((reach.ITSELF,) * rank)


@lru_cache(maxsize=MOST_KEPT)
def through(field: ReceptiveField | None, reaches: tuple[Reach | None, ...]) -> ReceptiveField | None:
    """The field after a layer that reaches so far along its axes; None where it is not known."""
    if field is None or len(reaches) != len(field.axes):
        return None
    widened = []
    for before, layer in zip(field.axes, reaches, strict=True):
        seen = None if layer is None else reach.through(before, layer)
        if seen is None:
            return None
        widened.append(seen)
    return ReceptiveField(tuple(widened), field.aligned)


@lru_cache(maxsize=MOST_KEPT)
def union(fields: tuple[ReceptiveField | None, ...], main: int) -> ReceptiveField | None:
    """The field of branches brought together: all that any of them sees, with the stride of branch `main`."""
    known = [field for field in fields if field is not None]
    if len(known) != len(fields) or len({len(field.axes) for field in known}) != 1:
        return None
    if all(field == known[0] for field in known):
        return known[0]
    axes = []
    aligned = all(field.aligned for field in known)
    for along in zip(*(field.axes for field in known), strict=True):
        aligned = aligned and len({(axis.centre, axis.stride) for axis in along}) == 1
        seen = reach.together(list(along), main)
        if seen is None:
            return None
        axes.append(seen)
    return ReceptiveField(tuple(axes), aligned)
