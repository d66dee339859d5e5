"""Normalisation of the last axes of each example, or of axes that are named, with trained numbers for each element."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.merging import broadcast
from service.core.layers.parameters import Dimension, Positive
from service.core.layers.registry import layer_kind

NormalizedAxes = Dimension | Annotated[Sequence[Dimension], Len(1, 8)]
NormalizedShape = Positive | Annotated[Sequence[Positive], Len(1, 8)]


class LastAxesNorm(Layer):
    """What the normalisations share that work on the last axes of each example, or on axes that are named."""

    normalized_shape: NormalizedShape | None
    axis: NormalizedAxes | None
    from_axis: Dimension | None
    elementwise_affine: bool

    def weights_given(self, site: Site) -> bool:
        """Whether its numbers are inputs."""
        return len(site.inputs) > 1

    def last_axes(self, site: Site) -> tuple[Size, ...] | None:
        """The sizes it is made for: as declared, else those of the axes that are named, else the last one."""
        if self.normalized_shape is not None:
            return (self.normalized_shape,) if isinstance(self.normalized_shape, int) else tuple(self.normalized_shape)
        if not site.shape:
            return None
        axes = self.named_axes(len(site.shape))
        return None if axes is None else tuple(site.shape[axis] for axis in axes)

    def named_axes(self, count: int) -> Sequence[int] | None:
        """The axes that are normalised, counted from the front; None where one does not exist."""
        if self.from_axis is not None:
            return range(self.from_axis % count, count) if -count <= self.from_axis < count else None
        axes = [-1] if self.axis is None else [self.axis] if isinstance(self.axis, int) else self.axis
        return [axis % count for axis in axes] if all(-count <= axis < count for axis in axes) else None

    def elements(self, site: Site) -> Size:
        """How many numbers a weight has; none of its own where they are inputs, or there are none."""
        if self.weights_given(site) or not self.elementwise_affine:
            return 0
        axes = self.last_axes(site)
        known = [size for size in axes or () if size is not None]
        return prod(known) if axes is not None and len(known) == len(axes) else None


@layer_kind("rms_norm")
@dataclass(frozen=True, kw_only=True)
class RmsNorm(LastAxesNorm):
    """`x / sqrt(mean(x^2) + eps) * scale` over the last axes of each example, which must be `normalized_shape`.

    The scale may be a second input.
    """

    takes_inputs: ClassVar[InputCounts] = (1, 2)

    normalized_shape: NormalizedShape | None = None
    eps: float | None = None
    elementwise_affine: bool = True
    axis: NormalizedAxes | None = None
    from_axis: Dimension | None = None

    def output_shape(self, site: Site) -> Shape | None:
        """The input's shape; a scale of named axes meets the last ones, and stretches sizes of 1 there."""
        made_for = self.last_axes(site)
        if self.axis is None or site.shape is None or made_for is None or self.weights_given(site):
            return site.shape
        return broadcast([site.shape, made_for])

    def declared_shape(self, site: Site) -> Shape | None:
        """The input's shape."""
        return site.shape

    def parameters(self, site: Site) -> Size:
        """A scale for each normalised element."""
        return self.elements(site)


@layer_kind("layer_norm")
@dataclass(frozen=True, kw_only=True)
class LayerNorm(LastAxesNorm):
    """Each example over its last axes, which must be `normalized_shape`.

    Scale and shift may be further inputs. With `rms_scaling` it divides by the root of the mean square, and has a scale
    only. `return_statistics` gives the mean and the inverse of the deviation as
    outputs 1 and 2.
    """

    takes_inputs: ClassVar[InputCounts] = (1, 3)

    normalized_shape: NormalizedShape | None = None
    eps: float = 1e-5
    elementwise_affine: bool = True
    bias: bool = True
    scale: bool = True
    axis: NormalizedAxes | None = None
    from_axis: Dimension | None = None
    return_statistics: bool = False
    rms_scaling: bool = False

    def parameters(self, site: Site) -> Size:
        """A scale for each normalised element, and as many shifts with a bias."""
        elements = self.elements(site)
        return None if elements is None else elements * (1 if self.rms_scaling else self.scale + self.bias)

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """The input's shape; mean and inverse deviation, where the normalised axes are 1, if they are asked for."""
        if not self.return_statistics:
            return (site.shape,)
        axes = None if not site.shape else self.named_axes(len(site.shape))
        if axes is None or site.shape is None:
            return (site.shape, None, None)
        means = tuple(1 if index in axes else size for index, size in enumerate(site.shape))
        return (site.shape, means, means)

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As without the mistake."""
        return self.output_shapes(site)
