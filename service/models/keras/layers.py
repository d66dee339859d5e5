"""Layers of Keras' configurations as layer objects of a network: what is part of the shape, in Keras' own words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.core.geometry.shapes import Shape
from service.core.layers.names.keras import ACTIVATIONS
from service.core.layers.names.lookup import Meaning, meanings
from service.models.archives import shortened
from service.models.json_documents import list_of, member, object_of, text_of
from service.models.keras.connections import shape_in

FRAMEWORK = "keras"
ITS_OWN_MODULES = ("keras.", "tf_keras.", "tensorflow.python.keras.", "tensorflow.keras.")
WRAPPERS = ("layer", "forward_layer")
"""The members of a configuration that hold another layer."""
NEVER_OF_A_SHAPE = frozenset({
    "name", "trainable", "dtype", "dynamic", "sparse", "ragged", "autocast", "batch_input_shape", "batch_shape",
    "input_shape", "batch_size", "input_length", "input_dim", "seed", "implementation", "time_major", "stateful",
    "unroll", "build_config", "experimental_autocast", "reset_after_compat", "quantization_config", "rate_schedule",
    "zero_output_for_mask", "supports_masking", "use_cudnn", "noise_shape", "sliding_window", "virtual_batch_size",
    "adjustment", "backward_layer", "data_format_compat", "module", "registered_name", "flash_attention",
    "query_shape", "key_shape", "value_shape", "function_type", "output_shape_type", "arguments",
})  # fmt: skip
"""Members of configurations, of any version, that no shape and no count depends on."""
ENDINGS = ("_initializer", "_regularizer", "_constraint")
LISTED_IN_KERAS_2 = frozenset({("BatchNormalization", "axis")})
"""Parameters that Keras 2 writes as a list of one."""
MOST_NUMBERS = 1000
"""Numbers of one parameter. Chosen: the core takes lists of 64 at most."""


@dataclass(frozen=True, kw_only=True, slots=True)
class LayerObject:
    """A layer as networks have it, and what of its configuration is not understood."""

    type: str
    parameters: Mapping[str, Any]
    unclear: tuple[str, ...] = ()


def is_model(layer: Mapping[str, Any]) -> bool:
    """Whether a layer is a model with layers of its own."""
    config = layer.get("config")
    return isinstance(member(config, "layers"), list) or (
        layer.get("class_name") == "Sequential" and isinstance(config, list)
    )


def layers_of(model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The layers of a model; old Sequential models are a list of them."""
    config = model.get("config")
    return [object_of(layer) for layer in list_of(config) or list_of(member(config, "layers"))]


def name_of(layer: Mapping[str, Any]) -> str:
    """The name of a layer."""
    return text_of(member(layer, "config", "name")) or text_of(layer.get("name")) or text_of(layer.get("class_name"))


def is_keras_own(layer: Mapping[str, Any]) -> bool:
    """Whether a class is Keras' own, as far as the configuration says where it comes from."""
    module, registered = layer.get("module"), text_of(layer.get("registered_name"))
    if isinstance(module, str):
        return module == "keras" or module.startswith(ITS_OWN_MODULES)
    return ">" not in registered and ">" not in text_of(layer.get("class_name"))


def layer_object(layer: Mapping[str, Any]) -> LayerObject | None:
    """A layer in Keras' words; None where it is none that is known."""
    kind, config = text_of(layer.get("class_name")), object_of(layer.get("config"))
    found = meanings(kind, FRAMEWORK)
    if not is_keras_own(layer) or not found or found[0].framework != FRAMEWORK:
        return None
    meaning = found[0]
    parameters: dict[str, Any] = {}
    unclear: list[str] = []
    for word, value in config.items():
        said = _parameter(kind, meaning, word, value)
        if isinstance(said, str):
            unclear.append(said)
        elif said is not None:
            parameters[word] = said[0]
    if any(wrapped not in parameters for wrapped in WRAPPERS if meaning.words.get(wrapped) and wrapped in config):
        return None
    if meaning.chooses and parameters.get(meaning.chooses[0]) not in meaning.chooses[1]:
        return None
    return LayerObject(type=kind, parameters=parameters, unclear=tuple(unclear))


def _parameter(kind: str, meaning: Meaning, word: str, value: Any) -> tuple[Any] | str | None:
    """The value of a parameter in a tuple, None where no shape depends on it, a text where it is not understood."""
    said = meaning.words.get(word)
    chooses = meaning.chooses is not None and word == meaning.chooses[0]
    if said is None:
        harmless = word in NEVER_OF_A_SHAPE or word.endswith(ENDINGS) or value in (None, False)
        return None if harmless else f"`{shortened(word)}` of `{shortened(kind)}` is not known"
    if word in WRAPPERS:
        held = layer_object(object_of(value))
        return None if held is None else ({"type": held.type, **held.parameters},)
    if said.activates or chooses:
        return _activation(kind, word, value)
    if said.parameter is None:
        return None
    if word == "merge_mode" and value is None:
        return ("none",)
    if (kind, word) in LISTED_IN_KERAS_2 and isinstance(value, list) and len(value) == 1:
        return (value[0],)
    if value is None:
        return None
    if not is_plain(value):
        return f"`{shortened(word)}` of `{shortened(kind)}` is an object that is not known"
    return (value,)


def _activation(kind: str, word: str, value: Any) -> tuple[Any] | str | None:
    """The name of an activation, which stands there alone or as the object of a function or a layer."""
    config = object_of(value).get("config")
    named = next((text for text in (value, config, member(config, "name")) if isinstance(text, str)), None)
    if value is None or named in ACTIVATIONS:
        return None if value is None else (named,)
    return f"the activation {shortened(repr(named))} of `{shortened(kind)}` is not known, and taken to keep the shape"


def is_plain(value: Any) -> bool:
    """Whether a value is a number or a text, or lists of some of them."""
    count = 0
    level = [value]
    for _ in range(5):
        count += len(level)
        if count > MOST_NUMBERS or not all(
            entry is None or isinstance(entry, bool | int | float | str | list) for entry in level
        ):
            return False
        level = [entry for container in level if isinstance(container, list) for entry in container]
        if not level:
            return True
    return False


def held_model(layer: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The model that a wrapper holds; None where it holds none."""
    held = [object_of(member(layer, "config", word)) for word in WRAPPERS]
    return next((model for model in held if is_model(model)), None)


def declared_inputs(layer: Mapping[str, Any]) -> Iterator[Any]:
    """The shapes that a layer's configuration says arrive, the likeliest first."""
    config = layer.get("config")
    for path in (("batch_shape",), ("batch_input_shape",), ("build_input_shape",)):
        yield member(config, *path)
    for owner in (layer, config):
        for word in ("batch_input_shape", "input_shape"):
            yield member(owner, "build_config", word)


def first_shape(layer: Mapping[str, Any]) -> Shape | None:
    """The shape that a layer's configuration says arrives."""
    return next((shape for value in declared_inputs(layer) if (shape := shape_in(value)) is not None), None)
