"""A layer and its input while they are drawn: what all frameworks have in common."""

import random
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

Layer = dict[str, Any]
Shape = list[int]

RANKS = (1, 2, 3)
NOT_PARAMETERS = ("type", "name", "inputs")
"""The members of a posted layer that are not its parameters."""


@dataclass(kw_only=True)
class Axis:
    """One spatial axis of a window layer."""

    size: int
    kernel: int
    stride: int = 1
    dilation: int = 1
    output_padding: int = 0

    @property
    def effective(self) -> int:
        return (self.kernel - 1) * self.dilation + 1

    @property
    def transposed(self) -> int:
        """What a transposed convolution gives before padding crops it."""
        return (self.size - 1) * self.stride + self.effective + self.output_padding


@dataclass(kw_only=True)
class EvenAxis(Axis):
    """An axis with the same padding at both ends."""

    padding: int = 0


@dataclass(kw_only=True)
class UnevenAxis(Axis):
    """An axis with a padding for each end."""

    before: int = 0
    after: int = 0

    @property
    def padded(self) -> int:
        return self.size + self.before + self.after


A = TypeVar("A", bound=Axis)
AxisBuilder = Callable[[random.Random, int], A]
"""(random numbers, rank) → an axis."""


@dataclass(kw_only=True)
class Draft(Generic[A]):
    """A layer and its input before they are spelled; mistakes change it in place."""

    type: str
    axes: list[A]
    batch: int | None = None
    channels: int = 1
    parameters: Layer = field(default_factory=dict)
    extra_axes: int = 0
    """Axes that the input has too many; too few if negative. They are added or left out at the end."""

    @property
    def sizes(self) -> list[int]:
        return [axis.size for axis in self.axes]

    @property
    def whole_shape(self) -> Shape:
        """The input's shape with the axes that it should have."""
        return [*([] if self.batch is None else [self.batch]), self.channels, *self.sizes]

    @property
    def shape(self) -> Shape:
        """The input's shape."""
        whole = self.whole_shape
        return whole[: len(whole) + self.extra_axes] if self.extra_axes < 0 else whole + [2] * self.extra_axes


def family_of(type_: str) -> str:
    """The type without its rank: `conv` of `conv2d`."""
    return re.sub(r"\dd$", "", type_)


def rank_of(type_: str) -> int:
    """The rank that a type names: 2 of `conv2d`."""
    return int(type_[-2])


def draw_axes(rng: random.Random, rank: int, build: AxisBuilder[A], shared: Sequence[str] = ()) -> list[A]:
    """Axes whose sizes are not all alike; one axis in five shares each of the `shared` parameters with the first."""
    while True:
        axes = [build(rng, rank) for _ in range(rank)]
        for name in shared:
            if rng.random() < 0.2:
                for axis in axes[1:]:
                    setattr(axis, name, getattr(axes[0], name))
        if rank == 1 or len({axis.size for axis in axes}) > 1:
            return axes


def draw_size(rng: random.Random, rank: int, largest: tuple[int, int, int] = (12, 12, 8)) -> int:
    """A size up to the largest of the rank."""
    return rng.randint(1, largest[rank - 1])


def draw_pad(rng: random.Random, size: int) -> int:
    """An amount to pad at one end: mostly within the input, rarely negative, which crops."""
    return -rng.randint(1, 2) if rng.random() < 0.06 else rng.randint(0, max(0, min(4, size - 1)))


def dilate_some(rng: random.Random, axes: Sequence[A], share: float, room: Callable[[A], int]) -> None:
    """Dilate some of the axes, mostly those that have room for it."""
    for axis in axes:
        if rng.random() < share:
            axis.dilation = rng.choice((2, 3))
            if axis.effective > room(axis) and rng.random() < 0.8:
                axis.dilation = 1


def spell(rng: random.Random, values: list[Any]) -> Any:
    """One value where the axes agree (mostly), else one per axis."""
    return values[0] if len(set(values)) == 1 and rng.random() < 0.8 else values


def per_axis(rng: random.Random, axes: Sequence[Axis], name: str) -> Any:
    """A parameter of all axes, as one integer or as a list."""
    return spell(rng, [getattr(axis, name) for axis in axes])


def leave_out_defaults(layer: Layer, defaults: Mapping[str, Any], kept: Collection[str] = ()) -> Layer:
    """The layer without the parameters that have their default, of the default's own type; `kept` stay."""
    return {
        name: value
        for name, value in layer.items()
        if name in kept or name not in defaults or value != defaults[name] or type(value) is not type(defaults[name])
    }
