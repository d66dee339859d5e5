"""What the library remembers of one reading: names given, where layers are called, the models made."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from service.models.reading import Place
from service.models.source.host import Run, Value

_KEY = "keras"
_LONGEST_NAME = 100
_NEW_WORD = re.compile(r"(?<=.)(?=[A-Z][a-z])|(?<=[a-z])(?=[A-Z])")


@dataclass
class State:
    """Of one reading."""

    names: Counter[str] = field(default_factory=Counter)
    path: list[str] = field(default_factory=list)
    """The names of the models and layers of the program whose `call` runs."""
    made_at: Place | None = None
    """Where the layer is made that a `Sequential` model calls now: its call stands nowhere."""
    calls: int = 0
    """How many calls of layers and models of the program run: within, tensors may be TensorFlow's."""
    in_steps: int = 0
    """How many `TimeDistributed` are around."""
    models: list[Value] = field(default_factory=list)
    """In the order in which they were made."""
    nodes: int = 0
    """How many calls there were."""
    members: list[Value] = field(default_factory=list)
    """The models and layers of the program whose `call` runs, the outermost first."""
    first_node: int = 0
    """How many calls there were when the outermost of them was called."""
    places: dict[int, tuple[Value, Place]] = field(default_factory=dict)
    """Where layers of the program are made, by their identity."""

    @property
    def prefix(self) -> str:
        """What the names of layers begin with."""
        return "".join(f"{name}/" for name in self.path)

    def given_name(self, kind: str) -> str:
        """The name that Keras gives to the next of a class: `conv2d`, `conv2d_1`."""
        name = _NEW_WORD.sub("_", kind[:_LONGEST_NAME]).lower()
        self.names[name] += 1
        count = self.names[name] - 1
        return f"{name}_{count}" if count else name

    @contextmanager
    def inside(self, name: str, member: Value = None) -> Iterator[None]:
        """While a model or a layer of the program is called."""
        if not self.members:
            self.first_node = self.nodes
        self.path.append(name)
        self.members.append(member)
        self.calls += 1
        made_at, self.made_at = self.made_at, None
        try:
            yield
        finally:
            self.path.pop()
            self.members.pop()
            self.calls -= 1
            self.made_at = made_at

    @contextmanager
    def at(self, place: Place | None) -> Iterator[None]:
        """While a `Sequential` model calls a layer that is made there."""
        before, self.made_at = self.made_at, place
        try:
            yield
        finally:
            self.made_at = before


def state_of(run: Run) -> State:
    """The state of the reading."""
    found: State = run.memory.setdefault(_KEY, State())
    return found
