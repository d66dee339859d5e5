"""`POST /v1/output-size`: one layer, one input, what comes out."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from service.core.diagnostics import Diagnostic, placed, reading
from service.core.diagnostics.posted_layer import Description
from service.core.geometry.shapes import Shape
from service.core.questions.sizes import SizeResult, shaped_site, sized_site, sizes_at
from service.problems import refused
from service.rendering import axis_object, diagnostic_object
from service.repair import with_tried_fixes
from service.routes.exchange import answer, read_json
from service.schemas.layers import describe
from service.schemas.requests import CompareRequest, OutputSizeRequest, checked_shape, one_of, validated

blueprint = Blueprint("output_size", __name__)


@blueprint.post("/v1/output-size")
def output_size() -> Response:
    """What comes out of one layer, axis by axis."""
    return answer(respond(read_json()))


def respond(document: Any, *, lean: bool = False, share: int = 1) -> dict[str, Any]:
    """The answer to a body, or a Problem; a lean one has the size or shape only, and its Problem no fixes."""
    asked = validated(OutputSizeRequest, document)
    found, diagnostics = assess(asked, warnings=not lean)
    broken = found is None or any(one.is_error for one in diagnostics)
    if lean and not broken:
        return _lean(asked, found)
    if diagnostics and not lean:
        diagnostics = with_tried_fixes(
            diagnostics, document, lambda mended: assess(validated(OutputSizeRequest, mended))[1], share=share
        )
    if found is None or broken:
        raise refused(diagnostics)
    return _shown(asked, found, diagnostics)


def question(asked: OutputSizeRequest | CompareRequest) -> tuple[Description, Shape | None, list[Diagnostic]]:
    """The layer that is asked about, its input's shape if that was given, and what is wrong with either."""
    described = describe(asked.layer, ("layer",), framework=asked.row)
    mistakes = list(described.diagnostics)
    shape: Shape | None = None
    if asked.input_size is not None and asked.input_shape is not None:
        mistakes += placed(reading.conflicting_parameters("input_size", "input_shape", "the input", ("input_shape",)))
    elif asked.input_shape is not None:
        shape, wrong = checked_shape(asked.input_shape, ("input_shape",))
        mistakes += wrong
    elif asked.input_size is None:
        mistakes += one_of("the body", "input_size", "input_shape")
    return described, shape, mistakes


def assess(asked: OutputSizeRequest, *, warnings: bool = True) -> tuple[SizeResult | None, Sequence[Diagnostic]]:
    """The answer, if there is one, and every diagnostic."""
    described, shape, mistakes = question(asked)
    if mistakes:
        return None, mistakes
    if shape is not None:
        site = shaped_site(described, asked.row, shape)
    else:
        site = sized_site(described, asked.row, asked.input_size or 1)
    assert site is not None  # a description without diagnostics has a layer
    found = sizes_at(site, warnings=warnings)
    return found, found.diagnostics


def _lean(asked: OutputSizeRequest, found: SizeResult | None) -> dict[str, Any]:
    if found is None:
        return {}
    return {"output_size": found.output_size} if asked.input_shape is None else {"output_shape": found.output_shape}


def _shown(asked: OutputSizeRequest, found: SizeResult, diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    shown: dict[str, Any] = {"framework": asked.framework, "output_size": found.output_size}
    if asked.input_shape is not None:
        shown["output_shape"] = found.output_shape
    shown["axes"] = [axis_object(axis) for axis in found.axes]
    shown["diagnostics"] = [diagnostic_object(one) for one in diagnostics]
    return shown
