"""The axis of a slice, and an axis whose positions are lost."""

from dataclasses import dataclass

import numpy as np

from service.core.geometry.axes.axis import Window
from service.core.geometry.axis_field import AxisField
from service.core.geometry.positions import Positions, all_positions
from service.core.geometry.shapes import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class SlicedAxis:
    """Every `step`-th position from `start` on: output j is input `start + j*step`."""

    size: Size
    output: Size
    start: int = 0
    step: int = 1

    @property
    def field(self) -> AxisField | None:
        """One input each; unknown where the slice runs backwards."""
        return AxisField((self.start,), (self.start,), self.step) if self.step > 0 else None

    def reads(self, outputs: Positions) -> Positions:
        """The one input position at each output."""
        return np.unique(self.start + outputs * self.step)

    def window(self, output: int) -> Window:
        """The one input that becomes this output."""
        return [self.start + output * self.step]

    @property
    def formula(self) -> str | None:
        """None: a slice has no formula of its own."""
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnplacedAxis:
    """Positions that belong to no place of the input any more."""

    size: Size

    @property
    def output(self) -> Size:
        """Unknown."""
        return None

    @property
    def field(self) -> AxisField | None:
        """Unknown."""
        return None

    def reads(self, outputs: Positions) -> Positions:
        """All inputs."""
        return all_positions(self.size or 1)

    def window(self, output: int) -> Window:
        """All inputs."""
        return list(range(self.size or 1))

    @property
    def formula(self) -> str | None:
        """None: there is no size."""
        return None
