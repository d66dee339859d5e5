"""One network tried with many inputs at once.

Layer by layer, each combination of shapes that arrives is tried once, however many of the inputs lead to it: behind a
few strides most inputs have become the same. So a tensor is kept as the list of its different shapes, and for each
input the index of the shape that it gives.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.core.diagnostics import Diagnostic
from service.core.geometry.shapes import Shape
from service.core.layers.base import InnerLayer, Layer, Source
from service.core.networks.graph import connect, run_order
from service.core.networks.network import Network, OtherOutput, TensorKey
from service.core.networks.outcome import shapes_of

Flags = NDArray[np.bool_]
"""One truth value for each input that is tried."""
Indices = NDArray[np.signedinteger[Any]]
"""One index for each input that is tried, in the smallest type: ten thousand tensors may have four thousand each."""
Places = NDArray[np.intp]
"""Trials, or places in a list, by number."""
REFUSED = -1
"""The index of a shape where a layer refuses the input, so that no shape comes out."""


MOST_CODES_COUNTED = 4
"""Codes for each trial up to which they are counted; more are sorted. Chosen: a table of 32 bytes for each trial."""
STEPS_OF_A_TRIAL = 200
"""Steps, of a quarter of a microsecond, that count as a trial. Measured: placing a layer takes 20 to 70 us."""
TRIALS_OF_A_REFUSAL = 1
"""Trials that it takes to say what is wrong with a layer. Measured: 70 to 130 microseconds."""
STEPS_OF_A_LOOKUP = 9
"""Steps that it takes to find that a layer was given these shapes before. Measured: 2.3 microseconds."""
INPUTS_OF_A_TRIAL = 16
"""Inputs of one layer that take as long to be placed as another layer. Measured: 3 microseconds each."""
STEPS_OF_A_LAYER = 40
"""Steps for a layer whatever arrives there. Measured: 10 microseconds."""
INDICES_OF_A_STEP = 32
"""Indices that one step reads, compares or counts. Measured: 5 to 8 nanoseconds each."""


class TooManyTrialsError(Exception):
    """More outputs of layers would have to be tried than the budget allows; how many at least, where that is known."""

    def __init__(self, at_least: int | None = None) -> None:
        super().__init__(at_least)
        self.at_least = at_least


def _any_error(diagnostic: Diagnostic) -> bool:
    """Every error counts."""
    return True


@dataclass(slots=True)
class TensorShapes:
    """The different shapes that the inputs give a tensor, and for each input the index of its shape, or REFUSED."""

    different: list[Shape]
    indices: Indices

    def shape(self, trial: int) -> Shape | None:
        """The shape that one input gives; None where the input is refused before."""
        index = self.indices[trial]
        return None if index == REFUSED else self.different[index]


@dataclass(frozen=True, slots=True)
class TrialResult:
    """Which inputs every layer accepts, and the shapes that they give each tensor."""

    accepted: Flags
    tensors: Mapping[TensorKey, TensorShapes]


@dataclass
class Trials:
    """A network whose layers are connected once, to be tried with any inputs."""

    network: Network
    budget: int
    """How many more outputs may come out of layers that are tried, equal layers together; counts down."""
    errors_ignored_in: frozenset[int] = frozenset()
    """Layers that count as accepting everything, by index."""
    counts: Callable[[Diagnostic], bool] = _any_error
    """Which of the errors of the others make them refuse their inputs."""

    def __post_init__(self) -> None:
        """Connect the layers."""
        self.graph = connect(self.network)
        self.connections = self.graph.connections
        self.order, self.cycles = run_order(self.connections)
        self.others_used: defaultdict[int, set[int]] = defaultdict(set)
        """By layer, which outputs other than the first are used."""
        self._known: dict[tuple[bytes, tuple[Shape, ...]], tuple[Shape | None, ...] | None] = {}
        """By what was written and what arrives, what came of trying: networks repeat their layers."""
        self._steps = 0
        self._held = [held_layers(node.description.layer) for node in self.network.nodes]
        self.arrived: Counter[int] = Counter()
        """By layer, how many combinations of shapes have been looked up."""
        self.placed: Counter[int] = Counter()
        """By layer, how many of them had to be tried."""
        for key in (*chain.from_iterable(self.connections), *self.graph.outputs):
            if isinstance(key, OtherOutput):
                self.others_used[key.layer].add(key.output)

    @property
    def can_run(self) -> bool:
        """Whether every layer has its inputs, so that trying makes sense."""
        return not self.cycles and not any(diagnostic.is_error for diagnostic in self.graph.diagnostics)

    def spend(self, steps: int) -> None:
        """Count work that is less than a trial, in steps; many of them are a trial.

        Raises:
            TooManyTrialsError: The budget is spent.
        """
        self._steps += steps
        if self._steps >= STEPS_OF_A_TRIAL:
            trials, self._steps = divmod(self._steps, STEPS_OF_A_TRIAL)
            self._take(trials)

    def try_inputs(self, inputs: Mapping[str, Sequence[Shape]]) -> TrialResult:
        """Try the network with inputs; each network input has one shape for each trial.

        Raises:
            TooManyTrialsError: The budget is spent.
        """
        return self.try_from({name: tensor_shapes(shapes) for name, shapes in inputs.items()})

    def try_from(self, known: Mapping[TensorKey, TensorShapes]) -> TrialResult:
        """Try the layers whose inputs follow from some tensors, which may lie in the middle of the network.

        Raises:
            TooManyTrialsError: The budget is spent.
        """
        tensors = dict(known)
        shared: dict[bytes, Indices] = {}
        accepted = given_to_all(known.values())
        for index in self.order:
            keys = self.connections[index]
            inputs = [tensors[key] for key in keys if key is not None and key in tensors]
            if index in tensors or len(inputs) != len(keys):
                continue
            for key, tensor in self._try_layer(index, inputs, accepted).items():
                tensor.indices = shared.setdefault(tensor.indices.tobytes(), tensor.indices)
                tensors[key] = tensor
                accepted = accepted & (tensor.indices != REFUSED)
        return TrialResult(accepted, tensors)

    def _try_layer(
        self, index: int, inputs: Sequence[TensorShapes], accepted: Flags
    ) -> Mapping[TensorKey, TensorShapes]:
        """The shapes that a layer makes of all that arrives from inputs which are accepted so far."""
        layer = self.network.nodes[index].description.layer
        if layer is not None and layer.takes_any_shape and len(inputs) == 1 and inputs[0].different:
            passes = self._outputs(index, tuple(inputs[0].different[:1])) is not None
            return {index: inputs[0] if passes else TensorShapes([], _refused(len(accepted)))}
        others = sorted(self.others_used[index]) if index in self.others_used else ()
        keys: list[tuple[TensorKey, int]] = [(index, 0), *((OtherOutput(index, other), other) for other in others)]
        if not accepted.any():
            return {key: TensorShapes([], _refused(len(accepted))) for key, _ in keys}
        self.spend(STEPS_OF_A_LAYER + (1 + len(inputs)) * len(accepted) // INDICES_OF_A_STEP)
        firsts, combination_of = combinations_of(inputs, accepted)
        self.arrived[index] += len(firsts)
        self.spend(len(firsts) * (STEPS_OF_A_LOOKUP + len(inputs)))
        arriving = zip(*(_shapes(tensor, firsts) for tensor in inputs), strict=True) if inputs else [()]
        outcomes = [self._outputs(index, shapes) for shapes in arriving]
        return {
            key: _spread([_output(outputs, number) for outputs in outcomes], combination_of, accepted)
            for key, number in keys
        }

    def _outputs(self, index: int, shapes: tuple[Shape, ...]) -> tuple[Shape | None, ...] | None:
        """The shapes that a layer makes of some shapes; None where it refuses them."""
        key = None if index in self.errors_ignored_in else self.network.nodes[index].description.key
        known = None if key is None else (key, shapes)
        if known is not None and known in self._known:
            return self._known[known]
        self._take(self._held[index] + len(shapes) // INPUTS_OF_A_TRIAL)
        outputs = self._tried(index, shapes)
        if known is not None:
            self._known[known] = outputs
        return outputs

    def _take(self, count: int) -> None:
        """Count so many trials, and see that there was one left.

        Raises:
            TooManyTrialsError: The budget is spent.
        """
        if self.budget <= 0:
            raise TooManyTrialsError
        self.budget -= count

    def _tried(self, index: int, shapes: tuple[Shape, ...]) -> tuple[Shape | None, ...] | None:
        """The shapes that a layer makes of some shapes, found out by placing it there."""
        node, name = self.network.nodes[index], self.network.names[index]
        outcome, diagnostics = shapes_of(
            node.description,
            self.network.framework,
            shapes,
            name,
            lambda: self._sources(index),
            node.reference_names,
        )
        self.budget -= len(outcome.outputs)
        self.placed[index] += 1
        errors = [diagnostic for diagnostic in diagnostics if diagnostic.is_error and self.counts(diagnostic)]
        if errors and index not in self.errors_ignored_in:
            self.budget -= TRIALS_OF_A_REFUSAL
            return None
        return outcome.outputs

    def _sources(self, index: int) -> tuple[Source, ...]:
        return tuple(self.network.source(key) for key in self.connections[index] if key is not None)


def held_layers(layer: Layer | None) -> int:
    """How many layers are held in another, one in the other."""
    held = [] if layer is None else [value.layer for value in vars(layer).values() if isinstance(value, InnerLayer)]
    return sum(1 + held_layers(inner) for inner in held)


def combinations_of(inputs: Sequence[TensorShapes], accepted: Flags) -> tuple[Places, Places]:
    """The accepted trials that are the first with what arrives there, and for each accepted trial which of them."""
    trials = np.flatnonzero(accepted)
    combination_of: Places = np.zeros(len(trials), np.intp)
    firsts, count = trials[:1], 1
    different = {id(tensor.indices): tensor for tensor in inputs if len(tensor.different) > 1}
    for tensor in different.values():
        codes = combination_of * len(tensor.different) + tensor.indices[trials]
        first, combination_of = _first_of_each(codes, count * len(tensor.different))
        firsts, count = trials[first], len(first)
    return firsts, combination_of


def _first_of_each(codes: Places, most: int) -> tuple[Places, Places]:
    """The place where each different code comes first, and for each code which of them; all are less than `most`."""
    if most > MOST_CODES_COUNTED * len(codes):
        _, first, which = np.unique(codes, return_index=True, return_inverse=True)
        return first, which
    places = np.full(most, -1)
    places[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    found = places >= 0
    return places[found], (np.cumsum(found) - 1)[codes]


def given_to_all(tensors: Iterable[TensorShapes]) -> Flags:
    """Which inputs give every one of some tensors a shape."""
    different = {id(tensor.indices): tensor.indices for tensor in tensors}
    flags: Flags = np.logical_and.reduce([indices != REFUSED for indices in different.values()])
    return flags


def _shapes(tensor: TensorShapes, trials: Places) -> list[Shape]:
    """The shapes that some inputs give a tensor, none of which is refused."""
    return [tensor.different[index] for index in tensor.indices[trials].tolist()]


def _smallest_type(trials: int) -> np.dtype[Any]:
    """The smallest type that holds REFUSED and an index for each trial."""
    return np.min_scalar_type(-max(trials, 1))


def _refused(trials: int) -> Indices:
    """The indices of a tensor that no trial gives a shape."""
    return np.full(trials, REFUSED, _smallest_type(trials))


def _output(outputs: tuple[Shape | None, ...] | None, number: int) -> Shape | None:
    """The shape of one output; None where the layer refuses its inputs, or has no such output."""
    return outputs[number] if outputs is not None and number < len(outputs) else None


def _spread(shapes: Sequence[Shape | None], combination_of: Indices, accepted: Flags) -> TensorShapes:
    """A tensor's shape for each trial, from its shape for each combination of inputs."""
    index_of: dict[Shape, int] = {}
    outputs = [REFUSED if shape is None else index_of.setdefault(shape, len(index_of)) for shape in shapes]
    indices = _refused(len(accepted))
    if outputs:
        indices[accepted] = np.array(outputs, indices.dtype)[combination_of]
    return TensorShapes(list(index_of), indices)


def tensor_shapes(shapes: Sequence[Shape]) -> TensorShapes:
    """A tensor that has one shape for each trial."""
    index_of: dict[Shape, int] = {}
    indices = [index_of.setdefault(shape, len(index_of)) for shape in shapes]
    return TensorShapes(list(index_of), np.array(indices, _smallest_type(len(shapes))))
