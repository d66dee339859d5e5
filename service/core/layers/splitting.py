"""Layers with several outputs, each a part of the input along one axis: split, chunk, tensor_split, unbind."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.axes import Axis
from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import Site
from service.core.layers.parameters import Amount, Dimension, Positive
from service.core.layers.registry import layer_kind
from service.core.layers.structural import (
    RefusedError,
    Shapes,
    Structural,
    axis_of,
    lost_positions,
    out_of_range,
    require_outputs,
    size_mismatch,
)


@dataclass(frozen=True, kw_only=True)
class Parts(Structural):
    """What splits share: the axis `dim`, cut into parts one after another."""

    mixes_positions: ClassVar[bool] = False

    dim: Dimension = 0

    def axis(self, site: Site) -> int:
        """The axis counted from the front."""
        return axis_of(site, "dim", self.dim, len(site.shape or ()), scalar=False)

    @abstractmethod
    def part_sizes(self, site: Site, size: Size) -> Sequence[Size] | None:
        """The size of each part of an axis of this size; None where even their number is unknown."""

    def shapes(self, site: Site) -> Shapes:
        """The input with the size of one part along the axis, for each part."""
        if site.shape is None:
            return (None,)
        axis = self.axis(site)
        sizes = self.part_sizes(site, site.shape[axis])
        if not sizes:
            return (None,)
        return tuple((*site.shape[:axis], size, *site.shape[axis + 1 :]) for size in sizes)

    def position_axes(self, site: Site) -> tuple[Axis, ...]:
        """Where a spatial axis is split, the outputs differ in their places."""
        try:
            axis = self.axis(site)
        except RefusedError:
            return ()
        return lost_positions(site) if axis in site.layout.position_axes(site.shape or ()) else ()


def parts_of(size: int, part: int) -> list[int]:
    """Parts of one size, the last of which may be smaller."""
    return [part] * (size // part) + ([size % part] if size % part else [])


def one_of(site: Site, *names: str) -> None:
    """Exactly one of these parameters must be given.

    Raises:
        RefusedError: None is, or several are.
    """
    given = [name for name in names if getattr(site.layer, name) is not None or name in site.unreadable]
    if not given:
        listed = " or ".join(f"`{name}`" for name in names)
        raise RefusedError("missing-parameter", f"`{site.type}` has no {listed}", (), "add one of them")
    if len(given) > 1:
        message = f"{site.spelled(given[0])} and {site.spelled(given[1])} both set the parts"
        raise RefusedError("conflicting-parameters", message, given[1], "remove one of them")


def between(site: Site, size: Size, indices: list[int]) -> Sequence[Size]:
    """What lies between the cuts."""
    starts, stops = [0, *indices], [*indices, size]
    if not site.framework.structure.sorted_cuts:
        if size is None:
            return [None] * len(starts)
        pairs = zip(starts, [*indices, None], strict=True)
        return [len(range(size)[start:stop]) for start, stop in pairs]
    parts = [None if stop is None else stop - start for start, stop in zip(starts, stops, strict=True)]
    for part in parts:
        if part is not None and part < 0:
            bound = f"but cuts must rise from 0 to the {size} positions of the axis"
            raise out_of_range(site, "boundaries", list(indices), bound, "indices in rising order")
    return parts


@layer_kind("split")
@dataclass(frozen=True, kw_only=True)
class Split(Parts):
    """The input cut along `dim`: every `split_size` positions, or into parts of the sizes listed, or `sections` parts.

    With one size there are `ceil(size / split_size)` parts, the last of which may be smaller. Sizes that are listed
    must add up to the axis. Parts by number are equal; from operator set 18 on ONNX' last one may be smaller. `indices`
    say before which positions to cut instead. The first part is output 0, `name:1` is the second.
    """

    split_size: Positive | Annotated[Sequence[Amount], Len(1, 1000)] | None = None
    sections: Positive | None = None
    boundaries: Annotated[Sequence[Amount], Len(0, 999)] | None = None

    def part_sizes(self, site: Site, size: Size) -> Sequence[Size] | None:
        """As given, or equal parts."""
        one_of(site, "split_size", "sections", "boundaries")
        if self.boundaries is not None:
            return between(site, size, list(self.boundaries))
        if isinstance(self.split_size, int):
            if size is None:
                return None
            require_outputs(site, "split_size", -(-size // self.split_size))
            return parts_of(size, self.split_size) or [0]
        return self._listed(site, size) if self.split_size is not None else self._equal(site, size)

    def _listed(self, site: Site, size: Size) -> Sequence[Size]:
        """The sizes listed, which must add up; `-1` is what is left."""
        sizes = list(self.split_size) if isinstance(self.split_size, Sequence) else []
        if site.framework.structure.rest_of_a_split and sizes.count(-1) == 1 and size is not None:
            sizes[sizes.index(-1)] = max(size - sum(sizes) - 1, 0)
        for index, part in enumerate(sizes):
            if part < 0:
                raise out_of_range(site, ("split_size", index), part, "below 0", "sizes of at least 0")
        if size is not None and sum(sizes) != size:
            message = f"{site.spelled('split_size')} adds up to {sum(sizes)}, but axis {self.dim} has {size} positions"
            last = size - sum(sizes[:-1])
            raise size_mismatch(
                message, "split_size", f"give sizes that add up to {size}", [*sizes[:-1], last] if last > 0 else None
            )
        return sizes

    def _equal(self, site: Site, size: Size) -> Sequence[Size]:
        """As many parts as asked for."""
        count, rules = self.sections or 1, site.framework.structure
        require_outputs(site, "sections", count)
        if size is None:
            return [None] * count
        if size % count == 0 and size:
            return [size // count] * count
        since, opset = rules.uneven_parts_since, site.framework.opset
        part = -(-size // count)
        last = size - part * (count - 1)
        if since is not None and (opset is None or opset >= since) and last > 0:
            return [part] * (count - 1) + [last]
        message = (
            f"{site.spelled('sections')} is {count}, which does not divide the {size} positions of axis {self.dim}"
        )
        raise size_mismatch(message, "sections", f"give a number that divides {size}")


@layer_kind("chunk")
@dataclass(frozen=True, kw_only=True)
class Chunk(Parts):
    """The input cut along `dim` into at most `chunks` parts of `ceil(size / chunks)`, so there may be fewer."""

    chunks: Positive

    def part_sizes(self, site: Site, size: Size) -> Sequence[Size] | None:
        """Parts of the size rounded up; of nothing as many as asked for."""
        require_outputs(site, "chunks", self.chunks)
        if size is None:
            return None
        return parts_of(size, -(-size // self.chunks)) if size else [0] * self.chunks


@layer_kind("tensor_split")
@dataclass(frozen=True, kw_only=True)
class TensorSplit(Parts):
    """The input cut along `dim` into `sections` parts as equal as can be, or before each of `indices`.

    The first `size % sections` parts have one position more. Indices are those of slices: `[2, 5]` gives `:2`, `2:5`
    and `5:`.
    """

    sections: Positive | None = None
    boundaries: Annotated[Sequence[Amount], Len(0, 999)] | None = None

    def part_sizes(self, site: Site, size: Size) -> Sequence[Size] | None:
        """Parts that differ by one position at most, or those between the indices."""
        one_of(site, "sections", "boundaries")
        if self.boundaries is not None:
            return between(site, size, list(self.boundaries))
        count = self.sections or 1
        require_outputs(site, "sections", count)
        if size is None:
            return [None] * count
        return [size // count + (part < size % count) for part in range(count)]


@layer_kind("unbind")
@dataclass(frozen=True, kw_only=True)
class Unbind(Parts):
    """Each position along `dim` as an output of its own, without that axis."""

    def shapes(self, site: Site) -> Shapes:
        """The input without the axis, as often as the axis has positions."""
        if site.shape is None:
            return (None,)
        axis = self.axis(site)
        size = site.shape[axis]
        if size is None:
            return (None,)
        if size > 1000:
            require_outputs(site, "dim", size)
        rest: Shape = (*site.shape[:axis], *site.shape[axis + 1 :])
        return (rest,) * size or (None,)

    def position_axes(self, site: Site) -> tuple[Axis, ...]:
        """An axis goes."""
        return lost_positions(site)
