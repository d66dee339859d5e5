"""A layer applied to arrays: from a request and its arrays to the result, in three steps that may each refuse."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import ConfigDict, FailFast, Field, WithJsonSchema

from service.computing import share_of_cores
from service.core.convolve import engine
from service.core.convolve.array_layout import Form as Axes
from service.core.convolve.engine import Job, Operands, Options, Result
from service.core.convolve.kernels import thread_pool
from service.core.convolve.kernels.algorithms import ALGORITHM_NAMES, InapplicableError
from service.core.convolve.kernels.integers import IntegerOverflowError
from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.diagnostics.arrays import algorithm_not_applicable, integer_overflow
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.geometry.shapes import LAYOUTS
from service.core.layers import LAYERS
from service.core.layers.pad_and_crop import Crop, Pad
from service.observability import metrics
from service.operations.shared.affordability import require_within_limit
from service.problems import refused
from service.schemas.arrays import Array, ArrayForm, ArrayJson
from service.schemas.bodies import OPSET_OF_A_FRAMEWORK, Body
from service.schemas.dtypes import DTYPE_FORM, DtypeName
from service.schemas.fields import LAYER, Form, Index, OneOf, reference_to
from service.schemas.graph_members import alone
from service.schemas.read_layer import describe
from service.settings import settings

APPLICABLE = frozenset(
    name for name, kind in LAYERS.items() if kind.layer.windowed or issubclass(kind.layer, Pad | Crop)
)
"""The layer types that are applied to arrays."""
ARRAYS = ("input", "weight", "bias", "pointwise_weight")
"""The members of a request that are arrays."""

ConvolveLayer = Annotated[
    Any,
    WithJsonSchema({"anyOf": [reference_to("AppliedLayer"), reference_to("UntypedConvolutionLayer")]}),
    LAYER,
]


class ConvolveRequest(Body):
    """A window layer and the arrays it is applied to."""

    model_config = ConfigDict(json_schema_extra=OPSET_OF_A_FRAMEWORK)

    input: ArrayJson = Field(None, description="The input: bare, unbatched or batched.")
    weight: ArrayJson = Field(None, description="The weight of a convolution, in the framework's order of axes.")
    bias: ArrayJson = Field(None, description="One number per output channel.")
    pointwise_weight: ArrayJson = Field(None, description="The second weight of a separable convolution.")
    layer: ConvolveLayer = Field(default_factory=dict, description="The layer; a convolution if left out.")
    layout: Annotated[Annotated[str, OneOf(LAYOUTS)] | None, Form(" or ".join(f'"{name}"' for name in LAYOUTS))] = (
        Field(None, description="Overrides the framework's.")
    )
    dtype: Annotated[DtypeName | None, Form(DTYPE_FORM)] = Field(
        None, description="The type that arrays of JSON numbers become."
    )
    flip_kernel: Annotated[bool, Form("true or false")] = Field(
        False, description="Flip the kernel: the convolution of textbooks."
    )
    algorithm: Annotated[Annotated[str, OneOf(ALGORITHM_NAMES)] | None, Form("the name of an algorithm")] = Field(
        None, description="How a convolution is computed; left out, the fastest way that applies."
    )
    precision: Annotated[Literal["default", "fast"], Form('"default" or "fast"')] = Field(
        "default", description="With `fast`, float32 may be off by more than 2e-6 of the largest output."
    )
    explain: Annotated[
        list[Annotated[list[Index], FailFast()]],
        FailFast(),
        Form("a list of positions, each one index per axis of the output"),
    ] = Field(default_factory=list, description="Output positions to take apart.")
    respond_with: Annotated[ArrayForm, Form('"nested", "flat" or "base64"')] = Field(
        "nested", description="The form of the output."
    )


def operands_of(arrays: Mapping[str, Array]) -> Operands:
    """The arrays by name as the engine takes them; there has to be an `input`."""
    return Operands(
        source=arrays["input"],
        weight=arrays.get("weight"),
        bias=arrays.get("bias"),
        pointwise=arrays.get("pointwise_weight"),
    )


def prepared(request: ConvolveRequest, operands: Operands) -> Job | list[Diagnostic]:
    """The job that is asked for, or every mistake in it."""
    described = _described(request, operands, None)
    if isinstance(described, list):
        return described
    layout = None if request.layout is None else LAYOUTS[request.layout]
    arrangement = engine.arrange(described, operands, request.row, layout)
    if isinstance(arrangement, list):
        return arrangement
    if request.flip_kernel and operands.weight is not None:
        first = 0 if arrangement.form == Axes.BARE else arrangement.weight.index("S")
        axes = tuple(range(first, first + arrangement.rank))
        operands = replace(operands, weight=np.flip(operands.weight, axes))
    described = _described(request, operands, engine.kernel_shape(arrangement, operands))
    return described if isinstance(described, list) else engine.prepare(described, arrangement, operands, request.row)


def _described(
    request: ConvolveRequest, operands: Operands, kernel: list[int] | None
) -> PostedLayer | list[Diagnostic]:
    """The layer, with the kernel size of the weight where the layer does not give one; or its mistakes."""
    supplied = {"kernel_size": kernel or 1} if operands.weight is not None else {}
    anchors = dict.fromkeys(("kernel_size", "in_channels", "out_channels"), ("weight",))
    described = alone(
        describe(
            request.layer, ("layer",), default_type="conv", framework=request.row, supplied=supplied, anchors=anchors
        )
    )
    if described.kind is not None and described.kind.name not in APPLICABLE:
        return placed(malformed.unsuitable_layer_type(described.type, "is not applied to arrays", ("layer", "type")))
    unused = [] if described.kind is None else engine.unused_or_missing(described.kind, operands)
    return unused or list(described.diagnostics) or described


def require_affordable(job: Job) -> None:
    """Raises a Problem with status 413 where a job costs more than the limits allow."""
    cost, at = job.cost, ("layer",)
    require_within_limit(cost.output_elements, "max_output_elements", "the number of elements of the output", at)
    require_within_limit(cost.scratch_elements, "max_scratch_elements", "the number of elements of padded copies", at)
    require_within_limit(cost.work, "max_work", "the work, in multiply-accumulates,", at)


def computed(job: Job, request: ConvolveRequest | None = None) -> Result:
    """What the layer makes of the arrays, computed as the request has it.

    Raises:
        Problem: with status 422 where a number type or an algorithm will not do.
    """
    options = None if request is None else Options(algorithm=request.algorithm, fast=request.precision == "fast")
    try:
        with thread_pool.at_most(min(settings().compute_threads, share_of_cores())):
            result = engine.run(job, options)
    except IntegerOverflowError as error:
        raise refused(placed(integer_overflow(error.value, error.dtype))) from None
    except InapplicableError as error:
        raise refused(placed(algorithm_not_applicable(error.name, error.condition))) from None
    metrics.count_computation(result.algorithm, engine.macs(job))
    return result
