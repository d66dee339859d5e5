"""What a framework's recurrent layers accept, what comes out of them, and how many biases they have."""

from collections.abc import Callable
from dataclasses import dataclass

from service.core.geometry.shapes import Shape, Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a recurrent layer over a sequence, as far as its shapes matter."""

    batch: Shape
    """The batch axis, or nothing where there is none."""
    steps: Size
    features: Size
    """What one direction gives at a step: the hidden size, or that of its projection."""
    hidden: Size
    layers: int = 1
    directions: int = 1
    memory: bool = False
    """Whether there is a second state beside what is given out, as in an LSTM."""
    batch_first: bool = False
    sequences: bool = True
    """Whether what is given out at every step is asked for, not only at the last."""
    states: bool = True
    """Whether the states after the last step are asked for."""

    @property
    def joined(self) -> Size:
        """The features of all directions side by side."""
        return None if self.features is None else self.features * self.directions


Outputs = Callable[[Run], tuple[Shape, ...]]
BiasVectors = Callable[[bool], int]


def sequence_and_states(run: Run) -> tuple[Shape, ...]:
    """`[steps, batch, directions*features]`, and the last states as `[layers*directions, batch, features]`."""
    along = (*run.batch, run.steps) if run.batch_first else (run.steps, *run.batch)
    deep = run.layers * run.directions
    memory = ((deep, *run.batch, run.hidden),) if run.memory else ()
    return ((*along, run.joined), (deep, *run.batch, run.features), *memory)


def as_asked_for(run: Run) -> tuple[Shape, ...]:
    """`[batch, features]` or `[batch, steps, features]`, and the states as `[batch, features]` if asked for."""
    along = (*run.batch, run.steps) if run.sequences else run.batch
    return ((*along, run.features), *((*run.batch, run.features),) * ((1 + run.memory) * run.states))


def directions_apart(run: Run) -> tuple[Shape, ...]:
    """`[steps, directions, batch, features]`, and the last states as `[directions, batch, features]`.

    With the batch first `[batch, steps, directions, features]` and `[batch, directions, features]`.
    """
    if run.batch_first:
        state = (*run.batch, run.directions, run.features)
        return ((*run.batch, run.steps, run.directions, run.features), *(state,) * (1 + run.memory))
    state = (run.directions, *run.batch, run.features)
    return ((run.steps, *state), *(state,) * (1 + run.memory))


def two_biases(reset_after: bool) -> int:
    """One for what arrives, one for the state."""
    return 2


def two_biases_if_reset_after(reset_after: bool) -> int:
    """One; a second where the state is multiplied before it is reset."""
    return 1 + reset_after


@dataclass(frozen=True, kw_only=True)
class RecurrentRules:
    """What one framework's recurrent layers accept and assume."""

    outputs: Outputs
    """What comes out of a run."""
    biases: BiasVectors
    """(whether the reset comes after the product) → bias vectors a gate."""
    cell_gives_state_only: bool = True
    """A cell gives its new states; otherwise what it gives out comes before them."""
    cells: bool = True
    """There are cells for one step."""
    wraps_directions: bool = False
    """A wrapper makes a layer bidirectional."""
    batch_first: bool = False
    """The default: whether the batch is the first axis."""
    unbatched: bool = False
    """A sequence without a batch is taken."""
    weights_given: bool = False
    """The weights may be inputs, behind the sequence: W, R, B, lengths and the initial states."""
    states_broadcast: bool = False
    """Initial states of fewer examples serve all examples."""
    lacks: frozenset[str] = frozenset()
    """Parameters of our layer that this one does not have."""
