"""One posted layer and one input: the form of a question that `output-size` and `compare` share."""

from typing import Annotated

from pydantic import Field

from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.geometry.shapes import Shape
from service.schemas.bodies import Body, missing_one_of
from service.schemas.fields import LAYER, SHAPE, SIZE, LayerObject, PostedShape, SpatialSize
from service.schemas.read_layer import describe


class LayerQuestion(Body):
    """One layer and one input size or shape."""

    layer: Annotated[LayerObject, LAYER]
    input_size: Annotated[SpatialSize | None, SIZE] = Field(None, description="Spatial sizes only.")
    input_shape: Annotated[PostedShape | None, SHAPE] = Field(
        None, description="All axes, in the framework's order; null where a size is not known."
    )


def read_question(request: LayerQuestion) -> tuple[PostedLayer, Shape | None, list[Diagnostic]]:
    """The layer that is asked about, its input's shape if that was given, and what is wrong with either."""
    described = describe(request.layer, ("layer",), framework=request.row)
    mistakes = [*described.diagnostics, *_other_inputs(described)]
    shape: Shape | None = None
    if request.input_size is not None and request.input_shape is not None:
        mistakes += placed(malformed.conflicting_parameters("input_size", "input_shape", "the input", ("input_shape",)))
    elif request.input_shape is not None:
        shape = tuple(request.input_shape)
    elif request.input_size is None:
        mistakes += missing_one_of("input_size", "input_shape")
    return described, shape, mistakes


def _other_inputs(described: PostedLayer) -> list[Diagnostic]:
    """The diagnostic of a layer that takes another number of inputs than the one that is asked about."""
    least, most = described.kind.layer.takes_inputs if described.kind else (1, 1)
    if least <= 1 and most != 0:
        return []
    why = "takes no input" if most == 0 else f"takes {least} inputs at least"
    at = (*described.location, "type")
    return placed(malformed.unsuitable_layer_type(described.type, f"{why}: ask about a network that holds it", at))
