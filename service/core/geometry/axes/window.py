"""The axis of a convolution or a pool: windows over a padded input."""

from dataclasses import dataclass

from service.core.geometry import axis_field
from service.core.geometry.arithmetic import (
    ceil_output,
    dilated_input,
    effective_kernel,
    floor_output,
    unread_positions,
)
from service.core.geometry.axes.axis import Rounding, Window
from service.core.geometry.axis_field import AxisField
from service.core.geometry.lazy_property import lazy_property
from service.core.geometry.padding_pairs import Pair
from service.core.geometry.positions import MOST_POSITIONS, Positions, copied_by_padding, in_windows, in_windows_inside
from service.core.geometry.shapes import Size


@dataclass(frozen=True, kw_only=True)
class WindowAxis:
    """`o = floor((i + b + a - d*(k - 1) - 1) / s) + 1`, or with `ceil` and the last-window rule in ceil mode."""

    size: Size
    kernel: int
    stride: int = 1
    dilation: int = 1
    before: Size = 0
    after: Size = 0
    ceil_mode: bool = False
    input_dilation: int = 1
    empty_output: bool = False
    """Whether an output without positions has size 0; if not, it has the formula's own value, which is below 1."""
    truncates: bool = False
    """Whether the division rounds towards zero instead of down."""
    padding_mode: str = "zeros"
    rounds_up: bool = False
    """Whether the padding follows from the size, so that the output is `ceil(i / s)`."""

    @lazy_property
    def effective_kernel(self) -> int:
        """`d*(k - 1) + 1`: the input positions that one window spans."""
        return effective_kernel(self.kernel, self.dilation)

    @property
    def dilated_size(self) -> Size:
        """The input size with `input_dilation - 1` positions of padding between its own."""
        return None if self.size is None else dilated_input(self.size, self.input_dilation)

    @property
    def padding(self) -> Pair | None:
        """(before, after); None while the size that it depends on is unknown."""
        return None if self.before is None or self.after is None else (self.before, self.after)

    @lazy_property
    def padded_size(self) -> Size:
        """`i + b + a`; None while any of them is unknown."""
        if self.size is None or self.before is None or self.after is None:
            return None
        return dilated_input(self.size, self.input_dilation) + self.before + self.after

    @lazy_property
    def output(self) -> Size:
        """How many windows there are; where none fits it is below 1, or 0 with `empty_output`."""
        padded = self.padded_size
        if padded is None:
            return None
        effective = self.effective_kernel
        if self.ceil_mode:
            before, after = self.before or 0, self.after or 0
            return ceil_output(padded - before - after, before, after, effective, self.stride)
        if self.truncates and padded < effective:
            return 1 - (effective - padded) // self.stride
        windows = floor_output(padded, effective, self.stride)
        return max(windows, 0) if self.empty_output else windows

    @property
    def unread(self) -> Size:
        """Trailing positions of the padded input that no window covers."""
        padded, output = self.padded_size, self.output
        if padded is None or output is None or output < 1:
            return None
        return unread_positions(padded, self.effective_kernel, self.stride, output)

    @property
    def kernel_reading_input(self) -> Size:
        """How many of the kernel's positions ever meet the input, rather than padding only; None while unknown.

        Position k reads the input in window j where `0 <= k*d + j*s - b < i`: while `s <= i` that is one range of k.
        """
        size, before, output = self.dilated_size, self.before, self.output
        if size is None or before is None or output is None:
            return None
        if self.stride <= size:
            first = max(before - max(output - 1, 0) * self.stride, 0)
            last = min(before + size - 1, (self.kernel - 1) * self.dilation)
            return max(last // self.dilation - -(-first // self.dilation) + 1, 0) if output > 0 else 0
        if self.kernel > MOST_POSITIONS:
            return None
        starts = (position * self.dilation - before for position in range(self.kernel))
        return sum(
            max(-(start // self.stride), 0) <= min((size - 1 - start) // self.stride, output - 1) for start in starts
        )

    @property
    def field(self) -> AxisField | None:
        """A window of e positions every s."""
        if self.before is None:
            return None
        return axis_field.of_windows(self.before, self.effective_kernel, self.stride, self.input_dilation)

    @property
    def rounding(self) -> Rounding | None:
        """How the output size follows from any input size; None where no formula of this form holds for all."""
        if self.rounds_up:
            return self.stride - 1, self.stride
        if self.input_dilation != 1 or self.before is None or self.after is None:
            return None
        if self.ceil_mode and self.effective_kernel < self.after + self.stride:
            return None  # the last window may start past the input, and is then dropped
        upward = self.stride - 1 if self.ceil_mode else 0
        return self.before + self.after - self.effective_kernel + self.stride + upward, self.stride

    def reads(self, outputs: Positions) -> Positions:
        """Every d-th position of each window.

        Padding that copies an input reads that input; other padding and the zeros of a dilated input read nothing.
        """
        size, starts = self.size or 0, outputs * self.stride - (self.before or 0)
        if self.padding_mode == "zeros" and self.input_dilation == 1:
            return in_windows_inside(starts, self.kernel, self.dilation, size)
        padded = in_windows(starts, self.kernel, self.dilation)
        dilated = copied_by_padding(padded, self.dilated_size or 0, self.padding_mode)
        inputs: Positions = dilated[dilated % self.input_dilation == 0] // self.input_dilation
        return inputs

    def window(self, output: int) -> Window:
        """Every d-th position from `output * s - b` on; None at the zeros of a dilated input."""
        if self.input_dilation == 1:
            return list(self.window_on_dilated(output))
        size, dilated_size = self.size or 0, self.dilated_size or 0
        return [self._undilated(place, size, dilated_size) for place in self.window_on_dilated(output)]

    def window_on_dilated(self, output: int) -> list[int]:
        """The same, with the zeros between the inputs counted as positions."""
        start = output * self.stride - (self.before or 0)
        return [start + position * self.dilation for position in range(self.kernel)]

    def _undilated(self, place: int, size: int, dilated_size: int) -> int | None:
        if place < 0:
            return place
        if place >= dilated_size:
            return size + place - dilated_size
        return None if place % self.input_dilation else place // self.input_dilation

    @property
    def formula(self) -> str | None:
        """The size formula with the numbers of this axis in it; None while they are unknown."""
        if self.padded_size is None:
            return None
        spare = self.padded_size - self.effective_kernel
        rounding = "ceil" if self.ceil_mode else "trunc" if self.truncates and spare < 0 else "floor"
        text = (
            f"{rounding}(({self.dilated_size} + {self.before} + {self.after} - {self.dilation}*({self.kernel} - 1) - 1)"
            f" / {self.stride}) + 1"
        )
        plain = (-(-spare // self.stride) if self.ceil_mode else spare // self.stride) + 1
        if self.ceil_mode and plain != self.output:
            text += " - 1 (the last window would start past the input)"
        if self.empty_output and plain < 1:
            text = f"max({text}, 0)"
        return f"{text} = {self.output}"
