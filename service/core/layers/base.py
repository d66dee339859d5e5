"""A kind of layer, and a layer in its place.

A kind is one frozen dataclass: its fields are its parameters, its docstring is its documentation, its methods say
what comes out and what it costs. Its methods, and the diagnostics, are written against a `Site`: what the layer is,
whose rules apply, what arrives, and how its author spelled it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

from service.core.frameworks import Framework
from service.core.frameworks.window_rules import WindowRules
from service.core.geometry.axes import Axis
from service.core.geometry.lazy_property import lazy_property
from service.core.geometry.shapes import LAYOUTS, Layout, Shape, Size, shape_text
from service.core.layers.parameters import RESHAPED, SIZELESS
from service.core.layers.pointers import LONGEST_NAME, OF_THE_GRAPH, Pointer

InputCounts = tuple[int, int | None]


@dataclass(frozen=True, kw_only=True)
class Layer:
    """The base of all kinds: keeps the shape, has no parameters, costs nothing that is counted."""

    windowed: ClassVar[bool] = False
    """Whether it needs rules in a framework's row; a framework without them does not have the layer."""
    merges: ClassVar[bool] = False
    """Whether it brings branches together, position by position."""
    takes_inputs: ClassVar[InputCounts] = (1, 1)
    """How many inputs it takes, least and most; None is any number."""
    mixes_positions: ClassVar[bool] = False
    """Whether an output belongs to no place of the input, so that it has no receptive field."""
    passes_channels_on: ClassVar[bool] = True
    """Whether the channels that come out are those that came in."""
    takes_any_shape: ClassVar[bool] = False
    """Whether it leaves every shape as it is, and refuses none."""
    sized_by: ClassVar[frozenset[str]] = frozenset()
    """Parameters that say how large its weights are: where one is given, the weights are no inputs."""
    told_by_inputs: ClassVar[frozenset[str]] = frozenset()
    """Parameters that a weight tells by its shape, where it is an input."""
    declares: ClassVar[tuple[str, ...]] = ()
    """Parameters with no default in a network, because the layer's weights cannot be made without them."""

    @property
    def takes_the_one_before(self) -> bool:
        """Whether the layer listed before is its input where it names none."""
        return not self.merges and self.takes_inputs[1] != 0

    def input_counts(self, site: "Site") -> InputCounts:
        """How many inputs it takes in its place, least and most: one, where its weights are its own."""
        least, most = self.takes_inputs
        own_weights = not self.sized_by.isdisjoint(site.spelling) and not site.framework.weights_are_inputs
        return (least, 1) if own_weights else (least, most)

    def informed(self, site: "Site") -> "Site":
        """The layer in its place, with the parameters that its inputs tell."""
        return site

    def lacking(self, site: "Site") -> tuple[str, ...]:
        """Parameters that it needs in its place, and that are neither given nor said by what arrives."""
        missing = [name for name in self.declares if getattr(self, name) is None]
        return (*sorted(site.absent), *missing)

    @property
    def own_rank(self) -> int | None:
        """The number of spatial axes, where the parameters alone say it."""
        return None

    def in_place(self, asked: Framework | None, shape: Shape | None) -> "Layer":
        """The layer with what only its input decides: how many axes a list is about. `asked` is whose words it uses."""
        return self

    def entries(self, site: "Site", parameter: str) -> tuple[int, ...]:
        """How many entries a per-axis parameter may have."""
        return (site.rank or 0, 1) if site.takes_single_entry(parameter) else (site.rank or 0,)

    def dimensions(self, site: "Site") -> tuple[int, ...] | None:
        """The numbers of axes that an input may have; None where any will do."""
        return None

    def axes(self, site: "Site") -> tuple[Axis, ...]:
        """The spatial axes with every parameter resolved; empty for a kind without, or where they cannot be."""
        return ()

    def position_axes(self, site: "Site") -> tuple[Axis, ...]:
        """What becomes of the positions along each spatial axis, where the layer's own axes do not say it."""
        return site.axes

    def output_shape(self, site: "Site") -> Shape | None:
        """The shape that comes out, None where a size is not known; never raises, whatever is wrong."""
        return site.shape

    def declared_shape(self, site: "Site") -> Shape | None:
        """What is certain of the shape that comes out where something is wrong with the layer."""
        return self.output_shape(site)

    def output_shapes(self, site: "Site") -> tuple[Shape | None, ...]:
        """The shape of every output, of which most layers have one."""
        return (self.output_shape(site),)

    def declared_shapes(self, site: "Site") -> tuple[Shape | None, ...]:
        """What is certain of every output where something is wrong with the layer."""
        return (self.declared_shape(site),)

    def parameters(self, site: "Site") -> Size:
        """How many trainable numbers it has; None while unknown."""
        return 0

    def buffers(self, site: "Site") -> Size:
        """How many numbers it keeps that are not trained."""
        return 0

    def macs(self, site: "Site", output: Shape) -> Size:
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


@dataclass(frozen=True, kw_only=True)
class InnerLayer:
    """A layer that another one holds as a parameter, as it was read."""

    kind: Kind
    layer: Layer
    posted: Mapping[str, Any]
    spelling: Mapping[str, str]
    converted: frozenset[str] = frozenset()
    input_axes: int | None = None
    activates: bool = False
    unreadable: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Source:
    """Where an input of a layer comes from: another layer, or the network's own input."""

    name: str
    location: Pointer
    layer: Layer | None = None
    spelling: Mapping[str, str] = field(default_factory=dict)
    origin: "Source | None" = None
    """Where its channels come from, if not from itself: a pool or an activation only passes them on."""


@dataclass(frozen=True, kw_only=True)
class Site:
    """One layer, its framework, the shapes that arrive at it and the words its author used."""

    kind: Kind
    layer: Layer
    framework: Framework
    inputs: tuple[Shape | None, ...]
    """The shapes that arrive; None where one is not known."""
    asked: Framework | None = None
    """The framework that the request names, whose words the author used."""
    location: Pointer = ("layer",)
    name: str = "the layer"
    sources: tuple[Source, ...] = ()
    spelling: Mapping[str, str] = field(default_factory=dict)
    """How the author spelled each parameter that is given; a parameter left out is missing."""
    converted: frozenset[str] = frozenset()
    """Parameters that the author gave in another form than ours."""
    input_axes: int | None = None
    """How many axes the input must have, where the layer's own name or words say it."""
    activates: bool = False
    """Whether a function is applied to what the layer computes, as a layer of its own would be."""
    posted: Mapping[str, Any] = field(default_factory=dict)
    """The layer object as it was posted."""
    anchors: Mapping[str, Pointer] = field(default_factory=dict)
    """Where parameters that the layer does not give were taken from."""
    unreadable: frozenset[str] = frozenset()
    """Parameters that could not be read; what depends on them is unknown."""
    absent: frozenset[str] = frozenset()
    """Those of them that are missing and that an input might have told."""
    references: Mapping[str, Shape | None] = field(default_factory=dict)
    """The shapes of the layers whose sizes a parameter asks for, by name."""
    in_network: bool = False
    sizes_only: bool = False
    """Only spatial sizes were given: batch and channels are there and not known."""

    @property
    def type(self) -> str:
        """The type as the author wrote it, for messages."""
        return str(self.posted.get("type", self.kind.name))[:LONGEST_NAME]

    @property
    def shape(self) -> Shape | None:
        """The shape of the first input."""
        return self.inputs[0] if self.inputs else None

    def within(self, parameter: str, *shapes: Shape | None) -> "Site | None":
        """The layer that a parameter holds in its place, where these shapes arrive; None where it could not be read."""
        inner = getattr(self.layer, parameter)
        if not isinstance(inner, InnerLayer):
            return None
        return Site(
            kind=inner.kind,
            layer=inner.layer,
            framework=self.framework,
            inputs=shapes,
            location=self.locate(parameter),
            name=f"{self.name}.{parameter}",
            sources=self.sources[:1],
            spelling=inner.spelling,
            converted=inner.converted,
            input_axes=inner.input_axes,
            activates=inner.activates,
            posted=inner.posted,
            unreadable=inner.unreadable,
        )

    @property
    def source(self) -> str:
        """What the first input comes from, for messages."""
        if not self.sources or self.sources[0].layer is None:
            return "the input"
        return f"`{self.sources[0].name}`"

    @property
    def origin(self) -> Source | None:
        """Where the channels of the first input come from."""
        return (self.sources[0].origin or self.sources[0]) if self.sources else None

    @property
    def arriving(self) -> str:
        """The shape of the first input in words, or only its spatial sizes where no more was given."""
        if self.shape is None:
            return "unknown"
        shape = self.layout.spatial(self.shape, self.rank or 0) if self.sizes_only else self.shape
        return shape_text(shape)

    def spelled(self, parameter: str) -> str:
        """A parameter in the author's own spelling, for messages."""
        return f"`{self.spelling.get(parameter, parameter)}`"

    def locate(self, at: str | Pointer) -> Pointer:
        """The pointer to a parameter in the author's own spelling, or to the layer if it was not given."""
        path = (at,) if isinstance(at, str) else at
        if path and path[0] in self.posted and path[0] in OF_THE_GRAPH:
            return (*self.location, *path)
        if not path or path[0] not in self.spelling:
            return self.anchors.get(str(path[0]), self.location) if path else self.location
        spelled = self.spelling[str(path[0])]
        return (*self.location, spelled, *(() if spelled in RESHAPED or path[0] in self.converted else path[1:]))

    def entry(self, parameter: str, index: int) -> Pointer:
        """The place of one axis' entry in a parameter (from the end if negative), or of the whole if it is no list."""
        value = getattr(self.layer, parameter)
        return (parameter, index % len(value)) if isinstance(value, list) else (parameter,)

    @lazy_property
    def rules(self) -> WindowRules | None:
        """What the framework says of this window layer; None where it has no such layer."""
        return self.framework.rules_for(self.kind.name, self.kind.family)

    @lazy_property
    def layout(self) -> Layout:
        """The layer's own layout if it names one, else the framework's."""
        return LAYOUTS.get(getattr(self.layer, "data_format", None) or "", self.framework.layout)

    @lazy_property
    def rank(self) -> int | None:
        """How many spatial axes there are: as the type says, the parameters, or the shape less batch and channels."""
        said = self.kind.rank or self.layer.own_rank
        if said is not None:
            return said
        return None if self.shape is None else len(self.shape) - 2

    @lazy_property
    def dimensions(self) -> tuple[int, ...] | None:
        """The numbers of axes that an input may have; None where any will do."""
        accepted = self.layer.dimensions(self)
        if self.input_axes is None or self.sizes_only:
            return accepted
        return (self.input_axes,) if accepted is None else tuple(set(accepted) & {self.input_axes}) or accepted

    @lazy_property
    def fits(self) -> bool:
        """Whether the shape has the axes that the layer works on, so that channels and spatial sizes can be told."""
        accepted = self.dimensions
        return self.shape is not None and accepted is not None and len(self.shape) in accepted

    @lazy_property
    def channels(self) -> Size:
        """The channels that arrive; None while unknown."""
        if not self.fits or self.shape is None or self.rank is None or len(self.shape) <= self.rank:
            return None
        return self.shape[self.layout.channel_axis(len(self.shape), self.rank)]

    @lazy_property
    def spatial(self) -> Shape:
        """The spatial sizes that arrive, None where unknown."""
        if self.rank is None:
            return ()
        if not self.fits or self.shape is None:
            return (None,) * self.rank
        return self.layout.spatial(self.shape, self.rank)

    @lazy_property
    def axes(self) -> tuple[Axis, ...]:
        """The layer's axes with every parameter resolved; empty where they cannot be."""
        return () if self.unreadable - SIZELESS else self.layer.axes(self)

    def per_axis(self, parameter: str, value: Any = None) -> tuple[int, ...] | None:
        """A per-axis parameter as one integer per axis; None when it has not as many as there are axes.

        One that asks for another layer's sizes is those, None while any of them is unknown.
        """
        value = getattr(self.layer, parameter) if value is None else value
        if self.rank is None:
            return None
        if isinstance(value, dict):
            return self.layout.known_spatial(self.references.get(value["like"]), self.rank)
        if not isinstance(value, int) and len(value) == 1 and self.takes_single_entry(parameter):
            return tuple(value) * self.rank
        if isinstance(value, int):
            return (value,) * self.rank
        return tuple(value) if len(value) == self.rank else None

    def takes_single_entry(self, parameter: str) -> bool:
        """Whether a list of one entry is about every axis in the framework's layer."""
        if self.rules is None or parameter not in self.rules.single_entries:
            return False
        return parameter != "padding" or getattr(self.layer, "padding_mode", "zeros") == "zeros"
