"""The compare question: one layer under the rules of every framework, and how each would write the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from service.core.diagnostics import Diagnostic, inspect, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.diagnostics.questions import frameworks_disagree
from service.core.frameworks import FRAMEWORKS, Framework
from service.core.geometry.axes import Axis, TransposedAxis, WindowAxis
from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import Site
from service.core.layers.pools import AveragePool
from service.core.questions.equivalents import Equivalent, equivalent_in
from service.core.questions.sizes import shaped_site, sized_site

Equality = Literal["values", "shape", "neither"]
NOT_COMPARED = "only the sizes were compared, not the values"


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
    shape: Shape | None = None,
) -> Comparison:
    """What every framework makes of the layer, measured against the one it was asked for."""
    sites = {name: _site(description, framework, row, size, shape) for name, row in FRAMEWORKS.items()}
    diagnostics = {name: inspect(site) for name, site in sites.items()}
    reference = sites[framework.name]
    accepted = not any(diagnostic.is_error for diagnostic in diagnostics[framework.name])
    verdicts = {
        name: _verdict(FRAMEWORKS[name], site, diagnostics[name], reference if accepted else None)
        for name, site in sites.items()
    }
    return Comparison(verdicts=verdicts, diagnostics=_disagreements(framework, verdicts, description))


def _site(
    description: PostedLayer, asked: Framework, row: Framework, size: int | Sequence[int] | None, shape: Shape | None
) -> Site:
    """The layer under one framework, a shape put into that framework's order of axes."""
    if shape is None:
        site = sized_site(description, row, size if size is not None else 1)
    else:
        rank = (description.kind.rank if description.kind else None) or max(len(shape) - 2, 0)
        moved = shape
        if row.layout != asked.layout and len(shape) > rank:
            channels = shape[asked.layout.channel_axis(len(shape), rank)]
            moved = row.layout.join(shape[: len(shape) - rank - 1], channels, asked.layout.spatial(shape, rank))
        site = shaped_site(description, row, moved)
    assert site is not None
    return site


def _verdict(row: Framework, site: Site, diagnostics: list[Diagnostic], reference: Site | None) -> Verdict:
    notes = [note for axis in site.axes for note in row.tool_notes(axis)]
    equivalent = None if reference is None else equivalent_in(row, reference)
    if any(diagnostic.is_error for diagnostic in diagnostics):
        return Verdict(framework=row, accepted=False, diagnostics=diagnostics, equivalent=equivalent, notes=notes)
    equal = None if reference is None else _equality(site, reference)
    if reference is not None and equal is None:
        notes.append(NOT_COMPARED)
    return Verdict(
        framework=row,
        accepted=True,
        diagnostics=diagnostics,
        axes=site.axes,
        output_size=[axis.output for axis in site.axes],
        equal=equal,
        equivalent=equivalent,
        notes=notes,
    )


def _equality(site: Site, reference: Site) -> Equality | None:
    """Whether two sites compute the same values, or only the same sizes; None where only the sizes were compared."""
    if [axis.output for axis in site.axes] != [axis.output for axis in reference.axes]:
        return "neither"
    if not site.layer.windowed and site.framework is not reference.framework:
        return None
    return "values" if _values_depend_on(site) == _values_depend_on(reference) else "shape"


def _values_depend_on(site: Site) -> list[Any]:
    """All that the values depend on, so that equal lists mean equal values for the same arrays."""
    axes: list[Any] = [_without_size_rules(axis) for axis in site.axes]
    flipped = any(isinstance(axis, TransposedAxis) and axis.kernel > 1 for axis in axes)
    if flipped:
        axes.append(site.framework.transposed_flips)
    if isinstance(site.layer, AveragePool):
        padded = any(isinstance(axis, WindowAxis) and (axis.before or axis.after) for axis in axes)
        axes.append(padded and site.layer.counts_padding(site))
    return axes


def _without_size_rules(axis: Axis) -> Axis:
    """An axis without what only decides its size, which is compared already."""
    if isinstance(axis, WindowAxis):
        return replace(axis, ceil_mode=False, empty_output=False, truncates=False)
    return replace(axis, empty_output=False) if isinstance(axis, TransposedAxis) else axis


def _disagreements(framework: Framework, verdicts: Mapping[str, Verdict], description: PostedLayer) -> list[Diagnostic]:
    own = verdicts[framework.name]
    at = (*description.location, "type") if "type" in description.posted else description.location
    diagnostics = []
    for other in verdicts.values():
        if not (own.accepted and other.accepted) or other.equal in ("values", None):
            continue
        if other.equal == "neither":
            what = f"the size is {own.output_size} in one and {other.output_size} in the other"
        else:
            what = f"the size is {own.output_size} in both, the values are not"
        diagnostics += placed(frameworks_disagree(framework.title, other.framework.title, what, at))
    return diagnostics
