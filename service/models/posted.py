"""A model as it was posted, and how much work may be spent on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from service.core.geometry.shapes import Shape
from service.models.reading import UnreadableModelError

Data = bytes | memoryview
"""The bytes of a file: those of a form are a view of its body, which may be large and is never copied."""
LONGEST_SHOWN = 60
"""Letters of a name that a message shows. Chosen."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadingLimits:
    """Bounds on reading a model. Each is a setting of the service by the same name."""

    max_model_bytes: int = 256 * 2**20
    """Bytes of a model file."""
    max_source_bytes: int = 4 * 2**20
    """Bytes of all source files together."""
    max_model_steps: int = 1_000_000
    """Expressions and statements that are interpreted."""
    max_model_depth: int = 100
    """Calls inside calls, parentheses inside parentheses, graphs inside graphs."""
    max_model_elements: int = 1_000_000
    """Elements of all lists, strings and arrays that are made on the way."""
    max_model_members: int = 10_000
    """Members of a zip file."""
    max_unpacked_bytes: int = 64 * 2**20
    """Bytes that the members of a zip file which are read unpack to."""
    max_model_nodes: int = 100_000
    """Nodes of all graphs of a model file."""
    max_model_tensors: int = 200_000
    """Tensors that a model file lists: weights, inputs, outputs, declared shapes."""
    max_layers: int = 10_000
    """Layers of the network."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PostedModel:
    """A model as it was posted: source files by path, or bytes."""

    files: Mapping[str, str] = field(default_factory=dict)
    """Source text by path; a single text has the path ""."""
    data: Data | None = field(default=None, repr=False)
    entry: str | None = None
    """The class or function that makes the model: `Net`, or `package.module:callable`."""
    arguments: Mapping[str, Any] = field(default_factory=dict)
    """Its arguments as JSON values; `{"$torch": "torch.nn.GELU"}` is that object, `{"$tuple": [...]}` a tuple."""
    training: bool = False
    input_shapes: Mapping[str, Shape] = field(default_factory=dict)
    """The shapes of the inputs by name, where the request gives them; "input" where it gives only one shape."""
    ordered_shapes: Sequence[Shape] = ()
    """The shapes of the inputs in the order in which the model takes them, where the request gives them so."""
    values: Mapping[str, Any] = field(default_factory=dict)
    """What small inputs hold, by name, where shapes depend on it: numbers or lists of them."""
    limits: ReadingLimits = ReadingLimits()
    only_sound: bool = False
    """Whether the reading ends at the first layer that is wrong, and at the first exception, by a `WrongModelError`."""

    def shapes_of(self, names: Sequence[str]) -> dict[str, Shape]:
        """The shapes that the request gives for inputs of these names: those in order, and those by name.

        Raises:
            UnreadableModelError: More are given in order than there are names.
        """
        if len(self.ordered_shapes) > len(names):
            known = ", ".join(f"`{name[:LONGEST_SHOWN]}`" for name in names[:10]) or "none"
            count = len(self.ordered_shapes)
            raise UnreadableModelError(f"`input_shapes` has {count} shapes", f"give one for each input: {known}")
        return dict(zip(names, self.ordered_shapes, strict=False)) | dict(self.input_shapes)

    @property
    def text(self) -> str | None:
        """The source, where a single text was posted."""
        return next(iter(self.files.values())) if len(self.files) == 1 else None
