"""`/v2`: the Open Inference Protocol, whose models are the layers that `/v1/convolve` applies."""

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
import pydantic_core
from flask import Blueprint, Response, request

from service import __version__
from service.core.convolve.engine import Operands, Result
from service.core.diagnostics.reading import shown
from service.core.layers import LAYERS
from service.core.layers.base import OF_THE_GRAPH
from service.core.layers.separable import DepthwiseConvolution, SeparableConvolution
from service.core.layers.windows import Convolving
from service.problems import INFERENCE, Problem, refused
from service.routes.convolve import APPLICABLE, computed, options_of, prepared, require_affordable
from service.routes.encoding import coding_wanted, packed
from service.routes.exchange import JSON, body_bytes, dumps, parse_in_turn
from service.routes.gate import heavy_work
from service.routes.health import require_ready
from service.routes.operands import NAMES
from service.schemas.arrays import Array
from service.schemas.inference import InferenceRequest, inference_request
from service.schemas.requests import ConvolveRequest, validated
from service.schemas.tensors import as_tensor, read_tensors
from service.settings import settings

blueprint = Blueprint("inference", __name__, url_prefix=INFERENCE)

VERSION = "1"
OUTPUT = "output"
BYTES = "application/octet-stream"
HEAD_LENGTH = "Inference-Header-Content-Length"
LENGTH = re.compile(r"[0-9]{1,18}", re.ASCII)
OPTIONS = ConvolveRequest.model_fields.keys() - {*NAMES, "layer", "dtype", "explain", "respond_with"}
"""Parameters that are the request's, not the layer's."""
OF_SCHEDULERS = frozenset({"sequence_id", "sequence_start", "sequence_end", "priority", "timeout", "headers"})
"""Parameters that clients send to every server, and that mean nothing here; as does what begins with `triton_`."""


@blueprint.get("")
def server() -> Response:
    """What answers here."""
    return said({"name": "padstride", "version": __version__, "extensions": ["binary_tensor_data"]})


@blueprint.get("/health/live")
def live() -> Response:
    """The process is alive."""
    return said({"live": True})


@blueprint.get("/health/ready")
def ready() -> Response:
    """The service computes."""
    require_ready()
    return said({"ready": True})


@blueprint.get("/models/<model>")
@blueprint.get("/models/<model>/versions/<version>")
def metadata(model: str, version: str = VERSION) -> Response:
    """A layer, its inputs and its output."""
    require_model(model, version)
    inputs = [_described(name, model) for name in inputs_of(model)]
    outputs = [_described(OUTPUT, model)]
    versions = [VERSION]
    return said({"name": model, "versions": versions, "platform": "padstride", "inputs": inputs, "outputs": outputs})


@blueprint.get("/models/<model>/ready")
@blueprint.get("/models/<model>/versions/<version>/ready")
def model_ready(model: str, version: str = VERSION) -> Response:
    """The layer can be applied."""
    require_model(model, version)
    require_ready()
    return said({"name": model, "ready": True})


@blueprint.post("/models/<model>/infer")
@blueprint.post("/models/<model>/versions/<version>/infer")
def infer(model: str, version: str = VERSION) -> Response:
    """The layer applied to the tensors of the body."""
    require_model(model, version)
    body = body_bytes()
    end = head_length(len(body))
    asked = inference_request(parse_in_turn(body if end == len(body) else body[:end]))
    binary = wants_binary(asked)
    options = read_parameters(model, asked.parameters.__pydantic_extra__)
    arrays = read_tensors(asked.inputs, inputs_of(model), body, end, settings().max_array_elements)
    layer = validated(ConvolveRequest, options)
    job = prepared(layer, _operands(arrays))
    if isinstance(job, list):
        raise refused(job)
    require_affordable(job)
    with heavy_work():
        return _answered(model, asked, computed(job, options_of(layer)), binary=binary)


def _operands(arrays: Mapping[str, Array]) -> Operands:
    """The arrays of a request as the engine takes them."""
    if "input" not in arrays:
        raise Problem(400, "there is no input `input`, which is what the layer is applied to")
    return Operands(
        source=arrays["input"],
        weight=arrays.get("weight"),
        bias=arrays.get("bias"),
        pointwise=arrays.get("pointwise_weight"),
    )


def require_model(model: str, version: str) -> None:
    """A Problem with status 404 for what is not there."""
    if model not in APPLICABLE:
        raise Problem(404, f"there is no model `{model}`; the models are {', '.join(sorted(APPLICABLE))}")
    if version != VERSION:
        raise Problem(404, f"the model `{model}` has no version {version}; there is {VERSION}")


def inputs_of(model: str) -> tuple[str, ...]:
    """The names of the inputs of a model."""
    layer = LAYERS[model].layer
    if issubclass(layer, SeparableConvolution):
        return NAMES
    return NAMES[:3] if issubclass(layer, Convolving | DepthwiseConvolution) else NAMES[:1]


def _described(name: str, model: str) -> dict[str, Any]:
    """An input or output in the usual form: batched, of 32-bit floats."""
    rank = LAYERS[model].rank
    axes = 1 if name == "bias" or rank is None else rank + 2
    return {"name": name, "datatype": "FP32", "shape": [-1] * axes}


def head_length(size: int) -> int:
    """Where the JSON ends in a body of this size: at its end, unless a header says otherwise."""
    told = request.headers.get(HEAD_LENGTH)
    if told is None:
        return size
    if not LENGTH.fullmatch(told):
        raise Problem(400, f"`{HEAD_LENGTH}` is {shown(told)}, not a number of bytes")
    if int(told) > size:
        raise Problem(400, f"`{HEAD_LENGTH}` is {told}, but the body has {size} bytes")
    return int(told)


def wants_binary(asked: InferenceRequest) -> bool:
    """Whether the output is to be bytes; a Problem where another output is asked for, or another form."""
    outputs = asked.outputs or []
    for wanted in outputs:
        if wanted.name != OUTPUT:
            raise Problem(400, f"there is no output {shown(wanted.name)}; there is `{OUTPUT}`")
        for name in ("classification", "shared_memory_region"):
            if getattr(wanted.parameters, name) is not None:
                raise Problem(400, f"the parameter `{name}` of an output is not supported")
    if len(outputs) > 1:
        raise Problem(400, f"the output `{OUTPUT}` is asked for twice")
    own = outputs[0].parameters.binary_data if outputs else None
    return asked.parameters.binary_data_output if own is None else own


def read_parameters(model: str, parameters: Mapping[str, Any]) -> dict[str, Any]:
    """The body of `/v1/convolve` that the parameters of a request stand for, its arrays left out."""
    read = {
        name: _read_parameter(name, value)
        for name, value in parameters.items()
        if name not in OF_SCHEDULERS and not name.startswith("triton_")
    }
    for name in ("type", *OF_THE_GRAPH):
        if name in read:
            raise Problem(400, f"a layer takes no parameter `{name}` here: the path names it")
    layer = {"type": model} | {name: value for name, value in read.items() if name not in OPTIONS}
    return {name: value for name, value in read.items() if name in OPTIONS} | {"layer": layer}


def _read_parameter(name: str, value: Any) -> Any:
    """A parameter's value: a number, a truth value or text, which may be a list in JSON."""
    if value is None or isinstance(value, list | dict):
        detail = f"the parameter {shown(name)} is {shown(value)}, not a number, a truth value or text"
        raise Problem(400, f'{detail}; a list is written as text: "[2, 2]"')
    if not isinstance(value, str) or not value.startswith("["):
        return value
    try:
        return pydantic_core.from_json(value)
    except ValueError as error:
        raise Problem(400, f"the parameter {shown(name)} is {shown(value)}, not a list in JSON: {error}") from None


def _answered(model: str, asked: InferenceRequest, result: Result, *, binary: bool) -> Response:
    """The output in the form that was asked for."""
    if not binary and result.output.dtype.kind == "f" and not np.isfinite(result.output).all():
        detail = "the output holds NaN or infinity, which JSON cannot carry"
        raise Problem(400, f"{detail}; ask for bytes, with the parameter `binary_data_output` or `binary_data`")
    tensor, data = as_tensor(OUTPUT, result.output, binary=binary)
    head = dumps(
        {"model_name": model, "model_version": VERSION}
        | ({} if asked.id is None else {"id": asked.id})
        | {"parameters": {"algorithm": result.algorithm}, "outputs": [tensor]}
    )
    if not binary:
        return said_in([head], JSON)
    response = said_in([head, data], BYTES)
    response.headers[HEAD_LENGTH] = str(len(head))
    return response


def said(body: Mapping[str, Any]) -> Response:
    """An answer in JSON, whatever the caller accepts: the protocol does not negotiate."""
    return Response(dumps(body), content_type=JSON)


def said_in(chunks: list[bytes], content_type: str) -> Response:
    """An answer of several pieces, compressed if the caller asks for it."""
    coding = coding_wanted()
    response = Response(chunks if coding is None else packed(chunks, coding), content_type=content_type)
    response.headers["Vary"] = "Accept-Encoding"
    if coding is not None:
        response.headers["Content-Encoding"] = coding
    return response
