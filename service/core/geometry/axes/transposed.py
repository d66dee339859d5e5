"""The axis of a transposed convolution: each input spread over a window of outputs."""

from dataclasses import dataclass

import numpy as np

from service.core.geometry import axis_field
from service.core.geometry.arithmetic import effective_kernel, transposed_output
from service.core.geometry.axes.axis import Window
from service.core.geometry.axis_field import AxisField
from service.core.geometry.padding_pairs import Pair
from service.core.geometry.positions import MOST_POSITIONS, Positions, in_ranges, inside
from service.core.geometry.shapes import Size


@dataclass(frozen=True, slots=True, kw_only=True)
class TransposedAxis:
    """`o = (i - 1)*s - b - a + d*(k - 1) + 1 + output_padding`; b and a are cropped."""

    size: Size
    kernel: int
    stride: int = 1
    dilation: int = 1
    before: int = 0
    after: int = 0
    output_padding: int = 0
    empty_output: bool = False
    """Whether an output without positions has size 0; if not, it has the formula's own value, which is below 1."""

    @property
    def effective_kernel(self) -> int:
        """`d*(k - 1) + 1`: the output positions that one input is spread over."""
        return effective_kernel(self.kernel, self.dilation)

    @property
    def padding(self) -> Pair:
        """(before, after), which are cropped."""
        return self.before, self.after

    @property
    def unclamped_output(self) -> Size:
        """What the formula gives, even where that is below 0."""
        if self.size is None:
            return None
        cropped = self.before + self.after
        return transposed_output(self.size, self.effective_kernel, self.stride, cropped, self.output_padding)

    @property
    def output(self) -> Size:
        """The output size; where the padding crops everything it is below 1, or 0 with `empty_output`."""
        size = self.unclamped_output
        return size if size is None or not self.empty_output else max(size, 0)

    @property
    def field(self) -> AxisField | None:
        """A span of at most `ceil(e / s)` inputs, which differs from output to output."""
        return axis_field.of_transposed_windows(self.before, self.kernel, self.dilation, self.stride)

    def reads(self, outputs: Positions) -> Positions:
        """The inputs i that are spread over an output o: `o + b = i*s + k*d` for some k."""
        size, places = self.size or 0, outputs + self.before
        if outputs.size * self.kernel > MOST_POSITIONS:
            firsts = -((self.effective_kernel - 1 - places) // self.stride)
            return inside(in_ranges(np.maximum(firsts, 0), np.minimum(places // self.stride + 1, size)), size)
        multiples = places[:, None] - self.dilation * np.arange(self.kernel)
        return inside(np.unique(multiples[multiples % self.stride == 0] // self.stride), size)

    def window(self, output: int) -> Window:
        """The input i that each k of the kernel brings to an output o: `o + b = i*s + k*d`."""
        size, place = self.size or 0, output + self.before
        multiples = (place - position * self.dilation for position in range(self.kernel))
        inputs = (None if multiple % self.stride else multiple // self.stride for multiple in multiples)
        return [position if position is not None and 0 <= position < size else None for position in inputs]

    @property
    def formula(self) -> str | None:
        """The size formula with the numbers of this axis in it; None while the size is unknown."""
        if self.size is None:
            return None
        text = (
            f"({self.size} - 1)*{self.stride} - {self.before} - {self.after} + {self.dilation}*({self.kernel} - 1)"
            f" + 1 + {self.output_padding}"
        )
        if self.unclamped_output == self.output:
            return f"{text} = {self.output}"
        return f"max({text}, 0) = {self.output}"
