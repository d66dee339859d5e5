"""The compare question: one layer under the rules of every framework, and how each would write the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.core.diagnostics import Diagnostic, inspect, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.diagnostics.questions import frameworks_disagree
from service.core.frameworks import FRAMEWORKS, Framework
from service.core.geometry.axes import Axis
from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import Site
from service.core.questions.equivalents import (
    NOT_COMPARED,
    Equality,
    Equivalent,
    Written,
    equality,
    equivalent_in,
    keeps_axes,
    values_depend_on,
)
from service.core.questions.sizes import shaped_site, sized_site


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What one framework makes of the layer."""

    framework: Framework
    accepted: bool
    diagnostics: list[Diagnostic]
    axes: Sequence[Axis] = ()
    output_size: list[Size] | None = None
    equal: Equality | None = None
    equivalent: Equivalent = None
    notes: list[str] | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The layer as its own framework has it, beside all of them."""

    verdicts: Mapping[str, Verdict]
    diagnostics: list[Diagnostic]


def compare(
    description: PostedLayer,
    framework: Framework,
    *,
    size: int | Sequence[int] | None = None,
    shapes: Sequence[Shape] = (),
) -> Comparison:
    """What every framework makes of the layer, measured against the one it was asked for.

    The input is given by its spatial size, or each of the inputs by its shape.
    """
    sites = {name: site_in(description, framework, row, size=size, shapes=shapes) for name, row in FRAMEWORKS.items()}
    diagnostics = {name: inspect(site) for name, site in sites.items()}
    reference = sites[framework.name]
    accepted = not any(diagnostic.is_error for diagnostic in diagnostics[framework.name])
    values = values_depend_on(reference) if accepted else None
    verdicts = {
        name: _verdict(FRAMEWORKS[name], site, diagnostics[name], reference if accepted else None, values)
        for name, site in sites.items()
    }
    return Comparison(verdicts=verdicts, diagnostics=_disagreements(framework, verdicts, description))


def site_in(
    description: PostedLayer,
    asked: Framework,
    row: Framework,
    *,
    size: int | Sequence[int] | None = None,
    shapes: Sequence[Shape] = (),
) -> Site:
    """The layer under one framework, shapes put into that framework's order of axes."""
    if not shapes:
        layout = asked.layout if keeps_axes(description.layer) else None
        site = sized_site(description, row, size if size is not None else 1, layout=layout)
    else:
        site = shaped_site(description, row, *(_moved(description, asked, row, shape) for shape in shapes))
    assert site is not None
    return site


def _moved(description: PostedLayer, asked: Framework, row: Framework, shape: Shape) -> Shape:
    """A shape in a framework's order of axes, unless the layer names axes by their position or says the order."""
    rank = (description.kind.rank if description.kind else None) or max(len(shape) - 2, 0)
    moves = not keeps_axes(description.layer) and getattr(description.layer, "data_format", None) is None
    if not moves or row.layout == asked.layout or len(shape) <= rank:
        return shape
    channels = shape[asked.layout.channel_axis(len(shape), rank)]
    return row.layout.join(shape[: len(shape) - rank - 1], channels, asked.layout.spatial(shape, rank))


def _verdict(
    row: Framework, site: Site, diagnostics: list[Diagnostic], reference: Site | None, values: list[Any] | None
) -> Verdict:
    """`values` is what those of the reference depend on."""
    notes = [note for axis in site.axes for note in row.tool_notes(axis)]
    written = Written() if reference is None else equivalent_in(row, reference)
    if any(diagnostic.is_error for diagnostic in diagnostics):
        notes += written.notes
        return Verdict(
            framework=row, accepted=False, diagnostics=diagnostics, equivalent=written.equivalent, notes=notes
        )
    equal = None if reference is None else equality(site, reference, values)
    if reference is not None and equal is None:
        notes.append(NOT_COMPARED)
    notes += written.notes
    return Verdict(
        framework=row,
        accepted=True,
        diagnostics=diagnostics,
        axes=site.axes,
        output_size=[axis.output for axis in site.axes],
        equal=equal,
        equivalent=written.equivalent,
        notes=notes,
    )


def _disagreements(framework: Framework, verdicts: Mapping[str, Verdict], description: PostedLayer) -> list[Diagnostic]:
    own = verdicts[framework.name]
    at = (*description.location, "type") if "type" in description.posted else description.location
    diagnostics = []
    for other in verdicts.values():
        if not (own.accepted and other.accepted) or other.equal in ("values", None):
            continue
        if other.equal == "neither":
            what = f"the size is {own.output_size} in one and {other.output_size} in the other"
        elif not own.output_size:
            what = "the shape is the same in both, the values are not"
        else:
            what = f"the size is {own.output_size} in both, the values are not"
        diagnostics += placed(frameworks_disagree(framework.title, other.framework.title, what, at))
    return diagnostics
