"""Bodies of the Open Inference Protocol, which is KServe's and Triton's: what is posted, and what is answered.

Members that are not known are ignored, as the protocol has it; of the parameters only those that belong to it.
"""

from typing import Annotated, Any, Literal

from annotated_types import Ge, Len
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from service.core.diagnostics.model import pointer_text
from service.core.diagnostics.reading import shown
from service.problems import Problem
from service.schemas.arrays import PostedShape
from service.schemas.responses import Answer

MOST_TENSORS = 16
NOT_AN_OBJECT = dict.fromkeys(("model_type", "model_attributes_type"), ", not an object")
Count = Annotated[int, Ge(0)]
Datatype = Literal["FP64", "FP32", "FP16", "INT64", "INT32", "INT16", "INT8", "UINT64", "UINT32", "UINT16", "UINT8"]


class Posted(BaseModel):
    """The base of what is posted."""

    model_config = ConfigDict(strict=True, extra="ignore", frozen=True)


class InputParameters(Posted):
    """How an input's numbers travel."""

    binary_data_size: Count | None = Field(None, description="Their bytes after the JSON, in place of `data`.")
    shared_memory_region: Any = Field(None, description="Not supported.")


class InputTensor(Posted):
    """An input: JSON numbers, or bytes after the JSON."""

    name: str
    shape: PostedShape
    datatype: str = Field(description="FP64, FP32, FP16, INT8 to INT64 or UINT8 to UINT64.")
    data: Any = Field(None, description="The numbers, row-major: a flat list, or one nested as the shape is.")
    parameters: InputParameters = Field(default_factory=InputParameters)


class OutputParameters(Posted):
    """How an output's numbers are to travel."""

    binary_data: bool | None = Field(None, description="As bytes after the JSON of the answer.")
    classification: Any = Field(None, description="Not supported.")
    shared_memory_region: Any = Field(None, description="Not supported.")


class RequestedOutput(Posted):
    """An output that is wanted; there is one, `output`."""

    name: str
    parameters: OutputParameters = Field(default_factory=OutputParameters)


class RequestParameters(BaseModel):
    """What the protocol knows, and beside it the layer's parameters; a list is written as text: `"[2, 2]"`."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)
    __pydantic_extra__: dict[str, Any]

    binary_data_output: bool = Field(False, description="Outputs as bytes after the JSON of the answer.")


class InferenceRequest(Posted):
    """The arrays that a layer is applied to, and its parameters."""

    id: str | None = Field(None, description="Comes back in the answer.")
    parameters: RequestParameters = Field(default_factory=RequestParameters)
    inputs: Annotated[list[InputTensor], Len(1, MOST_TENSORS)]
    outputs: Annotated[list[RequestedOutput], Len(0, MOST_TENSORS)] | None = None


def inference_request(document: Any) -> InferenceRequest:
    """The document as a request; a Problem with status 400 that says what is first wrong with it."""
    try:
        return InferenceRequest.model_validate(document)
    except ValidationError as error:
        first, *more = error.errors(include_url=False)
    also = f" (and {len(more)} more)" if more else ""
    if first["type"] == "missing":
        raise Problem(400, f"the request has no `{pointer_text(first['loc'])}`{also}")
    where = f"`{pointer_text(first['loc'])}`" if first["loc"] else "the request"
    wrong = ": " + first["msg"].lower().replace(" after validation", "")
    raise Problem(400, f"{where} is {shown(first['input'])}{NOT_AN_OBJECT.get(first['type'], wrong)}{also}")


class InferenceError(Answer):
    """An error of the protocol."""

    error: str


class LiveAnswer(Answer):
    """The process is alive."""

    live: bool


class ServerReadyAnswer(Answer):
    """The service computes."""

    ready: bool


class ModelReadyAnswer(ServerReadyAnswer):
    """The layer can be applied."""

    name: str


class ServerMetadata(Answer):
    """What answers here."""

    name: str
    version: str
    extensions: list[str]


class TensorMetadata(Answer):
    """An input or output: the usual one of its forms."""

    name: str
    datatype: Datatype = Field(description="The usual one; every other is taken too.")
    shape: list[int] = Field(description="-1: any size. A lone -1: any number of axes.")


class ModelMetadata(Answer):
    """A layer that can be applied."""

    name: str
    versions: list[str]
    platform: str
    inputs: list[TensorMetadata]
    outputs: list[TensorMetadata]


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
