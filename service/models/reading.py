"""What a reader makes of a model: a network, where its parts stand in what was posted, what was not understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.core.layers.pointers import Pointer


@dataclass(frozen=True, kw_only=True, slots=True)
class TextPlace:
    """A stretch of posted text. Lines and columns count from 1, columns in characters; the end is the one after it."""

    file: str | None = None
    """Its path, where several files were posted."""
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    """What stands there; of a long stretch the first line."""
    module: str | None = None
    """The path in the state dict of the module that is called there, such as `layer1.0.conv1`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NodePlace:
    """A node of an ONNX graph or an exported program."""

    node: str
    operator: str
    outputs: tuple[str, ...]
    """The names of the tensors that it makes."""
    module: str | None = None
    """The path of the module that the node comes from, where the file tells."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerPlace:
    """A layer of a Keras configuration."""

    layer: str


Place = TextPlace | NodePlace | LayerPlace
MADE = "type"
"""The member of a layer whose place is where the layer is made; that of the layer itself is where it is called."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Literal:
    """A number or string in posted text from which a parameter of the network comes."""

    place: TextPlace
    value: Any
    """What stands there."""
    exact: bool = True
    """Whether the parameter is this value; otherwise it was computed from it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Rename:
    """Another name in place of one that stands in posted text."""

    place: TextPlace
    name: str


@dataclass(frozen=True, kw_only=True, slots=True)
class NotUnderstood:
    """A value, a call or an operator that the reader does not know. What depends on it is unknown."""

    message: str
    """The fact, with its names: "`torch.fft.rfft` is not known, so the shape of what it returns is not either"."""
    place: Place | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """An error that the posted program would raise; what it would have made is unknown, and the rest is judged."""

    name: str
    """The class of the exception: `TypeError`."""
    message: str
    help: str
    place: Place | None = None
    literals: Sequence[Literal] = ()
    """The numbers and strings of the text that the statement depends on, the nearest first."""
    layers: int = 0
    """How many layers of the network come before it."""
    renames: Sequence[Rename] = ()
    """Names that may be meant where a name is wrong, the likeliest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelReading:
    """A model as a network."""

    network: Mapping[str, Any]
    """As `/v1/networks/validate` takes it: `framework`, `input_shape` or `inputs`, `layers`, `outputs`, `opset`."""
    places: Mapping[Pointer, Place] = field(default_factory=dict)
    """Where each layer and parameter stands: `("layers", 3)`, `("layers", 3, "kernel_size", 0)`, `("inputs", "x")`."""
    literals: Mapping[Pointer, Sequence[Literal]] = field(default_factory=dict)
    """What can be changed in posted text to change a parameter, the likeliest first."""
    not_understood: Sequence[NotUnderstood] = ()
    """Each said once."""
    mistakes: Sequence[Mistake] = ()
    """What the program would raise before any layer is judged, each said once."""
    steps: int = 0
    """How much of `max_model_steps` was spent."""


class UnreadableModelError(Exception):
    """Nothing can be made of the model: the message is the fact, `help` says what to do."""

    def __init__(self, message: str, help_text: str, *, place: Place | None = None, member: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.help = help_text
        self.place = place
        """Where in the posted text."""
        self.member = member
        """The member of the posted `model` that is wrong: `entry`, `arguments`, `data`; None for the whole."""
        self.steps = 0
        """How much of `max_model_steps` was spent."""


class WrongModelError(UnreadableModelError):
    """Something is wrong with the model, and only one without a mistake was asked for."""

    def __init__(self) -> None:
        super().__init__("the model is wrong", "mend it")


class ModelLimitError(UnreadableModelError):
    """A limit on models is exceeded; the service answers with status 413 and the limit's name."""

    def __init__(self, message: str, limit: str, help_text: str, *, place: Place | None = None) -> None:
        super().__init__(message, help_text, place=place)
        self.limit = limit
        """The field of `ReadingLimits`, which is the name of the setting too."""
