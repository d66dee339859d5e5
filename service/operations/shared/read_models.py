"""Models read into networks: what a reader asks of the core while it reads."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.shapes import Shape
from service.core.networks.outcome import shapes_of
from service.models.recorder import JudgeLayer
from service.operations.shared.network_layers import node_of


def layer_judge(framework: Framework) -> JudgeLayer:
    """What a reader asks for the shapes that come out of a layer, by the rules of a framework."""

    def judge(
        raw: Mapping[str, Any], arriving: Sequence[Shape | None], known: Mapping[str, Shape | None]
    ) -> tuple[Shape | None, ...]:
        node = node_of(raw, ("layers", 0), framework)
        shapes = (*arriving, *(known.get(name) for name in node.reference_names))
        names = node.reference_names
        outcome, _ = shapes_of(node.description, framework, shapes, node.name or "", tuple, names)
        return outcome.outputs

    return judge
