"""A module as `torch.export` has it: the most faithful form, which only a sound module has."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

import torch

from padstride.answers import ModelPlace
from padstride.client import Client
from padstride.models import Model
from padstride.refusals import Refused
from padstride.reports import NetworkReport
from padstride.torch.frames import place_of_node
from padstride.torch.placing import replace_places
from padstride.torch.running import quiet
from padstride.weights import NUMBERS, without_members


def export_report(module: Any, tensors: Sequence[Any], client: Client) -> NetworkReport | None:
    """The report of a module's exported program; None where it cannot be exported, or not be read."""
    try:
        with quiet():
            program = torch.export.export(module, tuple(tensors), strict=False)
            _forget_counts(program.graph)
            file = BytesIO()
            torch.export.save(program, file)
    except Exception:  # noqa: BLE001 - whatever PyTorch raises is its refusal
        return None
    data = without_members(file, NUMBERS[".pt2"])
    try:
        report = client.validate(Model(name=f"{type(module).__name__}.pt2", data=data))
    except Refused:
        return None
    places = {node.name: place_of_node(node) for node in program.graph.nodes}
    return replace_places(report, lambda source: _placed(source, places))


def _forget_counts(graph: Any) -> None:
    """Leaves out what a norm in training does to its count of batches, which is no layer."""
    for node in list(graph.nodes):
        if node.target is torch.ops.aten.add_.Tensor and not node.users and node.args[0].op == "placeholder":
            graph.erase_node(node)


def _placed(source: ModelPlace, places: Mapping[str, ModelPlace | None]) -> ModelPlace:
    """The line of a node, beside what the service says of it."""
    place = places.get(source.node or "")
    if place is None:
        return source
    return place.model_copy(update={"module": source.module, "node": source.node, "operator": source.operator})
