"""Layers to which nothing leads, and layers of which nothing is known but what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, ClassVar

from annotated_types import Len

from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.parameters import GivenShape
from service.core.layers.registry import layer_kind

MOST_OUTPUTS = 1000
"""Outputs of a layer that are declared. Chosen."""


@layer_kind("constant")
@dataclass(frozen=True, kw_only=True)
class Constant(Layer):
    """A tensor of numbers that is part of the network; it takes no input and is neither trained nor kept."""

    takes_inputs: ClassVar[InputCounts] = (0, 0)
    passes_channels_on: ClassVar[bool] = False
    mixes_positions: ClassVar[bool] = True

    shape: GivenShape

    def output_shape(self, site: Site) -> Shape | None:
        """As given."""
        return tuple(self.shape)


@layer_kind("parameter")
@dataclass(frozen=True, kw_only=True)
class TrainedTensor(Constant):
    """A tensor of trainable numbers, such as a class token or a position embedding; it takes no input."""

    def parameters(self, site: Site) -> Size:
        """Every element."""
        return elements((1, *self.shape))


@layer_kind("buffer")
@dataclass(frozen=True, kw_only=True)
class KeptTensor(Constant):
    """A tensor of numbers that is stored with the network and not trained; it takes no input."""

    def buffers(self, site: Site) -> Size:
        """Every element."""
        return elements((1, *self.shape))


@layer_kind("opaque")
@dataclass(frozen=True, kw_only=True)
class Opaque(Layer):
    """A layer that nobody knows: what comes out is as declared, what it costs is unknown.

    It takes any number of inputs. `output_shapes` is for several outputs.
    """

    takes_inputs: ClassVar[InputCounts] = (0, None)
    passes_channels_on: ClassVar[bool] = False
    mixes_positions: ClassVar[bool] = True

    declared_output: GivenShape | None = None
    declared_outputs: Annotated[Sequence[GivenShape], Len(1, MOST_OUTPUTS)] | None = None

    def output_shape(self, site: Site) -> Shape | None:
        """The first that is declared."""
        return self.output_shapes(site)[0]

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As declared."""
        if self.declared_outputs is not None:
            return tuple(tuple(shape) for shape in self.declared_outputs)
        return (None if self.declared_output is None else tuple(self.declared_output),)

    def parameters(self, site: Site) -> Size:
        """Unknown."""
        return None

    def buffers(self, site: Site) -> Size:
        """Unknown."""
        return None

    def macs(self, site: Site, output: Shape) -> Size:
        """Unknown."""
        return None
