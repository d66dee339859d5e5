"""What a layer kind is, and LAYERS, the registry of them all.

A kind is one frozen dataclass: its fields are its parameters, its docstring is its documentation, its methods say
what comes out and what it costs. `@layer_kind` puts it into the registry under its names; the schema, the
documentation and the endpoints read it from there.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import ClassVar, TypeVar

from service.core.axes import Axis
from service.core.shapes import Shape, Size
from service.core.site import Site


@dataclass(frozen=True, kw_only=True)
class Layer:
    """The base of all kinds: keeps the shape, has no parameters, costs nothing that is counted."""

    windowed: ClassVar[bool] = False
    """Whether a framework must have rules for it in FRAMEWORKS."""
    merges: ClassVar[bool] = False
    """Whether it takes several inputs."""
    mixes_positions: ClassVar[bool] = False
    """Whether an output no longer belongs to a place of the input, so that it has no receptive field."""
    passes_channels_on: ClassVar[bool] = True
    """Whether the channels that come out are those that came in."""
    takes_any_shape: ClassVar[bool] = False
    """Whether it leaves every shape as it is, and refuses none."""
    declares: ClassVar[tuple[str, ...]] = ()
    """Parameters with no default in a network, because the layer's weights cannot be made without them."""

    @property
    def own_rank(self) -> int | None:
        """The number of spatial axes, where the parameters alone say it."""
        return None

    def entries(self, site: Site, parameter: str) -> tuple[int, ...]:
        """How many entries a per-axis parameter may have."""
        return (site.rank or 0,)

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """The numbers of axes that an input may have; None where any will do."""
        return None

    def axes(self, site: Site) -> tuple[Axis, ...]:
        """The spatial axes with every parameter resolved; empty for a kind without, or where they cannot be."""
        return ()

    def output_shape(self, site: Site) -> Shape | None:
        """The shape that comes out, None where a size is not known; never raises, whatever is wrong."""
        return site.shape

    def declared_shape(self, site: Site) -> Shape | None:
        """What is certain of the shape that comes out where something is wrong with the layer."""
        return self.output_shape(site)

    def parameters(self, site: Site) -> Size:
        """How many trainable numbers it has; None while unknown."""
        return 0

    def buffers(self, site: Site) -> Size:
        """How many numbers it keeps that are not trained."""
        return 0

    def macs(self, site: Site, output: Shape) -> Size:
        """Multiply-accumulates for the batch given (a null batch counts as 1), bias left out."""
        return 0

    @classmethod
    def parameter_names(cls) -> tuple[str, ...]:
        """The names of its parameters, in order of declaration."""
        return tuple(field.name for field in fields(cls))


@dataclass(frozen=True, slots=True)
class Kind:
    """A type name in the registry: a layer class, at a fixed rank or at the rank of its input."""

    name: str
    family: str
    rank: int | None
    layer: type[Layer]

    @property
    def summary(self) -> str:
        """The first line of its documentation."""
        return (self.layer.__doc__ or "").strip().splitlines()[0]


_kinds: dict[str, Kind] = {}
LAYERS: Mapping[str, Kind] = _kinds
SPATIAL_RANKS = (1, 2, 3)

LayerClass = TypeVar("LayerClass", bound=type[Layer])


def layer_kind(*families: str, ranks: tuple[int, ...] = ()) -> Callable[[LayerClass], LayerClass]:
    """Register a layer class under each family name, and under `{family}{rank}d` for each rank."""

    def register(layer: LayerClass) -> LayerClass:
        for family in families:
            for kind in (Kind(family, family, None, layer), *(Kind(f"{family}{r}d", family, r, layer) for r in ranks)):
                if kind.name in _kinds:
                    raise ValueError(f"layer type {kind.name!r} is registered twice")
                _kinds[kind.name] = kind
        return layer

    return register
