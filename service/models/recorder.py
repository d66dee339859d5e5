"""The network that a reader writes down, layer by layer, with the shape of every tensor as it goes."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from service.core.geometry.shapes import Shape
from service.core.layers.pointers import LONGEST_NAME, Pointer
from service.models.posted import ReadingLimits
from service.models.reading import Literal, ModelLimitError, ModelReading, NotUnderstood, Place


class JudgeLayer(Protocol):
    """What says which shapes come out of a layer."""

    def __call__(
        self, raw: Mapping[str, Any], arriving: Sequence[Shape | None], known: Mapping[str, Shape | None], /
    ) -> tuple[Shape | None, ...]:
        """The shapes that come out of a layer object, as a network has it, for the shapes that go in; never raises.

        The third argument has the shapes of all tensors by name, for parameters that ask for sizes of another layer.
        """

    def refuses(self, raw: Mapping[str, Any], arriving: Sequence[Shape | None], /) -> bool:
        """Whether the framework would refuse a layer object for the shapes that go in."""

    def at(self, opset: int, /) -> "JudgeLayer":
        """The same by the rules of an operator set, where the framework has them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Tensor:
    """A tensor of the network: what names it in `inputs`, and its shape as far as it is known."""

    name: str
    """`conv1`, `split:1`, or the name of an input."""
    shape: Shape | None
    dtype: str = "float32"


ONLY_INPUT = "input"
"""The name of the input of a network that has only one."""


class Recorder:
    """Collects inputs, layers, places and what was not understood."""

    def __init__(self, judge: JudgeLayer, limits: ReadingLimits) -> None:
        self.judge = judge
        self.limits = limits
        self.inputs: dict[str, Shape] = {}
        self.layers: list[dict[str, Any]] = []
        self.places: dict[Pointer, Place] = {}
        self.literals: dict[Pointer, Sequence[Literal]] = {}
        self.not_understood: list[NotUnderstood] = []
        self.shapes: dict[str, Shape | None] = {}
        """The shape of every tensor by name."""
        self._names: dict[str, int] = {}
        self._owners: dict[Hashable, str] = {}
        """The first layer with the weights of each owner."""

    def input(self, name: str, shape: Shape, *, dtype: str = "float32", place: Place | None = None) -> Tensor:
        """An input of the network."""
        self.inputs[name] = tuple(shape)
        self.shapes[name] = self.inputs[name]
        self._names[name] = 1
        if place is not None:
            self.places["inputs", name] = place
        return Tensor(name=name, shape=tuple(shape), dtype=dtype)

    def layer(
        self,
        type_name: str,
        parameters: Mapping[str, Any],
        inputs: Sequence[Tensor],
        *,
        name: str,
        place: Place | None = None,
        places: Mapping[Pointer, Place] | None = None,
        literals: Mapping[Pointer, Sequence[Literal]] | None = None,
        dtype: str | None = None,
        owner: Hashable = None,
    ) -> tuple[Tensor, ...]:
        """Write a layer down, and return the tensors that it makes.

        `name` is made unique: a second `conv1` becomes `conv1#2`. `places` and `literals` are those of its parameters,
        by a pointer within the layer: `("kernel_size", 0)`. Layers of one `owner` use the same weights.

        Raises:
            ModelLimitError: The network has too many layers.
        """
        index = len(self.layers)
        if index >= self.limits.max_layers:
            raise ModelLimitError(
                f"the model has more than {self.limits.max_layers} layers", "max_layers", "post a smaller model"
            )
        unique = self.unique_name(name)
        raw = {"name": unique, "type": type_name, **parameters, "inputs": [tensor.name for tensor in inputs]}
        if owner is not None and (first := self._owners.setdefault(owner, unique)) != unique:
            raw["weights_of"] = first
        self.layers.append(raw)
        if place is not None:
            self.places["layers", index] = place
        if places:
            self.places |= {("layers", index, *pointer): spot for pointer, spot in places.items()}
        if literals:
            self.literals |= {("layers", index, *pointer): spots for pointer, spots in literals.items()}
        kind = dtype or (inputs[0].dtype if inputs else "float32")
        shapes = self.judge(raw, [tensor.shape for tensor in inputs], self.shapes)
        made = tuple(
            Tensor(name=f"{unique}:{position}" if position else unique, shape=shape, dtype=kind)
            for position, shape in enumerate(shapes)
        )
        for tensor in made:
            self.shapes[tensor.name] = tensor.shape
        return made

    def unknown(
        self, message: str, inputs: Sequence[Tensor], *, name: str, place: Place | None, shape: Shape | None = None
    ) -> Tensor:
        """A tensor that something not understood makes: a layer of type `opaque`, whose shape may be declared."""
        self.not_understood.append(NotUnderstood(message=message, place=place))
        parameters = {} if shape is None else {"output_shape": list(shape)}
        return self.layer("opaque", parameters, inputs, name=name, place=place)[0]

    def unique_name(self, name: str) -> str:
        """The name itself, or with `#2`, `#3`, ... where it is taken."""
        short = name[: LONGEST_NAME - 8].replace(":", "_") or "layer"
        count = self._names.get(short, 0) + 1
        self._names[short] = count
        if count == 1:
            return short
        unique = f"{short}#{count}"
        return unique if self._names.setdefault(unique, 1) == 1 else self.unique_name(unique)

    def reading(self, framework: str, outputs: Sequence[Tensor], **members: Any) -> ModelReading:
        """The whole, where an input that is the only one is called `input`; `members`, such as `opset`, go into it."""
        named = {name: name for name in self.inputs}
        if len(named) == 1 and all(layer["name"] != ONLY_INPUT for layer in self.layers):
            named = dict.fromkeys(named, ONLY_INPUT)
        network = {
            "framework": framework,
            "inputs": {named[name]: list(shape) for name, shape in self.inputs.items()},
            **members,
            "layers": [
                {**layer, "inputs": [named.get(name, name) for name in layer["inputs"]]} for layer in self.layers
            ],
            "outputs": list(dict.fromkeys(named.get(tensor.name, tensor.name) for tensor in outputs)),
        }
        places, literals = self.places, self.literals
        if list(network["inputs"]) == [ONLY_INPUT]:
            network = {"input_shape": network.pop("inputs")[ONLY_INPUT], **network}
            places = {_of_only_input(at): place for at, place in places.items()}
            literals = {_of_only_input(at): spots for at, spots in literals.items()}
        return ModelReading(
            network=network, places=places, literals=literals, not_understood=tuple(self.not_understood)
        )


def _of_only_input(pointer: Pointer) -> Pointer:
    """A place in the only input, which has no name."""
    return ("input_shape", *pointer[2:]) if pointer[0] == "inputs" else pointer
