"""One network tried with many inputs at once.

Layer by layer, each shape that arrives is placed once, however many of the inputs lead to it: behind a few strides most
of them have become the same. A tensor is the list of its different shapes, and for each input the number of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.core.diagnostics import Diagnostic
from service.core.geometry.shapes import Shape
from service.core.layers.base import Source
from service.core.networks.graph import Edge, connect, ordered
from service.core.networks.network import Network
from service.core.networks.outcome import Outcome, outcome_of

Numbers = NDArray[np.intp]
Flags = NDArray[np.bool_]


class TooManyTrialsError(Exception):
    """More layers would have to be placed than is allowed."""


@dataclass(slots=True)
class Tensor:
    """The different shapes of a tensor, and the number of that which each input gives it; -1 where it is refused."""

    shapes: list[Shape]
    which: Numbers

    def of(self, index: int) -> Shape | None:
        """The shape that one input gives it; None where the input is refused before."""
        number = self.which[index]
        return None if number < 0 else self.shapes[number]


@dataclass
class Trials:
    """A network on its way to be tried; `left` is how many more layers may be placed."""

    network: Network
    left: int
    forgiven: frozenset[int] = frozenset()
    """Layers that are taken to accept everything."""

    def __post_init__(self) -> None:
        """Connect the layers, once for all trials."""
        self.names = self.network.names
        self.edges, self.connected = connect(self.network.nodes, self.names, list(self.network.inputs))
        self.order, self.circles = ordered(self.edges)

    @property
    def sound(self) -> bool:
        """Whether every layer has its inputs, so that trying makes sense."""
        return not self.circles and not any(one.is_error for one in self.connected)

    def run(self, inputs: Mapping[str, Sequence[Shape]]) -> tuple[Flags, dict[Edge, Tensor]]:
        """Which inputs every layer takes, and the tensors."""
        known: dict[Edge, Tensor] = {(name, None): tensor_of(shapes) for name, shapes in inputs.items()}
        return self.run_from(known)

    def run_from(self, known: Mapping[Edge, Tensor]) -> tuple[Flags, dict[Edge, Tensor]]:
        """The same from tensors in the middle: only layers are tried whose inputs follow from them."""
        tensors = dict(known)
        alive: Flags = np.logical_and.reduce([one.which >= 0 for one in known.values()])
        for index in self.order:
            inputs = [tensors.get(edge) for edge in self.edges[index] if edge]
            own = (self.names[index], index)
            if own in tensors or None in inputs or len(inputs) != len(self.edges[index]):
                continue
            tensors[own] = self._place(index, [one for one in inputs if one is not None], alive)
        return alive, tensors

    def _place(self, index: int, inputs: list[Tensor], alive: Flags) -> Tensor:
        """What a layer makes of all that arrives; inputs that it refuses are no longer alive."""
        layer = self.network.nodes[index].description.layer
        if layer is not None and layer.takes_any_shape and len(inputs) == 1 and inputs[0].shapes:
            return inputs[0] if self._outcome(index, inputs[0].shapes[:1]) is not None else _nothing(alive)
        numbers = np.stack([one.which for one in inputs])
        different, each = np.unique(numbers[:, alive], axis=1, return_inverse=True)
        number_of: dict[Shape, int] = {}
        made = []
        for column in different.T.tolist():
            shape = self._outcome(index, tuple(one.shapes[n] for one, n in zip(inputs, column, strict=True)))
            made.append(-1 if shape is None else number_of.setdefault(shape, len(number_of)))
        which = np.full(len(alive), -1)
        if made:
            which[alive] = np.array(made, np.intp)[each.reshape(-1)]
        alive &= which >= 0
        return Tensor(list(number_of), which)

    def _outcome(self, index: int, shapes: Sequence[Shape]) -> Shape | None:
        """The shape that comes out; None where the layer refuses these."""
        if not self.left:
            raise TooManyTrialsError
        self.left -= 1
        outcome, found = self.placed(index, tuple(shapes))
        refused = index not in self.forgiven and any(one.is_error for one in found)
        return None if refused else outcome.output_shape

    def placed(self, index: int, shapes: tuple[Shape, ...]) -> tuple[Outcome, list[Diagnostic]]:
        """What one layer makes of some shapes."""
        description = self.network.nodes[index].description
        return outcome_of(description, self.network.framework, shapes, self.names[index], lambda: self._sources(index))

    def _sources(self, index: int) -> tuple[Source, ...]:
        return tuple(self._source(edge) for edge in self.edges[index] if edge)

    def _source(self, edge: Edge) -> Source:
        name, index = edge
        if index is None:
            return Source(name, self.network.input_locations[name])
        described = self.network.nodes[index].description
        return Source(name, described.location, described.layer, described.spelling)


def _nothing(alive: Flags) -> Tensor:
    """The tensor of a layer that refuses every input."""
    alive[:] = False
    return Tensor([], np.full(len(alive), -1))


def tensor_of(shapes: Sequence[Shape]) -> Tensor:
    """A tensor of which each input gives one shape."""
    number_of: dict[Shape, int] = {}
    which = [number_of.setdefault(shape, len(number_of)) for shape in shapes]
    return Tensor(list(number_of), np.array(which, np.intp))
