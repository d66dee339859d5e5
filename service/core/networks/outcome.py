"""What one layer of a network makes of the shapes that arrive, and what it costs.

Networks repeat themselves: most layers are written like another one and get the same shapes. So the outcome of a layer
without diagnostics is cached, by what was written and what arrives.
"""

from collections.abc import Callable
from dataclasses import dataclass

from service.core.diagnostics import Diagnostic, inspect, malformed, network_graph, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import Framework
from service.core.geometry.axes import Axis, Rounding
from service.core.geometry.axis_field import AxisField
from service.core.geometry.lazy_property import lazy_property
from service.core.geometry.shapes import Shape, Size, elements
from service.core.layers.base import Site, Source

MOST_CACHED_OUTCOMES = 20_000
"""Outcomes. Chosen: twice the layers of the longest network accepted by default. A full cache is emptied."""
BYTES_PER_ELEMENT = 4
"""Bytes. Activations are counted as 32-bit floats."""


@dataclass(frozen=True)
class Outcome:
    """What comes out of a layer, what it costs, and its axes."""

    output_shape: Shape | None = None
    parameters: Size = None
    buffers: Size = None
    macs: Size = None
    activation_bytes: Size = None
    activated_bytes: int = 0
    """Those of `activation_bytes` that the layer's own activation makes of what it computes."""
    axes: tuple[Axis, ...] = ()
    complete: bool = False
    """Whether every parameter could be read, so that costs and axes mean something."""

    @lazy_property
    def roundings(self) -> tuple[Rounding | None, ...]:
        """How its output sizes follow from any input size, axis by axis."""
        return tuple(getattr(axis, "rounding", None) for axis in self.axes)

    @lazy_property
    def axis_fields(self) -> tuple[AxisField | None, ...]:
        """Which inputs its outputs see, axis by axis."""
        return tuple(axis.field for axis in self.axes)


UNKNOWN = Outcome()
"""The outcome of a layer of which nothing is known."""
_cached: dict[tuple[object, ...], Outcome] = {}


def outcome_of(
    description: PostedLayer,
    framework: Framework,
    shapes: tuple[Shape | None, ...],
    name: str,
    sources: Callable[[], tuple[Source, ...]],
) -> tuple[Outcome, list[Diagnostic]]:
    """What a layer makes of these shapes, and its diagnostics there; `sources` is called only if nothing is cached."""
    key = (framework.name, framework.opset, description.key, shapes)
    if description.key is not None and (cached := _cached.get(key)) is not None:
        return cached, []
    outcome, diagnostics = _inspected(description, framework, shapes, name, sources())
    if description.key is not None and not diagnostics:
        if len(_cached) >= MOST_CACHED_OUTCOMES:
            _cached.clear()
        _cached[key] = outcome
    return outcome, diagnostics


def _inspected(
    description: PostedLayer,
    framework: Framework,
    shapes: tuple[Shape | None, ...],
    name: str,
    sources: tuple[Source, ...],
) -> tuple[Outcome, list[Diagnostic]]:
    diagnostics = list(description.diagnostics)
    site = description.site(framework, shapes, name=name, sources=sources, in_network=True)
    if site is None:
        return UNKNOWN, diagnostics
    diagnostics += _missing_parameters(site)
    wrong_number = _wrong_number_of_inputs(site, len(shapes))
    if wrong_number:
        return UNKNOWN, [*diagnostics, *wrong_number]
    diagnostics += inspect(site)
    sizes_survive = all(diagnostic.has("sizes survive") for diagnostic in diagnostics if diagnostic.is_error)
    shape = site.layer.output_shape(site) if sizes_survive else site.layer.declared_shape(site)
    return _with_costs(site, shape) if not site.unreadable else Outcome(shape), diagnostics


def _missing_parameters(site: Site) -> list[Diagnostic]:
    """A diagnostic for each parameter without a default that the layer does not give."""
    return [
        diagnostic
        for name in site.layer.declares
        if getattr(site.layer, name) is None and name not in site.unreadable
        for diagnostic in placed(malformed.missing_parameter(f"`{site.type}`", name, site.location))
    ]


def _wrong_number_of_inputs(site: Site, count: int) -> list[Diagnostic]:
    """The diagnostic of a layer that merges fewer than two inputs, or that merges none and has several."""
    if count >= 2 if site.layer.merges else count == 1:
        return []
    wanted = "two or more" if site.layer.merges else "one"
    location = (*site.location, "inputs") if "inputs" in site.posted else site.location
    return placed(network_graph.wrong_number_of_inputs(f"`{site.name}`", count, wanted, location))


def _with_costs(site: Site, shape: Shape | None) -> Outcome:
    layer = site.layer
    activated = (activation_bytes(shape) or 0) * site.activates
    return Outcome(
        output_shape=shape,
        parameters=layer.parameters(site),
        buffers=layer.buffers(site),
        macs=None if shape is None else layer.macs(site, shape),
        activation_bytes=None if (computed := activation_bytes(shape)) is None else computed + activated,
        activated_bytes=activated,
        axes=site.axes,
        complete=True,
    )


def activation_bytes(shape: Shape | None) -> Size:
    """The bytes of a tensor of this shape; None while a size of it is unknown."""
    size = elements(shape)
    return None if size is None else size * BYTES_PER_ELEMENT
