"""`POST /v1/solve`: every combination of the unknown parameters that gives a wanted output size."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Annotated, Any

from annotated_types import Ge, Le, Len
from pydantic import ConfigDict, Field, WithJsonSchema

from service.core.diagnostics import Diagnostic, inspect, malformed, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.diagnostics.window_warnings import padding_only_solutions
from service.core.geometry.shapes import LARGEST
from service.core.layers.base import Site
from service.core.questions.combinations import Solutions
from service.core.questions.sizes import size_per_axis, sized_site
from service.core.questions.solve import (
    DEFAULT_BOUNDS,
    UNKNOWNS,
    WIDEST_BOUNDS,
    SolveQuestion,
    pads_a_whole_window,
    solve,
)
from service.operations.shared.backward_question import unsuitable_layer
from service.operations.shared.operation import Context, Operation
from service.problems import refused
from service.rendering import diagnostic_object
from service.schemas.answers import Answer, Count, DiagnosticObject, Pair
from service.schemas.bodies import OPSET_OF_A_FRAMEWORK, Body
from service.schemas.conditions import absent, any_of, both, has
from service.schemas.fields import LAYER, SIZE, Form, FrameworkName, OneOf, SpatialSize, reference_to
from service.schemas.graph_members import alone
from service.schemas.read_layer import describe

ONE_INPUT_SIZE = any_of(
    both(absent("input_size"), {"properties": {"unknown": {"contains": {"const": "input_size"}}}}),
    both(has("input_size"), {"properties": {"unknown": {"not": {"contains": {"const": "input_size"}}}}}),
)
"""The input size is either given or unknown."""
STAND_INS: Mapping[str, int] = {"kernel_size": 1}
"""Values for unknowns that a layer cannot be read without."""
MOST_SOLUTIONS = 1000
"""Solutions in one answer. Chosen."""

Unknown = Annotated[str, OneOf(UNKNOWNS)]
Bounds = Annotated[list[Annotated[int, Ge(0), Le(LARGEST)]], Len(2, 2)]
UnknownLayer = Annotated[Any, WithJsonSchema(reference_to("LayerWithUnknowns")), LAYER]


class SolveRequest(Body):
    """One layer with unknown parameters, and the output size it should have."""

    model_config = ConfigDict(json_schema_extra=both(OPSET_OF_A_FRAMEWORK, ONE_INPUT_SIZE))

    layer: UnknownLayer
    output_size: Annotated[SpatialSize, SIZE] = Field(description="The size wanted.")
    unknown: Annotated[list[Unknown], Len(1, len(UNKNOWNS)), Form("a list of " + ", ".join(UNKNOWNS))] = Field(
        description="What to solve for."
    )
    input_size: Annotated[SpatialSize | None, SIZE] = Field(
        None, description="Spatial sizes only; left out where it is unknown."
    )
    bounds: Annotated[dict[Unknown, Bounds], Form("an object of [least, greatest] by unknown")] = Field(
        default_factory=dict, description="Least and greatest value of each unknown; wide defaults otherwise."
    )
    limit: Annotated[int, Ge(1), Le(MOST_SOLUTIONS), Form(f"an integer from 1 to {MOST_SOLUTIONS}")] = Field(
        50, description="Solutions listed at most."
    )


class SolveAnswer(Answer):
    """Combinations of the unknowns, simplest first."""

    framework: FrameworkName
    solutions: list[dict[str, Any]]
    count: Count = Field(description="How many there are within the bounds, listed or not.")
    complete: bool = Field(description="Whether all of them are listed.")
    per_axis: bool = Field(description="Whether the axes had nothing in common, so that each has its own values.")
    bounds: dict[str, Pair]
    diagnostics: list[DiagnosticObject]


def run(request: SolveRequest, context: Context) -> dict[str, Any]:
    """The solutions, simplest first; a lean answer has them only, without the bounds."""
    described = alone(describe(request.layer, ("layer",), framework=request.row, supplied=STAND_INS))
    mistakes = list(described.diagnostics) or _mistakes(request, described)
    if mistakes:
        raise refused(mistakes)
    question = _question(request, described)
    if isinstance(question, list):
        raise refused(question)
    with context.slot():
        solutions = solve(question, share=context.share)
    members = _members(solutions)
    if context.lean:
        return {name: members[name] for name in ("solutions", "count", "complete")}
    bounds = {name: list(question.bounds[name]) for name in request.unknown}
    diagnostics = [diagnostic_object(diagnostic) for diagnostic in _padding_only(request, question, solutions)]
    return {"framework": request.framework, **members, "bounds": bounds, "diagnostics": diagnostics}


def _padding_only(request: SolveRequest, question: SolveQuestion, solutions: Solutions) -> list[Diagnostic]:
    """The warning that some of the solutions listed put whole windows into the padding."""
    wasteful = [solution for solution in solutions.listed if pads_a_whole_window(question.site, solution)]
    if not wasteful:
        return []
    at = ("bounds", "padding") if "padding" in request.bounds else ("unknown",)
    return placed(padding_only_solutions(len(wasteful), len(solutions.listed), wasteful[0], at))


def _mistakes(request: SolveRequest, described: PostedLayer) -> list[Diagnostic]:
    """What is wrong with the unknowns and their bounds."""
    unsuitable = unsuitable_layer(described, "has nothing to solve for")
    if unsuitable:
        return unsuitable
    mistakes = [*_mistaken_unknowns(request, described), *_mistaken_bounds(request)]
    if request.input_size is None and "input_size" not in request.unknown:
        mistakes += placed(malformed.missing_parameter("the body", "input_size", ()))
    return mistakes


def _mistaken_unknowns(request: SolveRequest, described: PostedLayer) -> Iterator[Diagnostic]:
    """Unknowns that are given, or that the layer does not have."""
    parameters = set() if described.layer is None else set(described.layer.parameter_names())
    for index, name in enumerate(request.unknown):
        at = ("unknown", index)
        given = described.spelling.get(name) or ("input_size" if name == "input_size" and request.input_size else None)
        if given is not None:
            yield from placed(malformed.conflicting_parameters(given, "unknown", name, at))
        elif name != "input_size" and name not in parameters:
            yield from placed(malformed.unknown_parameter(f"`{described.type}`", name, sorted(parameters), at))


def _mistaken_bounds(request: SolveRequest) -> Iterator[Diagnostic]:
    """Bounds of what is not unknown, and bounds that leave no value or too many."""
    for name, (least, greatest) in request.bounds.items():
        widest = WIDEST_BOUNDS[name]
        lowest = 0 if name in ("padding", "output_padding") else 1
        if name not in request.unknown:
            yield from placed(malformed.unknown_parameter("`bounds`", name, request.unknown, ("bounds", name)))
        elif not lowest <= least <= greatest < least + widest:
            form = f"[least, greatest] from {lowest}, at most {widest} values"
            value = [least, greatest]
            bound = "which holds no value, or too many"
            yield from placed(malformed.parameter_out_of_range(name, value, bound, form, ("bounds", name)))


def _question(request: SolveRequest, described: PostedLayer) -> SolveQuestion | list[Diagnostic]:
    """The question as core takes it, or what is wrong with the layer whatever the unknowns are."""
    unknown_input = request.input_size is None
    sizes = size_per_axis(described, request.output_size if unknown_input else request.input_size or 1)
    site = sized_site(described, request.row, sizes)
    assert site is not None  # a description without diagnostics has a layer
    mistakes = [
        diagnostic for diagnostic in inspect(site) if diagnostic.is_error and not diagnostic.has("about unknowns")
    ]
    if mistakes:
        return mistakes
    wanted = request.output_size
    if isinstance(wanted, list) and len(wanted) != len(sizes):
        form = f"one integer, or {len(sizes)}: one per axis"
        return placed(malformed.wrong_type("output_size", wanted, form, ("output_size",)))
    if unknown_input:
        site = _without_sizes(site)
    bounds: dict[str, tuple[int, int]] = dict(DEFAULT_BOUNDS)
    bounds.update((name, (least, greatest)) for name, (least, greatest) in request.bounds.items())
    return SolveQuestion(
        site=site,
        wanted=[wanted] * len(sizes) if isinstance(wanted, int) else wanted,
        unknown=frozenset(request.unknown),
        bounds=bounds,
        limit=request.limit,
    )


def _without_sizes(site: Site) -> Site:
    """The same site before an input of unknown size."""
    return replace(site, inputs=((None,) * len(site.shape or ()),))


def _members(solutions: Solutions) -> dict[str, Any]:
    return {
        "solutions": solutions.listed,
        "count": solutions.count,
        "complete": solutions.complete,
        "per_axis": solutions.per_axis,
    }


OPERATION = Operation(
    name="solveParameters",
    method="post",
    path="/v1/solve",
    tag="questions",
    place=3,
    summary="Every combination of unknown parameters that gives a size",
    description="Any of kernel_size, stride, padding, dilation, output_padding and input_size may be unknown. The"
    " solutions are all that the framework accepts within the bounds, simplest first: odd and smaller kernels, less"
    " dilation, smaller strides, even and smaller padding. Values are common to all axes where any are. `complete`"
    " is false when `limit` or the bound on the work cut the list.",
    request=SolveRequest,
    answer=SolveAnswer,
    run=run,
    batched=True,
    example={
        "layer": {"type": "conv2d"},
        "input_size": [224, 224],
        "output_size": [112, 112],
        "unknown": ["kernel_size", "stride", "padding"],
        "bounds": {"kernel_size": [1, 7]},
        "limit": 3,
    },
)
