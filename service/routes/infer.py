"""The transport of `/v2/models/{model}/infer`: tensors in JSON, or as bytes after it, in both directions."""

import re
from time import perf_counter
from typing import Any

from flask import Response, request

from service.core.diagnostics.malformed import shown
from service.observability.metrics import Outcome, count_inference
from service.operations.infer import InferenceRequest, apply, inference_request, members, wants_binary
from service.operations.shared.models import ModelRequest, require_model
from service.problems import Problem
from service.routes.encoding import coding_wanted, packed
from service.routes.exchange import JSON, body_bytes, context, dumps, parse_body
from service.routes.slots import place
from service.routes.transport import Transport, bytes_of

BYTES = "application/octet-stream"
JSON_AND_TENSORS = bytes_of(BYTES, "JSON, then tensors.")
HEAD_LENGTH = "Inference-Header-Content-Length"
FAIL: Outcome = "fail"
SUCCESS: Outcome = "success"
LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)


def infer(**parameters: str) -> Response:
    """The layer applied to the tensors of the body."""
    model = ModelRequest.model_validate(parameters)
    require_model(model)
    outcome, began = FAIL, perf_counter()
    try:
        with place():
            answer = _inferred(model)
        outcome = SUCCESS
        return answer
    finally:
        count_inference(model.model, outcome, perf_counter() - began)


def _inferred(model: ModelRequest) -> Response:
    """The answer to a request for the output of a model."""
    body = body_bytes()
    end = _head_length(len(body))
    document = parse_body(body if end == len(body) else body[:end])
    if isinstance(document, dict):
        document |= model.model_dump()  # the path names the model, whatever the body says
    posted = inference_request(InferenceRequest, document)
    binary = wants_binary(posted)
    answer, data = members(posted, apply(posted, body, end, context()), binary=binary)
    return _answer(answer, data if binary else None)


def _head_length(size: int) -> int:
    """Where the JSON ends in a body of this size: at its end, unless a header says otherwise."""
    length = request.headers.get(HEAD_LENGTH)
    if length is None:
        return size
    if not LENGTH.fullmatch(length):
        raise Problem(400, f"`{HEAD_LENGTH}` is {shown(length)}, not a number of bytes")
    if int(length) > size:
        raise Problem(400, f"`{HEAD_LENGTH}` is {length}, but the body has {size} bytes")
    return int(length)


def _answer(members: dict[str, Any], data: bytes | None) -> Response:
    """The JSON, and the bytes after it where there are any; compressed if the caller asks for it."""
    head = dumps(members)
    chunks, content_type = ([head], JSON) if data is None else ([head, data], BYTES)
    coding = coding_wanted()
    response = Response(chunks if coding is None else packed(chunks, coding), content_type=content_type)
    response.headers["Vary"] = "Accept-Encoding"
    if coding is not None:
        response.headers["Content-Encoding"] = coding
    if data is not None:
        response.headers[HEAD_LENGTH] = str(len(head))
    return response


TRANSPORT = Transport(
    view=infer,
    request_contents={BYTES: {"schema": JSON_AND_TENSORS}},
    answer_contents={BYTES: {"schema": JSON_AND_TENSORS}},
    parameters=(
        {
            "name": HEAD_LENGTH,
            "in": "header",
            "description": "The bytes of the JSON, where tensors follow it.",
            "schema": {"type": "integer", "minimum": 1},
        },
    ),
)
