"""`POST /v1/convolve`: a window layer applied to posted arrays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from service.core.convolve import engine, explain
from service.core.convolve.engine import Job, Operands, Result
from service.core.diagnostics import Diagnostic, malformed, placed
from service.core.diagnostics.arrays import non_finite_number, position_out_of_range
from service.operations.shared.affordability import require_within_limit
from service.operations.shared.array_job import (
    ARRAYS,
    ConvolveRequest,
    computed,
    operands_of,
    prepared,
    require_affordable,
)
from service.operations.shared.operation import Context, Operation
from service.operations.shared.tried_fixes import with_tried_fixes
from service.problems import refused
from service.rendering import diagnostic_object, explanation_object
from service.schemas.answers import Answer, DiagnosticObject
from service.schemas.array_reader import ArrayReader
from service.schemas.arrays import Array, array_json
from service.schemas.conditions import has
from service.schemas.fields import FrameworkName
from service.settings import settings


class Explanation(Answer):
    """One output taken apart; null in a window stands for a place without input."""

    position: list[int]
    output: float
    window: list[Any]
    weights: list[Any] | None = None
    products: list[Any] | None = None
    sum: float | None = None
    bias: float | None = None


class ConvolveAnswer(Answer):
    """The output of a layer."""

    output: Any = Field(description="Nested lists, or the form that `respond_with` asks for.")
    shape: list[int]
    dtype: str
    algorithm: str
    framework: FrameworkName
    explain: list[Explanation] | None = None
    diagnostics: list[DiagnosticObject]


@dataclass(frozen=True, kw_only=True)
class Applied:
    """A layer that has been applied to arrays."""

    job: Job
    result: Result
    explanations: list[explain.Explanation]


def run(request: ConvolveRequest, context: Context) -> dict[str, Any]:
    """The output and how it was computed."""
    return members(request, apply(request, read_operands(request), context))


def read_operands(request: ConvolveRequest, npy_files: Mapping[str, memoryview] | None = None) -> Operands:
    """The arrays of a request, each from its `.npy` file or from JSON.

    Raises:
        Problem: with status 422 or 413 where one cannot be read, or there is no `input`.
    """
    files, reader = npy_files or {}, ArrayReader(settings().max_array_elements)
    arrays: dict[str, Array] = {}
    for name in ARRAYS:
        value = getattr(request, name)
        if value is not None and name in files:
            both = malformed.conflicting_parameters(f"the part {name}", f"{name} in `request`", name, (name,))
            raise refused(placed(both))
        if name in files:
            arrays[name] = reader.from_npy(files[name], (name,))
        elif value is not None:
            arrays[name] = reader.from_json(value, (name,), request.dtype)
    if "input" not in arrays:
        raise refused(placed(malformed.missing_parameter("the body", "input", ())))
    return operands_of(arrays)


def apply(request: ConvolveRequest, operands: Operands, context: Context) -> Applied:
    """The layer applied to the arrays; a slot is held while it is computed."""
    job = prepared(request, operands)
    if isinstance(job, list):
        raise refused(with_tried_fixes(job, request, lambda mended: _diagnostics(mended, operands), left_out=ARRAYS))
    require_affordable(job)
    positions = _positions(request, job)
    with context.slot():
        result = computed(job, request)
        explanations = explain.explained(job, result, positions)
    return Applied(job=job, result=result, explanations=explanations)


def _diagnostics(request: ConvolveRequest, operands: Operands) -> list[Diagnostic]:
    """Every diagnostic of a request with these arrays."""
    job = prepared(request, operands)
    return job if isinstance(job, list) else job.diagnostics


def _positions(request: ConvolveRequest, job: Job) -> list[tuple[int, ...]]:
    """The output positions to explain.

    Raises:
        Problem: where one does not exist, or explaining them would cost too much.
    """
    window = engine.window_elements(job) if request.explain else 0
    require_within_limit(len(request.explain), "max_explained", "the number of positions", ("explain",))
    what = "the number of elements of a window to explain"
    require_within_limit(window, "max_explained_elements", what, ("explain",))
    shape = engine.output_shape(job)
    for index, position in enumerate(request.explain):
        if len(position) != len(shape) or any(place >= size for place, size in zip(position, shape, strict=True)):
            raise refused(placed(position_out_of_range(position, shape, ("explain", index))))
    return [tuple(position) for position in request.explain]


def members(request: ConvolveRequest, applied: Applied) -> dict[str, Any]:
    """The members of the answer.

    Raises:
        Problem: with status 422 where JSON has no form for the output.
    """
    output = applied.result.output
    if request.respond_with != "base64" and output.dtype.kind == "f" and not np.isfinite(output).all():
        raise refused(placed(non_finite_number((), "the output")))
    answer: dict[str, Any] = {
        "output": array_json(output, request.respond_with),
        "shape": list(output.shape),
        "dtype": output.dtype.name,
        "algorithm": applied.result.algorithm,
        "framework": request.framework,
    }
    if applied.explanations:
        answer["explain"] = [explanation_object(explanation) for explanation in applied.explanations]
    answer["diagnostics"] = [diagnostic_object(diagnostic) for diagnostic in applied.job.diagnostics]
    return answer


OPERATION = Operation(
    name="convolve",
    method="post",
    path="/v1/convolve",
    tag="questions",
    place=8,
    summary="The actual numbers: a layer applied to arrays",
    description="A convolution, transposed convolution, pool, pad or crop of posted arrays. Input and weight may be"
    " bare (spatial axes only), unbatched or batched. Integers are computed exactly. Arrays travel as nested lists,"
    " flat lists, base64, or as `.npy` parts of a form; `Accept: application/x-npy` answers with one.",
    request=ConvolveRequest,
    json_condition=has("input"),
    answer=ConvolveAnswer,
    run=run,
    example={
        "input": [[1, 2, 3], [4, 5, 6], [7, 8, 9]],
        "weight": [[1, 0], [0, -1]],
        "layer": {"stride": 1, "padding": 0},
        "explain": [[0, 1]],
    },
)
