"""`POST /v1/batch`: many of one question in one request; order kept, and one bad item spoils no other."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response

from service.core.columns import plain_sizes
from service.core.diagnostics import placed
from service.core.diagnostics.arrays import too_large
from service.problems import Problem, document, refused
from service.routes import compare, networks, output_size, padding, solve
from service.routes.exchange import answer, read_json
from service.routes.gate import heavy_work
from service.schemas.requests import BatchRequest, validated
from service.settings import settings

blueprint = Blueprint("batch", __name__)

OPERATIONS: Mapping[str, Callable[..., dict[str, Any]]] = {
    "output-size": output_size.respond,
    "compare": compare.respond,
    "padding": padding.respond,
    "solve": solve.respond,
    "networks/validate": networks.respond,
}


@blueprint.post("/v1/batch")
def batch() -> Response:
    """Many of one question in one request."""
    asked = validated(BatchRequest, read_json())
    limit = settings().max_batch_items
    if len(asked.items) > limit:
        found = too_large("the number of items", len(asked.items), limit, "max_batch_items", ("items",))
        raise refused(placed(found), 413)
    respond, lean = OPERATIONS[asked.operation], asked.detail == "sizes"
    with heavy_work():
        plain = plain_sizes(asked.items) if lean and asked.operation == "output-size" else {}
        results = [
            {"status": 200, "body": {"output_size": plain[index]}}
            if index in plain
            else _result(respond, item, lean=lean)
            for index, item in enumerate(asked.items)
        ]
        return answer({"results": results})


def _result(respond: Callable[..., dict[str, Any]], item: Any, *, lean: bool) -> dict[str, Any]:
    """The status and body that the item would have had on its own."""
    try:
        return {"status": 200, "body": respond(item, lean=lean)}
    except Problem as problem:
        if lean:
            return {"status": problem.status, "body": {"errors": [one.rule.name for one in problem.errors]}}
        return {"status": problem.status, "body": document(problem.status, problem.detail, problem.errors)}
