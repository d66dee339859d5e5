"""An error that another input may cure: what all advice needs to know of it, and how an input is tried and offered."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from service.core.diagnostics import Diagnostic, Fix
from service.core.diagnostics.model import PatchOperation, Related, pointer_text
from service.core.geometry.shapes import sizes_text
from service.core.networks.judge_network import Judgement
from service.core.networks.network import Network
from service.core.networks.trials import Trials

MOST_TRIALS = 4_000
"""Outputs of layers that are tried in one search for an input. Chosen: a quarter of a second; beyond it none."""
MOST_LAYERS_NAMED = 3
"""Layers on the way to a mistake that are named. Chosen: more hide what matters."""

Sizes = tuple[int, ...]
"""The spatial sizes of the network's inputs."""


@dataclass(frozen=True)
class Mistake:
    """An error of one layer, in its network."""

    diagnostic: Diagnostic
    index: int
    """Of the layer."""
    network: Network
    judgement: Judgement
    sizes: Sizes

    def trials(self, counts: Callable[[Diagnostic], bool]) -> Trials:
        """Trials in which only errors that count make a layer refuse its inputs."""
        ignored = {
            layer_index(diagnostic)
            for diagnostic in self.judgement.diagnostics
            if diagnostic.is_error and not counts(diagnostic)
        }
        return Trials(self.network, MOST_TRIALS, frozenset(index for index in ignored if index is not None))

    def accepted(self, trials: Trials, inputs: Sequence[Sizes]) -> list[Sizes]:
        """Those of some sizes with which the network is accepted.

        Raises:
            TooManyTrialsError: The budget is spent.
        """
        if not inputs:
            return []
        resized = [self.network.resized_inputs(sizes) for sizes in inputs]
        result = trials.try_inputs({name: [shapes[name] for shapes in resized] for name in self.network.inputs})
        return [sizes for sizes, accepted in zip(inputs, result.accepted.tolist(), strict=True) if accepted]

    def advised(self, text: str, inputs: list[Sizes], related: tuple[Related, ...]) -> Diagnostic:
        """The error with more help, each of some inputs as a fix, and the layers that are related to it."""
        return replace(
            self.diagnostic,
            help=f"{self.diagnostic.help}; {text}",
            related=(*self.diagnostic.related, *related),
            fixes=(*self.diagnostic.fixes, *(self._input_fix(sizes) for sizes in inputs)),
        )

    def _input_fix(self, sizes: Sizes) -> Fix:
        """Other spatial sizes of the network's inputs, as a change to the body."""
        return Fix(f"give the input {sizes_text(sizes)}", tuple(self._patch(sizes)))

    def _patch(self, sizes: Sizes) -> Iterator[PatchOperation]:
        layout = self.network.framework.layout
        for name, shape in self.network.inputs.items():
            axes = layout.spatial_axes(len(shape), len(sizes))
            for axis, old, new in zip(axes, self.sizes, sizes, strict=True):
                if old != new:
                    path = pointer_text((*self.network.input_locations[name], axis))
                    yield {"op": "test", "path": path, "value": old}
                    yield {"op": "replace", "path": path, "value": new}


def layer_index(diagnostic: Diagnostic) -> int | None:
    """The index of the layer that a diagnostic is about; None where it is about no layer."""
    if len(diagnostic.location) > 1 and diagnostic.location[0] == "layers" and isinstance(diagnostic.location[1], int):
        return diagnostic.location[1]
    return None
