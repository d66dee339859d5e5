"""`POST /v1/compare`: one layer under the rules of every framework."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from service.core.diagnostics import malformed, placed
from service.core.questions.compare import Comparison, Verdict
from service.core.questions.compare import compare as comparison_of
from service.operations.shared.layer_question import LayerQuestion, read_question
from service.operations.shared.operation import Context, Operation
from service.operations.shared.windows import with_windows
from service.problems import refused
from service.rendering import axis_object, diagnostic_object
from service.schemas.answers import Answer, AxisObject, DiagnosticObject, Size
from service.schemas.bodies import OPSET_OF_A_FRAMEWORK
from service.schemas.conditions import both, one_of
from service.schemas.fields import SHAPE, Form, FrameworkName, PostedShape

SHAPES = Form(f"a list with {SHAPE.text} for each input")
MOST_INPUTS = 8
"""Inputs at most. Chosen: a layer of more is seldom asked about."""


class CompareRequest(LayerQuestion):
    """One layer and one input size or shape, or several shapes, in the order of axes of the framework named."""

    model_config = ConfigDict(
        json_schema_extra=both(OPSET_OF_A_FRAMEWORK, one_of("input_size", "input_shape", "input_shapes"))
    )

    input_shapes: Annotated[list[PostedShape] | None, SHAPES] = Field(
        None, min_length=1, max_length=MOST_INPUTS, description="The shape of each input, for a layer of several."
    )
    windows: Annotated[bool, Form("true or false")] = Field(
        False, description="Whether each axis lists where the window of each output lies, in each framework."
    )


class FrameworkVerdict(Answer):
    """What one framework makes of the layer."""

    accepted: bool
    output_size: list[Size | None] | None
    axes: list[AxisObject]
    equal: Literal["values", "shape", "neither"] | None = Field(
        description="Against the framework asked for: the same values, only the same sizes, or neither; null where it"
        " refuses the layer, or where only sizes were compared, which `notes` say. Values are called the same only"
        " where layers of the kind were run in both frameworks and compared."
    )
    written: dict[str, Any] | list[dict[str, Any]] | None = Field(
        description="How to compute the values asked for here: all parameters of a layer of the same type, in the"
        " framework's own words, or the layers to use in its place; null where there is no way, or none was run."
    )
    notes: list[str] = Field(
        description="What the framework's own tools report otherwise, what was not compared, and what to know about"
        " `written`."
    )
    diagnostics: list[DiagnosticObject]


class CompareAnswer(Answer):
    """One layer under every framework's rules."""

    framework: FrameworkName
    output_size: list[Size | None] | None
    frameworks: dict[FrameworkName, FrameworkVerdict]
    diagnostics: list[DiagnosticObject]


def run(request: CompareRequest, context: Context) -> dict[str, Any]:
    """Every framework's verdict; a lean answer has for each the size, or null where it refuses."""
    described, shape, mistakes = read_question(request, request.input_shapes)
    if request.input_shapes is not None and (shape is not None or request.input_size is not None):
        other = "input_size" if shape is None else "input_shape"
        mistakes += placed(malformed.conflicting_parameters(other, "input_shapes", "the input", ("input_shapes",)))
    if mistakes:
        raise refused(mistakes)
    shapes = [tuple(given) for given in request.input_shapes or []] or ([] if shape is None else [shape])
    comparison = comparison_of(described, request.row, size=request.input_size, shapes=shapes)
    if context.lean:
        return {"output_size": {name: verdict.output_size for name, verdict in comparison.verdicts.items()}}
    return _full(request, comparison, context.share)


def _full(request: CompareRequest, comparison: Comparison, share: int) -> dict[str, Any]:
    verdicts = {name: _verdict(verdict) for name, verdict in comparison.verdicts.items()}
    if request.windows:
        for name, verdict in comparison.verdicts.items():
            verdicts[name]["axes"] = with_windows(verdicts[name]["axes"], verdict.axes, share * len(verdicts))
    return {
        "framework": request.framework,
        "output_size": comparison.verdicts[request.framework].output_size,
        "frameworks": verdicts,
        "diagnostics": [diagnostic_object(diagnostic) for diagnostic in comparison.diagnostics],
    }


def _verdict(verdict: Verdict) -> dict[str, Any]:
    return {
        "accepted": verdict.accepted,
        "output_size": verdict.output_size,
        "axes": [axis_object(axis) for axis in verdict.axes],
        "equal": verdict.equal,
        "written": verdict.equivalent,
        "notes": verdict.notes or [],
        "diagnostics": [{**diagnostic_object(diagnostic), "fixes": []} for diagnostic in verdict.diagnostics],
    }


OPERATION = Operation(
    name="compareFrameworks",
    method="post",
    path="/v1/compare",
    tag="questions",
    place=2,
    summary="The same layer under every framework's rules",
    description="For each framework the size and padding, or why it refuses; whether its values equal those of the"
    " framework asked for; and how to write a layer there that computes the same.",
    request=CompareRequest,
    answer=CompareAnswer,
    run=run,
    batched=True,
    example={
        "input_size": [12, 9],
        "layer": {"type": "max_pool2d", "kernel_size": 3, "stride": 2, "ceil_mode": True},
    },
)
