"""Layers whose inputs are indices: embeddings, elements and slices that are picked, classes as vectors."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Ge, Le, Len

from service.core.geometry.axis_numbers import from_the_front
from service.core.geometry.shapes import LARGEST, Shape, Size
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.parameters import Amount, Dimension, Positive
from service.core.layers.registry import layer_kind


class Lookup(Layer):
    """What layers that read indices share."""

    mixes_positions: ClassVar[bool] = True
    passes_channels_on: ClassVar[bool] = False


@layer_kind("embedding")
@dataclass(frozen=True, kw_only=True)
class Embedding(Lookup):
    """A trained vector of `embedding_dim` numbers for each index, of `num_embeddings` vectors."""

    num_embeddings: Positive
    embedding_dim: Positive
    padding_idx: Amount | None = None

    def output_shape(self, site: Site) -> Shape | None:
        """The indices' shape, and an axis more."""
        return None if site.shape is None else (*site.shape, self.embedding_dim)

    def parameters(self, site: Site) -> Size:
        """`num_embeddings * embedding_dim`."""
        return self.num_embeddings * self.embedding_dim


@layer_kind("apply_embedding")
@dataclass(frozen=True, kw_only=True)
class EmbeddingOfInputs(Lookup):
    """A vector for each index, out of a second input: `[...]` and `[n, d]` give `[..., d]`."""

    takes_inputs: ClassVar[InputCounts] = (2, 2)

    padding_idx: Amount | None = None

    def output_shape(self, site: Site) -> Shape | None:
        """The indices' shape, and the vectors' last axis."""
        if site.shape is None:
            return None
        vectors = site.inputs[1] if len(site.inputs) > 1 else None
        return (*site.shape, vectors[-1] if vectors else None)


@layer_kind("gather")
@dataclass(frozen=True, kw_only=True)
class Gather(Lookup):
    """Single elements along the axis `dim`, one for each of the second input's indices, whose shape comes out."""

    takes_inputs: ClassVar[InputCounts] = (2, 2)

    dim: Dimension

    def output_shape(self, site: Site) -> Shape | None:
        """The shape of the indices."""
        return site.inputs[1] if len(site.inputs) > 1 else None


@layer_kind("take", "index_select")
@dataclass(frozen=True, kw_only=True)
class Take(Lookup):
    """Slices along the axis `dim`, one for each index; without `dim` single elements of all.

    The indices are the second input, or `indices`: their axes stand in the place of that axis.
    """

    takes_inputs: ClassVar[InputCounts] = (1, 2)

    dim: Dimension | None = None
    indices: Amount | Annotated[Sequence[Amount], Len(1, 64)] | None = None

    def picked(self, site: Site) -> Shape | None:
        """The shape of the indices."""
        if self.indices is not None:
            return () if isinstance(self.indices, int) else (len(self.indices),)
        return site.inputs[1] if len(site.inputs) > 1 else None

    def axis(self, site: Site) -> int | None:
        """The axis counted from the front; None where it does not exist or is not named."""
        if site.shape is None or self.dim is None:
            return None
        scalar = site.framework.along_axes.scalar_axis and not site.shape
        return from_the_front(self.dim, 1 if scalar else len(site.shape))

    def output_shape(self, site: Site) -> Shape | None:
        """The indices' axes in the place of the axis."""
        shape, picked = site.shape, self.picked(site)
        if self.dim is None:
            return picked
        axis = self.axis(site)
        if shape is None or picked is None or axis is None:
            return None
        if site.kind.family == "index_select":
            return (*shape[:axis], picked[0] if picked else 1, *shape[axis + 1 :]) if shape else ()
        return (*shape[:axis], *picked, *shape[axis + 1 :])

    def declared_shape(self, site: Site) -> Shape | None:
        """Nothing."""
        return None


@layer_kind("one_hot")
@dataclass(frozen=True, kw_only=True)
class OneHot(Lookup):
    """A vector of `num_classes` numbers for each index: 1 in its place, 0 elsewhere, along a new axis `dim`."""

    takes_inputs: ClassVar[InputCounts] = (1, 3)

    num_classes: Annotated[int, Ge(-1), Le(LARGEST)] | None = None
    dim: Dimension = -1

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Any number; one at least where the framework needs it."""
        return None if site.framework.operators.scalar_classes else tuple(range(1, 9))

    def output_shape(self, site: Site) -> Shape | None:
        """The indices' shape and the new axis."""
        if site.shape is None:
            return None
        axis = from_the_front(self.dim, len(site.shape) + 1)
        size = None if self.num_classes in (None, -1) else self.num_classes
        return None if axis is None else (*site.shape[:axis], size, *site.shape[axis:])
