"""The transport of `/v2/repository/index`, whose body may be left out."""

from flask import Response

from service.operations.repository_index import OPERATION
from service.routes.exchange import body_bytes, context, parse_body, plain_json_answer
from service.routes.transport import Transport


def repository_index() -> Response:
    """Every model."""
    body = body_bytes()
    return plain_json_answer(OPERATION.respond(parse_body(body) if body else {}, context()))


TRANSPORT = Transport(view=repository_index)
