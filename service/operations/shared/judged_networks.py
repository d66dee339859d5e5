"""Requests about a whole network: the body that is posted, and the network that it holds."""

from contextlib import AbstractContextManager, nullcontext
from typing import Annotated, TypeVar

from annotated_types import Len
from pydantic import ConfigDict, Field

from service.core.diagnostics import malformed, placed
from service.core.geometry.shapes import Shape
from service.core.layers.pointers import Pointer
from service.core.networks.network import Network
from service.models.recorder import ONLY_INPUT
from service.observability.ledger import LEDGER
from service.operations.shared.dependency_boxes import OutputOfLayer
from service.operations.shared.network_body import FORMS_OF_INPUTS, ONE_HOLDER, NetworkBody, ShapedBody
from service.operations.shared.network_layers import nodes_of
from service.operations.shared.operation import Context
from service.operations.shared.read_models import ReadModel, read_model, require_one_holder, with_network
from service.problems import refused
from service.schemas.bodies import OPSET_OF_A_FRAMEWORK, missing_one_of
from service.schemas.conditions import any_of, at_most_one_of, both, has
from service.schemas.fields import DETAIL, OUTPUTS, Detail, InputName
from service.settings import settings


class JudgedRequest(NetworkBody, ShapedBody):
    """What is posted of a network that is to be judged: layers, or a model, and the shape of what goes in."""

    model_config = ConfigDict(
        json_schema_extra=both(
            OPSET_OF_A_FRAMEWORK,
            ONE_HOLDER,
            at_most_one_of(*FORMS_OF_INPUTS),
            at_most_one_of("model", "outputs"),
            any_of(has("model"), has("input_shape"), has("inputs")),
        )
    )

    outputs: Annotated[list[InputName] | None, Len(1), OUTPUTS] = Field(
        None, description="The names of the network's own outputs; the last layer by default."
    )
    detail: Annotated[Detail, DETAIL] = Field("full", description='"sizes" leaves costs and receptive fields out.')

    @property
    def boxes_of(self) -> list[OutputOfLayer]:
        """The outputs whose boxes of input pixels are wanted; none by default."""
        return []


Request = TypeVar("Request", bound=JudgedRequest)


def with_layers(request: Request, context: Context) -> tuple[Request, ReadModel | None]:
    """The request with the layers that its model has, and the model; as it is where it has layers itself.

    Raises:
        Problem: where nothing can be made of it.
    """
    require_one_holder(request)
    request.require_one_form_of_inputs()
    if request.model is None:
        if request.input_shapes is not None:
            facts = malformed.unknown_parameter("a network of `layers`", "input_shapes", ("inputs",), ("input_shapes",))
            raise refused(placed(facts))
        return request, None
    if request.outputs is not None:
        facts = malformed.conflicting_parameters("model", "outputs", "the outputs", ("outputs",))
        raise refused(placed(facts))
    model = read_model(request.model, request, context)
    if not model.reading.network["layers"]:
        return request, model
    read = with_network(request, model.reading)
    LEDGER.judged(len(read.layers))
    return read, model


def slot_for(layers: int, context: Context) -> AbstractContextManager[None]:
    """A slot for judging so many layers, each time that one is judged again counted; none for few."""
    return context.slot() if layers >= settings().large_network_layers else nullcontext()


def network_of(request: JudgedRequest) -> Network:
    """The network that was posted.

    Raises:
        Problem: where it has no input, or too many layers.
    """
    shapes, locations = _inputs(request)
    row = request.row
    return Network(
        framework=row,
        inputs=shapes,
        input_locations=locations,
        nodes=nodes_of(request.layers, row),
        outputs=None if request.outputs is None else tuple(request.outputs),
    )


def _inputs(request: JudgedRequest) -> tuple[dict[str, Shape], dict[str, Pointer]]:
    """The shapes of the inputs by name, and where each was posted."""
    posted: dict[str, tuple[list[int | None], Pointer]]
    if request.inputs is not None:
        posted = {name: (shape, ("inputs", name)) for name, shape in request.inputs.items()}
    elif request.input_shape is not None:
        posted = {ONLY_INPUT: (request.input_shape, ("input_shape",))}
    else:
        raise refused(missing_one_of("input_shape", "inputs"))
    shapes = {name: tuple(shape) for name, (shape, _) in posted.items()}
    return shapes, {name: location for name, (_, location) in posted.items()}
