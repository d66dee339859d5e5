"""What goes into a Keras model: the shapes of its inputs, as the file declares them or as the request gives them."""

from collections.abc import Mapping, Sequence
from typing import Any

from service.core.geometry.shapes import Shape
from service.models.archives import shortened
from service.models.json_documents import member, object_of, text_of
from service.models.keras.connections import flat_references, shape_in
from service.models.keras.layers import first_shape, is_model, layers_of, name_of
from service.models.posted import PostedModel
from service.models.reading import LayerPlace, Place, UnreadableModelError
from service.models.recorder import Recorder, Tensor

ONLY = "input"
"""What the input is called where there is one."""
DEEPEST_FIRST = 20
"""Models that are each the first layer of another, at most, where the input's shape is looked for."""


def make_inputs(
    names: Sequence[str],
    declared: Sequence[Shape | None],
    model: PostedModel,
    recorder: Recorder,
    places: Sequence[Place | None] = (),
) -> list[Tensor]:
    """The network's inputs; shapes that the request gives replace the file's. `places` are theirs in a text.

    Raises:
        UnreadableModelError: The request gives an input that the model does not have, or nobody gives a shape.
    """
    given = model.shapes_of(names)
    if len(names) == 1 and len(given) == 1:
        given = {names[0]: next(iter(given.values()))}
    unknown = [name for name in given if name not in names]
    if unknown:
        known = ", ".join(f"`{shortened(name)}`" for name in names[:10])
        raise UnreadableModelError(
            f"the model has no input `{shortened(unknown[0])}`", f"its inputs are {known}", member="inputs"
        )
    shapes = {name: given.get(name, shape) for name, shape in zip(names, declared, strict=True)}
    made: list[Tensor] = []
    for name, shape in shapes.items():
        if shape is None:
            raise UnreadableModelError(
                f"the model does not say the shape of its input `{shortened(name)}`", "give it as `input_shape`"
            )
        place = places[len(made)] if places else LayerPlace(layer=name)
        made.append(recorder.input(ONLY if len(names) == 1 else name, shape, place=place))
    return made


def agrees(given: Sequence[Tensor], declared: Sequence[Shape | None]) -> bool:
    """Whether the inputs are as the file declares them, so that what it declares of other tensors holds too."""
    return all(
        shape is None
        or (
            tensor.shape is not None
            and len(shape) == len(tensor.shape)
            and all(None in pair or pair[0] == pair[1] for pair in zip(shape[1:], tensor.shape[1:], strict=True))
        )
        for tensor, shape in zip(given, declared, strict=True)
    )


def inputs_of(layer: Mapping[str, Any]) -> tuple[list[str], list[Shape | None]]:
    """The names of a model's inputs, and their shapes as it declares them."""
    config = object_of(layer.get("config"))
    layers = {name_of(entry): entry for entry in reversed(layers_of(layer))}
    if "input_layers" not in config:
        return [_name_of_first(layer)], [_shape_of_first(layer)]
    names = [reference.layer for reference in flat_references(config["input_layers"])]
    names = names or [name for name, entry in layers.items() if text_of(entry.get("class_name")) == "InputLayer"]
    shapes = [first_shape(layers.get(name, {})) for name in names]
    built = member(layer, "build_config", "input_shape")
    if len(names) == 1 and shapes == [None]:
        shapes = [shape_in(built)]
    return list(dict.fromkeys(names)), shapes[: len(dict.fromkeys(names))]


def _name_of_first(model: Mapping[str, Any]) -> str:
    layers = layers_of(model)
    return name_of(layers[0]) if layers and layers[0].get("class_name") == "InputLayer" else ONLY


def _shape_of_first(model: Mapping[str, Any]) -> Shape | None:
    """The shape that arrives at a Sequential model: as it says itself, or its first layer, or that one's first."""
    for _ in range(DEEPEST_FIRST):
        if (shape := first_shape(model)) is not None:
            return shape
        layers = layers_of(model)
        if not layers:
            return None
        if is_model(layers[0]) and "input_layers" in object_of(layers[0].get("config")):
            return next(iter(inputs_of(layers[0])[1]), None)
        model = layers[0]
    return None
