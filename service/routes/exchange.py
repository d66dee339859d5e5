"""JSON in and JSON out, with the same checks for every view."""

import json
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any, cast

import orjson
import pydantic_core
from flask import Response, g, request
from werkzeug.datastructures import MIMEAccept
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.http import parse_accept_header, parse_options_header
from werkzeug.wsgi import get_content_length

from service.core.diagnostics import malformed, placed
from service.core.diagnostics.malformed import shown
from service.operations import Context
from service.problems import Problem, refused
from service.routes.encoding import LARGE, coding_of_body, gzipped, takes_gzip, unpacked, worth_packing
from service.routes.forms import Part, read_form
from service.routes.languages import in_language, language_wanted, say_language
from service.routes.records import at_hand, record_of
from service.routes.slots import compute_slot
from service.schemas.json_text import duplicate_key, has_duplicate_keys, occurrences
from service.security_headers import NOTHING
from service.settings import JSON_DEPTH, settings

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

JSON = "application/json"
MULTIPART = "multipart/form-data"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
STEP = 2**20
"""Bytes of a body that memory is allocated for at first, or that are read at a time. Chosen."""
MOST_HEADERS = 128
"""Values of a header whose meaning is cached: callers write few, and each in every request. Chosen."""


class JsonResponse(Response):
    """An answer that is sent as it is: Werkzeug would look again at its headers and pieces."""

    policy = NOTHING
    """What a browser may load and run for it."""

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        """The text, unless only the head is asked for."""
        start_response(self.status, self.headers.to_wsgi_list())
        return () if environ["REQUEST_METHOD"] == "HEAD" else cast(list[bytes], self.response)


def context() -> Context:
    """The context of the request at hand."""
    asked = at_hand()
    return Context(slot=compute_slot, instance=asked.path, request_id=record_of(asked).request_id)


def read_json() -> Any:
    """The body as JSON, once it is sure that the caller accepts an answer in JSON."""
    require_json_accepted()
    return json_body()


def json_body() -> Any:
    """The body as JSON.

    Raises:
        Problem: saying why it is not JSON.
    """
    if not _is_json(at_hand().environ.get("CONTENT_TYPE", "")):
        sent = f"not {request.mimetype}" if request.mimetype else "but it has no content type"
        raise Problem(415, f"the body must be {JSON}, {sent}", headers={"Accept": JSON})
    return parse_body(body_bytes())


@lru_cache(maxsize=MOST_HEADERS)
def _is_json(content_type: str) -> bool:
    """Whether a content type is JSON, or made of it."""
    media_type = parse_options_header(content_type)[0].lower()
    return media_type == JSON or media_type.endswith("+json")


def form_of_body(names: Collection[str]) -> list[Part]:
    """The parts of a body that is a form.

    Raises:
        Problem: where it is none, or has a part of another name.
    """
    boundary = request.mimetype_params.get("boundary")
    if boundary is None:
        raise Problem(400, f"the content type {MULTIPART} has no boundary")
    parts = read_form(body_bytes(), boundary)
    for part in parts:
        if part.name not in names:
            raise refused(placed(malformed.unknown_parameter("the form", part.name, names, (part.name,))))
    return parts


def allow_body_of(limit: str) -> None:
    """Let the body be as large as another limit says, where that is more than other bodies may be.

    A compressed one may not: it is never unpacked to more than `max_body_bytes`.
    """
    allowed: int = getattr(settings(), limit)
    if allowed > settings().max_body_bytes and coding_of_body() is None:
        request.max_content_length = allowed
        g.body_limit = limit


def body_bytes() -> bytes | bytearray:
    """The whole body, decompressed where it was compressed."""
    coding = coding_of_body()
    length = get_content_length(at_hand().environ)
    data = _read_undeclared() if length is None else _read_declared(length)
    if coding is None:
        return data
    with compute_slot():  # a few bytes may become very many
        return unpacked(data, coding, settings().max_body_bytes)


def _read_undeclared() -> bytearray:
    """A body of no declared length, read piece by piece; Werkzeug refuses one that is too large as it comes."""
    body = bytearray()
    while piece := request.stream.read(STEP):
        body += piece
    return body


def _read_declared(length: int) -> bytearray:
    """A body of the declared length, read without copies; memory for all of it is allocated once a part has arrived.

    Raises:
        RequestEntityTooLarge: where it is longer than this request may be.
    """
    if length > settings().max_body_bytes and length > (request.max_content_length or 0):
        raise RequestEntityTooLarge
    body = _filled(bytearray(min(length, STEP)), 0, length)
    return body if len(body) == length else _filled(body.ljust(length), len(body), length)


def _filled(body: bytearray, read: int, length: int) -> bytearray:
    """The body, filled from `read` to its end."""
    stream = at_hand().environ["wsgi.input"]
    with memoryview(body) as memory:
        while read < len(body):
            with memory[read:] as rest:
                count = stream.readinto(rest)
            if not count:
                raise Problem(400, f"the body ended after {read} of the {length} bytes announced")
            read += count
    return body


def parse_body(data: bytes | bytearray) -> Any:
    """Bytes as JSON; a large body is parsed in a computation slot."""
    if len(data) < settings().large_json_bytes:
        return parse_json(data)
    with compute_slot():  # the parser holds the interpreter
        return parse_json(data)


def parse_json(data: bytes | bytearray) -> Any:
    """Bytes as JSON; a Problem with status 400 where they are none, 413 where they are too much."""
    data = data.removeprefix(BYTE_ORDER_MARK)  # RFC 8259 lets a reader ignore it, and some editors write it
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
    if has_duplicate_keys(data, document):
        key = duplicate_key(data) if len(data) < settings().large_json_bytes else None
        raise Problem(400, f"the body is not acceptable JSON: duplicate key{'' if key is None else ' ' + shown(key)}")
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
    header = at_hand().environ.get("HTTP_ACCEPT")
    return header is None or _accepted(header, media_type)


@lru_cache(maxsize=MOST_HEADERS)
def _accepted(header: str, media_type: str) -> bool:
    """Whether an `Accept` names a media type; an empty one names all."""
    named = parse_accept_header(header, MIMEAccept)
    return not named or named[media_type] > 0


def require_json_accepted() -> None:
    """A Problem with status 406 where the caller does not accept JSON."""
    if not accepts(JSON):
        raise Problem(406, f"the answer is {JSON}, which `Accept: {request.headers['Accept']}` leaves out")


def json_answer(body: Any) -> Response:
    """An answer in JSON, if the caller accepts that, in its language; NumPy arrays are written as nested lists."""
    require_json_accepted()
    language = language_wanted()
    if language is None:
        return plain_json_answer(body)
    body, language = in_language(body, language)
    response = plain_json_answer(body)
    return response if language is None else say_language(response, language)


def plain_json_answer(body: Any) -> Response:
    """An answer in JSON, whatever the caller accepts: the Open Inference Protocol does not negotiate."""
    data = dumps(body)
    return JsonResponse(data, content_type=JSON) if len(data) < LARGE else _large_answer(data)


def _large_answer(data: bytes) -> Response:
    """JSON, compressed where the caller takes that and it is worth it."""
    packs = takes_gzip(at_hand().environ.get("HTTP_ACCEPT_ENCODING")) and worth_packing(data)
    response = JsonResponse(gzipped(data) if packs else data, content_type=JSON)
    response.headers["Vary"] = "Accept-Encoding"
    if packs:
        response.headers["Content-Encoding"] = "gzip"
    return response


def dumps(body: Any) -> bytes:
    """JSON text; integers past 64 bits, which the fast writer refuses, are written by Python's own."""
    try:
        return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
    except orjson.JSONEncodeError:
        return json.dumps(body).encode()
