"""Layers that repeat what they get: expand, repeat, tile, repeat_interleave, repeat_vector, meshgrid, masked_fill."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.index_ranges import broadcast_shapes
from service.core.geometry.shapes import Shape, Size, shape_text
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import Dimension, FreeSize, Natural, Positive
from service.core.layers.registry import layer_kind
from service.core.layers.structural import (
    Shapes,
    Structural,
    axis_of,
    out_of_range,
    size_mismatch,
    unlike_inputs,
    wrong_rank,
)


def expanded(site: Site, shape: Shape, wanted: Sequence[Size], at: str | None) -> Shape:
    """A shape with its sizes of 1 stretched to those wanted, and with new axes in front.

    Raises:
        RefusedError: It has more axes than are wanted, or a size that is neither 1 nor the one wanted.
    """
    rules, parameter = site.framework.structure, at or "inputs"
    new = len(wanted) - len(shape)
    if rules.expands == "both ways":
        new, shape = max(new, 0), (1,) * new + shape
        wanted = [1] * (len(shape) - len(wanted)) + list(wanted)
        sizes = broadcast_shapes([shape, tuple(wanted)])
        if sizes is None or any(size is not None and size < 0 for size in wanted):
            raise _unexpandable(site, at, f"{shape_text(shape)} does not broadcast with {shape_text(tuple(wanted))}")
        return sizes
    if new < 0:
        text = f"{shape_text(shape)} has more axes than {shape_text(tuple(wanted))}"
        raise _unexpandable(site, at, text)
    result: list[Size] = []
    for axis, target in enumerate(wanted):
        size = shape[axis - new] if axis >= new else 1
        if target is not None and target < 0:
            if axis < new or rules.expands != "keeping" or target != -1:
                place = (parameter, axis)
                raise out_of_range(site, place, target, "which is no size of this axis", "a size of at least 1")
            target = size
        if size not in (1, None) and target is not None and target != size:
            raise _unexpandable(site, at, f"axis {axis} has {size} positions, which do not expand to {target}")
        result.append(size if size not in (1, None) and target is None else target)
    return tuple(result)


def _unexpandable(site: Site, at: str | None, message: str) -> Exception:
    if at is None:
        return unlike_inputs(site, message)
    return size_mismatch(message, at, "give the input's own size where it is not 1")


@layer_kind("expand")
@dataclass(frozen=True, kw_only=True)
class Expand(Structural):
    """Sizes of 1 stretched to those of `shape`, and new axes in front.

    In PyTorch -1 keeps a size; in ONNX 1 does.
    """

    shape: Annotated[Sequence[FreeSize], Len(0, 8)]

    def shapes(self, site: Site) -> Shapes:
        """The sizes wanted."""
        return ((None if site.shape is None else expanded(site, site.shape, list(self.shape), "shape")),)


@layer_kind("expand_as")
@dataclass(frozen=True, kw_only=True)
class ExpandAs(Structural):
    """The first input stretched to the shape of the second."""

    takes_inputs: ClassVar[InputCounts] = (2, 2)

    def shapes(self, site: Site) -> Shapes:
        """The second input's."""
        shape, wanted = site.inputs[0], site.inputs[1]
        if wanted is None or shape is None:
            return (wanted,)
        return (expanded(site, shape, list(wanted), None),)


@layer_kind("repeat", "tile")
@dataclass(frozen=True, kw_only=True)
class Repeat(Structural):
    """The whole input again and again along each axis: `o = i * repeats`.

    `repeat` takes a number for each axis and may add axes in front; `tile` also takes fewer, for the last axes. ONNX
    takes exactly one an axis.
    """

    repeats: Natural | Annotated[Sequence[Natural], Len(0, 8)]

    def shapes(self, site: Site) -> Shapes:
        """Each size times its number."""
        if site.shape is None:
            return (None,)
        repeats = [self.repeats] if isinstance(self.repeats, int) else list(self.repeats)
        exact = site.framework.structure.exact_repeats
        if (exact and len(repeats) != len(site.shape)) or (
            site.kind.name == "repeat" and len(repeats) < len(site.shape)
        ):
            bound = f"but the input has {len(site.shape)} axes"
            raise out_of_range(site, "repeats", self.repeats, bound, "one number per axis")
        most = max(len(repeats), len(site.shape))
        sizes = (1,) * (most - len(site.shape)) + site.shape
        times = [1] * (most - len(repeats)) + repeats
        return (tuple(None if size is None else size * n for size, n in zip(sizes, times, strict=True)),)


@layer_kind("repeat_interleave")
@dataclass(frozen=True, kw_only=True)
class RepeatInterleave(Structural):
    """Each position repeated along `dim`, `repeats` times, or as often as is listed for it.

    Without `dim` the elements are repeated in one row.
    """

    repeats: Natural | Annotated[Sequence[Natural], Len(1, 64)]
    dim: Dimension | None = None

    def shapes(self, site: Site) -> Shapes:
        """The size times the number, or the sum of the numbers."""
        if site.shape is None:
            return (None,)
        shape = site.shape
        if self.dim is None:
            known = [size for size in shape if size is not None]
            shape, axis = ((prod(known) if len(known) == len(shape) else None),), 0
        else:
            axis = axis_of(site, "dim", self.dim, len(shape), scalar=False)
        return ((*shape[:axis], self._repeated(site, shape[axis], axis), *shape[axis + 1 :]),)

    def _repeated(self, site: Site, size: Size, axis: int) -> Size:
        repeats = [self.repeats] if isinstance(self.repeats, int) else list(self.repeats)
        if len(repeats) == 1:
            return None if size is None else size * repeats[0]
        if size is not None and size != len(repeats):
            message = f"{site.spelled('repeats')} has {len(repeats)} entries, but axis {axis} has {size} positions"
            raise size_mismatch(message, "repeats", f"give {size} entries, or one integer")
        return sum(repeats)


@layer_kind("repeat_vector")
@dataclass(frozen=True, kw_only=True)
class RepeatVector(Structural):
    """Features repeated as a sequence: `[N, F]` becomes `[N, n, F]`."""

    n: Positive

    def shapes(self, site: Site) -> Shapes:
        """A new axis behind the batch."""
        if site.shape is None:
            return (None,)
        if len(site.shape) != 2:
            raise wrong_rank(site, "2")
        return ((site.shape[0], self.n, site.shape[1]),)


@layer_kind("meshgrid")
@dataclass(frozen=True, kw_only=True)
class MeshGrid(Structural):
    """For inputs of one axis each, as many outputs of the shape of all: `[n1, n2, ...]`, with "xy" `[n2, n1, ...]`."""

    takes_inputs: ClassVar[InputCounts] = (1, 8)

    indexing: str = "xy"

    def shapes(self, site: Site) -> Shapes:
        """The sizes of all inputs, once for each."""
        rules = site.framework.structure
        sizes: list[Size] = []
        if self.indexing not in ("ij", "xy"):
            raise out_of_range(site, "indexing", self.indexing, "which is not a choice", '"ij" or "xy"')
        for index, shape in enumerate(site.inputs):
            if shape is None:
                sizes.append(None)
                continue
            if (len(shape) > 1 and not rules.grid_of_any) or (not shape and not rules.grid_of_scalars):
                raise wrong_rank(site, "1", index)
            known = [size for size in shape if size is not None]
            sizes.append(prod(known) if len(known) == len(shape) else None)
        if self.indexing == "xy" and len(sizes) > 1:
            sizes[0], sizes[1] = sizes[1], sizes[0]
        return (tuple(sizes),) * len(site.inputs)


@layer_kind("masked_fill")
@dataclass(frozen=True, kw_only=True)
class MaskedFill(Structural):
    """The first input with a value wherever the second, a mask, is true; the two broadcast."""

    takes_inputs: ClassVar[InputCounts] = (2, 3)
    mixes_positions: ClassVar[bool] = False

    value: float | None = None

    def shapes(self, site: Site) -> Shapes:
        """What the input and the mask broadcast to."""
        shape, mask = site.inputs[0], site.inputs[1]
        if shape is None or mask is None:
            return (None,)
        common = broadcast_shapes([shape, mask])
        if common is None:
            raise unlike_inputs(site, "the input and the mask do not broadcast")
        return (common,)
