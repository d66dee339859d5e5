"""Layers that change images at random while training, and crop them: Keras' augmentations."""

from dataclasses import dataclass
from typing import ClassVar

from service.core.geometry.axes import Axis, PaddedAxis
from service.core.geometry.shapes import Shape
from service.core.layers.base import Site
from service.core.layers.parameters import DataFormat, Positive
from service.core.layers.registry import layer_kind
from service.core.layers.spatial import SpatialLayer


class OfImages(SpatialLayer):
    """A layer of images, with a batch or without."""

    @property
    def own_rank(self) -> int | None:
        """Images only."""
        return 2

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Channels and two spatial axes, with a batch or without."""
        return (3, 4)


@layer_kind("augmentation")
@dataclass(frozen=True, kw_only=True)
class Augmentation(OfImages):
    """An image changed at random while training: flipped, turned, moved, brightened. Its shape stays."""

    data_format: DataFormat | None = None

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """Every position stays."""
        return tuple(PaddedAxis(size=size, before=0, after=0) for size in site.spatial)


@layer_kind("image_crop", "image_resize")
@dataclass(frozen=True, kw_only=True)
class SizedImage(OfImages):
    """An image cut or resampled to `height x width`; a crop resamples an image that is smaller."""

    mixes_positions: ClassVar[bool] = True

    height: Positive
    width: Positive
    data_format: DataFormat | None = None

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """None: the sizes are given."""
        return ()

    def output_shape(self, site: Site) -> Shape | None:
        """The size wanted."""
        if site.shape is None or not site.fits:
            return None
        return site.layout.with_sizes(site.shape, site.channels, (self.height, self.width))
