"""`POST /v1/output-size`: one layer, one input, what comes out."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response

from service.core.diagnostics import Diagnostic, placed, reading
from service.core.site import Site
from service.core.sizes import SizeAnswer, shaped_site, sized_site
from service.core.sizes import answer as size_answer
from service.problems import refused
from service.repair import with_tried_fixes
from service.routes.exchange import answer, read_json
from service.schemas.layers import describe
from service.schemas.requests import OutputSizeRequest, checked_shape, one_of, validated

blueprint = Blueprint("output_size", __name__)


@blueprint.post("/v1/output-size")
def output_size() -> Response:
    """What comes out of one layer, axis by axis."""
    document = read_json()
    asked = validated(OutputSizeRequest, document)
    found, diagnostics = assess(asked)
    judged = with_tried_fixes(diagnostics, document, lambda mended: assess(validated(OutputSizeRequest, mended))[1])
    if found is None or any(one.is_error for one in judged):
        raise refused(judged)
    return answer(_shown(asked, found, judged))


def assess(asked: OutputSizeRequest) -> tuple[SizeAnswer | None, Sequence[Diagnostic]]:
    """The answer, if there is one, and every diagnostic."""
    described = describe(asked.layer, ("layer",))
    mistakes = list(described.diagnostics)
    site: Site | None = None
    if asked.input_size is not None and asked.input_shape is not None:
        mistakes += placed(reading.conflicting_parameters("input_size", "input_shape", "the input", ("input_shape",)))
    elif asked.input_size is not None:
        site = sized_site(described, asked.row, asked.input_size)
    elif asked.input_shape is not None:
        shape, wrong = checked_shape(asked.input_shape, ("input_shape",))
        mistakes += wrong
        site = shaped_site(described, asked.row, shape)
    else:
        mistakes += one_of("the body", "input_size", "input_shape")
    if mistakes or site is None:
        return None, mistakes
    found = size_answer(site)
    return found, found.diagnostics


def _shown(asked: OutputSizeRequest, found: SizeAnswer, diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    shown: dict[str, Any] = {"framework": asked.framework, "output_size": found.output_size}
    if asked.input_shape is not None:
        shown["output_shape"] = found.output_shape
    shown["axes"] = [axis.describe() for axis in found.axes]
    shown["diagnostics"] = [one.as_dict() for one in diagnostics]
    return shown
