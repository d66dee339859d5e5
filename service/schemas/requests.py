"""Request bodies. A layer is taken as it is posted, and read by `service.schemas.layers`."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, TypeVar

from annotated_types import Ge, Le, Len
from pydantic import BaseModel, ConfigDict, FailFast, Field, ValidationError, WithJsonSchema

from service.core.diagnostics import Diagnostic, Fact, placed
from service.core.diagnostics.reading import missing_parameter, parameter_out_of_range, unknown_parameter, wrong_type
from service.core.frameworks import FRAMEWORKS, Framework
from service.core.geometry.shapes import LARGEST, Shape
from service.core.layers.base import LONGEST_NAME
from service.core.layers.parameters import Positive
from service.problems import refused
from service.schemas.errors import facts, require_narrow

LAYER_REFERENCE = {"allOf": [{"$ref": "#/components/schemas/Layer"}]}
"""In an allOf of one, since Pydantic would look for a bare reference among its own models."""

LayerObject = Annotated[Any, WithJsonSchema(LAYER_REFERENCE)]
ConvolveLayer = Annotated[
    Any,
    WithJsonSchema({"anyOf": [LAYER_REFERENCE, {"$ref": "#/components/schemas/UntypedConvolutionLayer"}]}),
]
UnknownLayer = Annotated[
    Any,
    WithJsonSchema({"type": "object", "description": "A layer less its unknowns.", "required": ["type"]}),
]
Unknown = Literal["kernel_size", "stride", "padding", "dilation", "output_padding", "input_size"]
Bounds = Annotated[list[Annotated[int, Ge(0), Le(LARGEST)]], Len(2, 2)]
FrameworkName = Literal["pytorch", "keras", "onnx", "jax"]
BatchOperation = Literal["output-size", "compare", "padding", "solve", "networks/validate", "networks/input-sizes"]
SpatialSize = Positive | Annotated[list[Positive], Len(1, 3)]
Index = Annotated[int, Ge(0)]
InputName = Annotated[str, Len(1, LONGEST_NAME)]
PostedShape = Annotated[list[Positive | None], Len(1, 8)]
ArrayJson = Annotated[
    Any,
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "array", "items": {}, "description": "Nested lists of numbers, all rows of one length."},
                {"type": "number"},
                {"$ref": "#/components/schemas/FlatArray"},
                {"$ref": "#/components/schemas/Base64Array"},
            ]
        }
    ),
]

OPSETS = FRAMEWORKS["onnx"].opsets or (0, 0)
OPSET_FORM = f"an integer from {OPSETS[0]} to {OPSETS[1]}"
FORMS: Mapping[str, str] = {
    "framework": "one of " + ", ".join(f'"{name}"' for name in FRAMEWORKS),
    "opset": OPSET_FORM,
    "input_size": "an integer of at least 1, or one per axis",
    "output_size": 'an integer of at least 1, or one per axis, or "same" or "causal"',
    "input_shape": "a list of integers of at least 1; the first may be null",
    "inputs": "an object of shapes by name",
    "receptive_field_of": "a list of objects with `layer` and `output`",
    "channels": "an integer of at least 1, or an object of them by name",
    "rank": "an integer from 1 to 3",
    "range": "a list of two integers of at least 1: the least and the most",
    "unknown": "a list of kernel_size, stride, padding, dilation, output_padding, input_size",
    "bounds": "an object of [least, greatest] by unknown",
    "limit": "an integer from 1 to 1000",
    "operation": "the path of a question after /v1/",
    "items": "a list of bodies",
    "layer": "a layer object",
    "layers": "a list of layer objects",
    "detail": '"full" or "sizes"',
    "input": "an array",
    "weight": "an array",
    "bias": "an array",
    "pointwise_weight": "an array",
    "layout": '"channels_first" or "channels_last"',
    "dtype": "the name of a number type",
    "flip_kernel": "true or false",
    "algorithm": "the name of an algorithm",
    "precision": '"default" or "fast"',
    "explain": "a list of positions, each one index per axis of the output",
    "respond_with": '"nested", "flat" or "base64"',
}
"""What each member of a body takes, in the words of its error message."""


class Body(BaseModel):
    """What all bodies share: the framework whose rules apply."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    framework: FrameworkName = Field("pytorch", description="Whose rules apply.")
    opset: int | None = Field(None, description="ONNX only: the operator set, the newest by default.")

    @property
    def row(self) -> Framework:
        """The framework's row."""
        return FRAMEWORKS[self.framework].at(self.opset)


class OutputSizeRequest(Body):
    """One layer and one input size or shape."""

    layer: LayerObject
    input_size: SpatialSize | None = Field(None, description="Spatial sizes only.")
    input_shape: PostedShape | None = Field(None, description="All axes, in the framework's order; batch may be null.")


class PaddingRequest(Body):
    """One layer, its input size, and the output size it should have."""

    layer: LayerObject
    input_size: SpatialSize = Field(description="Spatial sizes only.")
    output_size: SpatialSize | Literal["same", "causal"] = Field(
        description='The size wanted; "same" and "causal" are ceil(input / stride), "causal" with padding before only.'
    )


class CompareRequest(OutputSizeRequest):
    """One layer and one input size or shape, in the order of axes of the framework named."""


class SolveRequest(Body):
    """One layer with unknown parameters, and the output size it should have."""

    layer: UnknownLayer
    output_size: SpatialSize = Field(description="The size wanted.")
    unknown: Annotated[list[Unknown], Len(1, 6)] = Field(description="What to solve for.")
    input_size: SpatialSize | None = Field(None, description="Spatial sizes only; left out where it is unknown.")
    bounds: dict[Unknown, Bounds] = Field(
        default_factory=dict, description="Least and greatest value of each unknown; wide defaults otherwise."
    )
    limit: Annotated[int, Ge(1), Le(1000)] = Field(50, description="Solutions listed at most.")


class BatchRequest(BaseModel):
    """Many questions of one kind."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    operation: BatchOperation = Field(description="The question that each item asks: its path after /v1/.")
    items: Annotated[list[Any], Len(1)] = Field(description="The bodies.")
    detail: Literal["full", "sizes"] = Field("full", description='"sizes": the size, or the names of the diagnostics.')


class OutputOfLayer(BaseModel):
    """One output of a layer: an index for each of its spatial axes, or one for the features of a flat output."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    layer: InputName = Field(description="The layer's name.")
    output: Annotated[list[Index], Len(0, 6)] = Field(description="Where in its output.")


class NetworkRequest(Body):
    """Layers and the shape of what goes in."""

    layers: Annotated[list[LayerObject], Len(1)] = Field(description="The layers; the last one is the output.")
    input_shape: PostedShape | None = Field(None, description="All axes, in the framework's order; batch may be null.")
    inputs: Annotated[dict[InputName, PostedShape], Len(1)] | None = Field(
        None, description="Several inputs: shapes by name."
    )
    detail: Literal["full", "sizes"] = Field("full", description='"sizes" leaves costs and receptive fields out.')
    receptive_field_of: Annotated[list[OutputOfLayer], FailFast()] = Field(
        default_factory=list, description="Outputs whose exact boxes of input pixels are wanted."
    )


class InputSizesRequest(Body):
    """Layers, the channels of what goes in, and the range of sizes that is asked about."""

    layers: Annotated[list[LayerObject], Len(1)] = Field(description="The layers; the last one is the output.")
    channels: Positive | Annotated[dict[InputName, Positive], Len(1)] | None = Field(
        None, description="Channels of the input, or of several inputs by name, all of one size."
    )
    input_shape: Annotated[list[Positive | None], Len(3, 5)] | None = Field(
        None, description="In place of `channels`: all axes, null where the size is asked for."
    )
    rank: Annotated[int, Ge(1), Le(3)] | None = Field(
        None, description="Spatial axes, where neither a layer's type nor `input_shape` tells."
    )
    range: Annotated[list[Positive], Len(2, 2)] = Field([1, 512], description="The least and the most to try.")
    output_size: SpatialSize | None = Field(None, description="Only sizes that give this output are asked for.")
    input_size: SpatialSize | None = Field(None, description="The accepted sizes nearest to this one are told too.")


class ConvolveRequest(Body):
    """A window layer and the arrays it is applied to."""

    input: ArrayJson = Field(None, description="The input: bare, unbatched or batched.")
    weight: ArrayJson = Field(None, description="The weight of a convolution, in the framework's order of axes.")
    bias: ArrayJson = Field(None, description="One number per output channel.")
    pointwise_weight: ArrayJson = Field(None, description="The second weight of a separable convolution.")
    layer: ConvolveLayer = Field(default_factory=dict, description="The layer; a convolution if left out.")
    layout: Literal["channels_first", "channels_last"] | None = Field(None, description="Overrides the framework's.")
    dtype: str | None = Field(None, description="The type that arrays of JSON numbers become.")
    flip_kernel: bool = Field(False, description="Flip the kernel: the convolution of textbooks.")
    algorithm: Literal["direct", "im2col", "shifted", "winograd_rows", "winograd_4x4", "fft", "col2im"] | None = Field(
        None, description="How a convolution is computed; left out, the fastest way that applies."
    )
    precision: Literal["default", "fast"] = Field(
        "default", description="With `fast`, float32 may be off by more than 2e-6 of the largest output."
    )
    explain: Annotated[list[Annotated[list[Index], FailFast()]], FailFast()] = Field(
        default_factory=list, description="Output positions to take apart."
    )
    respond_with: Literal["nested", "flat", "base64"] = Field("nested", description="The form of the output.")


B = TypeVar("B", bound=BaseModel)


def validated(model: type[B], document: Any) -> B:
    """The document as this model, or a 422 with every mistake."""
    require_narrow(document)
    try:
        body = model.model_validate(document)
    except ValidationError as error:
        known = list(model.model_fields)
        found = placed(facts(error, document, "the body", known, lambda name: FORMS[name]))
        raise refused(found) from None
    if isinstance(body, Body) and (wrong := list(_opset_mistakes(body))):
        raise refused(placed(wrong))
    return body


def _opset_mistakes(body: Body) -> Iterator[Fact]:
    """Only some frameworks have operator sets, and those a range of them."""
    if body.opset is None:
        return
    if body.row.opsets is None:
        yield from unknown_parameter(f"a question about {body.row.title}", "opset", (), ("opset",))
    elif not body.row.opsets[0] <= body.opset <= body.row.opsets[1]:
        yield from parameter_out_of_range("opset", body.opset, "which is not known", OPSET_FORM, ("opset",))


def checked_shape(shape: list[int | None], location: tuple[str, ...]) -> tuple[Shape, list[Diagnostic]]:
    """A posted shape; only the batch, its first axis, may be null."""
    for index, size in enumerate(shape):
        if size is None and index:
            form = "an integer of at least 1: only the batch may be null"
            return tuple(shape), placed(wrong_type(location[-1], None, form, (*location, index)))
    return tuple(shape), []


def one_of(owner: str, *names: str) -> list[Diagnostic]:
    """The diagnostic of a body that has none of several members."""
    return placed(missing_parameter(owner, "` or `".join(names), ()))
