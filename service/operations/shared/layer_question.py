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
    mistakes = list(described.diagnostics)
    shape: Shape | None = None
    if request.input_size is not None and request.input_shape is not None:
        mistakes += placed(malformed.conflicting_parameters("input_size", "input_shape", "the input", ("input_shape",)))
    elif request.input_shape is not None:
        shape = tuple(request.input_shape)
    elif request.input_size is None:
        mistakes += missing_one_of("input_size", "input_shape")
    return described, shape, mistakes
