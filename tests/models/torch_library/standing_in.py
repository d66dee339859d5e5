"""A run without an interpreter: what the library asks of one, as far as calls of the library alone need it."""

from typing import Any

from service.core.frameworks import FRAMEWORKS
from service.core.networks.outcome import outcome_of
from service.models.posted import ReadingLimits
from service.models.reading import TextPlace
from service.models.recorder import Recorder
from service.models.source.host import Host, Value
from service.models.torch_library.library import LIBRARY
from service.operations.shared.network_layers import node_of

HERE = TextPlace(line=1, column=1, end_line=1, end_column=2, text="x")


def judge(raw: Any, shapes: Any, known: Any) -> Any:
    """The shapes that come out of a layer object."""
    node, framework = node_of(raw, ("layers", 0), FRAMEWORKS["pytorch"]), FRAMEWORKS["pytorch"]
    names = node.reference_names
    arriving = (*shapes, *(known.get(name) for name in names))
    outcome, _ = outcome_of(node.description, framework, arriving, raw["name"], lambda: (), names)
    return outcome.outputs


class StandingIn:
    """A run that knows no modules, and calls what the library can call."""

    training = False
    module_path = "net"
    place = HERE

    def __init__(self) -> None:
        self.recorder = Recorder(judge, ReadingLimits())

    def input(self, *shape: int | None) -> Any:
        """A tensor of the network."""
        return LIBRARY.input(self.recorder.input("input", shape), self)  # type: ignore[arg-type]

    def path_of(self, module: Value) -> str | None:
        return getattr(module, "path_in_tests", None)

    def call(self, function: Value, arguments: Any, keywords: Any) -> Value:
        return function.call(arguments, keywords, self)

    def iterate(self, value: Value) -> list[Value]:
        return value.iterate(self) if isinstance(value, Host) else list(value)

    def attribute(self, value: Value, name: str) -> Value:
        return value.attribute(name, self)

    def spend(self, steps: int = 1, elements: int = 0) -> None:
        """Nothing is counted."""

    def named(self, name: str) -> Any:
        """A value of the library by its full name: `torch.nn.Conv2d`."""
        module, _, last = name.rpartition(".")
        return LIBRARY.module(module).attribute(last, self)  # type: ignore[union-attr,arg-type]

    def of(self, name: str, *arguments: Value, **keywords: Value) -> Any:
        """Call a value of the library by its full name."""
        return self.named(name).call(arguments, keywords, self)

    def method(self, value: Any, name: str, *arguments: Value, **keywords: Value) -> Any:
        """Call a method."""
        return value.attribute(name, self).call(arguments, keywords, self)
