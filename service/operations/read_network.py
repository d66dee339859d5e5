"""`POST /v1/networks/read`: a model as people have it, read into the network that the other questions take."""

from typing import Annotated, Any

from pydantic import ConfigDict, Field

from service.core.diagnostics import pointer_text
from service.operations.shared.network_body import FORMS_OF_INPUTS, MODEL, ShapedBody
from service.operations.shared.operation import Context, Operation
from service.operations.shared.read_models import read_model
from service.rendering import diagnostic_object, place_object
from service.schemas.answers import LOCATION, Answer, DiagnosticObject, ModelPlace
from service.schemas.bodies import OPSET_OF_A_FRAMEWORK
from service.schemas.conditions import at_most_one_of, both
from service.schemas.posted_model import ModelObject


class ReadRequest(ShapedBody):
    """A model, and the shapes of what goes in where the model does not have them."""

    model_config = ConfigDict(json_schema_extra=both(OPSET_OF_A_FRAMEWORK, at_most_one_of(*FORMS_OF_INPUTS)))

    model: Annotated[ModelObject, MODEL] = Field(description="Source code, a configuration or a file.")


class PlaceInModel(Answer):
    """A part of the network, and where it stands in the model."""

    location: str = Field(description="A JSON Pointer into `network`.")
    source: ModelPlace


class UnknownInModel(Answer):
    """What the reader did not understand."""

    location: str = Field(description=LOCATION)
    source: ModelPlace | None = None
    message: str


class ReadAnswer(Answer):
    """The network of a model."""

    format: str
    network: dict[str, Any] = Field(description="As `/v1/networks/validate` takes it.")
    sources: list[PlaceInModel] = Field(description="Where its layers and parameters stand in the model.")
    not_understood: list[UnknownInModel]
    diagnostics: list[DiagnosticObject] = Field(description="What would fail before a layer does.")


def run(request: ReadRequest, context: Context) -> dict[str, Any]:
    """The network, the places of its parts, and what was not understood."""
    request.require_one_form_of_inputs()
    model = read_model(request.model, request, context)
    if context.lean:
        return {"network": model.reading.network}
    unknowns = [diagnostic_object(unknown) for unknown in model.unknowns]
    return {
        "format": model.format.name,
        "network": model.reading.network,
        "sources": [
            {"location": pointer_text(pointer), "source": place_object(place)}
            for pointer, place in model.reading.places.items()
        ],
        "not_understood": [
            {name: unknown[name] for name in ("location", "source", "message") if name in unknown}
            for unknown in unknowns
        ],
        "diagnostics": [diagnostic_object(mistake) for mistake in model.mistakes],
    }


OPERATION = Operation(
    name="readNetwork",
    method="post",
    path="/v1/networks/read",
    tag="questions",
    place=9,
    summary="The network in a model file or source code",
    description="PyTorch and Keras source, Keras configurations and `.keras` files, ONNX files and exported programs as"
    " the network that the other questions take, with the place of each part in what was posted. Nothing posted is"
    " executed. What is not understood is unknown, and listed.",
    request=ReadRequest,
    answer=ReadAnswer,
    run=run,
    takes_model=True,
    batched=True,
    example={
        "model": {
            "source": '{"input_shape": [1, 3, 32, 32], "layers": [{"type": "conv2d", "out_channels": 8,'
            ' "kernel_size": 3}]}',
        }
    },
)
