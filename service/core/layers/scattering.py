"""Layers that read and write at places that other inputs say, or that leave out what the values say."""

from dataclasses import dataclass
from typing import ClassVar

from service.core.geometry.shapes import Shape, Size, shape_text
from service.core.layers.base import InputCounts, Site
from service.core.layers.parameters import Dimension, Natural
from service.core.layers.quantized import known_to_differ
from service.core.layers.registry import layer_kind
from service.core.layers.structural import Shapes, Structural, axis_of, out_of_range, unlike_inputs, wrong_rank


@layer_kind("scatter")
@dataclass(frozen=True, kw_only=True)
class Scatter(Structural):
    """The first input with elements replaced along the axis `dim`: where the second says, by those of the third."""

    takes_inputs: ClassVar[InputCounts] = (3, 3)

    dim: Dimension = 0

    def shapes(self, site: Site) -> Shapes:
        """The first input's."""
        shape, indices, updates = site.inputs[:3]
        if shape is not None:
            axis_of(site, "dim", self.dim, len(shape))
        if indices is not None and updates is not None and known_to_differ(indices, updates):
            raise unlike_inputs(site, "indices and updates have not one shape")
        if shape is not None and indices is not None and len(shape) != len(indices):
            raise unlike_inputs(site, "data and indices have not as many axes")
        return (shape,)


@layer_kind("scatter_nd")
@dataclass(frozen=True, kw_only=True)
class ScatterSlices(Structural):
    """The first input with slices replaced: each row of the second is the place of one, the third has the slices."""

    takes_inputs: ClassVar[InputCounts] = (3, 3)

    def shapes(self, site: Site) -> Shapes:
        """The first input's."""
        shape, indices, updates = site.inputs[:3]
        if shape is None or indices is None:
            return (shape,)
        wanted = picked_slices(site, shape, indices, 0)
        if updates is not None and wanted is not None and known_to_differ(updates, wanted):
            raise unlike_inputs(site, f"the updates are not {shape_text(wanted)}")
        return (shape,)


@layer_kind("scatter_sequence")
@dataclass(frozen=True, kw_only=True)
class ScatterSequence(Structural):
    """The first input with positions along the axis `dim` replaced by the second, from where the third says on."""

    takes_inputs: ClassVar[InputCounts] = (2, 3)

    dim: Dimension = -2

    def shapes(self, site: Site) -> Shapes:
        """The first input's."""
        shape, update = site.inputs[0], site.inputs[1]
        if shape is None or update is None:
            return (shape,)
        axis = axis_of(site, "dim", self.dim, len(shape))
        if known_to_differ(update, (*shape[:axis], None, *shape[axis + 1 :])):
            raise unlike_inputs(site, f"the update differs from what it is written to beside axis {axis}")
        if len(site.inputs) > 2 and site.inputs[2] is not None and known_to_differ(site.inputs[2], shape[:1]):
            raise unlike_inputs(site, f"the places are not {shape_text(shape[:1])}")
        new, whole = update[axis], shape[axis]
        if new is not None and whole is not None and new > whole:
            raise unlike_inputs(site, f"the update has {new} positions for {whole}")
        return (shape,)


@layer_kind("gather_nd")
@dataclass(frozen=True, kw_only=True)
class GatherSlices(Structural):
    """Slices of the first input, one for each row of the second, which has the first places of it.

    `[..., k]` indices give `[..., *data[k:]]`; the first `batch_dims` axes of both belong together.
    """

    takes_inputs: ClassVar[InputCounts] = (2, 2)

    batch_dims: Natural = 0

    def shapes(self, site: Site) -> Shapes:
        """The axes of the indices but the last, and the axes of the data that they do not say."""
        shape, indices = site.inputs[0], site.inputs[1]
        if shape is None or indices is None:
            return (None,)
        if self.batch_dims >= min(len(shape), len(indices)):
            bound = f"but the inputs have {len(shape)} and {len(indices)} axes"
            raise out_of_range(site, "batch_dims", self.batch_dims, bound, "fewer axes than each input has")
        if known_to_differ(shape[: self.batch_dims], indices[: self.batch_dims]):
            raise unlike_inputs(site, f"the first {self.batch_dims} axes differ")
        return (picked_slices(site, shape, indices, self.batch_dims),)


def picked_slices(site: Site, shape: Shape, indices: Shape, batched: int) -> Shape | None:
    """The shape of the slices that rows of indices pick; None where the length of a row is not known.

    Raises:
        RefusedError: A row is longer than the data has axes, or there are none.
    """
    if not indices:
        raise wrong_rank(site, "1 or more", 1)
    count = indices[-1]
    if count is None:
        return None
    if count > len(shape) - batched:
        raise unlike_inputs(site, f"rows of {count} indices are for more axes than there are")
    return (*indices[:-1], *shape[batched + count :])


@layer_kind("compress")
@dataclass(frozen=True, kw_only=True)
class Compress(Structural):
    """The positions along the axis `dim` for which the second input is true: how many is unknown.

    Without `dim` the elements are taken one after another.
    """

    takes_inputs: ClassVar[InputCounts] = (2, 2)

    dim: Dimension | None = None

    def shapes(self, site: Site) -> Shapes:
        """An unknown size along the axis."""
        if self.dim is None:
            return ((None,),)
        if site.shape is None:
            return (None,)
        axis = axis_of(site, "dim", self.dim, len(site.shape), scalar=False)
        return ((*site.shape[:axis], None, *site.shape[axis + 1 :]),)


@layer_kind("unique")
@dataclass(frozen=True, kw_only=True)
class Unique(Structural):
    """The different elements, or with `dim` the different slices along that axis: how many is unknown.

    The places of the first ones are output 1, those of each element among them output 2, how often each is there
    output 3.
    """

    dim: Dimension | None = None

    def shapes(self, site: Site) -> Shapes:
        """An unknown size along the axis, or one axis."""
        shape = site.shape
        if shape is None:
            return (None, (None,), (None,), (None,))
        if self.dim is None:
            return ((None,), (None,), (_elements(shape),), (None,))
        axis = axis_of(site, "dim", self.dim, len(shape), scalar=False)
        return ((*shape[:axis], None, *shape[axis + 1 :]), (None,), (shape[axis],), (None,))


def _elements(shape: Shape) -> Size:
    """The product of the sizes; None while one is unknown."""
    count = 1
    for size in shape:
        if size is None:
            return None
        count *= size
    return count


@layer_kind("non_max_suppression")
@dataclass(frozen=True, kw_only=True)
class NonMaxSuppression(Structural):
    """The best of boxes that overlap: `[N, boxes, 4]` and scores `[N, classes, boxes]` give `[picked, 3]`.

    How many are picked is unknown; each is an example, a class and a box.
    """

    takes_inputs: ClassVar[InputCounts] = (2, 5)

    def shapes(self, site: Site) -> Shapes:
        """An unknown number of rows."""
        boxes, scores = site.inputs[0], site.inputs[1]
        for index, shape in enumerate((boxes, scores)):
            if shape is not None and len(shape) != 3:
                raise wrong_rank(site, "3", index)
        if boxes is None or scores is None:
            return ((None, 3),)
        if boxes[2] not in (None, 4) or known_to_differ((boxes[0], boxes[1]), (scores[0], scores[2])):
            raise unlike_inputs(site, "boxes `[N, boxes, 4]` and scores `[N, classes, boxes]` do not go together")
        return ((None, 3),)


@layer_kind("reverse_sequence")
@dataclass(frozen=True, kw_only=True)
class ReverseSequence(Structural):
    """The first positions of each example in reverse order: as many as the second input says."""

    takes_inputs: ClassVar[InputCounts] = (2, 2)
    passes_channels_on: ClassVar[bool] = True

    batch_axis: Dimension = 1
    time_axis: Dimension = 0

    def shapes(self, site: Site) -> Shapes:
        """The first input's."""
        shape, lengths = site.inputs[0], site.inputs[1]
        if shape is None:
            return (None,)
        if len(shape) < 2:
            raise wrong_rank(site, "2 or more")
        batch = axis_of(site, "batch_axis", self.batch_axis, len(shape))
        if axis_of(site, "time_axis", self.time_axis, len(shape)) == batch:
            raise out_of_range(site, "time_axis", self.time_axis, "which is the axis of the batch", "another axis")
        if lengths is not None and known_to_differ(lengths, (shape[batch],)):
            raise unlike_inputs(site, f"the lengths are not {shape_text((shape[batch],))}")
        return (shape,)
