"""The inverse of a max pool: values put back where the pool found them."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.padding_pairs import read_padding
from service.core.geometry.shapes import Size, sizes_text
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import Amount, AmountPair, PerAxis, Positive
from service.core.layers.registry import SPATIAL_RANKS, layer_kind
from service.core.layers.structural import RefusedError, Shapes, Structural, out_of_range, unlike_inputs, wrong_rank

Edges = Amount | Annotated[Sequence[Amount], Len(1, 3)] | Annotated[Sequence[AmountPair], Len(1, 3)]


@layer_kind("max_unpool", ranks=SPATIAL_RANKS)
@dataclass(frozen=True, kw_only=True)
class MaxUnpool(Structural):
    """Values put back where a max pool found them, 0 elsewhere; the second input holds the pool's indices.

    `o = (i - 1)*s - b - a + k` an axis, or the `output_size` that is given, which may differ by less than a stride.
    """

    takes_inputs: ClassVar[InputCounts] = (2, 2)
    passes_channels_on: ClassVar[bool] = True

    kernel_size: PerAxis
    stride: PerAxis | None = None
    padding: Edges = 0
    output_size: Annotated[Sequence[Positive], Len(1, 5)] | None = None

    def shapes(self, site: Site) -> Shapes:
        """The sizes before the pool."""
        shape, indices = site.inputs[0], site.inputs[1]
        if shape is None:
            return (None,)
        rank = site.kind.rank or len(shape) - 2
        unbatched = site.framework.unbatched and site.kind.rank is not None
        if not 1 <= rank <= 3 or len(shape) not in (rank + 2 - unbatched, rank + 2):
            raise wrong_rank(site, f"{rank + 1} or {rank + 2}" if unbatched else f"{max(rank, 1) + 2}")
        if indices is not None and (
            len(indices) != len(shape)
            or any(None not in pair and pair[0] != pair[1] for pair in zip(shape, indices, strict=False))
        ):
            raise unlike_inputs(site, "the values and the indices have not one shape")
        sizes = self._sizes(site, shape[len(shape) - rank :])
        return ((*shape[: len(shape) - rank], *sizes),)

    def _sizes(self, site: Site, sizes: Sequence[Size]) -> list[Size]:
        """The size of each axis, or the one that is given."""
        rank = len(sizes)
        kernels = _spread(site, "kernel_size", self.kernel_size, rank)
        by_kernel = site.framework.unbatched
        strides = (
            (kernels if by_kernel else [1] * rank)
            if self.stride is None
            else _spread(site, "stride", self.stride, rank)
        )
        if isinstance(self.padding, Sequence):
            _spread(site, "padding", self.padding, rank)
        pads = read_padding(self.padding, rank)
        assert isinstance(pads, tuple)  # it has as many entries as there are axes
        if site.framework.structure.unpool_by_elements:
            for kernel, pair in zip(kernels, pads, strict=True):
                if max(pair) >= kernel:
                    bound = f"not below the window's {kernel} positions"
                    raise out_of_range(site, "padding", max(pair), bound, f"at most {kernel - 1}")
        plain = [
            None if size is None else (size - 1) * stride - sum(pair) + kernel
            for size, stride, kernel, pair in zip(sizes, strides, kernels, pads, strict=True)
        ]
        wanted = None if self.output_size is None else self._wanted(site, rank)
        by_elements = site.framework.structure.unpool_by_elements
        if wanted is None or by_elements:
            for axis, size in enumerate(plain):
                if size is not None and size < int(by_elements):
                    message = f"axis {axis} comes to {size} positions"
                    raise RefusedError("axis-size-mismatch", message, "padding", "give less padding")
        if wanted is not None:
            self._check(site, plain, wanted, strides)
            return list(wanted)
        return plain

    def _wanted(self, site: Site, rank: int) -> list[int]:
        """The spatial sizes of `output_size`, which may name all axes."""
        wanted = list(self.output_size or ())
        if len(wanted) not in (rank, rank + 2):
            bound = f"but there are {rank} spatial axes"
            raise out_of_range(
                site, "output_size", wanted, bound, "one size per spatial axis, or per axis of the output"
            )
        return wanted[-rank:]

    def _check(self, site: Site, sizes: Sequence[Size], wanted: Sequence[int], strides: Sequence[int]) -> None:
        """A size that is given must be one that the pool could have had, or hold enough elements."""
        spelled, known = site.spelled("output_size"), [size for size in sizes if size is not None]
        if site.framework.structure.unpool_by_elements:
            if len(known) == len(sizes) and prod(wanted) < prod(known):
                message = f"{spelled} has fewer elements than come out, {sizes_text(sizes)}"
                raise RefusedError("axis-size-mismatch", message, "output_size", f"give at least {sizes_text(sizes)}")
            return
        for axis, (size, target, stride) in enumerate(zip(sizes, wanted, strides, strict=True)):
            if size is not None and not size - stride < target < size + stride:
                reach = f"above {size - stride} and below {size + stride}"
                message = f"{spelled} is {target} on axis {axis}, where {size} positions come out"
                raise RefusedError("axis-size-mismatch", message, "output_size", f"give a size {reach} there")


def _spread(site: Site, name: str, value: int | Sequence[object], rank: int) -> list[int]:
    """One integer for all axes, or one each."""
    if isinstance(value, int):
        return [value] * rank
    if len(value) != rank:
        message = f"{site.spelled(name)} has {len(value)} entries, but there are {rank} spatial axes"
        raise RefusedError("rank-mismatch", message, name, f"give {site.spelled(name)} one entry per axis")
    return [entry if isinstance(entry, int) else 0 for entry in value]
