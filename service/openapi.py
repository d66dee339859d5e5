"""`python -m service.openapi`: openapi.yaml, made from the models, the registry and answers of the service itself.

The examples' answers are what the service says to the examples' requests at the time of writing, so they are true.
"""

import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

import yaml
from flask.testing import FlaskClient
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from service import __version__
from service.app import create_app
from service.core.layers import LAYERS, Layer
from service.core.parameters import PARAMETERS, RESHAPED
from service.problems import MEDIA_TYPE
from service.routes.convolve import NPY
from service.routes.documents import OPENAPI
from service.routes.exchange import JSON
from service.routes.operands import MULTIPART, NAMES
from service.schemas import requests, responses
from service.schemas.arrays import Base64Array, FlatArray
from service.schemas.layers import validator

DESCRIPTION = """\
Padstride answers four questions about convolutional layers: what size comes out, which padding gives the size I want,
is this network sound, and what are the numbers. It answers as PyTorch, Keras/TensorFlow, ONNX or JAX do, refusals
included.

A *layer* is the same JSON object everywhere. Its parameters may be spelled as any of the frameworks spells them. A
*size* is the spatial sizes only (`224` or `[224, 224]`), a *shape* has all axes in the framework's order.

Every error is a problem document (RFC 9457) whose `errors` are diagnostics: a stable name, the place in the body as a
JSON Pointer, a message, and fixes that have been tried. A broken network is not an error: the answer is 200 with
`valid: false`. Every answer carries `X-Request-ID`.
"""


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One path and method: its words, its models, an example to run."""

    method: str
    path: str
    summary: str
    description: str
    answer: type[BaseModel] | str
    body: type[BaseModel] | None = None
    example: Any = None
    path_example: Mapping[str, str] = field(default_factory=dict)
    tag: str = "questions"

    @property
    def example_path(self) -> str:
        """The path with its parameters filled in."""
        return self.path.format(**self.path_example)


OPERATIONS = (
    Operation(
        method="post",
        path="/v1/output-size",
        summary="What size comes out of a layer",
        description="One layer and one input size or shape; the output size axis by axis, with the formula filled in."
        " A layer that its framework refuses is a 422 that says why.",
        body=requests.OutputSizeRequest,
        answer=responses.OutputSizeAnswer,
        example={
            "framework": "pytorch",
            "input_size": [224, 224],
            "layer": {"type": "conv2d", "kernel_size": 7, "stride": 2, "padding": 3},
        },
    ),
    Operation(
        method="post",
        path="/v1/compare",
        summary="The same layer under every framework's rules",
        description="For each framework the size and padding, or why it refuses; whether its values equal those of the"
        " framework asked for; and how to write a layer there that computes the same.",
        body=requests.CompareRequest,
        answer=responses.CompareAnswer,
        example={
            "input_size": [12, 9],
            "layer": {"type": "max_pool2d", "kernel_size": 3, "stride": 2, "ceil_mode": True},
        },
    ),
    Operation(
        method="post",
        path="/v1/solve",
        summary="Every combination of unknown parameters that gives a size",
        description="Any of kernel_size, stride, padding, dilation, output_padding and input_size may be unknown. The"
        " solutions are all that the framework accepts within the bounds, simplest first: odd and smaller kernels, less"
        " dilation, smaller strides, even and smaller padding. Values are common to all axes where any are. `complete`"
        " is false when `limit` or the bound on the work cut the list.",
        body=requests.SolveRequest,
        answer=responses.SolveAnswer,
        example={
            "layer": {"type": "conv2d"},
            "input_size": [224, 224],
            "output_size": [112, 112],
            "unknown": ["kernel_size", "stride", "padding"],
            "bounds": {"kernel_size": [1, 7]},
            "limit": 3,
        },
    ),
    Operation(
        method="post",
        path="/v1/batch",
        summary="Many of one question in one request",
        description="Each item is answered with the status and body it would have had on its own, in order; one bad"
        ' item spoils no other. `detail: "sizes"` gives the leanest answers: sizes, or the names of diagnostics.',
        body=requests.BatchRequest,
        answer=responses.BatchAnswer,
        example={
            "operation": "output-size",
            "detail": "sizes",
            "items": [
                {"input_size": 6, "layer": {"type": "conv1d", "kernel_size": 3, "stride": 2}},
                {"input_size": 2, "layer": {"type": "conv1d", "kernel_size": 3}},
            ],
        },
    ),
    Operation(
        method="post",
        path="/v1/padding",
        summary="Which padding gives a wanted output size",
        description="The smallest padding that gives the size, evenly split if that is possible; the range of all"
        " totals that do; and how to write it in each framework. No solution is an answer: `solvable` is false, and the"
        " nearest reachable sizes are given. `padding` in the layer, if any, is replaced.",
        body=requests.PaddingRequest,
        answer=responses.PaddingAnswer,
        example={
            "input_size": [224, 150],
            "output_size": "same",
            "layer": {"type": "conv2d", "kernel_size": [7, 3], "stride": 2},
        },
    ),
    Operation(
        method="post",
        path="/v1/networks/validate",
        summary="Whether a network is sound, and what it costs",
        description="Every shape, cost, receptive field and diagnostic of a list or graph of layers, in one answer. A"
        " layer's `inputs` name the layers it takes; the one before by default; `input` is the network's own.",
        body=requests.NetworkRequest,
        answer=responses.NetworkReport,
        example={
            "input_shape": [1, 3, 32, 48],
            "layers": [
                {"name": "conv1", "type": "conv2d", "out_channels": 16, "kernel_size": 3, "padding": 1},
                {"type": "relu"},
                {
                    "name": "conv2",
                    "type": "conv2d",
                    "in_channels": 32,
                    "out_channels": 16,
                    "kernel_size": 3,
                    "padding": 1,
                },
                {"name": "sum", "type": "add", "inputs": ["conv1", "conv2"]},
                {"type": "max_pool2d", "kernel_size": 2},
            ],
        },
    ),
    Operation(
        method="post",
        path="/v1/convolve",
        summary="The actual numbers: a layer applied to arrays",
        description="A convolution, transposed convolution, pool, pad or crop of posted arrays. Input and weight may be"
        " bare (spatial axes only), unbatched or batched. Integers are computed exactly. Arrays travel as nested lists,"
        " flat lists, base64, or as `.npy` parts of a form; `Accept: application/x-npy` answers with one.",
        body=requests.ConvolveRequest,
        answer=responses.ConvolveAnswer,
        example={
            "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
            "weight": [[1, 0], [0, -1]],
            "layer": {"stride": 1, "padding": 0},
            "explain": [[0, 1]],
        },
    ),
    Operation(
        method="get",
        path="/v1/layers",
        summary="Every layer type with its parameters",
        description="From the registry that the code runs on: parameters, defaults, other spellings, frameworks.",
        answer=responses.LayersAnswer,
        tag="catalogue",
    ),
    Operation(
        method="get",
        path="/v1/frameworks",
        summary="Every framework with its rules",
        description="The version that each framework's rules were recorded from, and the rules by layer family.",
        answer=responses.FrameworksAnswer,
        tag="catalogue",
    ),
    Operation(
        method="get",
        path="/v1/diagnostics",
        summary="Every diagnostic in a line",
        description="Codes and names are stable.",
        answer=responses.DiagnosticsAnswer,
        tag="catalogue",
    ),
    Operation(
        method="get",
        path="/v1/diagnostics/{name}",
        summary="One diagnostic's page",
        description="What the diagnostic means and what to do about it. Its code will do for its name.",
        answer=responses.DiagnosticPage,
        path_example={"name": "channel-mismatch"},
        tag="catalogue",
    ),
    Operation(
        method="get",
        path="/v1/limits",
        summary="Every limit",
        description="What one request may ask for. Costs are computed from shapes before anything is allocated.",
        answer=responses.LimitsAnswer,
        tag="catalogue",
    ),
    Operation(
        method="get",
        path="/healthz",
        summary="Is the process alive",
        description="Answers as long as the process does.",
        answer=responses.HealthAnswer,
        tag="operations",
    ),
    Operation(
        method="get",
        path="/readyz",
        summary="Can the service answer",
        description="Computes a known size first; 503 if it comes out wrong.",
        answer=responses.ReadyAnswer,
        tag="operations",
    ),
    Operation(
        method="get",
        path="/openapi.json",
        summary="This description as JSON",
        description="The committed description, unchanged.",
        answer=JSON,
        tag="operations",
    ),
    Operation(
        method="get",
        path="/openapi.yaml",
        summary="This description as YAML",
        description="The committed description, unchanged.",
        answer="application/yaml",
        tag="operations",
    ),
    Operation(
        method="get",
        path="/docs",
        summary="A page to read and try this description on",
        description="Needs no outside host.",
        answer="text/html",
        tag="operations",
    ),
)

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
            "responses": {name: _problem(text) for name, text in ERRORS.items()},
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
    return {"description": (operation.answer.__doc__ or "").strip(), "headers": headers, "content": contents}


def _errors(operation: Operation) -> dict[int, str]:
    """The error statuses of an operation, each with the name of its response."""
    if operation.body is not None:
        return OF_A_POST
    shown = {} if isinstance(operation.answer, str) and operation.answer != JSON else {406: OF_A_POST[406]}
    if operation.path_example:
        shown[404] = "NotFound"
    if operation.path == "/readyz":
        shown[503] = OF_A_POST[503]
    return shown


def _problem(text: str) -> dict[str, Any]:
    return {
        "description": text,
        "headers": {"X-Request-ID": {"$ref": "#/components/headers/X-Request-ID"}},
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/ProblemDocument"}}},
    }


def _schemas() -> dict[str, Any]:
    models: list[type[BaseModel]] = [FlatArray, Base64Array, responses.ProblemDocument]
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
