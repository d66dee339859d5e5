"""The arrays of a convolve request: in its JSON body, or in `.npy` parts of a form."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import request

from service.core.convolve.engine import Operands
from service.core.convolve.kernels.padding import Array
from service.core.diagnostics import placed, reading
from service.problems import Problem, refused
from service.routes.exchange import body_bytes, json_body, parse_in_turn
from service.schemas.arrays import DTYPES, ArrayReader
from service.schemas.forms import read_form
from service.schemas.requests import ConvolveRequest, validated
from service.settings import settings

MULTIPART = "multipart/form-data"
NAMES = ("input", "weight", "bias", "pointwise_weight")
PARTS = ("request", *NAMES)


@dataclass(frozen=True, kw_only=True)
class Posted:
    """A request with its arrays read, and what else it says."""

    asked: ConvolveRequest
    operands: Operands
    document: Mapping[str, Any]
    """The body without its arrays."""


def read_posted() -> Posted:
    """The request and its arrays; a Problem where they cannot be read."""
    document, parts = _form() if request.mimetype == MULTIPART else (json_body(), {})
    asked = validated(ConvolveRequest, document)
    return Posted(
        asked=asked,
        operands=_operands(asked, parts),
        document={name: value for name, value in document.items() if name not in NAMES},
    )


def _form() -> tuple[Any, dict[str, memoryview]]:
    """The JSON part of a form, and the bytes of its array parts."""
    boundary = request.mimetype_params.get("boundary")
    if boundary is None:
        raise Problem(400, f"the content type {MULTIPART} has no boundary")
    found: dict[str, memoryview] = {}
    for part in read_form(body_bytes(), boundary):
        name, place = part.name, (part.name,)
        if name not in PARTS:
            raise refused(placed(reading.unknown_parameter("the form", name, PARTS, place)))
        if name in found:
            raise refused(placed(reading.conflicting_parameters(f"the first part {name}", "the second", name, place)))
        if not part.is_file and name != "request":
            raise refused(placed(reading.wrong_type(name, part.beginning, "an `.npy` file with a file name", place)))
        found[name] = part.data
    if "request" not in found:
        raise refused(placed(reading.missing_parameter("the form", "request", ())))
    return parse_in_turn(bytes(found.pop("request"))), found


def _operands(asked: ConvolveRequest, parts: Mapping[str, memoryview]) -> Operands:
    """The arrays of a request, each from its `.npy` part or from JSON."""
    if asked.dtype is not None and asked.dtype not in DTYPES:
        form = "one of " + ", ".join(DTYPES)
        raise refused(
            placed(reading.parameter_out_of_range("dtype", asked.dtype, "which is not a choice", form, ("dtype",)))
        )
    reader = ArrayReader(settings().max_array_elements)
    found: dict[str, Array] = {}
    for name in NAMES:
        value = getattr(asked, name)
        if value is not None and name in parts:
            both = reading.conflicting_parameters(f"the part {name}", f"{name} in `request`", name, (name,))
            raise refused(placed(both))
        if name in parts:
            found[name] = reader.from_npy(parts[name], (name,))
        elif value is not None:
            found[name] = reader.from_json(value, (name,), asked.dtype)
    if "input" not in found:
        raise refused(placed(reading.missing_parameter("the body", "input", ())))
    return Operands(
        source=found["input"],
        weight=found.get("weight"),
        bias=found.get("bias"),
        pointwise=found.get("pointwise_weight"),
    )
