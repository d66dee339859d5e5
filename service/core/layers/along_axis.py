"""Layers that work along one axis: running sums, sorting, the largest ones, gates, vectors scaled to length 1."""

from dataclasses import dataclass
from typing import ClassVar, Literal

from service.core.geometry.axis_numbers import from_the_front
from service.core.geometry.shapes import Shape
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.merging import broadcast
from service.core.layers.parameters import Dimension, Positive
from service.core.layers.registry import layer_kind


class AlongAxis(Layer):
    """What layers along one axis share: the axis."""

    mixes_positions: ClassVar[bool] = True

    def axis(self, site: Site) -> int | None:
        """The axis counted from the front; None where it does not exist or is not named."""
        dim: int | None = getattr(self, "dim", None)
        if site.shape is None or dim is None:
            return None
        count = len(site.shape)
        if not count:
            return 0 if site.framework.along_axes.scalar_axis and dim in (0, -1) else None
        return from_the_front(dim, count)


@layer_kind("cumsum", "cumprod", "logcumsumexp")
@dataclass(frozen=True, kw_only=True)
class RunningTotal(AlongAxis):
    """The total of the elements up to each position along the axis `dim`; without `dim` of all, one after another."""

    takes_inputs: ClassVar[InputCounts] = (1, 2)

    dim: Dimension | None = None
    exclusive: bool = False
    from_the_end: bool = False

    def output_shape(self, site: Site) -> Shape | None:
        """As it is; one axis where none is named."""
        if self.dim is not None or site.shape is None or len(site.inputs) > 1:
            return site.shape
        count = 1
        for size in site.shape:
            if size is None:
                return (None,)
            count *= size
        return (count,)


@layer_kind("cummax", "cummin")
@dataclass(frozen=True, kw_only=True)
class RunningExtreme(AlongAxis):
    """The largest or least element up to each position along the axis `dim` and, in some frameworks, its place."""

    dim: Dimension

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """Elements, and positions."""
        return (site.shape,) * (2 if site.kind.family in site.framework.along_axes.gives_indices else 1)

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As they arrive."""
        return self.output_shapes(site)


@layer_kind("sort", "argsort")
@dataclass(frozen=True, kw_only=True)
class Sort(AlongAxis):
    """The elements in order along the axis `dim` and, where the framework gives them, their positions before."""

    dim: Dimension | None = -1
    descending: bool = False
    stable: bool = False

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """Elements, and positions."""
        return (site.shape,) * (2 if site.kind.family in site.framework.along_axes.gives_indices else 1)

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As they arrive."""
        return self.output_shapes(site)


@layer_kind("topk")
@dataclass(frozen=True, kw_only=True)
class TopK(AlongAxis):
    """The `k` largest elements along the axis `dim`, and their positions."""

    passes_channels_on: ClassVar[bool] = False
    takes_inputs: ClassVar[InputCounts] = (1, 2)

    k: Positive | None = None
    dim: Dimension = -1
    largest: bool = True
    sorted: bool = True

    def output_shape(self, site: Site) -> Shape | None:
        """The size of the axis becomes `k`."""
        axis = self.axis(site)
        if site.shape is None or axis is None:
            return None
        return (*site.shape[:axis], self.k, *site.shape[axis + 1 :]) if site.shape else ()

    def declared_shape(self, site: Site) -> Shape | None:
        """The size of the axis becomes `k`."""
        return self.output_shape(site)

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """Elements, and positions."""
        return (self.output_shape(site),) * 2

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """Elements, and positions."""
        return self.output_shapes(site)


@layer_kind("glu")
@dataclass(frozen=True, kw_only=True)
class Glu(AlongAxis):
    """The first half along the axis `dim`, times the sigmoid of the second half."""

    mixes_positions: ClassVar[bool] = False
    passes_channels_on: ClassVar[bool] = False

    dim: Dimension = -1

    def output_shape(self, site: Site) -> Shape | None:
        """The size of the axis is halved."""
        axis = self.axis(site)
        if not site.shape or axis is None:
            return None
        size = site.shape[axis]
        return (*site.shape[:axis], None if size is None else size // 2, *site.shape[axis + 1 :])


@layer_kind("normalize")
@dataclass(frozen=True, kw_only=True)
class Normalize(AlongAxis):
    """Vectors along the axis `dim` divided by their norm, but by no less than `eps`."""

    mixes_positions: ClassVar[bool] = False

    norm_type: float | Literal["fro", "inf", "-inf"] = 2.0
    dim: Dimension = 1
    eps: float = 1e-12


@layer_kind("cosine_similarity")
@dataclass(frozen=True, kw_only=True)
class CosineSimilarity(AlongAxis):
    """The cosine of the angle between vectors of two branches, along the axis `dim`, which goes."""

    takes_inputs: ClassVar[InputCounts] = (2, 2)
    passes_channels_on: ClassVar[bool] = False

    dim: Dimension = 1
    eps: float = 1e-8

    def stretched(self, site: Site) -> Shape | None:
        """The shape that the branches broadcast to."""
        known = [shape for shape in site.inputs if shape is not None]
        return broadcast(known) if len(known) == len(site.inputs) else None

    def output_shape(self, site: Site) -> Shape | None:
        """Without the axis."""
        shape = self.stretched(site)
        axis = None if shape is None else from_the_front(self.dim, len(shape))
        return None if shape is None or axis is None else (*shape[:axis], *shape[axis + 1 :])

    def declared_shape(self, site: Site) -> Shape | None:
        """Nothing."""
        return None
