"""`POST /v1/solve`: every combination of the unknown parameters that gives a wanted output size."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response

from service.core.diagnostics import Diagnostic, inspect, placed, reading
from service.core.diagnostics.posted_layer import Description
from service.core.layers.base import Site
from service.core.questions.combinations import Solutions
from service.core.questions.sizes import size_per_axis, sized_site
from service.core.questions.solve import DEFAULT_BOUNDS, WIDEST_BOUNDS, SolveQuestion
from service.core.questions.solve import solve as solved
from service.problems import refused
from service.routes.exchange import answer, read_json
from service.routes.gate import heavy_work
from service.routes.padding import solvable
from service.schemas.layers import describe
from service.schemas.requests import SolveRequest, validated

blueprint = Blueprint("solve", __name__)

STAND_INS: Mapping[str, int] = {"kernel_size": 1}
"""What stands for an unknown that a layer cannot be read without."""


@blueprint.post("/v1/solve")
def solve() -> Response:
    """Every combination of the unknown parameters that gives a wanted output size."""
    document = read_json()
    with heavy_work():
        return answer(respond(document))


def respond(document: Any, *, lean: bool = False, share: int = 1) -> dict[str, Any]:
    """The answer to a body, or a Problem; a lean one has the solutions only."""
    asked = validated(SolveRequest, document)
    described = describe(asked.layer, ("layer",), framework=asked.row, supplied=STAND_INS)
    mistakes = list(described.diagnostics) or _mistakes(asked, described)
    if mistakes:
        raise refused(mistakes)
    question = _question(asked, described)
    if isinstance(question, list):
        raise refused(question)
    found = solved(question, share=share)
    shown = _shown(found)
    if lean:
        return {name: shown[name] for name in ("solutions", "count", "complete")}
    bounds = {name: list(question.bounds[name]) for name in asked.unknown}
    return {"framework": asked.framework, **shown, "bounds": bounds, "diagnostics": []}


def _mistakes(asked: SolveRequest, described: Description) -> list[Diagnostic]:
    """Unknowns that are given, or that the layer does not have; bounds that bound nothing."""
    found: list[Diagnostic] = []
    unsuitable = solvable(described, "has nothing to solve for")
    if unsuitable:
        return unsuitable
    parameters = set() if described.layer is None else set(described.layer.parameter_names())
    for index, name in enumerate(asked.unknown):
        at = ("unknown", index)
        given = described.spelling.get(name) or ("input_size" if name == "input_size" and asked.input_size else None)
        if given is not None:
            found += placed(reading.conflicting_parameters(given, "unknown", name, at))
        elif name != "input_size" and name not in parameters:
            found += placed(reading.unknown_parameter(f"`{described.type}`", name, sorted(parameters), at))
    for name, (least, greatest) in asked.bounds.items():
        widest = WIDEST_BOUNDS[name]
        lowest = 0 if name in ("padding", "output_padding") else 1
        if name not in asked.unknown:
            found += placed(reading.unknown_parameter("`bounds`", name, asked.unknown, ("bounds", name)))
        elif not lowest <= least <= greatest < least + widest:
            form = f"[least, greatest] from {lowest}, at most {widest} values"
            value = [least, greatest]
            bound = "which bounds nothing, or too much"
            found += placed(reading.parameter_out_of_range(name, value, bound, form, ("bounds", name)))
    if asked.input_size is None and "input_size" not in asked.unknown:
        found += placed(reading.missing_parameter("the body", "input_size", ()))
    return found


def _question(asked: SolveRequest, described: Description) -> SolveQuestion | list[Diagnostic]:
    """The question as core takes it, or what is wrong with the layer whatever the unknowns are."""
    unknown_input = asked.input_size is None
    sizes = size_per_axis(described, asked.output_size if unknown_input else asked.input_size or 1)
    site = sized_site(described, asked.row, sizes)
    assert site is not None  # a description without diagnostics has a layer
    mistakes = [one for one in inspect(site) if one.is_error and not one.has("about unknowns")]
    if mistakes:
        return mistakes
    wanted = asked.output_size
    if isinstance(wanted, list) and len(wanted) != len(sizes):
        form = f"one integer, or {len(sizes)}: one per axis"
        return placed(reading.wrong_type("output_size", wanted, form, ("output_size",)))
    if unknown_input:
        site = _without_sizes(site)
    bounds: dict[str, tuple[int, int]] = dict(DEFAULT_BOUNDS)
    bounds.update((name, (least, greatest)) for name, (least, greatest) in asked.bounds.items())
    return SolveQuestion(
        site=site,
        wanted=[wanted] * len(sizes) if isinstance(wanted, int) else wanted,
        unknown=frozenset(asked.unknown),
        bounds=bounds,
        limit=asked.limit,
    )


def _without_sizes(site: Site) -> Site:
    """The same site before an input of unknown size."""
    return replace(site, inputs=((None,) * len(site.shape or ()),))


def _shown(found: Solutions) -> dict[str, Any]:
    return {
        "solutions": found.listed,
        "count": found.count,
        "complete": found.complete,
        "per_axis": found.per_axis,
    }
