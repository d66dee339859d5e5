"""Recurrent layers: RNN, LSTM and GRU over a sequence, and their cells for one step."""

from dataclasses import dataclass
from math import prod
from typing import ClassVar, Literal

from service.core.frameworks.recurrent_rules import RecurrentRules, Run
from service.core.geometry.shapes import Shape, Size
from service.core.layers.base import InputCounts, Layer, Site
from service.core.layers.parameters import Natural, Positive, Probability
from service.core.layers.registry import layer_kind

Direction = Literal["forward", "reverse", "bidirectional"]

GATES = {"rnn": 1, "gru": 3, "lstm": 4}
"""Matrix products a step that each kind makes of its input, and of its state."""


def _product(*factors: Size) -> Size:
    """The product; None while a factor is unknown."""
    known = [factor for factor in factors if factor is not None]
    return prod(known) if len(known) == len(factors) else None


class Recurring(Layer):
    """What recurrent layers and their cells share: the sizes they are made for, weights and biases."""

    passes_channels_on: ClassVar[bool] = False
    mixes_positions: ClassVar[bool] = True
    declares: ClassVar[tuple[str, ...]] = ("hidden_size",)

    input_size: Positive | None
    hidden_size: Positive | None
    bias: bool

    def gates(self, site: Site) -> int:
        """Matrix products a step of the input, and of the state."""
        return GATES[site.kind.family.removesuffix("_cell")]

    def rules(self, site: Site) -> RecurrentRules | None:
        """The framework's; None where it has no recurrent layers."""
        return site.framework.recurrence

    def features_in(self, site: Site) -> Size:
        """The features of a step that the weights are made for: as declared, else as they arrive."""
        if self.input_size is not None:
            return self.input_size
        return site.shape[-1] if site.shape else None

    def resets_after(self, site: Site) -> bool:
        """Whether it is a GRU that multiplies its state before it is reset."""
        return site.kind.family.startswith("gru") and bool(getattr(self, "reset_after", False))

    def weights(self, site: Site, features: Size, state: Size) -> Size:
        """`gates*hidden*(features + state)`: the weights of one layer in one direction."""
        if features is None or state is None:
            return None
        return _product(self.gates(site), self.hidden_size, features + state)

    def biases(self, site: Site) -> Size:
        """A bias a gate and hidden value, two where the state has its own."""
        rules = self.rules(site)
        vectors = 0 if rules is None or not self.bias else rules.biases(self.resets_after(site))
        return _product(self.gates(site), self.hidden_size, vectors)


@dataclass(frozen=True, kw_only=True)
class Recurrent(Recurring):
    """What recurrent layers over a sequence share."""

    takes_inputs: ClassVar[InputCounts] = (1, 8)

    input_size: Positive | None = None
    hidden_size: Positive | None = None
    num_layers: Positive = 1
    bias: bool = True
    batch_first: bool | None = None
    dropout: Probability = 0.0
    bidirectional: bool = False
    direction: Direction = "forward"
    return_sequences: bool = False
    return_state: bool = False
    go_backwards: bool = False

    @property
    def directions(self) -> int:
        """2 where it also reads the sequence from its end, else 1."""
        return 1 + (self.bidirectional or self.direction == "bidirectional")

    @property
    def projected(self) -> Size:
        """What one direction gives at a step."""
        return getattr(self, "proj_size", 0) or self.hidden_size

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch, steps and features; without the batch where the framework takes that."""
        rules = self.rules(site)
        return (2, 3) if rules is not None and rules.unbatched else (3,)

    def weights_given(self, site: Site) -> bool:
        """Whether the weights are inputs, so that the layer has none of its own."""
        rules = self.rules(site)
        return rules is not None and rules.weights_given and len(site.inputs) > 1

    def run(self, site: Site) -> Run | None:
        """The run over the sequence that arrives; None where nothing fits."""
        rules, shape = self.rules(site), site.shape
        if rules is None or shape is None or not site.fits:
            return None
        first = rules.batch_first if self.batch_first is None else self.batch_first
        batched = len(shape) == 3
        steps, batch = (shape[1], shape[:1]) if batched and first else (shape[0], shape[1:2] if batched else ())
        return Run(
            batch=batch,
            steps=steps,
            features=self.projected,
            hidden=self.hidden_size,
            layers=self.num_layers,
            directions=self.directions,
            memory=site.kind.family == "lstm",
            batch_first=first,
            sequences=self.return_sequences,
            states=self.return_state,
        )

    def state_axes(self, site: Site, run: Run) -> Shape:
        """The axes of an initial state before its features."""
        rules = self.rules(site)
        states_alone = rules is not None and rules.states_broadcast
        return run.batch if states_alone else (self.num_layers * self.directions, *run.batch)

    def input_counts(self, site: Site) -> InputCounts:
        """The sequence, and the initial states or what else the framework takes."""
        rules = self.rules(site)
        if rules is not None and rules.weights_given:
            return self.takes_inputs
        return (1, 3 if site.kind.family == "lstm" else 2)

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """What is given out at each step, and the last states."""
        run = self.run(site)
        rules = self.rules(site)
        if rules is None:
            return (None,)
        if run is None:
            unknown = Run(batch=(None,), steps=None, features=None, hidden=None, memory=site.kind.family == "lstm",
                          sequences=self.return_sequences, states=self.return_state)  # fmt: skip
            return (None,) * len(rules.outputs(unknown))
        return rules.outputs(run)

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As without the mistake, which is about what arrives."""
        return self.output_shapes(site)

    def output_shape(self, site: Site) -> Shape | None:
        """What is given out."""
        return self.output_shapes(site)[0]

    def weights_of_layers(self, site: Site) -> Size:
        """The weights of all layers and directions, those of projections with them."""
        state = self.projected
        projection = _product(getattr(self, "proj_size", 0), self.hidden_size)
        first = self.weights(site, self.features_in(site), state)
        later = 0 if self.num_layers == 1 else self.weights(site, _product(self.directions, state), state)
        if first is None or later is None or projection is None:
            return None
        return self.directions * (first + (self.num_layers - 1) * later + self.num_layers * projection)

    def parameters(self, site: Site) -> Size:
        """`gates*hidden*(features + state)` a layer and direction, and its biases."""
        if self.weights_given(site):
            return 0
        weights, biases = self.weights_of_layers(site), self.biases(site)
        if weights is None or biases is None:
            return None
        return weights + self.num_layers * self.directions * biases

    def macs(self, site: Site, output: Shape) -> Size:
        """Every weight once a step and example."""
        run = self.run(site)
        if run is None:
            return None
        return _product(self.weights_of_layers(site), run.steps, *[size or 1 for size in run.batch])


@layer_kind("rnn")
@dataclass(frozen=True, kw_only=True)
class Rnn(Recurrent):
    """`h' = tanh(W x + R h + b)` at every step of a sequence.

    In PyTorch `[steps, batch, features]`, or the batch first if `batch_first`, gives the states of the last layer and,
    as output 1, the last states of all; in Keras `[batch, steps, features]` gives what `return_sequences` and
    `return_state` ask for; in ONNX the directions have an axis of their own.
    """


@layer_kind("gru")
@dataclass(frozen=True, kw_only=True)
class Gru(Recurrent):
    """Two gates mix the state with a new one at every step of a sequence: three products of `x` and of `h`."""

    reset_after: bool = True


@layer_kind("lstm")
@dataclass(frozen=True, kw_only=True)
class Lstm(Recurrent):
    """Three gates guard a memory beside the state at every step of a sequence: four products of `x` and of `h`.

    The last state is output 1, the last memory output 2. `proj_size` makes the state smaller than the memory.
    """

    proj_size: Natural = 0


@layer_kind("rnn_cell", "lstm_cell", "gru_cell")
@dataclass(frozen=True, kw_only=True)
class RecurrentCell(Recurring):
    """One step of a recurrent layer: `x` and the state give the new state, in an LSTM the memory as well."""

    takes_inputs: ClassVar[InputCounts] = (1, 3)

    input_size: Positive | None = None
    hidden_size: Positive | None = None
    bias: bool = True
    reset_after: bool = True

    def dimensions(self, site: Site) -> tuple[int, ...] | None:
        """Batch and features; without the batch where the framework takes that."""
        rules = self.rules(site)
        return (1, 2) if rules is not None and rules.unbatched else (2,)

    def input_counts(self, site: Site) -> InputCounts:
        """The step, and the state with its memory."""
        return (1, 3 if site.kind.family == "lstm_cell" else 2)

    def output_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """The state for every example, and the memory; before them what is given out, where that is told apart."""
        rules = self.rules(site)
        if rules is None:
            return (None,)
        state = (*site.shape[:-1], self.hidden_size) if site.shape and site.fits else None
        states = (state,) * (1 + (site.kind.family == "lstm_cell"))
        return states if rules.cell_gives_state_only else (state, *states)

    def declared_shapes(self, site: Site) -> tuple[Shape | None, ...]:
        """As without the mistake, which is about what arrives."""
        return self.output_shapes(site)

    def output_shape(self, site: Site) -> Shape | None:
        """The new state."""
        return self.output_shapes(site)[0]

    def parameters(self, site: Site) -> Size:
        """`gates*hidden*(features + hidden)`, and the biases."""
        weights, biases = self.weights(site, self.features_in(site), self.hidden_size), self.biases(site)
        return None if weights is None or biases is None else weights + biases

    def macs(self, site: Site, output: Shape) -> Size:
        """Every weight once an example."""
        weights = self.weights(site, self.features_in(site), self.hidden_size)
        return _product(weights, *[size or 1 for size in (site.shape or ())[:-1]])
