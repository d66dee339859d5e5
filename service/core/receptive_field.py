"""Receptive fields: which pixels of the network's input an output sees, one axis at a time.

Output j of a layer sees `size` neighbouring pixels, centred at `start + j*stride` in pixels of the network's input,
the first of which is 0. A layer of window e, stride s and padding b before makes of (r, g, c)

    size    r + (e - 1)*g
    stride  g*s
    start   c + ((e - 1)/2 - b)*g

Source: Araujo, Norris and Sim, "Computing Receptive Fields of Convolutional Neural Networks", Distill, 2019.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from service.core.axes import Axis, Number


@dataclass(frozen=True, slots=True)
class Field:
    """The receptive field along one axis."""

    size: Number
    stride: Number
    start: Number


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
            "start": [float(axis.start) for axis in self.axes],
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
        stride = before.stride * step.stride
        widened.append(
            Field(
                before.size + (step.size - 1) * before.stride,
                int(stride) if stride == int(stride) else stride,
                before.start + step.start * before.stride,
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
        first = min(axis.start - Fraction(axis.size - 1) / 2 for axis in along)
        last = max(axis.start + Fraction(axis.size - 1) / 2 for axis in along)
        aligned = aligned and len({(axis.start, axis.stride) for axis in along}) == 1
        axes.append(Field(last - first + 1, along[main].stride, (first + last) / 2))
    return ReceptiveField(tuple(axes), aligned)
