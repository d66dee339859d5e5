"""`POST /v1/convolve`: a window layer applied to posted arrays, as JSON or as `.npy` parts."""

from dataclasses import replace
from typing import Any

import numpy as np
from flask import Blueprint, Response, request

from service.core.convolve import engine
from service.core.convolve.arrangement import Form
from service.core.convolve.engine import Job, Operands, Options, Result
from service.core.convolve.explain import Explanation, explained
from service.core.convolve.kernels import workers
from service.core.convolve.kernels.algorithms import InapplicableError
from service.core.convolve.kernels.integers import IntegerOverflowError
from service.core.diagnostics import Diagnostic, placed, reading
from service.core.diagnostics.arrays import (
    algorithm_not_applicable,
    integer_overflow,
    non_finite_number,
    position_out_of_range,
    too_large,
)
from service.core.diagnostics.posted_layer import Description
from service.core.geometry.shapes import LAYOUTS
from service.core.layers import LAYERS
from service.core.layers.padding import Crop, Pad
from service.problems import refused
from service.rendering import diagnostic_object, explanation_object
from service.repair import with_tried_fixes
from service.routes.exchange import JSON, answer, require_json_accepted
from service.routes.gate import heavy_work
from service.routes.operands import read_posted
from service.schemas.arrays import as_json
from service.schemas.layers import describe
from service.schemas.npy import npy_pieces
from service.schemas.requests import ConvolveRequest, validated
from service.settings import settings

blueprint = Blueprint("convolve", __name__)

NPY = "application/x-npy"
APPLICABLE = frozenset(
    name for name, kind in LAYERS.items() if kind.layer.windowed or issubclass(kind.layer, Pad | Crop)
)


@blueprint.post("/v1/convolve")
def convolve() -> Response:
    """A window layer applied to posted arrays."""
    wants_npy = request.accept_mimetypes.best_match([JSON, NPY], JSON) == NPY
    if not wants_npy:
        require_json_accepted()
    posted = read_posted()
    job = prepared(posted.asked, posted.operands)
    if isinstance(job, list):
        raise refused(with_tried_fixes(job, posted.document, lambda mended: judge(mended, posted.operands)))
    require_affordable(job)
    positions = _positions(posted.asked, job)
    with heavy_work():
        result = computed(job, options_of(posted.asked))
        explanations = explained(job, result, positions)
    if wants_npy:
        return Response(npy_pieces(result.output), content_type=NPY)
    as_text = posted.asked.respond_with != "base64"
    if as_text and result.output.dtype.kind == "f" and not np.isfinite(result.output).all():
        raise refused(placed(non_finite_number((), "the output")))
    return answer(_shown(posted.asked, job, result, explanations))


def judge(document: Any, operands: Operands) -> list[Diagnostic]:
    """Every diagnostic of a request with these arrays."""
    job = prepared(validated(ConvolveRequest, document), operands)
    return job if isinstance(job, list) else job.diagnostics


def prepared(asked: ConvolveRequest, operands: Operands) -> Job | list[Diagnostic]:
    """The job that is asked for, or every mistake in it."""
    described = _described(asked, operands, None)
    if isinstance(described, list):
        return described
    layout = None if asked.layout is None else LAYOUTS[asked.layout]
    arrangement = engine.arrange(described, operands, asked.row, layout)
    if isinstance(arrangement, list):
        return arrangement
    if asked.flip_kernel and operands.weight is not None:
        first = 0 if arrangement.form == Form.BARE else arrangement.weight.index("S")
        axes = tuple(range(first, first + arrangement.rank))
        operands = replace(operands, weight=np.flip(operands.weight, axes))
    described = _described(asked, operands, engine.kernel_shape(arrangement, operands))
    return described if isinstance(described, list) else engine.prepare(described, arrangement, operands, asked.row)


def _described(asked: ConvolveRequest, operands: Operands, kernel: list[int] | None) -> Description | list[Diagnostic]:
    """The layer, with the kernel size that the weight tells where the layer does not say it; or its mistakes."""
    supplied = {"kernel_size": kernel or 1} if operands.weight is not None else {}
    anchors = dict.fromkeys(("kernel_size", "in_channels", "out_channels"), ("weight",))
    described = describe(
        asked.layer, ("layer",), default_type="conv", framework=asked.row, supplied=supplied, anchors=anchors
    )
    if described.kind is not None and described.kind.name not in APPLICABLE:
        return placed(reading.unsuitable_layer_type(described.type, "is not applied to arrays", ("layer", "type")))
    unused = [] if described.kind is None else engine.unused_or_missing(described.kind, operands)
    return unused or list(described.diagnostics) or described


def require_affordable(job: Job) -> None:
    """A Problem with status 413 where a job costs more than the limits allow."""
    limits = settings()
    costs = (
        ("the number of elements of the output", job.cost.output_elements, "max_output_elements"),
        ("the number of elements of padded copies", job.cost.scratch_elements, "max_scratch_elements"),
        ("the work, in multiply-accumulates,", job.cost.work, "max_work"),
    )
    for what, figure, name in costs:
        if figure > (limit := getattr(limits, name)):
            raise refused(placed(too_large(what, figure, limit, name, ("layer",))), 413)


def options_of(asked: ConvolveRequest) -> Options:
    """How the request asks for it to be computed."""
    return Options(algorithm=asked.algorithm, fast=asked.precision == "fast")


def computed(job: Job, options: Options | None = None) -> Result:
    """What the layer makes of the arrays; a Problem with status 422 where a type or an algorithm does not do."""
    try:
        with workers.at_most(settings().compute_threads):
            return engine.run(job, options)
    except IntegerOverflowError as error:
        raise refused(placed(integer_overflow(error.value, error.dtype))) from None
    except InapplicableError as error:
        raise refused(placed(algorithm_not_applicable(error.name, error.condition))) from None


def _positions(asked: ConvolveRequest, job: Job) -> list[tuple[int, ...]]:
    """The output positions to explain, each of which exists."""
    limits = settings()
    window = engine.window_elements(job) if asked.explain else 0
    for what, figure, name in (
        ("the number of positions", len(asked.explain), "max_explained"),
        ("the number of elements of a window to explain", window, "max_explained_elements"),
    ):
        if figure > (limit := getattr(limits, name)):
            raise refused(placed(too_large(what, figure, limit, name, ("explain",))), 413)
    shape = engine.output_shape(job)
    for index, position in enumerate(asked.explain):
        if len(position) != len(shape) or any(place >= size for place, size in zip(position, shape, strict=True)):
            raise refused(placed(position_out_of_range(position, shape, ("explain", index))))
    return [tuple(position) for position in asked.explain]


def _shown(asked: ConvolveRequest, job: Job, result: Result, explanations: list[Explanation]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "output": as_json(result.output, asked.respond_with),
        "shape": list(result.output.shape),
        "dtype": result.output.dtype.name,
        "algorithm": result.algorithm,
        "framework": asked.framework,
    }
    if explanations:
        shown["explain"] = [explanation_object(explanation) for explanation in explanations]
    shown["diagnostics"] = [diagnostic_object(one) for one in job.diagnostics]
    return shown
