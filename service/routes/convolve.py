"""`POST /v1/convolve`: a window layer applied to posted arrays, as JSON or as `.npy` parts."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import Blueprint, Response, request

from service.core.convolve import engine
from service.core.convolve.engine import Job, Operands, Result
from service.core.convolve.exact import IntegerOverflowError
from service.core.convolve.explain import explained
from service.core.convolve.padding import Array
from service.core.description import Description
from service.core.diagnostics import placed, reading
from service.core.diagnostics.arrays import (
    integer_overflow,
    non_finite_number,
    operand_missing_or_unused,
    position_out_of_range,
    too_large,
)
from service.core.layers import LAYERS
from service.core.layers.reshaping import Crop, Pad
from service.core.layers.windows import Convolving
from service.core.shapes import LAYOUTS
from service.problems import refused
from service.routes.exchange import JSON, answer, parse_json, read_json
from service.routes.gate import heavy_work
from service.schemas.arrays import DTYPES, ArrayReader, as_json, as_npy
from service.schemas.layers import describe
from service.schemas.requests import ConvolveRequest, validated
from service.settings import settings

blueprint = Blueprint("convolve", __name__)

NPY = "application/x-npy"
MULTIPART = "multipart/form-data"
OPERANDS = ("input", "weight", "bias")
APPLICABLE = sorted(name for name, kind in LAYERS.items() if kind.layer.windowed or issubclass(kind.layer, Pad | Crop))


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A request with its arrays read."""

    asked: ConvolveRequest
    operands: Operands


@blueprint.post("/v1/convolve")
def convolve() -> Response:
    """A window layer applied to posted arrays."""
    wants_npy = request.accept_mimetypes.best_match([JSON, NPY], JSON) == NPY
    posted = _posted()
    job = prepared(posted)
    require_affordable(job)
    positions = _positions(posted.asked, job)
    with heavy_work():
        try:
            result = engine.run(job)
        except IntegerOverflowError as error:
            raise refused(placed(integer_overflow(error.value, error.dtype))) from None
        explanations = [explained(job, result, position) for position in positions]
    if wants_npy:
        return Response(as_npy(result.output), content_type=NPY)
    if result.output.dtype.kind == "f" and not np.isfinite(result.output).all():
        raise refused(placed(non_finite_number((), "the output")))
    return answer(_shown(posted.asked, job, result, explanations))


def _posted() -> Posted:
    """The request and its arrays, from a JSON body or from the parts of a form."""
    if request.mimetype != MULTIPART:
        document = read_json()
        asked = validated(ConvolveRequest, document)
        arrays = {name: getattr(asked, name) for name in OPERANDS if isinstance(document, dict) and name in document}
        return Posted(asked=asked, operands=_operands(asked, arrays, {}))
    parts = {name: part.read() for name, part in request.files.items()}
    text = parts.pop("request", None) or request.form.get("request", "{}").encode()
    strange = [name for name in (*parts, *request.form) if name not in (*OPERANDS, "request")]
    if strange:
        raise refused(placed(reading.unknown_parameter("the form", strange[0], (*OPERANDS, "request"), (strange[0],))))
    asked = validated(ConvolveRequest, parse_json(text))
    arrays = {name: value for name in OPERANDS if (value := getattr(asked, name)) is not None}
    return Posted(asked=asked, operands=_operands(asked, arrays, parts))


def _operands(asked: ConvolveRequest, arrays: dict[str, Any], parts: dict[str, bytes]) -> Operands:
    """The arrays of a request, each from its `.npy` part or from JSON."""
    if asked.dtype is not None and asked.dtype not in DTYPES:
        form = "one of " + ", ".join(DTYPES)
        raise refused(
            placed(reading.parameter_out_of_range("dtype", asked.dtype, "which is no choice", form, ("dtype",)))
        )
    twice = [name for name in arrays if name in parts]
    if twice:
        both = reading.conflicting_parameters(f"the part {twice[0]}", f"{twice[0]} in `request`", twice[0], (twice[0],))
        raise refused(placed(both))
    reader = ArrayReader(settings().max_array_elements)
    found: dict[str, Array] = {name: reader.from_npy(data, (name,)) for name, data in parts.items()}
    for name, value in arrays.items():
        if value is not None:
            found[name] = reader.from_json(value, (name,), asked.dtype)
    if "input" not in found:
        raise refused(placed(reading.missing_parameter("the body", "input", ())))
    for name, array in found.items():
        if array.size == 0:
            raise refused(placed(reading.wrong_type(name, [], "an array with elements", (name,))))
    return Operands(source=found["input"], weight=found.get("weight"), bias=found.get("bias"))


def prepared(posted: Posted) -> Job:
    """The job that the request asks for; a Problem with every mistake where it asks for none."""
    asked, operands = posted.asked, posted.operands
    layout = None if asked.layout is None else LAYOUTS[asked.layout]
    described = _described(asked, operands)
    arrangement = engine.arrange(described, operands, asked.row, layout)
    if isinstance(arrangement, list):
        raise refused(arrangement)
    if asked.flip_kernel and operands.weight is not None:
        axis = 0 if arrangement.form == 0 else arrangement.weight.index("S")
        flipped = np.flip(operands.weight, tuple(range(axis, axis + arrangement.rank)))
        operands = Operands(source=operands.source, weight=flipped, bias=operands.bias)
    described = _described(asked, operands, engine.kernel_shape(arrangement, operands))
    job = engine.prepare(described, arrangement, operands, asked.row)
    if isinstance(job, list):
        raise refused(job)
    return job


def _described(asked: ConvolveRequest, operands: Operands, kernel: list[int] | None = None) -> Description:
    """The layer, with the kernel size that the weight tells where the layer does not say it."""
    supplied = {"kernel_size": kernel or [1]} if operands.weight is not None else {}
    anchors = {"kernel_size": ("weight",), "in_channels": ("weight",), "out_channels": ("weight",)}
    described = describe(asked.layer, ("layer",), default_type="conv", supplied=supplied, anchors=anchors)
    convolving = described.kind is not None and issubclass(described.kind.layer, Convolving)
    if operands.weight is not None and described.kind is not None and not convolving:
        raise refused(placed(operand_missing_or_unused("weight", described.kind.name, needed=False)))
    if operands.weight is None and convolving and described.kind is not None:
        raise refused(placed(operand_missing_or_unused("weight", described.kind.name, needed=True)))
    if described.diagnostics:
        raise refused(described.diagnostics)
    if described.kind is None or described.kind.name not in APPLICABLE:
        raise refused(placed(reading.unknown_layer_type(described.type, APPLICABLE, ("layer", "type"))))
    return described


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


def _positions(asked: ConvolveRequest, job: Job) -> list[tuple[int, ...]]:
    """The output positions to explain, each of which exists."""
    if len(asked.explain) > (limit := settings().max_explained):
        raise refused(
            placed(too_large("the number of positions", len(asked.explain), limit, "max_explained", ("explain",))), 413
        )
    shape = engine.output_shape(job)
    for index, position in enumerate(asked.explain):
        if len(position) != len(shape) or any(place >= size for place, size in zip(position, shape, strict=True)):
            raise refused(placed(position_out_of_range(position, shape, ("explain", index))))
    window = engine.window_elements(job)
    if asked.explain and window > (limit := settings().max_explained_elements):
        text = "the number of elements of a window to explain"
        raise refused(placed(too_large(text, window, limit, "max_explained_elements", ("explain",))), 413)
    return [tuple(position) for position in asked.explain]


def _shown(asked: ConvolveRequest, job: Job, result: Result, explanations: list[dict[str, Any]]) -> dict[str, Any]:
    shown: dict[str, Any] = {
        "output": as_json(result.output, asked.respond_with),
        "shape": list(result.output.shape),
        "dtype": result.output.dtype.name,
        "algorithm": result.algorithm,
        "framework": asked.framework,
    }
    if explanations:
        shown["explain"] = explanations
    shown["diagnostics"] = [one.as_dict() for one in job.diagnostics]
    return shown
