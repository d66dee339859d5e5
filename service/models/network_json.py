"""The service's own JSON: what `/v1/networks/read` answers as `network` is a model too."""

from typing import Any

from service.models.formats import Format
from service.models.json_documents import beginning_of, read_json
from service.models.posted import PostedModel
from service.models.reading import ModelReading, UnreadableModelError
from service.models.recorder import ONLY_INPUT, JudgeLayer

MEMBERS = ("framework", "opset", "input_shape", "inputs", "layers", "outputs")
"""The members that a network may have."""
HELP = 'post an object with `layers`, as "network" in an answer of /v1/networks/read'


def recognises(model: PostedModel) -> bool:
    """Whether it is an object with `layers` at its beginning."""
    text = beginning_of(model)
    return text.startswith(b"{") and b'"layers"' in text and b'"class_name"' not in text


def read(model: PostedModel, _judge: JudgeLayer) -> ModelReading:
    """The network as it is.

    Raises:
        UnreadableModelError: It is no JSON, or has no layers.
    """
    document = _document(model)
    network = {name: document[name] for name in MEMBERS if document.get(name) is not None}
    if model.input_shapes:
        network = {name: value for name, value in network.items() if name not in ("input_shape", "inputs")}
        shapes = {name: list(shape) for name, shape in model.input_shapes.items()}
        network |= {"input_shape": shapes[ONLY_INPUT]} if list(shapes) == [ONLY_INPUT] else {"inputs": shapes}
    return ModelReading(network=network)


def _document(model: PostedModel) -> dict[str, Any]:
    """The object that the text is."""
    text = model.text if model.data is None else model.data
    if text is None:
        raise UnreadableModelError("a network in JSON is one text", "post it as `source`", member="files")
    document = read_json(text, "the text", model.limits)
    if not isinstance(document, dict) or not isinstance(document.get("layers"), list):
        raise UnreadableModelError("the JSON is no object with `layers`", HELP, member="source")
    return document


FORMAT = Format(
    name="json",
    title="the service's own JSON",
    framework=None,
    recognises=recognises,
    reader="service.models.network_json:read",
    place=9,
)
