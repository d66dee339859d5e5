"""`POST /v2/models/{model}/infer`: a layer applied to tensors, by the Open Inference Protocol.

Members that are not known are ignored, as the protocol has it; of the parameters only those that belong to it.
"""

from typing import Annotated, Any

import numpy as np
import pydantic_core
from annotated_types import Len
from pydantic import BaseModel, ConfigDict, Field, ValidationError, WithJsonSchema

from service.core.convolve.engine import Result
from service.core.diagnostics.malformed import shown
from service.core.diagnostics.model import pointer_text
from service.core.layers.pointers import OF_THE_GRAPH
from service.operations.shared.array_job import (
    ARRAYS,
    ConvolveRequest,
    computed,
    operands_of,
    prepared,
    require_affordable,
)
from service.operations.shared.models import OUTPUT, VERSION, ModelRequest, inputs_of, of_a_model, require_model
from service.operations.shared.operation import Context
from service.problems import Problem, refused
from service.schemas.answers import Answer, Count
from service.schemas.bodies import validated
from service.schemas.conditions import absent, both
from service.schemas.dtypes import Datatype
from service.schemas.tensors import InputTensor, LenientModel, Refused, read_tensors, tensor_of
from service.settings import settings

MOST_TENSORS = 16
"""Inputs or outputs of one request. Chosen: no layer has as many."""
NOT_AN_OBJECT = dict.fromkeys(("model_type", "model_attributes_type"), ", not an object")
OPTIONS = ConvolveRequest.model_fields.keys() - {*ARRAYS, "layer", "dtype", "explain", "respond_with"}
"""Parameters that are the request's, not the layer's."""
OF_SCHEDULERS = frozenset({"sequence_id", "sequence_start", "sequence_end", "priority", "timeout", "headers"})
"""Parameters that clients send to every server, and that mean nothing here; as does what begins with `triton_`."""


class OutputParameters(LenientModel):
    """How an output's numbers are to travel; shared memory and classification are not supported."""

    model_config = ConfigDict(json_schema_extra=both(absent("classification", "shared_memory_region")))

    binary_data: bool | None = Field(None, description="As bytes after the JSON of the answer.")
    classification: Refused = None
    shared_memory_region: Refused = None


class RequestedOutput(LenientModel):
    """An output that is wanted; there is one, `output`."""

    name: Annotated[str, WithJsonSchema({"type": "string", "const": OUTPUT})]
    parameters: OutputParameters = Field(default_factory=OutputParameters)


class RequestParameters(BaseModel):
    """What the protocol knows, and beside it the layer's parameters; a list is written as text: `"[2, 2]"`."""

    model_config = ConfigDict(
        strict=True,
        extra="allow",
        frozen=True,
        json_schema_extra={
            "additionalProperties": {"type": ["boolean", "number", "string"]},
            "propertyNames": {"not": {"enum": ["type", *sorted(OF_THE_GRAPH)]}},
        },
    )
    __pydantic_extra__: dict[str, Any]

    binary_data_output: bool = Field(False, description="Outputs as bytes after the JSON of the answer.")


class InferenceRequest(ModelRequest):
    """The arrays that a layer is applied to, and its parameters."""

    id: str | None = Field(None, description="Comes back in the answer.")
    parameters: RequestParameters = Field(default_factory=RequestParameters)
    inputs: Annotated[list[InputTensor], Len(1, MOST_TENSORS)]
    outputs: Annotated[list[RequestedOutput], Len(0, MOST_TENSORS)] | None = None


class AnswerParameters(Answer):
    """How the output was computed."""

    algorithm: str


class TensorParameters(Answer):
    """How the numbers travel."""

    binary_data_size: Count = Field(description="Their bytes after the JSON.")


class OutputTensor(Answer):
    """The output: JSON numbers, or bytes after the JSON."""

    name: str
    datatype: Datatype
    shape: list[int]
    parameters: TensorParameters | None = None
    data: list[float] | None = Field(None, description="The numbers, flat, row-major.")


class InferenceAnswer(Answer):
    """The output of a layer."""

    model_name: str
    model_version: str
    id: str | None = None
    parameters: AnswerParameters
    outputs: list[OutputTensor]


def inference_request(model: type[InferenceRequest], document: Any) -> InferenceRequest:
    """The document as a request.

    Raises:
        Problem: with status 400, saying what is first wrong with it.
    """
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first, *more = error.errors(include_url=False)
    also = f" (and {len(more)} more)" if more else ""
    if first["type"] == "missing":
        raise Problem(400, f"the request has no `{pointer_text(first['loc'])}`{also}")
    where = f"`{pointer_text(first['loc'])}`" if first["loc"] else "the request"
    wrong = ": " + first["msg"].lower().replace(" after validation", "")
    raise Problem(400, f"{where} is {shown(first['input'])}{NOT_AN_OBJECT.get(first['type'], wrong)}{also}")


def run(request: InferenceRequest, context: Context) -> dict[str, Any]:
    """The output in JSON, of tensors in JSON; bytes have to travel beside it, which takes a view."""
    require_model(request)
    if wants_binary(request):
        raise Problem(400, "the output cannot be bytes here: only HTTP carries bytes after the JSON")
    return members(request, apply(request, b"", 0, context), binary=False)[0]


def apply(request: InferenceRequest, body: bytes | bytearray, start: int, context: Context) -> Result:
    """The layer applied to the tensors, whose bytes are in the body from `start`; a slot is held meanwhile."""
    document = _convolve_document(request)
    arrays = read_tensors(request.inputs, inputs_of(request.model), body, start, settings().max_array_elements)
    options = validated(ConvolveRequest, document)
    if "input" not in arrays:
        raise Problem(400, "there is no input `input`, which is what the layer is applied to")
    job = prepared(options, operands_of(arrays))
    if isinstance(job, list):
        raise refused(job)
    require_affordable(job)
    with context.slot():
        return computed(job, options)


def wants_binary(request: InferenceRequest) -> bool:
    """Whether the output is to be bytes.

    Raises:
        Problem: with status 400 where another output, or another form of it, is requested.
    """
    outputs = request.outputs or []
    for output in outputs:
        if output.name != OUTPUT:
            raise Problem(400, f"there is no output {shown(output.name)}; there is `{OUTPUT}`")
        for name in ("classification", "shared_memory_region"):
            if getattr(output.parameters, name) is not None:
                raise Problem(400, f"the parameter `{name}` of an output is not supported")
    if len(outputs) > 1:
        raise Problem(400, f"the output `{OUTPUT}` is requested more than once")
    own = outputs[0].parameters.binary_data if outputs else None
    return request.parameters.binary_data_output if own is None else own


def _convolve_document(request: InferenceRequest) -> dict[str, Any]:
    """The body of `/v1/convolve` that the parameters of a request stand for, without its arrays."""
    parameters = {
        name: _read_parameter(name, value)
        for name, value in request.parameters.__pydantic_extra__.items()
        if name not in OF_SCHEDULERS and not name.startswith("triton_")
    }
    for name in ("type", *OF_THE_GRAPH):
        if name in parameters:
            raise Problem(400, f"a layer takes no parameter `{name}` here: the path names it")
    layer = {"type": request.model} | {name: value for name, value in parameters.items() if name not in OPTIONS}
    return {name: value for name, value in parameters.items() if name in OPTIONS} | {"layer": layer}


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


def members(request: InferenceRequest, result: Result, *, binary: bool) -> tuple[dict[str, Any], bytes]:
    """The JSON of the answer, and the bytes that follow it (none unless `binary`).

    Raises:
        Problem: with status 400 where JSON has no form for the output.
    """
    if not binary and result.output.dtype.kind == "f" and not np.isfinite(result.output).all():
        detail = "the output holds NaN or infinity, which JSON cannot carry"
        raise Problem(400, f"{detail}; ask for bytes, with the parameter `binary_data_output` or `binary_data`")
    tensor, data = tensor_of(OUTPUT, result.output, binary=binary)
    answer = (
        {"model_name": request.model, "model_version": VERSION}
        | ({} if request.id is None else {"id": request.id})
        | {"parameters": {"algorithm": result.algorithm}, "outputs": [tensor]}
    )
    return answer, data


OPERATIONS = of_a_model(
    name="Infer",
    method="post",
    place=8,
    below="/infer",
    summary="Open Inference Protocol: a layer applied to tensors",
    description="As `/v1/convolve`, for any client of KServe or Triton. The layer's parameters are the request's;"
    ' lists are written as text: `"stride": "[2, 2]"`. Tensors are JSON numbers, or bytes after the JSON, whose'
    " length `Inference-Header-Content-Length` then gives.",
    request=InferenceRequest,
    validate=inference_request,
    answer=InferenceAnswer,
    run=run,
    example={
        "id": "edges",
        "parameters": {"stride": "[1, 2]"},
        "inputs": [
            {"name": "input", "shape": [3, 3], "datatype": "INT32", "data": [1, 2, 3, 4, 5, 6, 7, 8, 9]},
            {"name": "weight", "shape": [2, 1], "datatype": "INT32", "data": [[1], [-1]]},
        ],
    },
)
