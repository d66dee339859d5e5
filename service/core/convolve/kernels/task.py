"""A convolution as the algorithms see it: views of its arrays, and where each window begins.

A task copies nothing, and neither does a part of it. Padding is not stored: `Task.region` adds it where it is read.
"""

from math import prod
from typing import Any, NamedTuple

import numpy as np

from service.core.convolve.kernels import memory
from service.core.convolve.kernels.pad_arrays import Array, copied_positions


class Task(NamedTuple):
    """`out[n, o, p] = bias[o] + sum over c, k of x[n, c, first + p*s + k*d] * w[o, c, k]`, c in the group of o.

    With `transposed`: `out[n, o, i*s + k*d - first] += x[n, c, i] * w[c, o, k]`, plus the bias.
    """

    source: Array
    """`[N, C, *spatial]`, neither padded nor dilated."""
    weight: Array
    """`[O, C/groups, *kernel]`; transposed `[C, O/groups, *kernel]`."""
    out: Array
    """`[N, O, *windows]`, written to."""
    firsts: tuple[int, ...]
    """Where the first window begins on each axis: `-before` of the padding. Transposed: how much is cropped before."""
    strides: tuple[int, ...]
    dilations: tuple[int, ...]
    dtype: np.dtype[Any]
    """The type of the arithmetic: float32, float64, int64 or object (Python's integers)."""
    groups: int = 1
    input_dilations: tuple[int, ...] = ()
    """An input dilation d puts `d - 1` zeros between neighbours of the input; empty for none."""
    mode: str = "zeros"
    """The padding mode, as in `padding.NUMPY_MODES`."""
    bias: Array | None = None
    """One number per output channel, in the type of the arithmetic."""
    adds: bool = False
    """Whether the sums are added to `out`, which already holds a part of them."""
    transposed: bool = False

    @property
    def kernel(self) -> tuple[int, ...]:
        """The kernel's sizes."""
        return self.weight.shape[2:]

    @property
    def windows(self) -> tuple[int, ...]:
        """The output's spatial sizes."""
        return self.out.shape[2:]

    @property
    def rank(self) -> int:
        """The number of spatial axes."""
        return len(self.strides)

    @property
    def effective_kernel(self) -> tuple[int, ...]:
        """The input positions that one window spans: `d*(k - 1) + 1`."""
        return tuple([d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilations, strict=True)])

    @property
    def extents(self) -> tuple[int, ...]:
        """The input positions that all windows span together: `s*(p - 1) + d*(k - 1) + 1`."""
        along = zip(self.windows, self.strides, self.kernel, self.dilations, strict=True)
        return tuple([s * (p - 1) + d * (k - 1) + 1 for p, s, k, d in along])

    @property
    def itemsize(self) -> int:
        """The bytes of a number in the arithmetic."""
        return int(self.dtype.itemsize)

    @property
    def depth(self) -> int:
        """The products in one output: `C/groups * prod(kernel)`."""
        return prod(self.weight.shape[1:])

    @property
    def work(self) -> int:
        """The multiply-accumulates of all outputs."""
        return self.out.size * self.depth

    @property
    def is_inside(self) -> bool:
        """Whether every window reads only input: no padding and no input dilation."""
        sizes = self.source.shape[2:]
        fits = zip(self.firsts, self.extents, sizes, strict=True)
        return all(d == 1 for d in self.input_dilations) and all(f >= 0 and f + e <= size for f, e, size in fits)

    @property
    def is_float(self) -> bool:
        """Whether the arithmetic rounds."""
        return self.out.dtype.kind == "f"

    # --- reading ------------------------------------------------------------------------------------------------------

    def region(self, sizes: tuple[int, ...] = (), name: str = "region") -> Array:
        """`[N, C, *extents]`: the input that the windows read, with its padding and its input dilation.

        It is a view where there is nothing to add and nothing to convert; otherwise scratch memory of that name.
        `sizes` asks for other sizes, from the first window on. Past the last window there are zeros, or copies where
        the padding copies.
        """
        sizes = sizes or self.extents
        if self.mode != "zeros" and not self.is_inside:
            return self._copied_region(sizes)
        read, into = [], []
        for first, extent, size, dilation in zip(
            self.firsts, self.extents, self.source.shape[2:], self.input_dilations or (1,) * self.rank, strict=True
        ):
            least, end = max(0, -(-first // dilation)), min(size, -(-(first + extent) // dilation))
            read.append(slice(least, max(least, end)))
            into.append(slice(least * dilation - first, max(0, (end - 1) * dilation - first + 1), dilation))
        inside: Array = self.source[:, :, *read]
        if inside.shape[2:] == sizes:
            return inside.astype(self.dtype, copy=False)
        region = memory.scratch(name, (*self.source.shape[:2], *sizes), self.dtype)
        region[...] = 0
        if inside.size:
            region[:, :, *into] = inside
        return region

    def _copied_region(self, sizes: tuple[int, ...]) -> Array:
        """The region of an input whose padding is copied from the input itself."""
        source = self.source
        for axis, (first, size) in enumerate(zip(self.firsts, sizes, strict=True), start=2):
            positions = copied_positions(np.arange(first, first + size), source.shape[axis], self.mode)
            source = np.take(source, positions, axis)
        return source.astype(self.dtype, copy=False)

    def materialised(self) -> "Task":
        """The same task with its padding and input dilation stored in the source, unless it only pads with zeros."""
        if self.is_inside or (self.mode == "zeros" and set(self.input_dilations) <= {1}):
            return self
        return self._replace(
            source=self.region(name="materialised"), firsts=(0,) * self.rank, input_dilations=(), mode="zeros"
        )

    def with_contiguous_weight(self) -> "Task":
        """The same task with its weight in the type of the arithmetic, contiguous in memory."""
        return self._replace(weight=np.ascontiguousarray(self.weight, self.dtype))

    def weight_matrices(self) -> Array:
        """The weight as `[groups, O/groups, depth]`."""
        return self.weight.reshape(self.groups, len(self.weight) // self.groups, self.depth)

    # --- parts --------------------------------------------------------------------------------------------------------

    def some_images(self, first: int, stop: int) -> "Task":
        """Some images of the batch."""
        return self._replace(source=self.source[first:stop], out=self.out[first:stop])

    def some_groups(self, first: int, stop: int) -> "Task":
        """Some groups, with their channels."""
        inputs, outputs = self.source.shape[1] // self.groups, self.out.shape[1] // self.groups
        weights = inputs if self.transposed else outputs
        return self._replace(
            source=self.source[:, first * inputs : stop * inputs],
            weight=self.weight[first * weights : stop * weights],
            out=self.out[:, first * outputs : stop * outputs],
            bias=None if self.bias is None else self.bias[first * outputs : stop * outputs],
            groups=stop - first,
        )

    def some_filters(self, first: int, stop: int) -> "Task":
        """Some output channels, of a task with one group."""
        bias = None if self.bias is None else self.bias[first:stop]
        return self._replace(weight=self.weight[first:stop], out=self.out[:, first:stop], bias=bias)

    def some_channels(self, first: int, stop: int) -> "Task":
        """The part of the sums over some input channels, of a task with one group."""
        rest = self._sums_from(first)
        return rest._replace(source=self.source[:, first:stop], weight=self.weight[:, first:stop])

    def some_windows(self, axis: int, first: int, stop: int) -> "Task":
        """Some windows along a spatial axis."""
        along = (slice(None),) * (2 + axis) + (slice(first, stop),)
        firsts = list(self.firsts)
        firsts[axis] += first * self.strides[axis]
        return self._replace(out=self.out[along], firsts=tuple(firsts))

    def some_taps(self, axis: int, first: int, stop: int) -> "Task":
        """The part of the sums over some kernel elements along a spatial axis."""
        along = (slice(None),) * (2 + axis) + (slice(first, stop),)
        firsts = list(self.firsts)
        firsts[axis] += first * self.dilations[axis]
        return self._sums_from(first)._replace(weight=self.weight[along], firsts=tuple(firsts))

    def _sums_from(self, first: int) -> "Task":
        """The sums from this term on: only the part with the first term has the bias, and the others add to it."""
        return self if first == 0 else self._replace(adds=True, bias=None)

    # --- writing ------------------------------------------------------------------------------------------------------

    def put(self, out: Array, sums: Array) -> None:
        """Write the sums `[O, ...]` to a part of the output, or add them to it, with the bias."""
        if self.bias is not None:
            sums = np.add(sums, self.bias.reshape(-1, *(1,) * (sums.ndim - 1)), dtype=self.dtype)
        if self.adds:
            out += sums.astype(out.dtype, copy=False)
        else:
            out[...] = sums
