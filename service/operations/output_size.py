"""`POST /v1/output-size`: one layer, one input, what comes out."""

from collections.abc import Sequence
from typing import Any

from pydantic import Field

from service.core.diagnostics import Diagnostic
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.questions.sizes import SizeResult, shaped_site, sized_site, sizes_at
from service.operations.shared.layer_question import LayerQuestion, Question, read_question
from service.operations.shared.operation import Context, Operation
from service.operations.shared.tried_fixes import with_tried_fixes
from service.problems import refused
from service.rendering import axis_object, diagnostic_object
from service.schemas.answers import Answer, AxisObject, DiagnosticObject, Shape, Size
from service.schemas.fields import FrameworkName

MOST_CACHED = 4_000
"""Answers cached at most; the cache is emptied when it is full. Chosen."""
MOST_AXES = 8
"""Sizes of an input whose answer is cached. Chosen."""

_sound_answers: dict[tuple[object, ...], dict[str, Any]] = {}
"""Full answers without a diagnostic: the layers of well-known networks are asked about again and again."""


class OutputSizeRequest(LayerQuestion):
    """One layer and one input size or shape."""


class OutputSizeAnswer(Answer):
    """What comes out of a layer."""

    framework: FrameworkName
    output_size: list[Size | None]
    output_shape: Shape | None = Field(None, description="Given when `input_shape` was.")
    axes: list[AxisObject]
    diagnostics: list[DiagnosticObject]


def run(request: OutputSizeRequest, context: Context) -> dict[str, Any]:
    """The size axis by axis; a lean answer has the size or shape only, and a lean Problem no fixes."""
    question = read_question(request)
    key = None if context.lean else _key(request, question[0])
    known = None if key is None else _sound_answers.get(key)
    if known is not None:
        return known
    answer, diagnostics = _assess(request, question, warnings=not context.lean)
    broken = answer is None or any(diagnostic.is_error for diagnostic in diagnostics)
    if context.lean and not broken:
        return _lean(request, answer)
    if diagnostics and not context.lean:
        diagnostics = with_tried_fixes(diagnostics, request, _diagnostics, share=context.share)
    if answer is None or broken:
        raise refused(diagnostics)
    members = _full(request, answer, diagnostics)
    if key is not None and not diagnostics:
        if len(_sound_answers) >= MOST_CACHED:
            _sound_answers.clear()
        _sound_answers[key] = members
    return members


def _diagnostics(request: OutputSizeRequest) -> Sequence[Diagnostic]:
    return _assess(request, read_question(request))[1]


def _assess(
    request: OutputSizeRequest, question: Question, *, warnings: bool = True
) -> tuple[SizeResult | None, Sequence[Diagnostic]]:
    """The answer, if there is one, and every diagnostic."""
    described, shape, mistakes = question
    if mistakes:
        return None, mistakes
    if shape is not None:
        site = shaped_site(described, request.row, shape)
    else:
        site = sized_site(described, request.row, request.input_size or 1)
    assert site is not None  # a description without diagnostics has a layer
    answer = sizes_at(site, warnings=warnings)
    return answer, answer.diagnostics


def _key(request: OutputSizeRequest, described: PostedLayer) -> tuple[object, ...] | None:
    """What an answer without diagnostics depends on; None where it would take much memory."""
    given = request.input_size if request.input_shape is None else request.input_shape
    if described.key is None or (isinstance(given, list) and len(given) > MOST_AXES):
        return None
    by_shape, size = request.input_shape is not None, tuple(given) if isinstance(given, list) else given
    return request.framework, request.opset, described.key, by_shape, size


def _lean(request: OutputSizeRequest, answer: SizeResult | None) -> dict[str, Any]:
    if answer is None:
        return {}
    if request.input_shape is None:
        return {"output_size": answer.output_size}
    return {"output_shape": answer.output_shape}


def _full(request: OutputSizeRequest, answer: SizeResult, diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    members: dict[str, Any] = {"framework": request.framework, "output_size": answer.output_size}
    if request.input_shape is not None:
        members["output_shape"] = answer.output_shape
    members["axes"] = [axis_object(axis) for axis in answer.axes]
    members["diagnostics"] = [diagnostic_object(diagnostic) for diagnostic in diagnostics]
    return members


OPERATION = Operation(
    name="v1-output-size",
    method="post",
    path="/v1/output-size",
    tag="questions",
    place=1,
    summary="What size comes out of a layer",
    description="One layer and one input size or shape; the output size axis by axis, with the formula filled in."
    " A layer that its framework refuses is a 422 that says why.",
    request=OutputSizeRequest,
    answer=OutputSizeAnswer,
    run=run,
    batched=True,
    example={
        "framework": "pytorch",
        "input_size": [224, 224],
        "layer": {"type": "conv2d", "kernel_size": 7, "stride": 2, "padding": 3},
    },
)
