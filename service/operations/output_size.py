"""`POST /v1/output-size`: one layer, one input, what comes out."""

import marshal
from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from service.core.diagnostics import Diagnostic
from service.core.questions.sizes import SizeResult, shaped_site, sized_site, sizes_at
from service.operations.shared.layer_question import LayerQuestion, read_question
from service.operations.shared.operation import Context, Operation
from service.operations.shared.tried_fixes import UNSHARED, posted, with_tried_fixes
from service.operations.shared.windows import with_windows
from service.problems import refused
from service.rendering import axis_object, diagnostic_object
from service.schemas.answers import Answer, AxisObject, DiagnosticObject, Shape, Size
from service.schemas.fields import Form, FrameworkName

MOST_CACHED = 4_000
"""Answers cached at most; the cache is emptied when it is full. Chosen: with their questions 20 MB at worst."""
LONGEST_QUESTION = 600
"""Bytes of a question whose answer is cached. Chosen: most have half as many."""
MOST_AXES = 3
"""Axes of an answer that is cached."""

_cached_answers: dict[bytes, dict[str, Any]] = {}
"""Full answers by what was asked: the layers of well-known networks are asked about again and again."""


class OutputSizeRequest(LayerQuestion):
    """One layer and one input size or shape."""

    windows: Annotated[bool, Form("true or false")] = Field(
        False, description="Whether each axis lists where the window of each output lies."
    )


class OutputSizeAnswer(Answer):
    """What comes out of a layer."""

    framework: FrameworkName
    output_size: list[Size | None]
    output_shape: Shape | None = Field(None, description="Given when `input_shape` was.")
    axes: list[AxisObject]
    diagnostics: list[DiagnosticObject]


def run(request: OutputSizeRequest, context: Context) -> dict[str, Any]:
    """The size axis by axis; a lean answer has the size or shape only, and a lean Problem no fixes."""
    key = None if context.lean or context.share > 1 or request.windows else _key(request)
    if key is not None and (known := _cached_answers.get(key)) is not None:
        return known
    answer, diagnostics = _assess(request, warnings=not context.lean)
    broken = answer is None or any(diagnostic.is_error for diagnostic in diagnostics)
    if context.lean and not broken:
        return _lean(request, answer)
    if diagnostics and not context.lean:
        diagnostics = with_tried_fixes(diagnostics, request, _diagnostics, share=context.share)
    if answer is None or broken:
        raise refused(diagnostics)
    members = _full(request, answer, diagnostics)
    if request.windows:
        members["axes"] = with_windows(members["axes"], answer.axes, context.share)
    if key is not None and len(answer.output_size) <= MOST_AXES:
        if len(_cached_answers) >= MOST_CACHED:
            _cached_answers.clear()
        _cached_answers[key] = members
    return members


def _key(request: OutputSizeRequest) -> bytes | None:
    """The whole question as bytes; None if they are many."""
    key = marshal.dumps(posted(request), UNSHARED)
    return key if len(key) <= LONGEST_QUESTION else None


def _diagnostics(request: OutputSizeRequest) -> Sequence[Diagnostic]:
    return _assess(request)[1]


def _assess(request: OutputSizeRequest, *, warnings: bool = True) -> tuple[SizeResult | None, Sequence[Diagnostic]]:
    """The answer, if there is one, and every diagnostic."""
    described, shape, mistakes = read_question(request)
    if mistakes:
        return None, mistakes
    if shape is not None:
        site = shaped_site(described, request.row, shape)
    else:
        site = sized_site(described, request.row, request.input_size or 1)
    assert site is not None  # a description without diagnostics has a layer
    answer = sizes_at(site, warnings=warnings)
    return answer, answer.diagnostics


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
    name="outputSize",
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
