"""`POST /v1/batch`: many of one question in one request; order kept, and one bad item spoils no other."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response

from service.core.diagnostics import placed
from service.core.diagnostics.arrays import too_large
from service.core.questions.batch import plain_sizes
from service.problems import Problem, document, refused
from service.routes import compare, input_sizes, networks, output_size, padding, solve
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
    "networks/input-sizes": input_sizes.respond,
}
"""Each answers a body; `lean` wants as little as will do, `share` says among how many its work is shared."""


@blueprint.post("/v1/batch")
def batch() -> Response:
    """Many of one question in one request."""
    asked = validated(BatchRequest, read_json())
    limits = settings()
    networks_in = (item["layers"] for item in asked.items if isinstance(item, dict) and "layers" in item)
    layers = sum(len(listed) for listed in networks_in if isinstance(listed, list))
    for what, figure, name in (
        ("the number of items", len(asked.items), "max_batch_items"),
        ("the number of layers of all items", layers, "max_batch_layers"),
    ):
        if figure > (limit := getattr(limits, name)):
            raise refused(placed(too_large(what, figure, limit, name, ("items",))), 413)
    respond, lean = OPERATIONS[asked.operation], asked.detail == "sizes"
    with heavy_work():
        plain = plain_sizes(asked.items) if lean and asked.operation == "output-size" else {}
        results = [
            {"status": 200, "body": {"output_size": plain[index]}}
            if index in plain
            else _result(respond, item, lean=lean, share=len(asked.items))
            for index, item in enumerate(asked.items)
        ]
        return answer({"results": results})


def _result(respond: Callable[..., dict[str, Any]], item: Any, *, lean: bool, share: int) -> dict[str, Any]:
    """The status and body that the item would have had on its own."""
    try:
        return {"status": 200, "body": respond(item, lean=lean, share=share)}
    except Problem as problem:
        if lean:
            return {"status": problem.status, "body": {"errors": [one.rule.name for one in problem.errors]}}
        return {"status": problem.status, "body": document(problem.status, problem.detail, problem.errors)}
