"""`python -m service.openapi`: writes openapi.yaml from the operations, the registry of layers and real answers.

The answers shown are what the service answers to the examples' requests when the file is written.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import yaml
from flask.testing import FlaskClient
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service import __version__
from service.app import create_app
from service.check_settings import require_good_settings
from service.observability.ledger import LEDGER
from service.openapi_http import (
    COMPONENTS,
    ERRORS,
    IF_NONE_MATCH,
    IN_INFERENCE,
    KEPT,
    OF_A_POST,
    REQUEST_ID,
    SECURITY,
    headers_of,
    security_of,
    stays,
    takes_key,
    unchanged,
)
from service.openapi_layers import TEMPLATE, layer_schemas, tidied
from service.operations import OPERATIONS, Operation
from service.operations.shared.operation import Endpoint
from service.routes.documents import DOCUMENTS, OPENAPI, Document
from service.routes.error_handlers import MEDIA_TYPE
from service.routes.exchange import JSON
from service.routes.metrics import METRICS
from service.routes.views import TRANSPORTS
from service.schemas.answers import ProblemDocument
from service.schemas.arrays import Base64Array, FlatArray
from service.schemas.bodies import validated
from service.schemas.conditions import nullable_members
from service.schemas.tensors import InferenceError

DESCRIPTION = """\
Padstride answers four questions about convolutional layers: what size comes out, which padding gives the size I want,
is this network sound, and what are the numbers. It answers as PyTorch, Keras/TensorFlow, ONNX or JAX do, refusals
included.

A *layer* is the same JSON object everywhere. Its parameters may be spelled as any of the frameworks spells them. A
*size* is the spatial sizes only (`224` or `[224, 224]`), a *shape* has all axes in the framework's order.

Every error is a problem document (RFC 9457) whose `errors` are diagnostics: a stable name, the place in the body as a
JSON Pointer, a message, and fixes that have been tried. A broken network is not an error: the answer is 200 with
`valid: false`. In `/v2`, where the Open Inference Protocol is spoken, an error is a text. Every answer carries
`X-Request-ID`.
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
            | {name: _problem(text) for name, text in ERRORS.items()}
            | {name: _problem(text, JSON, InferenceError) for name, text in IN_INFERENCE.values()},
            "schemas": _schemas(),
        },
    }


def _schemas() -> dict[str, Any]:
    """The schemas of requests, answers and layers, by name."""
    models: list[type[BaseModel]] = [FlatArray, Base64Array, ProblemDocument, InferenceError]
    for operation in OPERATIONS:
        models += [operation.request, operation.answer] if operation.has_body else [operation.answer]
    _, schemas = models_json_schema([(model, "validation") for model in dict.fromkeys(models)], ref_template=TEMPLATE)
    described = tidied(schemas["$defs"])
    for operation in OPERATIONS:
        if operation.has_body and operation.validate is validated:
            described[operation.request.__name__] = nullable_members(described[operation.request.__name__])
    return dict(sorted({**described, **layer_schemas()}.items()))


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
    success = {"description": document.summary, "headers": headers_of(document), "content": {document.media_type: {}}}
    statuses = {406: OF_A_POST[406]} if document.media_type == JSON else {}
    statuses |= {401: "NoKey"} if takes_key(document) else {}
    kept = {"parameters": [IF_NONE_MATCH]} if stays(document) else {}
    return {**kept, "responses": {"200": success} | unchanged(document) | _references(statuses)}


def _operation(operation: Operation, client: FlaskClient) -> dict[str, Any]:
    described: dict[str, Any] = {}
    transport = TRANSPORTS.get(operation.name)
    parameters: list[Mapping[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": value}
        for name, value in operation.path_example.items()
    ]
    parameters += transport.parameters if transport else ()
    parameters += [IF_NONE_MATCH] if stays(operation) else []
    if parameters:
        described["parameters"] = parameters
    if operation.has_body:
        schema: dict[str, Any] = _reference(operation.request)
        if operation.json_condition:
            schema = {"allOf": [schema, dict(operation.json_condition)]}
        body = {JSON: {"schema": schema, "example": operation.example}}
        described["requestBody"] = {
            "required": operation.body_required,
            "content": body | dict(transport.request_contents if transport else {}),
        }
    others = unchanged(operation) | _references(_errors(operation))
    described["responses"] = {"200": _success(operation, client)} | others
    return described


def _success(operation: Operation, client: FlaskClient) -> dict[str, Any]:
    content: dict[str, Any] = {"schema": _reference(operation.answer)}
    if not operation.changes and (operation.tag != "catalogue" or operation.path_example):
        content["example"] = client.open(
            operation.example_path, method=operation.method.upper(), json=operation.example
        ).json
    transport = TRANSPORTS.get(operation.name)
    return {
        "description": (operation.answer.__doc__ or "").strip(),
        "headers": headers_of(operation),
        "content": {JSON: content} | dict(transport.answer_contents if transport else {}),
    }


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{model.__name__}"}


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


def _problem(text: str, media_type: str = MEDIA_TYPE, model: type[BaseModel] = ProblemDocument) -> dict[str, Any]:
    return {
        "description": text,
        "headers": REQUEST_ID,
        "content": {media_type: {"schema": _reference(model)}},
    }


class _Dumper(yaml.SafeDumper):
    """YAML for people: paragraphs as blocks, lists of plain values on one line, no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        """Repeat what is repeated."""
        return True

    def represent_str(self, data: str) -> yaml.ScalarNode:
        """Text of several lines as a block."""
        return self.represent_scalar("tag:yaml.org,2002:str", data, style="|" if "\n" in data else None)

    def represent_list(self, data: Iterable[Any]) -> yaml.SequenceNode:
        """Lists of numbers and short words on one line, and lists of such lists."""
        plain = all(not isinstance(entry, dict) and len(str(entry)) <= 40 for entry in data)
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=plain)


_Dumper.add_representer(str, _Dumper.represent_str)
_Dumper.add_representer(list, _Dumper.represent_list)


def text() -> str:
    """The description as it is committed."""
    return yaml.dump(build(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def main() -> None:
    """Write openapi.yaml."""
    require_good_settings()
    LEDGER.by_itself = False  # the examples that are asked are no requests to log
    OPENAPI.write_text(text(), encoding="utf-8")
    sys.stderr.write(f"wrote {OPENAPI.name}\n")


if __name__ == "__main__":
    main()
