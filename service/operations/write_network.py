"""`POST /v1/networks/write`: a network as source code of another framework, read back and judged."""

from dataclasses import asdict
from typing import Annotated, Any

from pydantic import Field

from service.core.diagnostics import Diagnostic, placed
from service.core.diagnostics.translations import no_equivalent
from service.models.writers.table import TARGETS
from service.models.writers.target import Target
from service.models.writers.translation import translate
from service.models.writers.weight_map import weight_map
from service.operations.shared.errors_of_models import located
from service.operations.shared.judged_networks import JudgedRequest, network_of, slot_for, with_layers
from service.operations.shared.operation import Context, Operation
from service.operations.shared.output_allowance import judged
from service.operations.shared.read_models import ReadModel
from service.operations.shared.translations import Translation, read_back, unlike
from service.operations.validate_network import NetworkReport, report_on
from service.problems import Problem
from service.rendering import diagnostic_object
from service.schemas.answers import Answer, DiagnosticObject, Shape
from service.schemas.fields import Form, FrameworkName, OneOf

NOT_READ = "what was written could not be read back"
TargetName = Annotated[str, OneOf(TARGETS)]


class WriteRequest(JudgedRequest):
    """Layers, or a model, the shape of what goes in, and the framework to write it in."""

    format: Annotated[TargetName, Form("one of " + ", ".join(f'"{name}"' for name in TARGETS))] = Field(
        description="The framework that the source is written for."
    )


class Difference(Answer):
    """What to know about the translation."""

    message: str
    layers: list[str] = Field(description="The layers that it is about.")


class WeightPlace(Answer):
    """Where the array of a weight goes: `array.reshape(reshape).transpose(transpose).reshape(shape)`."""

    to: str = Field(description="The weight of the written model, as its framework calls it.")
    reshape: list[int] | None = Field(description="The shape to give it first; null where it is transposed as it is.")
    transpose: list[int] = Field(description="The axes in their new order.")
    shape: list[int] = Field(description="The shape of the weight of the written model.")


class WriteAnswer(Answer):
    """A network as source code of another framework."""

    format: TargetName = Field(description="The framework that the source is written for.")
    framework: FrameworkName = Field(description="The network's own.")
    source: str | None = Field(description="null where a layer cannot be written, or the network has a mistake.")
    entry: str | None = Field(description="What makes the model in the source.")
    input_shapes: dict[str, Shape] | None = Field(
        description="The inputs of the written model by name, in its framework's order of axes."
    )
    differences: list[Difference]
    weights: dict[str, WeightPlace] | None = Field(
        description="By the name of each weight of the network where its numbers go: `conv1.weight` in PyTorch,"
        " `conv1/kernel` in Keras, the `name` of the layer and of the weight. null where there is no source, or the"
        " network's framework has no names for weights."
    )
    diagnostics: list[DiagnosticObject] = Field(
        description="Why there is no source: the mistakes of the network, what is unknown in it, or each layer that"
        " cannot be written; empty where there is source."
    )
    report: NetworkReport | None = Field(
        description="The written source read back and judged; the network's own report where there is no source."
    )


def run(request: WriteRequest, context: Context) -> dict[str, Any]:
    """The source, tried; a lean answer has the source and the names of the diagnostics."""
    target = TARGETS[request.format]
    posted, model = with_layers(request, context)
    report = report_on(posted, model, context)
    if not report["valid"] or (model is not None and model.unknowns):
        return _answer(target, report, None, report["diagnostics"], context)
    translation, diagnostics = _translated(posted, model, target, context)
    if translation is None:
        found = [diagnostic_object(diagnostic) for diagnostic in located(diagnostics, model)]
        return _answer(target, report, None, found, context)
    return _answer(target, report, translation, [], context)


def _translated(
    request: WriteRequest, model: ReadModel | None, target: Target, context: Context
) -> tuple[Translation | None, list[Diagnostic]]:
    """The source with the report on it; or why there is none."""
    with slot_for(len(request.layers), context):
        network = network_of(request)
        judgement = judged(network, full=True, shared=context.outputs)
        program, diagnostics = translate(network, judgement, target)
        if diagnostics:
            return None, diagnostics
        source = target.write(program)
    try:
        translation = read_back(source, program, target, request, context)
    except Problem as problem:
        reason = f"{NOT_READ}: {problem.errors[0].message if problem.errors else problem.detail}"
        return None, placed(no_equivalent("the network", "network", target.framework.title, (reason,), ("layers",)))
    diagnostics = unlike(translation, network)
    return (None, diagnostics) if diagnostics else (translation, [])


def _answer(
    target: Target,
    report: dict[str, Any],
    translation: Translation | None,
    diagnostics: list[Any],
    context: Context,
) -> dict[str, Any]:
    """The answer with the source, or without."""
    if context.lean:
        return {"source": translation.source if translation else None, "diagnostics": diagnostics}
    members = {"format": target.framework.name, "framework": report["framework"]}
    if translation is None:
        nothing: dict[str, Any] = {"source": None, "entry": None, "input_shapes": None}
        nothing |= {"differences": [], "weights": None}
        return {**members, **nothing, "diagnostics": diagnostics, "report": report}
    weights = _weights(translation, target, report["framework"])
    return {
        **members,
        "source": translation.source,
        "entry": target.entry,
        "input_shapes": {name: tensor.written_shape for name, tensor in translation.program.inputs.items()},
        "differences": [
            {"message": message, "layers": layers} for message, layers in translation.program.differences.items()
        ],
        "weights": weights,
        "diagnostics": [],
        "report": translation.report,
    }


def _weights(translation: Translation, target: Target, framework: str) -> dict[str, Any] | None:
    """The place of each weight, by its name in the network's framework."""
    places = weight_map(translation.program, target, framework)
    return places and {name: {"to": place.to, **asdict(place.turn)} for name, place in places.items()}


OPERATION = Operation(
    name="writeNetwork",
    method="post",
    path="/v1/networks/write",
    tag="questions",
    place=10,
    summary="A network as source code of another framework",
    description="A network in any form that is read, written as PyTorch or Keras source that computes the same: padding"
    " where the other framework has none like it, axes in its order, its parameters in its words. The source was read"
    " back and judged before it is given: every layer has the shape that it has in the network, and there are as many"
    " parameters. A layer without an equivalent is an error at that layer, and there is no source.",
    request=WriteRequest,
    answer=WriteAnswer,
    run=run,
    takes_model=True,
    example={
        "format": "keras",
        "input_shape": [1, 3, 32, 48],
        "layers": [
            {"name": "conv", "type": "conv2d", "out_channels": 16, "kernel_size": 3, "stride": 2, "padding": 1},
            {"name": "relu", "type": "relu"},
            {"name": "pool", "type": "max_pool2d", "kernel_size": 2},
            {"name": "flat", "type": "flatten"},
            {"name": "head", "type": "linear", "out_features": 10},
        ],
    },
)
