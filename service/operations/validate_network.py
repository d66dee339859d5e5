"""`POST /v1/networks/validate`: every shape, cost and diagnostic of a network."""

from collections.abc import Sequence
from contextlib import nullcontext
from functools import partial
from typing import Annotated, Any

from pydantic import FailFast, Field

from service.core.diagnostics import Diagnostic, Fix
from service.core.networks.advice import with_advice
from service.core.networks.judge_network import Judgement
from service.core.networks.warnings import network_warnings
from service.operations.shared.dependency_boxes import OutputOfLayer, SeenBox, dependency_boxes, require_affordable
from service.operations.shared.errors_of_models import located, with_one_cause
from service.operations.shared.judged_networks import JudgedRequest, network_of, slot_for, with_layers
from service.operations.shared.operation import Context, Operation
from service.operations.shared.output_allowance import OutputAllowance, judged
from service.operations.shared.read_models import (
    ReadModel,
)
from service.operations.shared.repairs import PostedNetwork, with_repairs
from service.operations.shared.text_repairs import TextTrials, repairs_of_mistakes, with_diffs, with_own_changes
from service.operations.shared.tried_fixes import with_tried_fixes
from service.rendering import diagnostic_object, fix_object, receptive_field_object
from service.schemas.answers import Answer, Count, DiagnosticObject, ModelPlace, RepairProposal, Shape
from service.schemas.fields import Form, FrameworkName
from service.settings import settings


class NetworkRequest(JudgedRequest):
    """Layers, or a model, and the shape of what goes in."""

    receptive_field_of: Annotated[
        list[OutputOfLayer], FailFast(), Form("a list of objects with `layer` and `output`")
    ] = Field(default_factory=list, description="Outputs whose exact boxes of input pixels are wanted.")

    @property
    def boxes_of(self) -> list[OutputOfLayer]:
        """Those that are named."""
        return self.receptive_field_of


class ReceptiveFieldObject(Answer):
    """Which pixels of the input an output sees, per axis."""

    size: list[float]
    stride: list[float]
    start: list[float] = Field(description="The centre of output 0's field, in pixels; the first pixel is 0.")
    aligned: bool = Field(True, description="Left out when true: all paths agree on centres and strides.")


class NetworkLayer(Answer):
    """One layer of a network; with `detail: sizes` only its name, type and output shape."""

    name: str
    type: str
    source: ModelPlace | None = Field(None, description="Where a posted `model` calls it.")
    inputs: list[str | None] | None = Field(
        None,
        description="The tensors that it takes: a layer, `split:1` for an output that is not its layer's first, or an"
        " input of the network; null for a name that nothing has.",
    )
    input_shapes: list[Shape | None] | None = None
    output_shape: Shape | None = Field(description="Of the first output.")
    output_shapes: list[Shape | None] | None = Field(None, description="Of each output, where there are several.")
    parameters: Count | None = Field(None, description="Trainable ones.")
    buffers: Count | None = Field(None, description="Running statistics.")
    macs: Count | None = Field(None, description="Multiply-accumulates for the batch given; a null batch counts as 1.")
    activation_bytes: Count | None = Field(None, description="Of the output, 4 bytes an element.")
    receptive_field: ReceptiveFieldObject | None = None


class Totals(Answer):
    """Sums over all layers; null where one of them is not known."""

    parameters: Count | None
    buffers: Count | None
    macs: Count | None
    flops: Count | None = Field(description="2 * macs")
    activation_bytes: Count | None
    peak_activation_bytes: Count | None = Field(description="The most alive at once, the input included.")


class NetworkReport(Answer):
    """A network judged: every shape, cost and diagnostic."""

    valid: bool
    framework: FrameworkName
    output_shape: Shape | None = Field(description="Of the first output of the network.")
    output_shapes: dict[str, Shape | None] | None = Field(None, description="By name, when `outputs` was given.")
    layers: list[NetworkLayer]
    totals: Totals | None = None
    receptive_fields: list[SeenBox] | None = Field(None, description="Given when `receptive_field_of` was.")
    diagnostics: list[DiagnosticObject]
    repairs: list[RepairProposal] | None = Field(
        None,
        description="Changes that leave no error, the likeliest first; empty where none was found. Left out where"
        ' there is no error, and with `detail: "sizes"`.',
    )


def run(request: NetworkRequest, context: Context) -> dict[str, Any]:
    """The report; a lean answer has the validity, the output's shape and the names of the diagnostics."""
    return report_on(*with_layers(request, context), context)


def report_on(request: JudgedRequest, model: ReadModel | None, context: Context) -> dict[str, Any]:
    """The report on the layers of a request, which may have been read from a model."""
    if model is not None and not model.reading.network["layers"]:
        return _report_without_layers(request, context, model)
    return _report(request, context, model)


def _report_without_layers(request: JudgedRequest, context: Context, model: ReadModel) -> dict[str, Any]:
    """The report on a model of which nothing is made, because the program would raise before."""
    found = [*model.mistakes, *model.unknowns]
    if context.lean:
        return {"valid": False, "output_shape": None, "diagnostics": [diagnostic.rule.name for diagnostic in found]}
    allowance = OutputAllowance(limit=settings().max_outputs // context.share, limit_name="max_outputs")
    with context.slot():
        trials = TextTrials(model, request, partial(_diagnostics, allowance), context.share)
        if request.detail == "full":
            _, model = with_own_changes((), trials)
            found = [*model.mistakes, *model.unknowns]
        repairs = [one.fix for one in repairs_of_mistakes(trials)] if request.detail == "full" else []
    return {
        "valid": False,
        "framework": model.reading.network.get("framework", request.framework),
        "output_shape": None,
        "layers": [],
        "diagnostics": [diagnostic_object(diagnostic) for diagnostic in found],
        "repairs": [{**fix_object(repair), "removes": list(range(len(model.mistakes)))} for repair in repairs],
    }


def _report(request: JudgedRequest, context: Context, model: ReadModel | None) -> dict[str, Any]:
    """The report on a network, and on the model that it was read from."""
    size, full = len(request.layers), request.detail == "full"
    require_affordable(request.boxes_of, size)
    with slot_for(size, context):
        network = network_of(request)
        judgement = judged(network, full=full and not context.lean, shared=context.outputs)
        if context.lean:
            return _lean(judgement, model)
        diagnostics: Sequence[Diagnostic] = judgement.diagnostics
        if full and context.share == 1 and not (model and model.mistakes):
            diagnostics = [*with_advice(network, judgement), *network_warnings(network, judgement)]
        boxes = dependency_boxes(request.boxes_of, network, judgement)
    allowance = OutputAllowance(limit=settings().max_outputs // context.share, limit_name="max_outputs")
    repairs: Sequence[Fix] = ()
    one_cause = False
    sound = judgement.valid and not (model and model.mistakes)
    with nullcontext() if sound or not full else context.slot():
        if full and not judgement.valid:
            posted_network = PostedNetwork(request, network_of, allowance)
            diagnostics, repairs = with_repairs(diagnostics, posted_network, network, judgement, share=context.share)
        again = partial(_diagnostics, allowance)
        diagnostics = with_tried_fixes(
            diagnostics, request, again, size=size, share=context.share, ranked=bool(repairs)
        )
        if model is not None and (model.mistakes or not judgement.valid):
            own = OutputAllowance(limit=allowance.limit, limit_name=allowance.limit_name)
            trials = TextTrials(model, request, partial(_diagnostics, own), context.share)
            if model.mistakes:
                diagnostics, model = with_own_changes(diagnostics, trials)
                written = repairs_of_mistakes(trials, repairs)
                repairs, one_cause = [one.fix for one in written], any(len(one.edits) == 1 for one in written[:1])
            else:
                diagnostics, repairs = with_diffs(diagnostics, repairs, trials)
    found = located(diagnostics, model)
    return _full(request, judgement, with_one_cause(found) if one_cause else found, repairs, boxes, model)


def _lean(judgement: Judgement, model: ReadModel | None) -> dict[str, Any]:
    """The validity, the output's shape and the names of the diagnostics."""
    found = located(judgement.diagnostics, model)
    names = [diagnostic.rule.name for diagnostic in found]
    valid = not any(diagnostic.is_error for diagnostic in found)
    return {"valid": valid, "output_shape": judgement.output_shape, "diagnostics": names}


def _diagnostics(allowance: OutputAllowance, request: JudgedRequest) -> Sequence[Diagnostic]:
    """The diagnostics of a network with a fix; all trials together may make as many outputs as one network."""
    return judged(network_of(request), full=False, shared=allowance).diagnostics


def _full(
    request: JudgedRequest,
    judgement: Judgement,
    found: Sequence[Diagnostic],
    repairs: Sequence[Fix],
    boxes: list[dict[str, Any]],
    model: ReadModel | None,
) -> dict[str, Any]:
    full = request.detail == "full"
    members: dict[str, Any] = {
        "valid": not any(diagnostic.is_error for diagnostic in found),
        "framework": request.framework,
        "output_shape": judgement.output_shape,
        **({"output_shapes": judgement.output_shapes} if request.outputs is not None else {}),
        "layers": [_layer(index, judgement, model, full=full) for index in range(len(judgement.layers))],
    }
    if full:
        members["totals"] = judgement.totals
    if boxes:
        members["receptive_fields"] = boxes
    members["diagnostics"] = [diagnostic_object(diagnostic) for diagnostic in found]
    if full and not members["valid"]:
        errors = range(sum(diagnostic.is_error for diagnostic in found))
        members["repairs"] = [{**fix_object(repair), "removes": list(errors)} for repair in repairs]
    return members


def _layer(index: int, judgement: Judgement, model: ReadModel | None, *, full: bool) -> dict[str, Any]:
    layer = judgement.layers[index]
    members: dict[str, Any] = {"name": layer.name, "type": layer.type}
    if model is not None and (source := model.source(("layers", index))) is not None:
        members["source"] = source
    if full:
        members["inputs"] = judgement.input_names(index)
        members["input_shapes"] = layer.input_shapes
    outputs = layer.outcome.outputs
    members["output_shape"] = outputs[0]
    if len(outputs) > 1:
        members["output_shapes"] = outputs
    if full:
        members |= {
            "parameters": layer.outcome.parameters,
            "buffers": layer.outcome.buffers,
            "macs": layer.outcome.macs,
            "activation_bytes": layer.outcome.activation_bytes,
            "receptive_field": receptive_field_object(layer.receptive_field) if layer.receptive_field else None,
        }
    return members


OPERATION = Operation(
    name="validateNetwork",
    method="post",
    path="/v1/networks/validate",
    tag="questions",
    place=6,
    summary="Whether a network is sound, and what it costs",
    description="Every shape, cost, receptive field and diagnostic of a list or graph of layers, in one answer. A"
    " layer's `inputs` name the layers it takes; the one before by default; `input` is the network's own; `split:1` is"
    " the second output of the layer `split`. One mistake is one error: the errors that it causes elsewhere are its"
    " `consequences`. `repairs` are changes of the whole, each applied and judged, that leave no error.",
    request=NetworkRequest,
    answer=NetworkReport,
    run=run,
    takes_model=True,
    batched=True,
    example={
        "input_shape": [1, 3, 32, 48],
        "layers": [
            {"name": "conv1", "type": "conv2d", "out_channels": 16, "kernel_size": 3, "padding": 1},
            {"type": "relu"},
            {
                "name": "conv2",
                "type": "conv2d",
                "in_channels": 32,
                "out_channels": 16,
                "kernel_size": 3,
                "padding": 1,
            },
            {"name": "sum", "type": "add", "inputs": ["conv1", "conv2"]},
            {"type": "max_pool2d", "kernel_size": 2},
        ],
    },
)
