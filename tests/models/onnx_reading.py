"""Reads ONNX models as the service does, and compares shapes with those that were recorded."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.core.frameworks import FRAMEWORKS
from service.core.networks.judge_network import Judgement, judge
from service.core.networks.network import Network
from service.models.formats import formats
from service.models.posted import PostedModel, ReadingLimits
from service.models.reading import ModelReading, NodePlace
from service.operations.shared.network_layers import nodes_of
from service.operations.shared.read_models import layer_judge

Document = Mapping[str, Any]


def read(
    data: bytes,
    shapes: Mapping[str, Sequence[int | None]] | None = None,
    values: Mapping[str, Any] | None = None,
    limits: ReadingLimits | None = None,
) -> ModelReading:
    """The network that a file is."""
    given = {name: tuple(shape) for name, shape in (shapes or {}).items()}
    posted = PostedModel(data=data, input_shapes=given, values=values or {}, limits=limits or ReadingLimits())
    return formats()["onnx"].read(posted, layer_judge(FRAMEWORKS["onnx"]))


def judged(network: Document) -> Judgement:
    """A network as `/v1/networks/validate` judges it."""
    framework = FRAMEWORKS["onnx"].at(network["opset"])
    inputs = network.get("inputs") or {"input": network["input_shape"]}
    return judge(
        Network(
            framework=framework,
            inputs={name: tuple(shape) for name, shape in inputs.items()},
            input_locations={name: ("inputs", name) for name in inputs},
            nodes=nodes_of(network["layers"], framework),
            outputs=tuple(network["outputs"]),
        )
    )


def errors_of(judgement: Judgement) -> list[tuple[str, Any]]:
    """The errors, with where they are."""
    return [(found.rule.name, found.location) for found in judgement.diagnostics if found.is_error]


def differences(
    reading: ModelReading, judgement: Judgement, recorded: Mapping[str, Sequence[int]]
) -> tuple[int, dict[str, Any]]:
    """How many tensors have the recorded shape, and those that have another or an unknown one."""
    equal, others = 0, {}
    for index, layer in enumerate(judgement.layers):
        place = reading.places.get(("layers", index))
        if not isinstance(place, NodePlace):
            continue
        for output, name in enumerate(place.outputs):
            if name in recorded:
                shape = layer.outcome.output(output)
                if shape is not None and list(shape) == list(recorded[name]):
                    equal += 1
                else:
                    others[name] = (shape, recorded[name])
    return equal, others
