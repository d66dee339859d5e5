"""The axis of an upsampling or a pixel shuffle: positions repeated, interpolated or gathered in blocks."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np

from service.core.geometry import axis_field
from service.core.geometry.axes.axis import Window
from service.core.geometry.axis_field import AxisField, Number
from service.core.geometry.positions import Positions, in_ranges
from service.core.geometry.shapes import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledAxis:
    """An axis resampled to another size: output j belongs to the input at `j*spacing`."""

    size: Size
    output: Size
    spacing: Number | None = None
    """Inputs from one output to the next; `i/o` if None."""
    neighbours: int = 0
    """How many inputs on each side are interpolated between; 0 where inputs are repeated."""
    corners: bool = False
    """The first and the last output are the first and the last input."""
    block: bool = False
    """An output is made of all inputs up to those of the next output."""
    factor: float | None = None
    """How many times as long the axis becomes, where that was given; an integer where it is whole."""
    product: float | None = None
    """`i * factor` as the framework rounds it."""

    @property
    def field(self) -> AxisField | None:
        """The nearest input, its neighbours, or a block."""
        if not self.size or not self.output:
            return None
        return axis_field.of_scaling(self.size, self.output, self.neighbours, block=self.block)

    def reads(self, outputs: Positions) -> Positions:
        """The nearest input of each output, its neighbours, or its whole block."""
        size, output = self.size or 0, self.output or 1
        spacing = Fraction(size, output) if self.spacing is None else Fraction(self.spacing)
        if self.block:
            return in_ranges(outputs * size // output, (outputs + 1) * size // output)
        if not self.neighbours:
            nearest = outputs * spacing.numerator // spacing.denominator
            return np.unique(np.clip(nearest, 0, size - 1))
        return self._interpolated(outputs, size, output, spacing)

    def _interpolated(self, outputs: Positions, size: int, output: int, spacing: Fraction) -> Positions:
        """The neighbours of each output, which lies at `twice / scale` inputs."""
        if self.corners:
            twice, scale = 2 * outputs * (size - 1), 2 * max(output - 1, 1)
        else:
            twice = (2 * outputs + 1) * spacing.numerator - spacing.denominator
            scale = 2 * spacing.denominator
        if self.neighbours == 1:
            twice = np.maximum(twice, 0)
        whole, between = twice // scale, twice % scale > 0
        around = whole[:, None] + np.arange(1 - self.neighbours, self.neighbours + 1)
        places = np.concatenate([around[between].ravel(), whole[~between]])
        return np.unique(np.clip(places, 0, size - 1))

    def window(self, output: int) -> Window:
        """The inputs that one output is made of."""
        return [int(position) for position in self.reads(np.array([output]))]

    @property
    def formula(self) -> str | None:
        """`i * factor = o`, floored where the factor is not whole, with the rounded product where that decides."""
        if self.size is None or self.output is None:
            return None
        if self.factor is None:
            return f"{self.size} becomes {self.output}"
        exact = f"{self.size} * {self.factor}"
        if floor(Fraction(str(self.factor)) * self.size) != self.output:
            return f"floor({exact}) = {self.output}, since {exact} is rounded to {self.product}"
        return f"{exact} = {self.output}" if isinstance(self.factor, int) else f"floor({exact}) = {self.output}"
