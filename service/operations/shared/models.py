"""The models of the Open Inference Protocol: the layers that `/v1/convolve` applies."""

from typing import Any

from pydantic.json_schema import SkipJsonSchema

from service.core.layers import LAYERS
from service.core.layers.convolution import Convolving
from service.core.layers.separable import DepthwiseConvolution, SeparableConvolution
from service.operations.shared.array_job import APPLICABLE, ARRAYS
from service.operations.shared.operation import Operation
from service.problems import Problem
from service.schemas.tensors import LenientModel

VERSION = "1"
OUTPUT = "output"


class ModelRequest(LenientModel):
    """The model that a path names; not part of the body."""

    model: SkipJsonSchema[str]
    version: SkipJsonSchema[str] = VERSION


def require_model(request: ModelRequest) -> None:
    """Raises a Problem with status 404 where there is no such model, or no such version of it."""
    if request.model not in APPLICABLE:
        raise Problem(404, f"there is no model `{request.model}`; the models are {', '.join(sorted(APPLICABLE))}")
    if request.version != VERSION:
        raise Problem(404, f"the model `{request.model}` has no version {request.version}; there is {VERSION}")


def inputs_of(model: str) -> tuple[str, ...]:
    """The names of the inputs of a model."""
    layer = LAYERS[model].layer
    if issubclass(layer, SeparableConvolution):
        return ARRAYS
    return ARRAYS[:3] if issubclass(layer, Convolving | DepthwiseConvolution) else ARRAYS[:1]


def of_a_model(*, name: str, place: int, below: str = "", **declared: Any) -> tuple[Operation, Operation]:
    """An operation on a model, without its version in the path and with it; `name` and `below` end name and path."""
    example = {"model": "conv2d"}
    plain, versioned = "/v2/models/{model}", "/v2/models/{model}/versions/{version}"
    return (
        Operation(
            name=f"model{name}",
            path=f"{plain}{below}",
            tag="inference",
            place=place,
            path_example=example,
            **declared,
        ),
        Operation(
            name=f"modelVersion{name}",
            path=f"{versioned}{below}",
            tag="inference",
            place=place + 1,
            path_example=example | {"version": VERSION},
            **declared,
        ),
    )
