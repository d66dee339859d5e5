"""What one layer of a network makes of the shapes that arrive, and what it costs.

Networks repeat themselves: most layers are written like another and meet the same shapes. What is known of a layer with
which nothing was wrong is kept, and found again by what was written and what arrives.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

from service.core.diagnostics import Diagnostic, graph, inspect, placed, reading
from service.core.diagnostics.posted_layer import Description
from service.core.frameworks import Framework
from service.core.geometry.axes import Axis, Rounding
from service.core.geometry.axis_field import AxisField
from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import Site, Source
from service.core.networks.costs import activation_bytes

MOST_KEPT = 20_000
"""Outcomes kept at most; when there are more, all are forgotten."""


@dataclass(frozen=True)
class Outcome:
    """What comes out of a layer, what it costs, and its axes."""

    output_shape: Shape | None = None
    parameters: Size = None
    buffers: Size = None
    macs: Size = None
    activation_bytes: Size = None
    axes: tuple[Axis, ...] = ()
    complete: bool = False
    """Whether every parameter could be read, so that costs and axes mean something."""

    @cached_property
    def roundings(self) -> tuple[Rounding | None, ...]:
        """How its output sizes follow from any input size, axis by axis."""
        return tuple(getattr(axis, "rounding", None) for axis in self.axes)

    @cached_property
    def reaches(self) -> tuple[AxisField | None, ...]:
        """Which inputs its outputs see, axis by axis."""
        return tuple(axis.field for axis in self.axes)


SIZES_SURVIVE = frozenset(
    {
        "channel-mismatch",
        "feature-mismatch",
        "groups-do-not-divide-channels",
        "missing-flatten",
        "padding-not-supported",
        "stride-with-dilation",
    }
)
"""Errors of convolutions and linear layers that leave the sizes that come out certain."""
NOTHING = Outcome()
"""Of a layer that cannot be placed."""
_kept: dict[tuple[object, ...], Outcome] = {}


def outcome_of(
    description: Description,
    framework: Framework,
    shapes: tuple[Shape | None, ...],
    name: str,
    sources: Callable[[], tuple[Source, ...]],
) -> tuple[Outcome, list[Diagnostic]]:
    """What a layer makes of these shapes, and what is wrong with it there; `sources` is asked only if something is."""
    key = (framework.name, framework.opset, description.key, shapes)
    if description.key is not None and (known := _kept.get(key)) is not None:
        return known, []
    outcome, diagnostics = _judged(description, framework, shapes, name, sources())
    if description.key is not None and not diagnostics:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[key] = outcome
    return outcome, diagnostics


def _judged(
    description: Description,
    framework: Framework,
    shapes: tuple[Shape | None, ...],
    name: str,
    sources: tuple[Source, ...],
) -> tuple[Outcome, list[Diagnostic]]:
    diagnostics = list(description.diagnostics)
    site = description.site(framework, shapes, name=name, sources=sources, in_network=True)
    if site is None:
        return NOTHING, diagnostics
    diagnostics += _missing(site)
    if not _takes(site, len(shapes)):
        wanted = "two or more" if site.layer.merges else "one"
        at = (*site.location, "inputs") if "inputs" in site.written else site.location
        facts = graph.wrong_number_of_inputs(f"`{name}`", len(shapes), wanted, at)
        return NOTHING, [*diagnostics, *placed(facts)]
    diagnostics += inspect(site)
    unsure = any(one.is_error and one.rule.name not in SIZES_SURVIVE for one in diagnostics)
    shape = site.layer.declared_shape(site) if unsure else site.layer.output_shape(site)
    return _with_costs(site, shape) if not site.broken else Outcome(shape), diagnostics


def _missing(site: Site) -> list[Diagnostic]:
    """Parameters that a layer in a network cannot do without."""
    return [
        one
        for name in site.layer.declares
        if getattr(site.layer, name) is None and name not in site.broken
        for one in placed(reading.missing_parameter(f"`{site.kind.name}`", name, site.location))
    ]


def _takes(site: Site, count: int) -> bool:
    return count >= 2 if site.layer.merges else count == 1


def _with_costs(site: Site, shape: Shape | None) -> Outcome:
    layer = site.layer
    return Outcome(
        output_shape=shape,
        parameters=layer.parameters(site),
        buffers=layer.buffers(site),
        macs=None if shape is None else layer.macs(site, shape),
        activation_bytes=activation_bytes(shape),
        axes=site.axes,
        complete=True,
    )
