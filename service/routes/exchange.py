"""JSON in and JSON out: the same checks for every view."""

import json
from typing import Any

import orjson
import pydantic_core
from flask import Response, request

from service.problems import Problem
from service.routes.encoding import unpack
from service.routes.gate import heavy_work
from service.settings import JSON_DEPTH, settings

JSON = "application/json"
STEP = 2**20
"""Bytes of a body that are read at once."""


def read_json() -> Any:
    """The body as JSON, or a problem that says why it is none; first of all that the answer will be wanted."""
    require_json_accepted()
    return json_body()


def json_body() -> Any:
    """The body as JSON, or a problem that says why it is none."""
    if request.mimetype != JSON and not request.mimetype.endswith("+json"):
        sent = f"not {request.mimetype}" if request.mimetype else "but it has no content type"
        raise Problem(415, f"the body must be {JSON}, {sent}", headers={"Accept": JSON})
    return parse_in_turn(body_bytes())


def body_bytes() -> bytes:
    """The whole body, unpacked if it was compressed."""
    unpack()
    data = _read()
    if request.content_length is None and len(data) >= (limit := settings().max_body_bytes):
        raise Problem(413, f"the body is larger than the limit of {limit} bytes (`max_body_bytes`)")
    if request.content_length is not None and len(data) < request.content_length:
        raise Problem(400, f"the body ended after {len(data)} of the {request.content_length} bytes announced")
    return data


def _read() -> bytes:
    """The body; a long one in long steps, since the server copies what it holds at every step."""
    left = request.content_length
    if left is None or left <= STEP:
        return request.get_data()
    pieces = []
    while left > 0 and (piece := request.stream.read(min(left, STEP))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


def parse_in_turn(data: bytes) -> Any:
    """Bytes as JSON; much of it waits for its turn."""
    if len(data) < settings().large_json_bytes:
        return parse_json(data)
    with heavy_work():  # the parser holds the interpreter
        return parse_json(data)


def parse_json(data: bytes) -> Any:
    """Bytes as JSON; a Problem with status 400 where they are none."""
    if len(data) > (limit := settings().max_json_bytes):
        raise Problem(413, f"the JSON is {len(data)} bytes, above the limit of {limit} (`max_json_bytes`)")
    if not data or data.isspace():
        raise Problem(400, "the body is empty; it must be a JSON object")
    try:
        return pydantic_core.from_json(data)
    except ValueError as error:
        reason = str(error)
        if "recursion limit" in reason:
            reason = f"it is nested deeper than {JSON_DEPTH} levels"
        raise Problem(400, f"the body is not acceptable JSON: {reason}") from None


def accepts(media_type: str) -> bool:
    """Whether the caller accepts a media type; one that says nothing accepts all."""
    return not request.accept_mimetypes or request.accept_mimetypes[media_type] > 0


def require_json_accepted() -> None:
    """A Problem with status 406 where the caller does not accept JSON."""
    if not accepts(JSON):
        raise Problem(406, f"the answer is {JSON}, which `Accept: {request.headers['Accept']}` leaves out")


def answer(body: Any, status: int = 200) -> Response:
    """A JSON answer; NumPy arrays are written as nested lists."""
    require_json_accepted()
    return Response(dumps(body), status, content_type=JSON)


def dumps(body: Any) -> bytes:
    """JSON text; integers past 64 bits, which the fast writer refuses, are written by Python's own."""
    try:
        return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    except orjson.JSONEncodeError:
        return json.dumps(body).encode()
