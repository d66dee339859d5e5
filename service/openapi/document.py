"""The whole description: what it says of itself, its paths with their examples, and its schemas."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask.testing import FlaskClient
from pydantic import BaseModel

from service import __version__
from service.app import create_app
from service.openapi.conditions import conditioned
from service.openapi.errors import error_responses
from service.openapi.forms import request_contents
from service.openapi.http import (
    COMPONENTS,
    IF_NONE_MATCH,
    IN_INFERENCE,
    KEPT,
    OF_A_POST,
    REQUEST_ID,
    SECURITY,
    headers_of,
    languages_of,
    security_of,
    stays,
    takes_key,
    unchanged,
)
from service.openapi.named_values import TEMPLATE
from service.openapi.schemas import schemas
from service.openapi.tidied import shortened
from service.operations import OPERATIONS, Operation
from service.operations.shared.operation import Endpoint
from service.routes.documents import DOCUMENTS, Document
from service.routes.exchange import JSON
from service.routes.metrics import METRICS
from service.routes.views import TRANSPORTS

DESCRIPTION = """\
Padstride answers four questions about convolutional layers: what size comes out, which padding gives the size I want,
is this network sound, and what are the numbers. It answers as PyTorch, Keras/TensorFlow, ONNX or JAX do, refusals
included.

A *layer* is the same JSON object everywhere. Its parameters may be spelled as any of the frameworks spells them. A
*size* is the spatial sizes only (`224` or `[224, 224]`), a *shape* has all axes in the framework's order.

Long lists in the examples of answers are cut.

Every error is a problem document (RFC 9457) whose `errors` are diagnostics: a stable name, the place in the body as a
JSON Pointer, a message, and fixes that have been tried. A broken network is not an error: the answer is 200 with
`valid: false`. In `/v2`, where the Open Inference Protocol is spoken, an error is a text. Every answer carries
`X-Request-ID`. Callers whose `Accept-Language` prefers Chinese get what diagnostics and problems say in Chinese.
"""

ENDPOINTS: Sequence[Operation | Document] = (*OPERATIONS, *DOCUMENTS, METRICS)
"""Everything that is described, in order."""


def build() -> dict[str, Any]:
    """The whole description."""
    client = create_app().test_client()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Padstride",
            "version": __version__,
            "summary": "Convolution arithmetic as the frameworks do it, over HTTP.",
            "description": DESCRIPTION,
            "contact": {"name": "Padstride"},
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "security": list(SECURITY),
        "tags": [
            {"name": "questions", "description": "The four questions."},
            {"name": "inference", "description": "The Open Inference Protocol of KServe and Triton."},
            {"name": "catalogue", "description": "What there is."},
            {"name": "operations", "description": "Health and documentation."},
        ],
        "paths": _paths(client),
        "components": {
            **COMPONENTS,
            "responses": {"Unchanged": {"description": "The caller has the answer.", "headers": REQUEST_ID | KEPT}}
            | error_responses(client),
            "schemas": schemas(),
        },
    }


def _paths(client: FlaskClient) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for endpoint in ENDPOINTS:
        described = _document(endpoint) if isinstance(endpoint, Document) else _operation(endpoint, client)
        paths.setdefault(endpoint.path, {})[endpoint.method] = _head(endpoint) | described
    return paths


def _head(endpoint: Endpoint) -> dict[str, Any]:
    """What every endpoint says of itself."""
    return {
        "tags": [endpoint.tag],
        "operationId": endpoint.name,
        "summary": endpoint.summary,
        "description": endpoint.description,
        **security_of(endpoint),
    }


def _document(document: Document) -> dict[str, Any]:
    success = {
        "description": document.summary,
        "headers": headers_of(document),
        "content": {document.media_type: {"schema": _text_or_object(document)}},
    }
    statuses = {406: OF_A_POST[406]} if document.media_type == JSON else {}
    statuses |= {401: "NoKey"} if takes_key(document) else {}
    kept = {"parameters": [IF_NONE_MATCH]} if stays(document) else {}
    return {**kept, "responses": {"200": success} | unchanged(document) | _references(statuses)}


def _text_or_object(document: Document) -> dict[str, str]:
    return {"type": "string" if document.media_type.startswith("text/") else "object"}


def _operation(operation: Operation, client: FlaskClient) -> dict[str, Any]:
    described: dict[str, Any] = {}
    transport = TRANSPORTS.get(operation.name)
    parameters: list[Mapping[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": value}
        for name, value in operation.path_example.items()
    ]
    parameters += transport.parameters if transport else ()
    parameters += languages_of(operation)
    parameters += [IF_NONE_MATCH] if stays(operation) else []
    if parameters:
        described["parameters"] = parameters
    if operation.has_body:
        schema: dict[str, Any] = _reference(operation.request)
        if operation.json_condition:
            schema = conditioned(schema, [dict(operation.json_condition)])
        body = {JSON: {"schema": schema, "example": operation.example}}
        described["requestBody"] = {
            "required": operation.body_required,
            "content": body | request_contents(operation),
        }
    others = unchanged(operation) | _references(_errors(operation))
    described["responses"] = {"200": _success(operation, client)} | others
    return described


def _success(operation: Operation, client: FlaskClient) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": _reference(operation.answer)}
    if not operation.changes and (operation.tag != "catalogue" or operation.path_example):
        answer = client.open(operation.example_path, method=operation.method.upper(), json=operation.example)
        content["example"] = shortened(answer.json)
    transport = TRANSPORTS.get(operation.name)
    return {
        "description": (operation.answer.__doc__ or "").strip(),
        "headers": headers_of(operation),
        "content": {JSON: content} | dict(transport.answer_contents if transport else {}),
    }


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": TEMPLATE.format(model=model.__name__)}


def _references(responses: Mapping[int, str]) -> dict[str, Any]:
    """Error statuses and the names of their responses, as OpenAPI lists them."""
    return {str(status): {"$ref": f"#/components/responses/{name}"} for status, name in responses.items()}


def _errors(operation: Operation) -> dict[int, str]:
    """The error statuses of an operation, each with the name of its response."""
    unknown = [404] if operation.path_example and not operation.has_body else []
    key = [401] if takes_key(operation) else []
    if operation.tag == "inference":
        statuses = list(IN_INFERENCE) if operation.has_body else key + unknown
        return {status: IN_INFERENCE[status][0] for status in (*statuses, *operation.other_statuses)}
    statuses = list(OF_A_POST) if operation.has_body else [406]
    named = OF_A_POST | {401: "NoKey", 404: "NotFound"}
    return {status: named[status] for status in sorted({*key, *unknown, *statuses, *operation.other_statuses})}
