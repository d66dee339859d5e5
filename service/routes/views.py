"""The views: each operation becomes one, the usual JSON view unless its transport is its own."""

import re
from collections.abc import Callable, Mapping

from flask import Blueprint, Response

from service.operations import OPERATIONS, Operation
from service.routes import convolve, infer, posted_models
from service.routes.error_handlers import speaks_inference
from service.routes.exchange import context, json_answer, plain_json_answer, read_json
from service.routes.transport import Transport

TRANSPORTS: Mapping[str, Transport] = {
    "v1-convolve": convolve.TRANSPORT,
    "v2-models-model-infer": infer.TRANSPORT,
    "v2-models-model-versions-version-infer": infer.TRANSPORT,
    **{operation.name: posted_models.transport(operation) for operation in OPERATIONS if operation.takes_model},
}
"""The operations whose requests or answers are not only JSON, by name."""


def _json_view(operation: Operation) -> Callable[..., Response]:
    """JSON in, JSON out; the parameters in the path are the request where there is no body."""
    answer = plain_json_answer if speaks_inference(operation.path) else json_answer

    def view(**parameters: str) -> Response:
        document = read_json() if operation.has_body else parameters
        return answer(operation.respond(document, context()))

    return view


def _blueprint() -> Blueprint:
    routes = Blueprint("operations", __name__)
    for operation in OPERATIONS:
        transport = TRANSPORTS.get(operation.name)
        routes.add_url_rule(
            re.sub(r"{(\w+)}", r"<\1>", operation.path),
            endpoint=operation.name,
            view_func=_json_view(operation) if transport is None else transport.view,
            methods=[operation.method.upper()],
        )
    return routes


blueprint = _blueprint()
