"""The transport of questions about networks: JSON, or a form with the model as a file."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from service.core.diagnostics import malformed, placed
from service.models.archives import is_zip
from service.operations.shared.operation import Operation
from service.problems import refused
from service.routes.exchange import (
    JSON,
    MULTIPART,
    allow_body_of,
    context,
    form_of_body,
    json_answer,
    parse_body,
    read_json,
    require_json_accepted,
)
from service.routes.forms import Part
from service.routes.transport import Transport, bytes_of
from service.settings import settings

REQUEST, MODEL = "request", "model"


def transport(operation: Operation) -> Transport:
    """The transport of an operation whose body may have a model."""

    def view() -> Response:
        return json_answer(operation.respond(_document(), context()))

    return Transport(view=view, request_contents={MULTIPART: _form_schema(operation)})


def _document() -> Any:
    """The body as one JSON document, the model in it."""
    if request.mimetype != MULTIPART:
        return read_json()
    require_json_accepted()
    allow_body_of("max_model_bytes")
    parts = form_of_body((REQUEST, MODEL))
    posted = [part for part in parts if part.name == REQUEST]
    if len(posted) > 1:
        raise refused(placed(malformed.conflicting_parameters("the first part request", "the second", REQUEST, ())))
    document = parse_body(bytes(posted[0].data)) if posted else {}
    if not isinstance(document, dict):
        return document
    described = document.get(MODEL)
    options = described if isinstance(described, dict) else {}
    return {**document, MODEL: {**options, **_model([part for part in parts if part.name == MODEL])}}


def _model(parts: Sequence[Part]) -> dict[str, Any]:
    """The files of a form as members of a model: texts by their names, or the bytes of one file."""
    if len(parts) == 1 and (text := _text(parts[0])) is None:
        return {"data": parts[0].data}
    if len(parts) == 1 and not parts[0].file_name:
        return {"source": text}
    files: dict[str, str] = {}
    for index, part in enumerate(parts):
        name, text = part.file_name or f"file{index}.py", _text(part)
        if text is None:
            raise refused(placed(malformed.wrong_type(name, part.beginning, "source text", (MODEL,))))
        if name in files:
            raise refused(placed(malformed.conflicting_parameters(name, name, "the model", (MODEL,))))
        files[name] = text
    return {"files": files} if files else {}


def _text(part: Part) -> str | None:
    """What a file says, where it is text, and no longer than any that is read."""
    beginning = bytes(part.data[:4096])
    if b"\0" in beginning or is_zip(beginning) or len(part.data) > settings().max_unpacked_bytes:
        return None
    try:
        return str(part.data, "utf-8-sig")
    except UnicodeDecodeError:
        return None


def _form_schema(operation: Operation) -> dict[str, Any]:
    """The form as OpenAPI describes it."""
    file = bytes_of("application/octet-stream", "The model's file, or one of several source files.")
    schema = {
        "type": "object",
        "description": "A model as a file or several, and the rest of the request.",
        "properties": {
            REQUEST: {"$ref": f"#/components/schemas/{operation.request.__name__}"},
            MODEL: {"type": "array", "items": file, "minItems": 1},
        },
        "required": [MODEL],
        "additionalProperties": False,
    }
    return {"schema": schema, "encoding": {REQUEST: {"contentType": JSON}}}
