"""One spatial axis of a layer with every parameter resolved: its output size, its formula, what it sees.

An axis whose input size is unknown (None) has an unknown output. `output` may fall below 1: the axis only
computes, the diagnostics judge.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

import numpy as np

from service.core import reach
from service.core.arithmetic import (
    ceil_output,
    effective_kernel,
    floor_output,
    transposed_output,
    unread_positions,
)
from service.core.lazy import lazy
from service.core.positions import MOST_POSITIONS, Positions, inside, ranges, runs, runs_inside, wrapped
from service.core.reach import Number, Reach
from service.core.shapes import Size

Rounding = tuple[int, int]


class Axis(Protocol):
    """What every resolved axis can say."""

    @property
    def size(self) -> Size:
        """The input size."""

    @property
    def output(self) -> Size:
        """The output size; None while unknown."""

    @property
    def reach(self) -> Reach | None:
        """Which inputs the outputs see; None while unknown."""

    def reads(self, outputs: Positions) -> Positions:
        """The input positions that some outputs depend on; the sizes must be known."""

    def describe(self) -> Mapping[str, object]:
        """The axis as the HTTP answer shows it."""


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
    truncates: bool = False
    padding_mode: str = "zeros"
    rounds_up: bool = False
    """The padding is chosen by the size, so that the output is `ceil(i / s)`."""

    @lazy
    def effective(self) -> int:
        """`d*(k - 1) + 1`."""
        return effective_kernel(self.kernel, self.dilation)

    @property
    def dilated(self) -> Size:
        """The input size after `input_dilation - 1` zeros between its positions."""
        return None if self.size is None else effective_kernel(self.size, self.input_dilation)

    @lazy
    def padded(self) -> Size:
        """`i + b + a`; None while any of them is unknown."""
        if self.size is None or self.before is None or self.after is None:
            return None
        return effective_kernel(self.size, self.input_dilation) + self.before + self.after

    @lazy
    def output(self) -> Size:
        """How many windows there are; below 1 when none fits, 0 then where the framework defines it so."""
        padded = self.padded
        if padded is None:
            return None
        effective = self.effective
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
        padded, output = self.padded, self.output
        if padded is None or output is None or output < 1:
            return None
        return unread_positions(padded, self.effective, self.stride, output)

    @property
    def reach(self) -> Reach | None:
        """A window of e inputs every s."""
        if self.before is None:
            return None
        return reach.windows(self.before, self.effective, self.stride, self.input_dilation)

    @property
    def rounding(self) -> Rounding | None:
        """How the output follows from any size: `o = floor((i + c)/s)` as (c, s); None where it does otherwise."""
        if self.rounds_up:
            return self.stride - 1, self.stride
        if self.input_dilation != 1 or self.before is None or self.after is None:
            return None
        if self.ceil_mode and self.effective < self.after + self.stride:
            return None  # the last window may start past the input
        upward = self.stride - 1 if self.ceil_mode else 0
        return self.before + self.after - self.effective + self.stride + upward, self.stride

    def reads(self, outputs: Positions) -> Positions:
        """Every d-th position of a window; copied padding stands for what it copies, dilated input for what it has."""
        size, starts = self.size or 0, outputs * self.stride - (self.before or 0)
        if self.padding_mode == "zeros" and self.input_dilation == 1:
            return runs_inside(starts, self.kernel, self.dilation, size)
        places = wrapped(runs(starts, self.kernel, self.dilation), self.dilated or 0, self.padding_mode)
        read: Positions = places[places % self.input_dilation == 0] // self.input_dilation
        return read

    @property
    def formula(self) -> str | None:
        """The size formula with this axis' numbers in it."""
        if self.padded is None:
            return None
        spare = self.padded - self.effective
        rounding = "ceil" if self.ceil_mode else "trunc" if self.truncates and spare < 0 else "floor"
        text = (
            f"{rounding}(({self.dilated} + {self.before} + {self.after} - {self.dilation}*({self.kernel} - 1) - 1)"
            f" / {self.stride}) + 1"
        )
        plain = (-(-spare // self.stride) if self.ceil_mode else spare // self.stride) + 1
        if self.ceil_mode and plain != self.output:
            text += " - 1 (the last window would start past the input)"
        if self.empty_output and plain < 1:
            text = f"max({text}, 0)"
        return f"{text} = {self.output}"

    def describe(self) -> Mapping[str, object]:
        """The axis as the HTTP answer shows it."""
        return {
            "input": self.size,
            "padding": None if self.before is None else [self.before, self.after],
            "kernel": self.kernel,
            "effective_kernel": self.effective,
            "stride": self.stride,
            "dilation": self.dilation,
            "output": self.output,
            "unread": self.unread,
            "formula": self.formula,
        }


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

    @property
    def effective(self) -> int:
        """`d*(k - 1) + 1`."""
        return effective_kernel(self.kernel, self.dilation)

    @property
    def unclamped(self) -> Size:
        """What the formula gives, also where that is below 0."""
        if self.size is None:
            return None
        return transposed_output(self.size, self.effective, self.stride, self.before + self.after, self.output_padding)

    @property
    def output(self) -> Size:
        """The output size; below 1 when the padding crops everything, or 0 then where the framework defines it so."""
        size = self.unclamped
        return size if size is None or not self.empty_output else max(size, 0)

    @property
    def reach(self) -> Reach | None:
        """An output sees at most `ceil(e / s)` inputs, and neighbours see different numbers of them."""
        return reach.spread_windows(self.before, self.kernel, self.dilation, self.stride)

    def reads(self, outputs: Positions) -> Positions:
        """The inputs i that are spread over an output o: `o + b = i*s + k*d` for some k."""
        size, reached = self.size or 0, outputs + self.before
        if outputs.size * self.kernel > MOST_POSITIONS:
            firsts = -((self.effective - 1 - reached) // self.stride)
            return inside(ranges(np.maximum(firsts, 0), np.minimum(reached // self.stride + 1, size)), size)
        places = reached[:, None] - self.dilation * np.arange(self.kernel)
        return inside(np.unique(places[places % self.stride == 0] // self.stride), size)

    @property
    def formula(self) -> str | None:
        """The size formula with this axis' numbers in it."""
        if self.size is None:
            return None
        text = (
            f"({self.size} - 1)*{self.stride} - {self.before} - {self.after} + {self.dilation}*({self.kernel} - 1)"
            f" + 1 + {self.output_padding}"
        )
        return f"{text} = {self.output}" if self.unclamped == self.output else f"max({text}, 0) = {self.output}"

    def describe(self) -> Mapping[str, object]:
        """The axis as the HTTP answer shows it."""
        return {
            "input": self.size,
            "padding": [self.before, self.after],
            "kernel": self.kernel,
            "effective_kernel": self.effective,
            "stride": self.stride,
            "dilation": self.dilation,
            "output_padding": self.output_padding,
            "output": self.output,
            "formula": self.formula,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveAxis:
    """`o` as asked for: window j covers `[floor(j*i/o), ceil((j + 1)*i/o))`."""

    size: Size
    output: Size

    @property
    def reach(self) -> Reach | None:
        """Windows of one size where o divides i; otherwise of different ones."""
        return reach.scaled(self.size, self.output, block=True) if self.size and self.output else None

    def reads(self, outputs: Positions) -> Positions:
        """The windows of these outputs."""
        size, output = self.size or 0, self.output or 1
        return ranges(outputs * size // output, -(-(outputs + 1) * size // output))

    def describe(self) -> Mapping[str, object]:
        """The axis as the HTTP answer shows it."""
        if self.size is None or self.output is None:
            formula = None
        else:
            formula = f"window j covers [floor(j*{self.size}/{self.output}), ceil((j + 1)*{self.size}/{self.output}))"
        return {"input": self.size, "output": self.output, "formula": formula}


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaledAxis:
    """An axis resampled to another size; each output belongs to the place it came from."""

    size: Size
    output: Size
    spacing: Number | None = None
    """Inputs from one output to the next, where it is not `i/o`."""
    neighbours: int = 0
    """How many inputs on each side are interpolated between; none where positions are repeated."""
    corners: bool = False
    """The first and last outputs are the first and last inputs."""
    block: bool = False
    """All inputs up to the next output's go into one output."""

    @property
    def reach(self) -> Reach | None:
        """The nearest input, its neighbours, or a block."""
        if not self.size or not self.output:
            return None
        return reach.scaled(self.size, self.output, self.neighbours, block=self.block)

    def reads(self, outputs: Positions) -> Positions:
        """The nearest position, those between which is interpolated, or the whole block."""
        size, output = self.size or 0, self.output or 1
        spacing = Fraction(size, output) if self.spacing is None else Fraction(self.spacing)
        if self.block:
            return ranges(outputs * size // output, (outputs + 1) * size // output)
        if not self.neighbours:
            nearest = outputs * spacing.numerator // spacing.denominator
            return np.unique(np.clip(nearest, 0, size - 1))
        if self.corners:
            twice, scale = 2 * outputs * (size - 1), 2 * max(output - 1, 1)
        else:
            twice = (2 * outputs + 1) * spacing.numerator - spacing.denominator
            scale = 2 * spacing.denominator
        if self.neighbours == 1:
            twice = np.maximum(twice, 0)
        whole, between = twice // scale, twice % scale > 0
        places = whole[:, None] + np.arange(1 - self.neighbours, self.neighbours + 1)
        read = np.concatenate([places[between].ravel(), whole[~between]])
        return np.unique(np.clip(read, 0, size - 1))

    def describe(self) -> Mapping[str, object]:
        """The axis as the HTTP answer shows it."""
        formula = None if self.size is None or self.output is None else f"{self.size} becomes {self.output}"
        return {"input": self.size, "output": self.output, "formula": formula}


@dataclass(frozen=True, slots=True, kw_only=True)
class PaddedAxis:
    """`o = i + b + a`; negative amounts crop."""

    size: Size
    before: int
    after: int
    mode: str = "constant"

    @property
    def output(self) -> Size:
        """The output size; below 1 when everything is cropped."""
        return None if self.size is None else self.size + self.before + self.after

    @property
    def rounding(self) -> Rounding:
        """Nothing is rounded."""
        return self.before + self.after, 1

    @property
    def reach(self) -> Reach:
        """One input an output, shifted."""
        return Reach((-self.before,), (-self.before,), 1)

    def reads(self, outputs: Positions) -> Positions:
        """The same positions of the input, or what padding copies from it."""
        return wrapped(outputs - self.before, self.size or 0, self.mode)

    def describe(self) -> Mapping[str, object]:
        """The axis as the HTTP answer shows it."""
        formula = None if self.size is None else f"{self.size} + {self.before} + {self.after} = {self.output}"
        return {
            "input": self.size,
            "padding": [self.before, self.after],
            "output": self.output,
            "formula": formula,
        }
