"""Models read into networks: what a reader asks of the core while it reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.shapes import Shape
from service.core.layers.base import Source
from service.core.networks.outcome import outcome_of
from service.models.recorder import JudgeLayer
from service.operations.shared.network_layers import node_of


@dataclass(frozen=True, slots=True)
class LayerJudge:
    """Says which shapes come out of a layer, by the rules of a framework.

    The whole outcome is asked for, not the shapes alone: it is cached, for the layers that are written alike, and for
    the network, which is judged next.
    """

    framework: Framework

    def __call__(
        self, raw: Mapping[str, Any], arriving: Sequence[Shape | None], known: Mapping[str, Shape | None], /
    ) -> tuple[Shape | None, ...]:
        """The shapes that come out of a layer object, for the shapes that go in."""
        node = node_of(raw, ("layers", 0), self.framework)
        names = node.reference_names
        shapes = (*arriving, *[known.get(name) for name in names])
        inputs = (*(node.inputs or ()), *names)
        outcome, _ = outcome_of(
            node.description, self.framework, shapes, node.name or "", lambda: tuple(map(_source, inputs)), names
        )
        return outcome.outputs

    def at(self, opset: int, /) -> "LayerJudge":
        """The same by the rules of an operator set."""
        return LayerJudge(self.framework.at(opset))


def _source(name: str) -> Source:
    """What an input comes from, as far as a single layer knows it."""
    return Source(name, ("inputs", name))


def layer_judge(framework: Framework) -> JudgeLayer:
    """What a reader asks for the shapes that come out of a layer, by the rules of a framework."""
    return LayerJudge(framework)
