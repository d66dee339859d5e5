"""The axis of an adaptive or a global pool: a given number of windows, which share the input."""

from dataclasses import dataclass

from service.core.geometry import axis_field
from service.core.geometry.arithmetic import adaptive_window
from service.core.geometry.axes.axis import Window
from service.core.geometry.axis_field import AxisField
from service.core.geometry.positions import Positions, in_ranges
from service.core.geometry.shapes import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveAxis:
    """`o` is given: window j covers `[floor(j*i/o), ceil((j + 1)*i/o))`."""

    size: Size
    output: Size

    @property
    def field(self) -> AxisField | None:
        """Windows of one size where o divides i; of different sizes elsewhere."""
        return axis_field.of_scaling(self.size, self.output, block=True) if self.size and self.output else None

    def reads(self, outputs: Positions) -> Positions:
        """The windows of these outputs."""
        size, output = self.size or 0, self.output or 1
        return in_ranges(outputs * size // output, -(-(outputs + 1) * size // output))

    def window(self, output: int) -> Window:
        """All inputs of one window."""
        return list(range(*adaptive_window(output, self.size or 0, self.output or 1)))

    @property
    def formula(self) -> str | None:
        """Which inputs window j covers; None while the sizes are unknown."""
        if self.size is None or self.output is None:
            return None
        return f"window j covers [floor(j*{self.size}/{self.output}), ceil((j + 1)*{self.size}/{self.output}))"
