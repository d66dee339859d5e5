"""One posted layer and one input: the form of a question that `output-size` and `compare` share."""

from typing import Annotated

from pydantic import ConfigDict, Field

from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.geometry.shapes import Shape
from service.schemas.bodies import OPSET_OF_A_FRAMEWORK, Body, missing_one_of
from service.schemas.conditions import both, one_of
from service.schemas.fields import LAYER, SHAPE, SIZE, LayerObject, PostedShape, SpatialSize
from service.schemas.graph_members import alone
from service.schemas.read_layer import describe_cached


class LayerQuestion(Body):
    """One layer and one input size or shape."""

    model_config = ConfigDict(json_schema_extra=both(OPSET_OF_A_FRAMEWORK, one_of("input_size", "input_shape")))

    layer: Annotated[LayerObject, LAYER]
    input_size: Annotated[SpatialSize | None, SIZE] = Field(None, description="Spatial sizes only.")
    input_shape: Annotated[PostedShape | None, SHAPE] = Field(
        None, description="All axes, in the framework's order; null where a size is not known."
    )


def read_question(
    request: LayerQuestion, shapes: list[list[int | None]] | None = None
) -> tuple[PostedLayer, Shape | None, list[Diagnostic]]:
    """The layer that is asked about, its input's shape if that was given, and what is wrong with either.

    `shapes` are those of several inputs, where the question takes them and they were given.
    """
    described = alone(describe_cached(request.layer, ("layer",), request.row))
    mistakes = [*described.diagnostics, *_other_inputs(described, shapes)]
    shape: Shape | None = None
    if request.input_size is not None and request.input_shape is not None:
        mistakes += placed(malformed.conflicting_parameters("input_size", "input_shape", "the input", ("input_shape",)))
    elif request.input_shape is not None:
        shape = tuple(request.input_shape)
    elif request.input_size is None and shapes is None:
        mistakes += missing_one_of("input_size", "input_shape")
    return described, shape, mistakes


def _other_inputs(described: PostedLayer, shapes: list[list[int | None]] | None) -> list[Diagnostic]:
    """The diagnostic of a layer that takes another number of inputs than is asked about."""
    least, most = described.kind.layer.takes_inputs if described.kind else (1, None)
    count, at = len(shapes or [()]), (*described.location, "type")
    if least <= count and (most is None or count <= most):
        return []
    if shapes is not None:
        wanted = f"{least}" if least == most else f"{least} or more" if most is None else f"{least} to {most}"
        bound = f"which is {count} shapes, but the layer takes {wanted} inputs"
        form, place = "a shape for each input", ("input_shapes",)
        return placed(malformed.parameter_out_of_range("input_shapes", shapes, bound, form, place))
    why = "takes no input" if most == 0 else f"takes {least} inputs at least"
    return placed(malformed.unsuitable_layer_type(described.type, f"{why}: ask about a network that holds it", at))
