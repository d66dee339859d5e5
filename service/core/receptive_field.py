"""Receptive fields: which pixels of the network's input an output sees, one axis at a time.

Output j of a layer sees `size` neighbouring pixels, centred at `start + j*stride` in pixels of the network's input,
the first of which is 0. A layer of window e, stride s and padding b before makes of (r, g, c)

    size    r + (e - 1)*g
    stride  g*s
    start   c + ((e - 1)/2 - b)*g

Centres are kept in half pixels, so that all of them are integers unless something is scaled up.
Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill, 2019.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from service.core.axes import Axis, Number, quotient


@dataclass(frozen=True, slots=True)
class Field:
    """The receptive field along one axis; the centre is counted in half pixels."""

    size: Number
    stride: Number
    centre: Number

    @property
    def ends(self) -> tuple[Number, Number]:
        """The first and the last pixel that output 0 sees, in half pixels."""
        return self.centre - (self.size - 1), self.centre + (self.size - 1)


@dataclass(frozen=True, slots=True)
class ReceptiveField:
    """The receptive field of a tensor, and whether all paths to it agree on centres and strides."""

    axes: tuple[Field, ...]
    aligned: bool = True

    def as_dict(self) -> dict[str, Any]:
        """The field as the HTTP answer shows it."""
        shown: dict[str, Any] = {
            "size": [_number(axis.size) for axis in self.axes],
            "stride": [_number(axis.stride) for axis in self.axes],
            "start": [float(axis.centre) / 2 for axis in self.axes],
        }
        if not self.aligned:
            shown["aligned"] = False
        return shown


def _number(value: Number) -> int | float:
    return int(value) if value == int(value) else float(value)


def of_input(rank: int) -> ReceptiveField:
    """A pixel of the input sees itself."""
    return ReceptiveField((Field(1, 1, 0),) * rank)


def through(field: ReceptiveField | None, axes: Sequence[Axis]) -> ReceptiveField | None:
    """The field after a layer with these axes; None where it is not known."""
    if field is None or len(axes) != len(field.axes):
        return None
    widened = []
    for before, axis in zip(field.axes, axes, strict=True):
        step = axis.step
        if step is None:
            return None
        widened.append(
            Field(
                before.size + (step.size - 1) * before.stride,
                before.stride * step.stride,
                before.centre + step.centre * before.stride,
            )
        )
    return ReceptiveField(tuple(widened), field.aligned)


def union(fields: Sequence[ReceptiveField | None], main: int) -> ReceptiveField | None:
    """The field of branches brought together: all that any of them sees, with the stride of branch `main`."""
    known = [field for field in fields if field is not None]
    if len(known) != len(fields) or len({len(field.axes) for field in known}) != 1:
        return None
    axes = []
    aligned = all(field.aligned for field in known)
    for along in zip(*(field.axes for field in known), strict=True):
        first, last = min(axis.ends[0] for axis in along), max(axis.ends[1] for axis in along)
        aligned = aligned and len({(axis.centre, axis.stride) for axis in along}) == 1
        axes.append(Field(quotient(last - first, 2) + 1, along[main].stride, quotient(first + last, 2)))
    return ReceptiveField(tuple(axes), aligned)
