"""The views: each operation becomes one, the usual JSON view unless its transport is its own."""

import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from flask import Blueprint, Response

from service.operations import OPERATIONS, Operation
from service.routes import convolve, diagnostic_page, infer, posted_models, repository_index
from service.routes.error_handlers import speaks_inference
from service.routes.exchange import (
    JSON,
    context,
    dumps,
    json_answer,
    plain_json_answer,
    read_json,
    require_json_accepted,
)
from service.routes.kept import NOT_KEPT, Kept, kept_answer
from service.routes.transport import Transport
from service.settings import Settings, settings

TRANSPORTS: Mapping[str, Transport] = {
    "convolve": convolve.TRANSPORT,
    "getDiagnostic": diagnostic_page.TRANSPORT,
    "modelInfer": infer.TRANSPORT,
    "modelVersionInfer": infer.TRANSPORT,
    "repositoryIndex": repository_index.TRANSPORT,
    **{operation.name: posted_models.transport(operation) for operation in OPERATIONS if operation.takes_model},
}
"""The operations whose requests or answers are not only JSON, by name."""
MOST_KEPT = 512
"""Answers of one operation that are kept: each of some kilobytes. Chosen."""


def _view(operation: Operation) -> Callable[..., Response]:
    """The view of an operation without a transport of its own."""
    if operation.has_body:
        return _json_view(operation)
    return _changing_view(operation) if operation.changes else _kept_view(operation)


def _json_view(operation: Operation) -> Callable[..., Response]:
    """JSON in, JSON out."""

    def view() -> Response:
        return json_answer(operation.respond(read_json(), context()))

    return view


def _changing_view(operation: Operation) -> Callable[..., Response]:
    """JSON out, made anew each time; the parameters in the path are the request."""
    answer = plain_json_answer if speaks_inference(operation.path) else json_answer

    def view(**parameters: str) -> Response:
        response = answer(operation.respond(parameters, context()))
        response.headers.update(NOT_KEPT)
        return response

    return view


def _kept_view(operation: Operation) -> Callable[..., Response]:
    """JSON out, made once for each request; the parameters in the path are the request."""
    negotiates = not speaks_inference(operation.path)

    @lru_cache(maxsize=MOST_KEPT)
    def made(_settings: Settings, **parameters: str) -> Kept:
        return Kept(dumps(operation.respond(parameters)), JSON)

    def view(**parameters: str) -> Response:
        if negotiates:
            require_json_accepted()
        return kept_answer(made(settings(), **parameters))

    return view


def _blueprint() -> Blueprint:
    routes = Blueprint("operations", __name__)
    for operation in OPERATIONS:
        transport = TRANSPORTS.get(operation.name)
        routes.add_url_rule(
            re.sub(r"{(\w+)}", r"<\1>", operation.path),
            endpoint=operation.name,
            view_func=_view(operation) if transport is None else transport.view,
            methods=[operation.method.upper()],
        )
    return routes


blueprint = _blueprint()
