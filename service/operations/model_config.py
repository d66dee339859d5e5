"""`GET /v2/models/{model}/config`: a layer as Triton describes the configuration of a model."""

from typing import Any

from pydantic import Field

from service.operations.model_metadata import tensor_of_model
from service.operations.shared.models import OUTPUT, ModelRequest, inputs_of, of_a_model, require_model
from service.operations.shared.operation import Context
from service.schemas.answers import Answer

NEEDED = frozenset({"input", "weight", "pointwise_weight"})
"""Inputs that a model has to have, where it has them at all."""


class InputConfig(Answer):
    """An input: the usual one of its forms."""

    name: str
    data_type: str
    dims: list[int] = Field(description="-1: any size.")
    optional: bool


class OutputConfig(Answer):
    """The output: the usual one of its forms."""

    name: str
    data_type: str
    dims: list[int] = Field(description="-1: any size.")


class ModelConfig(Answer):
    """The configuration of a model."""

    name: str
    platform: str
    backend: str
    max_batch_size: int = Field(description="0: the batch is an axis like any other.")
    input: list[InputConfig]
    output: list[OutputConfig]


def run(request: ModelRequest, _context: Context) -> dict[str, Any]:
    """The configuration, or a Problem with status 404."""
    require_model(request)
    inputs = [{**_tensor(name, request.model), "optional": name not in NEEDED} for name in inputs_of(request.model)]
    return {
        "name": request.model,
        "platform": "padstride",
        "backend": "padstride",
        "max_batch_size": 0,
        "input": inputs,
        "output": [_tensor(OUTPUT, request.model)],
    }


def _tensor(name: str, model: str) -> dict[str, Any]:
    """An input or output in Triton's words."""
    tensor = tensor_of_model(name, model)
    return {"name": name, "data_type": f"TYPE_{tensor['datatype']}", "dims": tensor["shape"]}


OPERATIONS = of_a_model(
    name="Config",
    method="get",
    place=10,
    below="/config",
    summary="Triton: the configuration of a layer as a model",
    description="What `/v2/models/{model}` says, in the words of Triton's model configuration.",
    request=ModelRequest,
    answer=ModelConfig,
    run=run,
)
