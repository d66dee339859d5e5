"""Layers that take windows out of their input and put them beside each other, and back."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated

from annotated_types import Len

from service.core.geometry.arithmetic import effective_kernel
from service.core.geometry.padding_pairs import Pair, named_pair, read_padding
from service.core.geometry.shapes import Size, sizes_text
from service.core.layers.base import Site
from service.core.layers.parameters import AmountPair, DataFormat, Dimension, Natural, PerAxis, Positive
from service.core.layers.registry import layer_kind
from service.core.layers.structural import RefusedError, Shapes, Structural, axis_of, size_mismatch, wrong_rank

Edges = Natural | Annotated[Sequence[Natural], Len(1, 3)] | Annotated[Sequence[AmountPair], Len(1, 3)]
PatchPadding = Annotated[str, Len(1, 5)]


def windows_of(size: Size, kernel: int, stride: int, dilation: int, pads: Pair) -> Size:
    """How many windows there are: `floor((i + b + a - d*(k - 1) - 1) / s) + 1`."""
    return None if size is None else (size + sum(pads) - effective_kernel(kernel, dilation)) // stride + 1


@dataclass(frozen=True, kw_only=True)
class Windowed(Structural):
    """What fold and unfold share: windows over two axes in PyTorch, over more in ONNX."""

    kernel_size: PerAxis
    stride: PerAxis = 1
    dilation: PerAxis = 1
    padding: Edges = 0

    def spread(self, site: Site, name: str, rank: int) -> list[int]:
        """A parameter as one integer per axis.

        Raises:
            RefusedError: It has another number of entries.
        """
        value = getattr(self, name)
        if isinstance(value, int):
            return [value] * rank
        if len(value) != rank:
            message = f"{site.spelled(name)} has {len(value)} entries, but there are {rank} spatial axes"
            raise RefusedError("rank-mismatch", message, name, f"give {site.spelled(name)} one entry per axis")
        return list(value)

    def counts(self, site: Site, sizes: Sequence[Size]) -> list[Size]:
        """The number of windows along each axis.

        Raises:
            RefusedError: A window does not fit.
        """
        rank = len(sizes)
        kernels, strides, dilations = (self.spread(site, name, rank) for name in ("kernel_size", "stride", "dilation"))
        self.spread(site, "padding", rank)
        pads = read_padding(self.padding, rank)
        assert isinstance(pads, tuple)  # it has as many entries as there are axes
        counts = [windows_of(*axis) for axis in zip(sizes, kernels, strides, dilations, pads, strict=True)]
        for axis, (count, size) in enumerate(zip(counts, sizes, strict=True)):
            if count is not None and count < 1:
                message = f"no window fits axis {axis}: it has {size} positions, and the window spans " + str(
                    effective_kernel(kernels[axis], dilations[axis])
                )
                raise RefusedError("axis-size-mismatch", message, "kernel_size", "give a smaller window, or pad")
        return counts


def product_of(sizes: Sequence[Size]) -> Size:
    """The product; None while a size is unknown."""
    known = [size for size in sizes if size is not None]
    return prod(known) if len(known) == len(sizes) else None


@layer_kind("unfold")
@dataclass(frozen=True, kw_only=True)
class Unfold(Windowed):
    """Every window of an image as a column (im2col): `[N, C, H, W]` becomes `[N, C * kh * kw, L]` with L windows."""

    def shapes(self, site: Site) -> Shapes:
        """The elements of a window, and the number of windows."""
        if site.shape is None:
            return (None,)
        if len(site.shape) not in (3, 4):
            raise wrong_rank(site, "3 or 4")
        *leading, channels, height, width = site.shape
        counts = self.counts(site, (height, width))
        kernel = prod(self.spread(site, "kernel_size", 2))
        return ((*leading, None if channels is None else channels * kernel, product_of(counts)),)


@layer_kind("fold")
@dataclass(frozen=True, kw_only=True)
class Fold(Windowed):
    """Columns added up where their windows stood (col2im): `[N, C * kh * kw, L]` becomes `[N, C, H, W]`."""

    output_size: PerAxis

    def shapes(self, site: Site) -> Shapes:
        """The size wanted, which must have as many windows as there are columns."""
        if site.shape is None:
            return (None,)
        rank = 2 if isinstance(self.output_size, int) else len(self.output_size)
        least = 2 if site.framework.unbatched else 3
        if (rank != 2 and site.framework.unbatched) or not least <= len(site.shape) <= 3:
            raise wrong_rank(site, "2 or 3" if least == 2 else "3")
        *leading, elements, columns = site.shape
        sizes = self.spread(site, "output_size", rank)
        kernel = prod(self.spread(site, "kernel_size", rank))
        windows = product_of(self.counts(site, sizes))
        if columns is not None and windows != columns:
            message = f"there are {columns} columns, but an output of {sizes_text(sizes)} has {windows} windows"
            raise size_mismatch(message, "output_size", "give the size that was unfolded")
        if elements is not None and elements % kernel:
            message = f"the columns have {elements} elements, which a window of {kernel} does not divide"
            raise size_mismatch(message, "kernel_size", f"give a window whose elements divide {elements}")
        return ((*leading, None if elements is None else elements // kernel, *sizes),)


@layer_kind("windows")
@dataclass(frozen=True, kw_only=True)
class Windows(Structural):
    """Windows of `size` positions every `step` along `dim`, in a new last axis: `o = floor((i - size) / step) + 1`."""

    dim: Dimension
    size: Natural
    step: Positive

    def shapes(self, site: Site) -> Shapes:
        """The number of windows along the axis, and their size at the end."""
        if site.shape is None:
            return (None,)
        axis = axis_of(site, "dim", self.dim, len(site.shape))
        length: Size = site.shape[axis] if site.shape else 1
        if length is not None and self.size > length:
            message = f"{site.spelled('size')} is {self.size}, but axis {axis} has {length} positions"
            raise size_mismatch(message, "size", f"give at most {length}")
        if not site.shape:
            return ((self.size,),)
        count = None if length is None else (length - self.size) // self.step + 1
        return ((*site.shape[:axis], count, *site.shape[axis + 1 :], self.size),)


@layer_kind("extract_patches")
@dataclass(frozen=True, kw_only=True)
class ExtractPatches(Structural):
    """Every window of an image as the channels of its place: C channels become `kh * kw * C`.

    The step is the window unless `stride` says another.
    """

    kernel_size: PerAxis
    stride: PerAxis | None = None
    dilation: PerAxis = 1
    padding: PatchPadding = "valid"
    data_format: DataFormat | None = None

    def shapes(self, site: Site) -> Shapes:
        """The number of windows along each axis, and the elements of one as channels."""
        if site.shape is None:
            return (None,)
        rank = 2
        if len(site.shape) not in (3, 4):
            raise wrong_rank(site, "3 or 4")
        kernels = _pair(site, "kernel_size", self.kernel_size)
        strides = kernels if self.stride is None else _pair(site, "stride", self.stride)
        dilations = _pair(site, "dilation", self.dilation)
        if self.padding not in ("valid", "same"):
            message = f'{site.spelled("padding")} is "{self.padding}", which is not a choice'
            raise RefusedError("parameter-out-of-range", message, "padding", 'give "valid" or "same"')
        if max(strides) > 1 and max(dilations) > 1:
            message = f"{site.spelled('stride')} is {strides} and {site.spelled('dilation')} is {dilations}"
            raise RefusedError("parameter-out-of-range", message, "dilation", "give only one of them above 1")
        sizes: list[Size] = []
        for axis, size in enumerate(site.layout.spatial(site.shape, rank)):
            reach, step = (kernels[axis], dilations[axis]), strides[axis]
            pads = named_pair(self.padding, size, reach[0], step, reach[1]) or (0, 0)
            count = None if size is None else windows_of(size, reach[0], step, reach[1], pads)
            if count is not None and count < 1:
                message = f"no window fits axis {axis}: it has {size} positions, and the window spans " + str(
                    effective_kernel(*reach)
                )
                raise size_mismatch(message, "kernel_size", "give a smaller window, or pad")
            sizes.append(count)
        channels = site.shape[site.layout.channel_axis(len(site.shape), rank)]
        made = None if channels is None else channels * prod(kernels)
        return (site.layout.with_sizes(site.shape, made, sizes),)


def _pair(site: Site, name: str, value: int | Sequence[int]) -> list[int]:
    """One integer for both axes, or one each."""
    if isinstance(value, int):
        return [value] * 2
    if len(value) != 2:
        message = f"{site.spelled(name)} has {len(value)} entries, but there are 2 spatial axes"
        raise RefusedError("rank-mismatch", message, name, f"give {site.spelled(name)} one entry per axis")
    return list(value)
