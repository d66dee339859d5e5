"""`GET /v2/models/{model}`: a layer as a model of the Open Inference Protocol."""

from typing import Any

from pydantic import Field

from service.core.layers import LAYERS
from service.operations.shared.models import OUTPUT, VERSION, ModelRequest, inputs_of, of_a_model, require_model
from service.operations.shared.operation import Context
from service.schemas.answers import Answer
from service.schemas.dtypes import Datatype


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


def run(request: ModelRequest, _context: Context) -> dict[str, Any]:
    """The layer, its inputs and its output."""
    require_model(request)
    return {
        "name": request.model,
        "versions": [VERSION],
        "platform": "padstride",
        "inputs": [tensor_of_model(name, request.model) for name in inputs_of(request.model)],
        "outputs": [tensor_of_model(OUTPUT, request.model)],
    }


def tensor_of_model(name: str, model: str) -> dict[str, Any]:
    """An input or output in the usual form: batched, of 32-bit floats."""
    rank = LAYERS[model].rank
    axes = 1 if name == "bias" or rank is None else rank + 2
    return {"name": name, "datatype": "FP32", "shape": [-1] * axes}


OPERATIONS = of_a_model(
    name="Metadata",
    method="get",
    place=4,
    summary="Open Inference Protocol: a layer as a model",
    description="Its inputs and its output, in the usual form: batched, of 32-bit floats. Any other that"
    " `/v1/convolve` takes will do.",
    request=ModelRequest,
    answer=ModelMetadata,
    run=run,
)
