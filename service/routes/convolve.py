"""The transport of `/v1/convolve`: JSON, or `.npy` parts of a form; JSON or an `.npy` file back."""

from typing import Any

from flask import Response, request

from service.core.diagnostics import malformed, placed
from service.operations.convolve import OPERATION, apply, members, read_operands
from service.operations.shared.array_job import ARRAYS
from service.problems import refused
from service.routes.exchange import (
    JSON,
    MULTIPART,
    context,
    form_of_body,
    json_answer,
    json_body,
    parse_body,
    require_json_accepted,
)
from service.routes.slots import place
from service.routes.transport import Transport, bytes_of
from service.schemas.conditions import any_of, has
from service.schemas.npy import npy_pieces

NPY = "application/x-npy"
NPY_FILE = bytes_of(NPY, "An `.npy` file.")
PARTS = ("request", *ARRAYS)


def convolve() -> Response:
    """A window layer applied to posted arrays."""
    wants_npy = request.accept_mimetypes.best_match([JSON, NPY], JSON) == NPY
    if not wants_npy:
        require_json_accepted()
    with place():
        document, files = _form() if request.mimetype == MULTIPART else (json_body(), {})
        posted = OPERATION.validate(OPERATION.request, document)
        applied = apply(posted, read_operands(posted, files), context())
        if wants_npy:
            return Response(npy_pieces(applied.result.output), content_type=NPY)
        return json_answer(members(posted, applied))


def _form() -> tuple[Any, dict[str, memoryview]]:
    """The JSON part of a form, and the bytes of its array parts."""
    parts: dict[str, memoryview] = {}
    for part in form_of_body(PARTS):
        name, place = part.name, (part.name,)
        if name in parts:
            raise refused(placed(malformed.conflicting_parameters(f"the first part {name}", "the second", name, place)))
        if not part.is_file and name != "request":
            raise refused(placed(malformed.wrong_type(name, part.beginning, "an `.npy` file with a file name", place)))
        parts[name] = part.data
    if "request" not in parts:
        raise refused(placed(malformed.missing_parameter("the form", "request", ())))
    return parse_body(bytes(parts.pop("request"))), parts


def _form_schema() -> dict[str, Any]:
    """The form as OpenAPI describes it."""
    reference = {"$ref": f"#/components/schemas/{OPERATION.request.__name__}"}
    properties = {"request": reference, **dict.fromkeys(ARRAYS, NPY_FILE)}
    schema = {
        "type": "object",
        "description": "The request, and arrays as files.",
        "properties": properties,
        "required": ["request"],
        "additionalProperties": False,
        **any_of(has("input"), {"properties": {"request": has("input")}}),
    }
    return {"schema": schema, "encoding": {"request": {"contentType": JSON}}}


TRANSPORT = Transport(
    view=convolve,
    request_contents={MULTIPART: _form_schema()},
    answer_contents={NPY: {"schema": NPY_FILE}},
)
