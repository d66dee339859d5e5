"""`POST /v1/batch`: many of one question in one request; order kept, and one bad item spoils no other."""

from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Annotated, Any

from annotated_types import Len
from pydantic import Field

from service.core.questions.batch import plain_sizes
from service.observability.ledger import LEDGER
from service.operations.shared.affordability import require_within_limit
from service.operations.shared.operation import Context, Operation
from service.operations.shared.output_allowance import OutputAllowance
from service.operations.shared.registry import declared
from service.problems import Problem
from service.schemas.answers import Answer
from service.schemas.bodies import StrictModel
from service.schemas.fields import DETAIL, Detail, Form, OneOf
from service.settings import settings

PREFIX = "/v1/"
BATCHED: Mapping[str, Operation] = {
    operation.path.removeprefix(PREFIX): operation for operation in declared(but=("batch",)) if operation.batched
}
"""The operations that items may ask, by their path after `/v1/`."""
PLAIN = "output-size"
"""The operation whose simplest questions are answered together."""


class BatchRequest(StrictModel):
    """Many questions of one kind."""

    operation: Annotated[str, OneOf(BATCHED), Form(f"the path of a question after {PREFIX}")] = Field(
        description=f"The question that each item asks: its path after {PREFIX}."
    )
    items: Annotated[list[Any], Len(1), Form("a list of bodies")] = Field(description="The bodies.")
    detail: Annotated[Detail, DETAIL] = Field("full", description='"sizes": the size, or the names of the diagnostics.')


class BatchResult(Answer):
    """What one item would have been answered on its own."""

    status: int
    body: dict[str, Any]


class BatchAnswer(Answer):
    """The items' answers, in their order."""

    results: list[BatchResult]


def run(request: BatchRequest, context: Context) -> dict[str, Any]:
    """The result of each item; one slot is held for all of them."""
    _require_affordable(request)
    operation, lean = BATCHED[request.operation], request.detail == "sizes"
    outputs = OutputAllowance(limit=settings().max_batch_outputs, limit_name="max_batch_outputs")
    of_items = replace(context, lean=lean, share=len(request.items), outputs=outputs, slot=nullcontext)
    with context.slot():
        plain = plain_sizes(request.items) if lean and request.operation == PLAIN else {}
        LEDGER.judged(len(plain))
        results = [
            {"status": 200, "body": {"output_size": plain[index]}}
            if index in plain
            else _result(operation, item, of_items)
            for index, item in enumerate(request.items)
        ]
    return {"results": results}


def _require_affordable(request: BatchRequest) -> None:
    """Raises a Problem with status 413 where the batch has too many items, or their networks too many layers."""
    lists = (item["layers"] for item in request.items if isinstance(item, dict) and "layers" in item)
    layers = sum(len(listed) for listed in lists if isinstance(listed, list))
    require_within_limit(len(request.items), "max_batch_items", "the number of items", ("items",))
    require_within_limit(layers, "max_batch_layers", "the number of layers of all items", ("items",))


def _result(operation: Operation, item: Any, context: Context) -> dict[str, Any]:
    """The status and body that the item would have had on its own."""
    try:
        return {"status": 200, "body": operation.respond(item, context)}
    except Problem as problem:
        if context.lean:
            names = [diagnostic.rule.name for diagnostic in problem.errors]
            return {"status": problem.status, "body": {"errors": names}}
        document = problem.document(instance=context.instance, request_id=context.request_id)
        return {"status": problem.status, "body": document}


OPERATION = Operation(
    name="askBatch",
    method="post",
    path="/v1/batch",
    tag="questions",
    place=4,
    summary="Many of one question in one request",
    description="Each item is answered with the status and body it would have had on its own, in order; one bad"
    ' item spoils no other. `detail: "sizes"` gives the leanest answers: sizes, or the names of diagnostics. What'
    " is bounded by work (fixes tried, combinations searched) is bounded for the batch as a whole.",
    request=BatchRequest,
    answer=BatchAnswer,
    run=run,
    example={
        "operation": "output-size",
        "detail": "sizes",
        "items": [
            {"input_size": 6, "layer": {"type": "conv1d", "kernel_size": 3, "stride": 2}},
            {"input_size": 2, "layer": {"type": "conv1d", "kernel_size": 3}},
        ],
    },
)
