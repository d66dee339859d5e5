"""`POST /v1/compare`: one layer under the rules of every framework."""

from typing import Any

from flask import Blueprint, Response

from service.core.questions.compare import Comparison, Verdict
from service.core.questions.compare import compare as compared
from service.problems import refused
from service.rendering import axis_object, diagnostic_object
from service.routes.exchange import answer, read_json
from service.routes.output_size import question
from service.schemas.requests import CompareRequest, validated

blueprint = Blueprint("compare", __name__)


@blueprint.post("/v1/compare")
def compare() -> Response:
    """What every framework makes of a layer, and how each would write the same."""
    return answer(respond(read_json()))


def respond(document: Any, *, lean: bool = False, share: int = 1) -> dict[str, Any]:
    """The answer to a body, or a Problem; a lean one has for each framework the size, or null where it refuses."""
    asked = validated(CompareRequest, document)
    described, shape, mistakes = question(asked)
    if mistakes:
        raise refused(mistakes)
    found = compared(described, asked.row, size=asked.input_size, shape=shape)
    if lean:
        return {"output_size": {name: verdict.output_size for name, verdict in found.verdicts.items()}}
    return _shown(asked, found)


def _shown(asked: CompareRequest, found: Comparison) -> dict[str, Any]:
    return {
        "framework": asked.framework,
        "output_size": found.verdicts[asked.framework].output_size,
        "frameworks": {name: _verdict(verdict) for name, verdict in found.verdicts.items()},
        "diagnostics": [diagnostic_object(one) for one in found.diagnostics],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "accepted": verdict.accepted,
        "output_size": verdict.output_size,
        "axes": [axis_object(axis) for axis in verdict.axes],
        "equal": verdict.equal,
        "written": verdict.equivalent,
        "notes": verdict.notes or [],
        "diagnostics": [{**diagnostic_object(one), "fixes": []} for one in verdict.diagnostics],
    }
