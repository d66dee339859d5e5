"""What every kind of axis can say."""

from typing import Protocol

from service.core.geometry.axis_field import AxisField
from service.core.geometry.positions import Positions
from service.core.geometry.shapes import Size

Window = list[int | None]
"""Positions on the input, in the order of the kernel.

Those below 0 or past the last are padding; None is where the kernel meets no input.
"""
Rounding = tuple[int, int]
"""How an output size follows from any input size: (c, s) of `o = floor((i + c) / s)`."""


class Axis(Protocol):
    """One spatial axis of a layer."""

    @property
    def size(self) -> Size:
        """The input size."""

    @property
    def output(self) -> Size:
        """The output size; None while unknown."""

    @property
    def formula(self) -> str | None:
        """The size formula with the numbers of this axis in it; None while they are unknown."""

    @property
    def field(self) -> AxisField | None:
        """Which inputs each output sees; None while unknown."""

    def reads(self, outputs: Positions) -> Positions:
        """The input positions that some outputs depend on; the sizes must be known."""

    def window(self, output: int) -> Window:
        """Where the window of one output lies on the input; the sizes must be known."""
