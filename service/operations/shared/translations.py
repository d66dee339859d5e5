"""Translations tried: the written source read by the service's own reader, and held against the network."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from service.core.diagnostics import Diagnostic, Fact, placed
from service.core.diagnostics.translations import translation_differs
from service.core.geometry.shapes import shape_text
from service.core.networks.network import Network
from service.models.writers.program import Call, Program
from service.models.writers.target import Target
from service.operations.shared.judged_networks import JudgedRequest, with_layers
from service.operations.shared.operation import Context
from service.operations.validate_network import NetworkRequest, report_on
from service.schemas.bodies import validated

UNKNOWN = "nothing that is known"


@dataclass(frozen=True, kw_only=True)
class Translation:
    """Source code, the program that it was written from, and the report on what was read back."""

    source: str
    program: Program
    target: Target
    report: dict[str, Any]


def read_back(source: str, program: Program, target: Target, request: JudgedRequest, context: Context) -> Translation:
    """The source read and judged as if it had been posted, for the shapes of the network's inputs.

    Raises:
        Problem: where a limit is passed.
    """
    shapes = [list(tensor.written_shape) for tensor in program.inputs.values()]
    document = {
        "model": {"source": source, "format": target.format, "entry": target.entry},
        "input_shapes": shapes,
        "detail": request.detail,
    }
    posted, model = with_layers(validated(NetworkRequest, document), context)
    return Translation(source=source, program=program, target=target, report=report_on(posted, model, context))


def unlike(translation: Translation, network: Network) -> list[Diagnostic]:
    """An error where what was read back is not the network: its first wrong layer, or the number of parameters."""
    return placed(next(([fact] for fact in _facts(translation, network)), []))


def _facts(translation: Translation, network: Network) -> Iterator[Fact]:
    report, program = translation.report, translation.program
    errors = [each for each in report["diagnostics"] if each["severity"] == "error" or each["name"] == "not-understood"]
    for error in errors:
        yield from translation_differs("the network", f"an error, {error['message']},", "none", ("layers",))
    layers = report["layers"]
    calls = [call for call in program.calls for _ in range(translation.target.reads_as(call))]
    if len(layers) != len(calls):
        yield from translation_differs("the network", f"{len(layers)} steps", f"{len(calls)} steps", ("layers",))
    places = dict(zip(network.names, (node.description.location for node in network.nodes), strict=True))
    for layer, call in zip(layers, calls, strict=False):
        shapes = layer.get("output_shapes") or [layer["output_shape"]]
        wanted = [tensor.written_shape for tensor in call.outputs] if tells_shape(call, program) else None
        if wanted is not None and [None if shape is None else tuple(shape) for shape in shapes] != wanted:
            written = UNKNOWN if shapes[0] is None else shape_text(tuple(shapes[0]))
            yield from translation_differs(call.layer, written, shape_text(wanted[0]), places[call.layer])
    totals = report.get("totals")
    if totals is not None and program.parameters is not None and totals["parameters"] != program.parameters:
        written, wanted_parameters = f"{totals['parameters']} parameters", f"{program.parameters} parameters"
        yield from translation_differs("the network", written, wanted_parameters, ("layers",))


def tells_shape(call: Call, program: Program) -> bool:
    """Whether the shape of what a call makes is that of a layer of the network."""
    return program.made.get(call.layer, ()) == tuple(call.outputs)
