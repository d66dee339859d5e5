"""OPERATIONS: every path and method with its words, its models and an example, for the API description."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel

from service.routes.exchange import JSON
from service.schemas import inference, requests, responses


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


def _of_a_model(*, below: str, **told: Any) -> tuple[Operation, Operation]:
    """An operation on a model of the inference protocol, without its version and with it."""
    example = {"model": "conv2d"}
    return (
        Operation(path=f"/v2/models/{{model}}{below}", path_example=example, tag="inference", **told),
        Operation(
            path=f"/v2/models/{{model}}/versions/{{version}}{below}",
            path_example=example | {"version": "1"},
            tag="inference",
            **told,
        ),
    )


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
        ' item spoils no other. `detail: "sizes"` gives the leanest answers: sizes, or the names of diagnostics. What'
        " is bounded by work (fixes tried, combinations searched) is bounded for the batch as a whole.",
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
        path="/v1/networks/input-sizes",
        summary="Which input sizes a network accepts",
        description="Every size of the range is tried on every axis that has no size yet. The answer has the exact list"
        " and the rule behind it; `output_size` keeps those that give this output, `input_size` asks for the nearest to"
        " it. Axes that depend on each other, as under a linear head, are told as coupled, with every combination.",
        body=requests.InputSizesRequest,
        answer=responses.InputSizesAnswer,
        example={
            "channels": 3,
            "input_size": 350,
            "layers": [
                {"name": "down", "type": "max_pool2d", "kernel_size": 2},
                {"type": "upsample", "scale_factor": 2},
                {"type": "concat", "inputs": ["upsample_1", "input"]},
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
        path="/v2",
        summary="Open Inference Protocol: what answers here",
        description="The name and version of the service, and the extension that it knows: binary tensor data.",
        answer=inference.ServerMetadata,
        tag="inference",
    ),
    Operation(
        method="get",
        path="/v2/health/live",
        summary="Open Inference Protocol: is the process alive",
        description="As `/healthz`, in the words of the protocol.",
        answer=inference.LiveAnswer,
        tag="inference",
    ),
    Operation(
        method="get",
        path="/v2/health/ready",
        summary="Open Inference Protocol: can the service answer",
        description="As `/readyz`, in the words of the protocol.",
        answer=inference.ServerReadyAnswer,
        tag="inference",
    ),
    *_of_a_model(
        method="get",
        below="",
        summary="Open Inference Protocol: a layer as a model",
        description="Its inputs and its output, in the usual form: batched, of 32-bit floats. Any other that"
        " `/v1/convolve` takes will do.",
        answer=inference.ModelMetadata,
    ),
    *_of_a_model(
        method="get",
        below="/ready",
        summary="Open Inference Protocol: can the layer be applied",
        description="It can, if there is such a layer and the service computes.",
        answer=inference.ModelReadyAnswer,
    ),
    *_of_a_model(
        method="post",
        below="/infer",
        summary="Open Inference Protocol: a layer applied to tensors",
        description="As `/v1/convolve`, for any client of KServe or Triton. The layer's parameters are the request's;"
        ' lists are written as text: `"stride": "[2, 2]"`. Tensors are JSON numbers, or bytes after the JSON, whose'
        " length `Inference-Header-Content-Length` then tells.",
        body=inference.InferenceRequest,
        answer=inference.InferenceAnswer,
        example={
            "id": "edges",
            "parameters": {"stride": "[1, 2]"},
            "inputs": [
                {"name": "input", "shape": [3, 3], "datatype": "INT32", "data": [1, 2, 3, 4, 5, 6, 7, 8, 9]},
                {"name": "weight", "shape": [2, 1], "datatype": "INT32", "data": [[1], [-1]]},
            ],
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
