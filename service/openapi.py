"""`python -m service.openapi`: openapi.yaml, made from the models, the registry and answers of the service itself.

The examples' answers are what the service says to the examples' requests at the time of writing, so they are true.
"""

import sys
from collections.abc import Iterable, Iterator
from dataclasses import MISSING, fields
from typing import Any

import yaml
from flask.testing import FlaskClient
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service import __version__
from service.app import create_app
from service.core.layers import LAYERS, Layer
from service.core.layers.parameters import PARAMETERS, RESHAPED
from service.operations import OPERATIONS, Operation
from service.problems import MEDIA_TYPE
from service.routes.convolve import NPY
from service.routes.documents import OPENAPI
from service.routes.exchange import JSON
from service.routes.inference import BYTES, HEAD_LENGTH
from service.routes.operands import MULTIPART, NAMES
from service.schemas import requests, responses
from service.schemas.arrays import Base64Array, FlatArray
from service.schemas.inference import InferenceAnswer, InferenceError, InferenceRequest
from service.schemas.layers import validator

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


ERRORS = {
    "NotJson": "Not JSON, or bad framing.",
    "NotFound": "There is nothing of that name.",
    "NotAcceptable": "The answer's media type is not accepted.",
    "TooLarge": "Too large: bytes, elements or work; with the figure and the limit.",
    "UnsupportedMediaType": "Not a content type that is read here.",
    "Refused": "Understood, but wrong: `errors` says where and why.",
    "Unavailable": "Not now: all turns for computations are taken, or the service is not ready.",
}
OF_A_POST = {
    400: "NotJson",
    406: "NotAcceptable",
    413: "TooLarge",
    415: "UnsupportedMediaType",
    422: "Refused",
    503: "Unavailable",
}
IN_INFERENCE = {
    400: ("InferenceRefused", "Not JSON, bytes that do not add up, or a layer that is wrong."),
    404: ("InferenceNotFound", "There is no such model, or version."),
    413: ("InferenceTooLarge", ERRORS["TooLarge"]),
    503: ("InferenceUnavailable", ERRORS["Unavailable"]),
}


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
        "tags": [
            {"name": "questions", "description": "The four questions."},
            {"name": "inference", "description": "The Open Inference Protocol of KServe and Triton."},
            {"name": "catalogue", "description": "What there is."},
            {"name": "operations", "description": "Health and documentation."},
        ],
        "paths": _paths(client),
        "components": {
            "headers": {
                "X-Request-ID": {
                    "description": "The caller's id for the request, or a new one.",
                    "schema": {"type": "string"},
                }
            },
            "responses": {name: _problem(text) for name, text in ERRORS.items()}
            | {name: _problem(text, JSON, InferenceError) for name, text in IN_INFERENCE.values()},
            "schemas": _schemas(),
        },
    }


def _paths(client: FlaskClient) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation, client)
    return paths


def _operation(operation: Operation, client: FlaskClient) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "tags": [operation.tag],
        "operationId": operation.path.strip("/").replace("/", "-").replace("{", "").replace("}", "").replace(".", "-"),
        "summary": operation.summary,
        "description": operation.description,
    }
    if operation.path_example:
        shown["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "example": value}
            for name, value in operation.path_example.items()
        ]
    if operation.body is InferenceRequest:
        schema = {"type": "integer", "minimum": 1}
        text = "The bytes of the JSON, where tensors follow it."
        head = {"name": HEAD_LENGTH, "in": "header", "description": text, "schema": schema}
        shown["parameters"].append(head)
    if operation.body is not None:
        shown["requestBody"] = {"required": True, "content": dict(_request_contents(operation))}
    shown["responses"] = {"200": _success(operation, client)} | {
        str(status): {"$ref": f"#/components/responses/{name}"} for status, name in _errors(operation).items()
    }
    return shown


def _request_contents(operation: Operation) -> Iterator[tuple[str, dict[str, Any]]]:
    assert operation.body is not None
    reference = {"$ref": f"#/components/schemas/{operation.body.__name__}"}
    yield JSON, {"schema": reference, "example": operation.example}
    if operation.body is InferenceRequest:
        yield BYTES, {"schema": {"type": "string", "contentMediaType": BYTES, "description": "JSON, then tensors."}}
    if operation.body is requests.ConvolveRequest:
        binary = {"type": "string", "contentMediaType": NPY, "description": "An `.npy` file."}
        properties = {"request": reference, **dict.fromkeys(NAMES, binary)}
        schema = {"type": "object", "properties": properties, "required": ["request"], "additionalProperties": False}
        yield MULTIPART, {"schema": schema, "encoding": {"request": {"contentType": JSON}}}


def _success(operation: Operation, client: FlaskClient) -> dict[str, Any]:
    headers = {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}}
    if isinstance(operation.answer, str):
        return {"description": operation.summary, "headers": headers, "content": {operation.answer: {}}}
    content: dict[str, Any] = {"schema": {"$ref": f"#/components/schemas/{operation.answer.__name__}"}}
    if operation.tag != "catalogue" or operation.path_example:
        content["example"] = client.open(
            operation.example_path, method=operation.method.upper(), json=operation.example
        ).json
    contents: dict[str, Any] = {JSON: content}
    if operation.answer is responses.ConvolveAnswer:
        contents[NPY] = {"schema": {"type": "string", "contentMediaType": NPY}}
    if operation.answer is InferenceAnswer:
        contents[BYTES] = {"schema": {"type": "string", "contentMediaType": BYTES}}
    return {"description": (operation.answer.__doc__ or "").strip(), "headers": headers, "content": contents}


def _errors(operation: Operation) -> dict[int, str]:
    """The error statuses of an operation, each with the name of its response."""
    if operation.tag == "inference":
        statuses = list(IN_INFERENCE) if operation.body else [404] if operation.path_example else []
        if operation.path.endswith("/ready"):
            statuses.append(503)
        return {status: IN_INFERENCE[status][0] for status in statuses}
    if operation.body is not None:
        return OF_A_POST
    shown = {} if isinstance(operation.answer, str) and operation.answer != JSON else {406: OF_A_POST[406]}
    if operation.path_example:
        shown[404] = "NotFound"
    if operation.path == "/readyz":
        shown[503] = OF_A_POST[503]
    return shown


def _problem(
    text: str, media_type: str = MEDIA_TYPE, model: type[BaseModel] = responses.ProblemDocument
) -> dict[str, Any]:
    return {
        "description": text,
        "headers": {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}},
        "content": {media_type: {"schema": {"$ref": f"#/components/schemas/{model.__name__}"}}},
    }


def _schemas() -> dict[str, Any]:
    models: list[type[BaseModel]] = [FlatArray, Base64Array, responses.ProblemDocument, InferenceError]
    for operation in OPERATIONS:
        models += [model for model in (operation.body, operation.answer) if isinstance(model, type)]
    template = "#/components/schemas/{model}"
    _, shown = models_json_schema([(model, "validation") for model in dict.fromkeys(models)], ref_template=template)
    return dict(sorted({**_tidied(shown["$defs"]), **_layer_schemas()}.items()))


def _tidied(schema: Any) -> Any:
    """A schema without the titles and null defaults that say nothing."""
    if isinstance(schema, list):
        return [_tidied(entry) for entry in schema]
    if not isinstance(schema, dict):
        return schema
    noise = {
        name
        for name in ("title", "default")
        if schema.get(name, 0) is None or (name == "title" and isinstance(schema.get(name), str))
    }
    return {name: _tidied(value) for name, value in schema.items() if name not in noise}


def _types_of(layer: type[Layer]) -> tuple[str, ...]:
    return tuple(name for name, kind in LAYERS.items() if kind.layer is layer)


def _layer_schemas() -> dict[str, Any]:
    classes = list(dict.fromkeys(kind.layer for kind in LAYERS.values()))
    references = {layer: f"#/components/schemas/{layer.__name__}Layer" for layer in classes}
    shown: dict[str, Any] = {f"{layer.__name__}Layer": _layer_schema(layer) for layer in classes}
    shown["Layer"] = {
        "description": "A layer: its type and its parameters.",
        "oneOf": [{"$ref": reference} for reference in references.values()],
        "discriminator": {
            "propertyName": "type",
            "mapping": {name: references[kind.layer] for name, kind in LAYERS.items()},
        },
    }
    untyped = _layer_schema(LAYERS["conv"].layer)
    del untyped["properties"]["type"], untyped["required"]
    untyped.pop("allOf", None)
    shown["UntypedConvolutionLayer"] = {**untyped, "description": "A convolution; its kernel size is the weight's."}
    return shown


def _layer_schema(layer: type[Layer]) -> dict[str, Any]:
    """The schema of a layer class: its parameters with their meanings, and under all their spellings."""
    properties = validator(_types_of(layer)[0]).json_schema().get("properties", {})
    members: dict[str, Any] = {
        "type": {"type": "string", "enum": list(_types_of(layer))},
        "name": {"type": "string", "minLength": 1, "description": "In a network: what others call it by."},
        "inputs": {
            "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}],
            "description": "In a network: what it takes; the layer before by default.",
        },
    }
    needed = []
    for one in fields(layer):
        row = PARAMETERS[one.name]
        schema = {name: value for name, value in properties[one.name].items() if name != "title"}
        spellings = [one.name, *(alias for alias in row.aliases if alias not in layer.parameter_names())]
        for spelling in spellings:
            meaning = row.meaning if spelling == one.name else f"Another spelling of `{one.name}`."
            members[spelling] = {**_spelled(spelling, schema), "description": meaning}
        if one.default is MISSING:
            needed.append({"oneOf": [{"required": [spelling]} for spelling in spellings]})
        elif one.default is not None:
            members[one.name]["default"] = one.default
    shown: dict[str, Any] = {
        "type": "object",
        "description": (layer.__doc__ or "").strip().splitlines()[0],
        "properties": members,
        "required": ["type"],
        "additionalProperties": False,
    }
    if needed:
        shown["allOf"] = needed
    return shown


def _spelled(spelling: str, schema: dict[str, Any]) -> dict[str, Any]:
    """The schema of a value under one spelling: ONNX's have forms of their own."""
    if spelling in RESHAPED:
        return {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 6}
    if spelling == "auto_pad":
        return {"type": "string", "enum": ["NOTSET", "VALID", "SAME_UPPER", "SAME_LOWER"]}
    return schema


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
        plain = all(not isinstance(one, dict) and len(str(one)) <= 40 for one in data)
        return self.represent_sequence("tag:yaml.org,2002:seq", data, flow_style=plain)


_Dumper.add_representer(str, _Dumper.represent_str)
_Dumper.add_representer(list, _Dumper.represent_list)


def text() -> str:
    """The description as it is committed."""
    return yaml.dump(build(), Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120)


def main() -> None:
    """Write openapi.yaml."""
    OPENAPI.write_text(text(), encoding="utf-8")
    sys.stderr.write(f"wrote {OPENAPI.name}\n")


if __name__ == "__main__":
    main()
