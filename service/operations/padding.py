"""`POST /v1/padding`: the padding that gives a wanted output size."""

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.geometry.axes import TransposedAxis
from service.core.questions.padding import AxisPadding, PaddingSolution, solve_padding
from service.core.questions.sizes import size_per_axis, sized_site
from service.operations.shared.backward_question import PaddedLayer, unsuitable_layer
from service.operations.shared.operation import Context, Operation
from service.problems import refused
from service.rendering import diagnostic_object
from service.schemas.answers import Answer, DiagnosticObject, Pair
from service.schemas.bodies import OPSET_OF_A_FRAMEWORK, Body
from service.schemas.fields import LAYER, SIZE, Form, FrameworkName, SpatialSize
from service.schemas.graph_members import alone
from service.schemas.read_layer import describe

LEAN_MEMBERS = ("solvable", "padding", "output_padding")


class PaddingRequest(Body):
    """One layer, its input size, and the output size it should have."""

    model_config = ConfigDict(json_schema_extra=OPSET_OF_A_FRAMEWORK)

    layer: Annotated[PaddedLayer, LAYER]
    input_size: Annotated[SpatialSize, SIZE] = Field(description="Spatial sizes only.")
    output_size: Annotated[SpatialSize | Literal["same", "causal"], Form(f'{SIZE.text}, or "same" or "causal"')] = (
        Field(
            description='The size wanted; "same" and "causal" are ceil(input / stride), "causal" with padding before'
            " only."
        )
    )


class Nearest(Answer):
    """The nearest output sizes that some padding gives."""

    below: int | None
    above: int | None


class PaddingAxis(Answer):
    """The paddings of one axis."""

    output: int
    padding: Pair | None
    total: Pair | None = Field(description="The least and greatest total padding that gives the output.")
    output_padding: int | None = None
    formula: str | None = None
    nearest: Nearest | None = None


class PaddingAnswer(Answer):
    """The smallest padding that gives the wanted size, the same before and after if that is possible."""

    framework: FrameworkName
    solvable: bool
    padding: list[Pair] | None
    symmetric: bool | None
    output_padding: list[int] | None = None
    axes: list[PaddingAxis]
    written: dict[FrameworkName, dict[str, Any] | list[dict[str, Any]] | None] | None = Field(
        description="For each framework the arguments to give in place of the layer's own about padding, or the layers"
        " to use in its place; null where there is no way."
    )
    diagnostics: list[DiagnosticObject]


def run(request: PaddingRequest, context: Context) -> dict[str, Any]:
    """The padding axis by axis; a lean answer has the padding only."""
    solved = _solve(request)
    if isinstance(solved, list):
        raise refused(solved)
    members = {"framework": request.framework, **_full(solved)}
    return {name: members[name] for name in LEAN_MEMBERS if name in members} if context.lean else members


def _solve(request: PaddingRequest) -> PaddingSolution | list[Diagnostic]:
    """The answer, or what is wrong with the question."""
    described = alone(describe(request.layer, ("layer",), framework=request.row))
    mistakes = list(described.diagnostics) or unsuitable_layer(described, "has no padding to solve for")
    if mistakes:
        return mistakes
    site = sized_site(described, request.row, request.input_size)
    assert site is not None  # a description without diagnostics has a layer
    wanted = request.output_size
    axes = len(size_per_axis(described, request.input_size))
    if isinstance(wanted, list) and len(wanted) != axes:
        form = f"one integer, or {axes}: one per axis of `input_size`"
        return placed(malformed.wrong_type("output_size", wanted, form, ("output_size",)))
    solved = solve_padding(site, wanted, ("output_size",))
    errors = [diagnostic for diagnostic in solved.diagnostics if diagnostic.is_error]
    return errors if errors and not solved.axes else solved


def _full(solved: PaddingSolution) -> dict[str, Any]:
    axes = [padding.axis for padding in solved.axes if padding.axis is not None] if solved.solvable else []
    members: dict[str, Any] = {
        "solvable": solved.solvable,
        "padding": [[axis.before, axis.after] for axis in axes] or None,
        "symmetric": all(axis.before == axis.after for axis in axes) if axes else None,
    }
    output_paddings = [axis.output_padding for axis in axes if isinstance(axis, TransposedAxis)]
    if output_paddings:
        members["output_padding"] = output_paddings
    members["axes"] = [_axis(padding) for padding in solved.axes]
    members["written"] = solved.equivalents
    members["diagnostics"] = [diagnostic_object(diagnostic) for diagnostic in solved.diagnostics]
    return members


def _axis(padding: AxisPadding) -> dict[str, Any]:
    if padding.axis is None:
        nearest = {"below": padding.below, "above": padding.above}
        return {"output": padding.output, "padding": None, "total": None, "nearest": nearest}
    members = {
        "output": padding.output,
        "padding": [padding.axis.before, padding.axis.after],
        "total": list(padding.total or ()),
        "formula": padding.axis.formula,
    }
    if isinstance(padding.axis, TransposedAxis):
        members["output_padding"] = padding.axis.output_padding
    return members


OPERATION = Operation(
    name="solvePadding",
    method="post",
    path="/v1/padding",
    tag="questions",
    place=5,
    summary="Which padding gives a wanted output size",
    description="The smallest padding that gives the size, evenly split if that is possible; the range of all"
    " totals that do; and how to write it in each framework. No solution is an answer: `solvable` is false, and the"
    " nearest reachable sizes are given. `padding` in the layer, if any, is replaced.",
    request=PaddingRequest,
    answer=PaddingAnswer,
    run=run,
    batched=True,
    example={
        "input_size": [224, 150],
        "output_size": "same",
        "layer": {"type": "conv2d", "kernel_size": [7, 3], "stride": 2},
    },
)
