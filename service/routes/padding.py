"""`POST /v1/padding`: the padding that gives a wanted output size."""

from typing import Any

from flask import Blueprint, Response

from service.core.diagnostics import Diagnostic, placed, reading
from service.core.diagnostics.posted_layer import Description
from service.core.geometry.axes import TransposedAxis
from service.core.layers import LAYERS
from service.core.layers.pools import Pool
from service.core.layers.separable import DepthwiseConvolution
from service.core.layers.windows import Convolving
from service.core.questions.padding import AxisPadding, PaddingSolution, solve_padding
from service.core.questions.sizes import size_per_axis, sized_site
from service.problems import refused
from service.rendering import diagnostic_object
from service.routes.exchange import answer, read_json
from service.schemas.layers import describe
from service.schemas.requests import PaddingRequest, validated

blueprint = Blueprint("padding", __name__)

PADDED = frozenset(
    name for name, kind in LAYERS.items() if issubclass(kind.layer, Convolving | DepthwiseConvolution | Pool)
)


@blueprint.post("/v1/padding")
def padding() -> Response:
    """The padding that gives a wanted output size."""
    return answer(respond(read_json()))


def respond(document: Any, *, lean: bool = False, share: int = 1) -> dict[str, Any]:
    """The answer to a body, or a Problem; a lean one has the padding only."""
    asked = validated(PaddingRequest, document)
    solved = assess(asked)
    if isinstance(solved, list):
        raise refused(solved)
    shown = {"framework": asked.framework, **_shown(solved)}
    return {name: shown[name] for name in ("solvable", "padding", "output_padding") if name in shown} if lean else shown


def assess(asked: PaddingRequest) -> PaddingSolution | list[Diagnostic]:
    """The answer, or what is wrong with the question."""
    described = describe(asked.layer, ("layer",), framework=asked.row)
    mistakes = list(described.diagnostics) or solvable(described, "has no padding to solve for")
    if mistakes:
        return mistakes
    site = sized_site(described, asked.row, asked.input_size)
    if site is None:
        return []
    wanted = asked.output_size
    axes = len(size_per_axis(described, asked.input_size))
    if isinstance(wanted, list) and len(wanted) != axes:
        form = f"one integer, or {axes}: one per axis of `input_size`"
        return placed(reading.wrong_type("output_size", wanted, form, ("output_size",)))
    solved = solve_padding(site, wanted, ("output_size",))
    mistaken = [one for one in solved.diagnostics if one.is_error] if not solved.axes else []
    return mistaken or solved


def solvable(described: Description, otherwise: str) -> list[Diagnostic]:
    """What is wrong with asking backwards about a layer: it has no windows with a kernel."""
    if described.kind is not None and described.kind.name in PADDED:
        return []
    return placed(reading.unsuitable_layer_type(described.type, otherwise, ("layer", "type")))


def _shown(solved: PaddingSolution) -> dict[str, Any]:
    axes = [one.axis for one in solved.axes if one.axis is not None] if solved.solvable else []
    shown: dict[str, Any] = {
        "solvable": solved.solvable,
        "padding": [[axis.before, axis.after] for axis in axes] or None,
        "symmetric": all(axis.before == axis.after for axis in axes) if axes else None,
    }
    extras = [axis.output_padding for axis in axes if isinstance(axis, TransposedAxis)]
    if extras:
        shown["output_padding"] = extras
    shown["axes"] = [_axis(one) for one in solved.axes]
    shown["written"] = solved.equivalents
    shown["diagnostics"] = [diagnostic_object(one) for one in solved.diagnostics]
    return shown


def _axis(one: AxisPadding) -> dict[str, Any]:
    if one.axis is None:
        return {
            "output": one.output,
            "padding": None,
            "total": None,
            "nearest": {"below": one.below, "above": one.above},
        }
    shown = {
        "output": one.output,
        "padding": [one.axis.before, one.axis.after],
        "total": list(one.total or ()),
        "formula": one.axis.formula,
    }
    if isinstance(one.axis, TransposedAxis):
        shown["output_padding"] = one.axis.output_padding
    return shown
