"""`POST /v1/networks/input-sizes`: which input sizes a network accepts, or which give a wanted output."""

from dataclasses import replace
from typing import Any

from pydantic import Field

from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.diagnostics.arrays import too_large
from service.core.geometry.shapes import shape_text
from service.core.networks.accepted_sizes import AcceptedSizes
from service.core.networks.input_sizes import (
    InputSizesQuestion,
    InputSizesResult,
    OutputAxesError,
    find_input_sizes,
    nearest_sizes,
)
from service.core.networks.network import Network
from service.core.networks.trials import TooManyTrialsError, Trials
from service.operations.shared.affordability import require_within_limit
from service.operations.shared.input_sizes_question import InputSizesRequest, network_of, question_of, with_network
from service.operations.shared.operation import Context, Operation
from service.operations.shared.output_allowance import OutputAllowance, judged
from service.operations.shared.read_models import read_model, require_one_holder
from service.operations.shared.tried_fixes import with_tried_fixes
from service.problems import refused
from service.rendering import diagnostic_object
from service.schemas.answers import Answer, DiagnosticObject, Pair
from service.schemas.fields import FrameworkName
from service.settings import settings


class NearestSizes(Answer):
    """The accepted sizes nearest to the one that was asked about, which may be itself.

    Beyond the range they follow from the rule, and were tried.
    """

    below: int | None
    above: int | None


class SizeRule(Answer):
    """The input sizes of one axis that a network accepts."""

    minimum: int | None = Field(description="The least accepted size of the range.")
    rule: str = Field(description="In words.")
    modulus: int | None = Field(
        description="Accepted from the minimum to the end of the range are the sizes that leave one of the residues"
        " when divided by it; null where there is no such rule."
    )
    residues: list[int] | None
    accepted: list[Pair] = Field(description="Every accepted size of the range, as first and last of each run.")
    nearest: NearestSizes | None = None


class InputSizesAnswer(Answer):
    """The input sizes that a network accepts."""

    framework: FrameworkName
    axes: list[SizeRule] = Field(
        description="Each axis for itself; where axes are coupled, the sizes that all of them may have alike."
    )
    coupled: bool = Field(description="Whether the sizes of one axis depend on another's, as under a linear head.")
    combinations: list[list[Pair]] | None = Field(
        None, description="Where axes are coupled: every block of accepted sizes; null where there are too many to try."
    )
    diagnostics: list[DiagnosticObject] = Field(
        description="Where nothing is accepted: what is wrong, at the largest size if it depends on that."
    )


def run(request: InputSizesRequest, context: Context) -> dict[str, Any]:
    """The accepted sizes of each axis; a lean answer has no more than those."""
    require_one_holder(request)
    if request.model is not None:
        request = with_network(request, read_model(request.model, request, context).reading)
    question = question_of(request)
    first, last = question.bounds
    require_within_limit(last - first + 1, "max_input_sizes", "the number of sizes in `range`", ("range",))
    with context.slot():
        network = network_of(request, question)
        trials = Trials(network, settings().max_trials // context.share)
        if not trials.can_run:
            raise refused(_tried(request, network, question, context))
        result = _result(trials, question)
        members = _members(request, question, result, _nearest(request, trials, question, result))
        if context.lean:
            axes = [{"accepted": axis["accepted"]} for axis in members["axes"]]
            return {"axes": axes, "coupled": result.coupled}
        nothing = not any(axis.ranges for axis in result.axes) and not result.blocks
        errors = _tried(request, network, question, context) if nothing else []
        members["diagnostics"] = [diagnostic_object(error) for error in errors]
    return members


def _result(trials: Trials, question: InputSizesQuestion) -> InputSizesResult:
    """The sizes that the network accepts; a Problem where they take too many trials to find."""
    allowed = trials.budget
    try:
        return find_input_sizes(trials, question)
    except TooManyTrialsError as error:
        raise refused(_too_many(error.at_least, allowed, len(question.sizes)), 413) from None
    except OutputAxesError as error:
        form = f"left out, since the output {shape_text(error.shape)} has other axes"
        raise refused(placed(malformed.wrong_type("output_size", None, form, ("output_size",)))) from None


def _too_many(at_least: int | None, allowed: int, sizes: int) -> list[Diagnostic]:
    """That the layers would be tried more often than is allowed, and how many sizes there may be."""
    change = (
        "narrow `range`" if at_least is None else f"narrow `range` to some {max(sizes * allowed // at_least, 1)} sizes"
    )
    what, figure = "the least number of layers to try", allowed + 1 if at_least is None else at_least
    facts = too_large(what, figure, allowed, "max_trials", ("range",), f"{change}, or ask about fewer layers")
    return placed(facts)


def _tried(
    request: InputSizesRequest, network: Network, question: InputSizesQuestion, context: Context
) -> list[Diagnostic]:
    """The errors with those of their fixes that mend them."""
    errors = _errors(network, question, context.outputs)
    return with_tried_fixes(errors, request, _errors_of, size=len(network.nodes), share=context.share)


def _errors(network: Network, question: InputSizesQuestion, shared: OutputAllowance | None = None) -> list[Diagnostic]:
    """What is wrong with the network whatever its input's size, else at the largest size, which is hardly the size."""
    layout = network.framework.layout
    spatial = question.all_axes([None] * len(question.free))
    inputs = {name: layout.join((question.batch,), channels, spatial) for name, channels in question.channels.items()}
    for sized in (replace(network, inputs=inputs), network):
        judgement = judged(sized, full=False, shared=shared)
        errors = [diagnostic for diagnostic in judgement.diagnostics if diagnostic.is_error]
        if errors:
            return errors
    return []


def _errors_of(request: InputSizesRequest) -> list[Diagnostic]:
    question = question_of(request)
    return _errors(network_of(request, question), question)


def _nearest(
    request: InputSizesRequest, trials: Trials, question: InputSizesQuestion, result: InputSizesResult
) -> dict[int, tuple[int | None, int | None]]:
    """By axis the accepted sizes nearest to the one that was asked about, if one was."""
    near = request.input_size
    if near is None:
        return {}
    sizes = [near] * len(question.given) if isinstance(near, int) else near
    nearest = nearest_sizes(trials, question, result, [sizes[axis] for axis in question.free])
    return dict(zip(question.free, nearest, strict=True))


def _members(
    request: InputSizesRequest,
    question: InputSizesQuestion,
    result: InputSizesResult,
    nearest: dict[int, tuple[int | None, int | None]],
) -> dict[str, Any]:
    rules = dict(zip(question.free, result.axes, strict=True))
    axes = []
    for axis, given in enumerate(question.given):
        axes.append(_axis(rules[axis], question.bounds, nearest.get(axis)) if given is None else _given_axis(given))
    members: dict[str, Any] = {"framework": request.framework, "axes": axes, "coupled": result.coupled}
    if result.coupled:
        members["combinations"] = result.blocks
    return members


def _axis(
    accepted: AcceptedSizes, bounds: tuple[int, int], nearest: tuple[int | None, int | None] | None
) -> dict[str, Any]:
    members: dict[str, Any] = {
        "minimum": accepted.minimum,
        "rule": accepted.text(bounds),
        "modulus": accepted.modulus,
        "residues": accepted.residues,
        "accepted": accepted.ranges,
    }
    if nearest is not None:
        below, above = nearest
        members["nearest"] = {"below": below, "above": above}
    return members


def _given_axis(size: int) -> dict[str, Any]:
    """An axis that was given its size."""
    return {"minimum": size, "rule": f"{size}, as given", "modulus": None, "residues": None, "accepted": [[size, size]]}


OPERATION = Operation(
    name="inputSizes",
    method="post",
    path="/v1/networks/input-sizes",
    tag="questions",
    place=7,
    summary="Which input sizes a network accepts",
    description="Every size of the range is tried on every axis that has no size yet. The answer has the exact list"
    " and the rule behind it; `output_size` keeps those that give this output, `input_size` asks for the nearest to"
    " it. Axes that depend on each other, as under a linear head, are answered as coupled, with every combination.",
    request=InputSizesRequest,
    answer=InputSizesAnswer,
    run=run,
    takes_model=True,
    batched=True,
    example={
        "channels": 3,
        "input_size": 350,
        "layers": [
            {"name": "down", "type": "max_pool2d", "kernel_size": 2},
            {"type": "upsample", "scale_factor": 2},
            {"type": "concat", "inputs": ["upsample_1", "input"]},
        ],
    },
)
