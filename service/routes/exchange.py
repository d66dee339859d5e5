"""JSON in and JSON out: the same checks for every view."""

import json
from typing import Any

import orjson
import pydantic_core
from flask import Response, request

from service.core.diagnostics.reading import shown
from service.problems import Problem
from service.routes.encoding import coding_of_body, unpacked
from service.routes.gate import heavy_work
from service.schemas.json_text import first_twice, occurrences, some_twice
from service.settings import JSON_DEPTH, settings

JSON = "application/json"
STEP = 2**20
"""Bytes of a body that there is room for at first."""


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


def body_bytes() -> bytes | bytearray:
    """The whole body, unpacked if it was compressed."""
    coding = coding_of_body()
    data = _read() if request.content_length is None else _read_long(request.content_length)
    if coding is None:
        return data
    with heavy_work():  # a few bytes may become very many
        return unpacked(data, coding, settings().max_body_bytes)


def _read() -> bytes:
    """A body whose length was not told."""
    data = request.get_data(cache=False)
    if len(data) >= (limit := settings().max_body_bytes):
        raise Problem(413, f"the body is larger than the limit of {limit} bytes (`max_body_bytes`)")
    return data


def _read_long(length: int) -> bytearray:
    """A body of the length announced, read to where it stays; there is room for all of it once a part has come."""
    body = _filled(bytearray(min(length, STEP)), 0, length)
    return body if len(body) == length else _filled(body.ljust(length), len(body), length)


def _filled(body: bytearray, read: int, length: int) -> bytearray:
    """The body, read from here to its end."""
    with memoryview(body) as memory:
        while read < len(body):
            with memory[read:] as rest:
                count = request.stream.readinto(rest)  # type: ignore[attr-defined]
            if not count:
                raise Problem(400, f"the body ended after {read} of the {length} bytes announced")
            read += count
    return body


def parse_in_turn(data: bytes | bytearray) -> Any:
    """Bytes as JSON; much of it waits for its turn."""
    if len(data) < settings().large_json_bytes:
        return parse_json(data)
    with heavy_work():  # the parser holds the interpreter
        return parse_json(data)


def parse_json(data: bytes | bytearray) -> Any:
    """Bytes as JSON; a Problem with status 400 where they are none, 413 where they are too much."""
    _require_bounded(data)
    if not data or data.isspace():
        raise Problem(400, "the body is empty; it must be a JSON object")
    try:
        document = pydantic_core.from_json(data)
    except ValueError as error:
        reason = str(error)
        if "recursion limit" in reason:
            reason = f"it is nested deeper than {JSON_DEPTH} levels"
        raise Problem(400, f"the body is not acceptable JSON: {reason}") from None
    if some_twice(data, document):
        name = first_twice(data) if len(data) < settings().large_json_bytes else None
        what = "a member" if name is None else f"the member {shown(name)}"
        raise Problem(400, f"the body is not acceptable JSON: {what} stands twice in one object")
    return document


def _require_bounded(data: bytes | bytearray) -> None:
    """A Problem with status 413 where JSON is too long, or would become too many lists."""
    limits = settings()
    if len(data) > limits.max_json_bytes:
        detail = f"the JSON is {len(data)} bytes, above the limit of {limits.max_json_bytes} (`max_json_bytes`)"
        raise Problem(413, detail)
    if len(data) < 2 * limits.max_json_lists:  # two brackets each
        return
    count = occurrences(b"[", data) + occurrences(b"{", data)
    if count > limits.max_json_lists:
        detail = f"the JSON has {count} lists and objects, above the limit of {limits.max_json_lists}"
        raise Problem(413, f"{detail} (`max_json_lists`)")


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
