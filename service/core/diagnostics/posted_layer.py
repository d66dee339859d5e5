"""A layer object after it has been read: which kind it is, its parameters, and what was wrong with it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from json import dumps
from typing import Any

from service.core.diagnostics.model import Diagnostic
from service.core.frameworks import Framework
from service.core.geometry.shapes import Shape
from service.core.layers.base import InnerLayer, Kind, Layer, Site, Source
from service.core.layers.pointers import LONGEST_NAME, Pointer


@dataclass(frozen=True, kw_only=True)
class PostedLayer:
    """What was posted for one layer, and what could be made of it."""

    location: Pointer
    posted: Mapping[str, Any] = field(default_factory=dict)
    kind: Kind | None = None
    layer: Layer | None = None
    """None where the kind is not known; otherwise made from the parameters that could be read."""
    source: str | None = None
    """The framework whose name for the layer was posted; None where it was our own type."""
    asked: Framework | None = None
    """The framework that the request names, whose words are used."""
    spelling: Mapping[str, str] = field(default_factory=dict)
    converted: frozenset[str] = frozenset()
    """Parameters that were posted in another form than ours."""
    activates: bool = False
    """Whether a function is applied to what the layer computes."""
    input_axes: int | None = None
    """How many axes the input must have, where the layer's name or words say it."""
    unreadable: frozenset[str] = frozenset()
    """Parameters that are missing or could not be read."""
    absent: frozenset[str] = frozenset()
    """Those of them that are missing and that the layer's inputs may tell."""
    anchors: Mapping[str, Pointer] = field(default_factory=dict)
    """Where parameters that the layer does not give were taken from."""
    diagnostics: tuple[Diagnostic, ...] = ()
    key: bytes | None = None
    """What was posted, if nothing is wrong with it: layers with the same key are alike."""

    def elsewhere(self, location: Pointer, posted: Mapping[str, Any]) -> "PostedLayer":
        """The same layer posted at another place: what `dataclasses.replace` gives, in a fifth of the time."""
        other = object.__new__(PostedLayer)
        other.__dict__.update(self.__dict__)
        other.__dict__.update(location=location, posted=posted)
        return other

    @property
    def type(self) -> str:
        """The type as it was posted, or as it was supposed, or `layer` where there is none."""
        type_name = self.posted.get("type")
        if isinstance(type_name, str):
            return type_name[:LONGEST_NAME]
        return self.kind.name if self.kind else "layer"

    @property
    def as_text(self) -> str:
        """What was read, in our own words: the type, and every parameter that is not at its default."""
        if self.kind is None or self.layer is None:
            return "unknown"
        values = [(member.name, getattr(self.layer, member.name), member.default) for member in fields(self.layer)]
        told = [f"{name} {dumps(value, default=_inner_name)}" for name, value, default in values if value != default]
        return f"`{self.kind.name}`" + (f" with {', '.join(told)}" if told else "")

    def as_inner(self) -> InnerLayer | None:
        """The layer as a parameter of another holds it; None where there is no layer."""
        if self.kind is None or self.layer is None:
            return None
        return InnerLayer(
            kind=self.kind,
            layer=self.layer,
            posted=self.posted,
            spelling=self.spelling,
            converted=self.converted,
            input_axes=self.input_axes,
            activates=self.activates,
            unreadable=self.unreadable,
        )

    def site(
        self,
        framework: Framework,
        inputs: tuple[Shape | None, ...],
        *,
        name: str = "the layer",
        sources: tuple[Source, ...] = (),
        in_network: bool = False,
        sizes_only: bool = False,
    ) -> Site | None:
        """The layer in its place; None where there is no layer."""
        if self.kind is None or self.layer is None:
            return None
        return Site(
            kind=self.kind,
            layer=self.layer.in_place(self.asked, inputs[0] if inputs else None),
            framework=framework,
            asked=self.asked,
            inputs=inputs,
            location=self.location,
            name=name,
            sources=sources,
            spelling=self.spelling,
            converted=self.converted,
            activates=self.activates,
            input_axes=self.input_axes,
            posted=self.posted,
            anchors=self.anchors,
            unreadable=self.unreadable,
            absent=self.absent,
            in_network=in_network,
            sizes_only=sizes_only,
        )


def _inner_name(value: Any) -> str:
    """A layer that another holds, by its type."""
    return value.kind.name if isinstance(value, InnerLayer) else str(value)
