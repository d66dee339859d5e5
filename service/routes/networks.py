"""`POST /v1/networks/validate`: every shape, cost and diagnostic of a network."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response

from service.core.diagnostics import Diagnostic, placed, reading
from service.core.diagnostics.arrays import too_large
from service.core.diagnostics.posted_layer import Description
from service.core.frameworks import Framework
from service.core.geometry.shapes import Shape
from service.core.layers.base import LONGEST_NAME, Pointer
from service.core.networks.advice import with_advice
from service.core.networks.judging import JudgedLayer, Judgement, judge
from service.core.networks.network import Network, Node
from service.core.networks.warnings import network_warnings
from service.problems import Problem, refused
from service.rendering import diagnostic_object, receptive_field_object
from service.repair import with_tried_fixes
from service.routes.boxes import require_affordable, shown_boxes
from service.routes.exchange import answer, read_json
from service.routes.gate import Turn, at_once, turn_for
from service.schemas.layers import describe_in_network
from service.schemas.requests import NetworkRequest, checked_shape, one_of, validated
from service.settings import settings

blueprint = Blueprint("networks", __name__)

MOST_MISTAKES = 20_000
"""Mistakes in the layers themselves that are told one by one."""


@blueprint.post("/v1/networks/validate")
def validate() -> Response:
    """Every shape, cost and diagnostic of a network."""
    return answer(respond(read_json(), turn=turn_for))


def respond(document: Any, *, lean: bool = False, share: int = 1, turn: Turn = at_once) -> dict[str, Any]:
    """The answer to a body, or a Problem; a lean one has the validity, the output's shape and diagnostics' names."""
    asked = validated(NetworkRequest, document)
    require_affordable(asked)
    size = len(asked.layers)
    with turn(size):
        described = network(asked)
        report = judge(described, full=asked.detail == "full" and not lean)
        if lean:
            names = [one.rule.name for one in report.diagnostics]
            return {"valid": report.valid, "output_shape": report.output_shape, "diagnostics": names}
        found = list(report.diagnostics)
        if asked.detail == "full" and share == 1:
            found = [*with_advice(described, report), *network_warnings(described, report)]
        boxes = shown_boxes(asked, described, report)
    with turn(size * sum(len(one.fixes) for one in found)):
        judged = with_tried_fixes(found, document, _judge, size=size, share=share)
    return _shown(asked, report, judged, boxes)


def _judge(document: Any) -> list[Diagnostic]:
    try:
        return judge(network(validated(NetworkRequest, document)), full=False).diagnostics
    except Problem as problem:
        return list(problem.errors)


def network(asked: NetworkRequest) -> Network:
    """The network that was posted; a Problem where it has no input, or too many layers."""
    shapes, locations = _inputs(asked)
    row = asked.row
    return Network(
        framework=row,
        inputs=shapes,
        input_locations=locations,
        nodes=nodes_of(asked.layers, row),
    )


def nodes_of(layers: Sequence[Any], framework: Framework) -> list[Node]:
    """The layers as they are listed; a Problem where they are too many."""
    limits = settings()
    listed = [raw.get("inputs") for raw in layers if isinstance(raw, dict)]
    connections = sum(len(inputs) for inputs in listed if isinstance(inputs, list))
    for what, figure, name in (
        ("the number of layers", len(layers), "max_layers"),
        ("the number of inputs of all layers", connections, "max_connections"),
    ):
        if figure > (limit := getattr(limits, name)):
            raise refused(placed(too_large(what, figure, limit, name, ("layers",))), 413)
    nodes, mistakes = [], 0
    for index, raw in enumerate(layers):
        nodes.append(_node(raw, ("layers", index), framework))
        mistakes += len(nodes[-1].description.diagnostics)
        if mistakes > MOST_MISTAKES:
            raise Problem(
                422, f"the layers are wrong in more than {MOST_MISTAKES} places, which are not told one by one"
            )
    return nodes


def _inputs(asked: NetworkRequest) -> tuple[dict[str, Shape], dict[str, Pointer]]:
    """The shapes of the inputs by name, and where each was posted."""
    if asked.input_shape is not None and asked.inputs is not None:
        raise refused(placed(reading.conflicting_parameters("input_shape", "inputs", "the input", ("inputs",))))
    if asked.inputs is not None:
        posted = {name: (shape, ("inputs", name)) for name, shape in asked.inputs.items()}
    elif asked.input_shape is not None:
        posted = {"input": (asked.input_shape, ("input_shape",))}  # type: ignore[dict-item]
    else:
        raise refused(one_of("the body", "input_shape", "inputs"))
    shapes = {}
    for name, (shape, location) in posted.items():
        shapes[name], wrong = checked_shape(shape, location)
        if wrong:
            raise refused(wrong)
    return shapes, {name: location for name, (_, location) in posted.items()}


def _node(raw: Any, location: Pointer, framework: Framework) -> Node:
    """A layer with its name and its inputs; whatever is wrong with either is a diagnostic like any other."""
    described = describe_in_network(raw, location, framework)
    wrong: list[Diagnostic] = []
    name, inputs = described.written.get("name"), described.written.get("inputs")
    if name is not None and not (isinstance(name, str) and 0 < len(name) <= LONGEST_NAME):
        form = f"a string of 1 to {LONGEST_NAME} letters"
        wrong += placed(reading.wrong_type("name", name, form, (*location, "name")))
        name = None
    listed = [inputs] if isinstance(inputs, str) else inputs
    if listed is not None and not (isinstance(listed, list) and listed and all(map(_is_name, listed))):
        form = f"the name of a layer or an input, or a list of names, of {LONGEST_NAME} letters at most"
        wrong += placed(reading.wrong_type("inputs", inputs, form, (*location, "inputs")))
        listed, described = None, Description(location=location, written=described.written)
    if wrong:
        described = replace(described, diagnostics=(*described.diagnostics, *wrong), key=None)
    return Node(description=described, name=name, inputs=None if listed is None else tuple(listed))


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_NAME


def _shown(
    asked: NetworkRequest, report: Judgement, diagnostics: list[Diagnostic], boxes: list[dict[str, Any]]
) -> dict[str, Any]:
    full = asked.detail == "full"
    shown: dict[str, Any] = {
        "valid": report.valid,
        "framework": asked.framework,
        "output_shape": report.output_shape,
        "layers": [_layer(layer, full=full) for layer in report.layers],
    }
    if full:
        shown["totals"] = report.totals
    if boxes:
        shown["receptive_fields"] = boxes
    shown["diagnostics"] = [diagnostic_object(one) for one in diagnostics]
    return shown


def _layer(layer: JudgedLayer, *, full: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"name": layer.name, "type": layer.type}
    if full:
        shown["input_shapes"] = layer.input_shapes
    shown["output_shape"] = layer.outcome.output_shape
    if full:
        shown |= {
            "parameters": layer.outcome.parameters,
            "buffers": layer.outcome.buffers,
            "macs": layer.outcome.macs,
            "activation_bytes": layer.outcome.activation_bytes,
            "receptive_field": receptive_field_object(layer.receptive_field) if layer.receptive_field else None,
        }
    return shown
