"""The service's own JSON: what `/v1/networks/read` answers as `network` is a model too."""

import json
from typing import Any

from service.models.formats import Format
from service.models.posted import PostedModel
from service.models.reading import ModelReading, UnreadableModelError
from service.models.recorder import ONLY_INPUT, JudgeLayer

MEMBERS = ("framework", "opset", "input_shape", "inputs", "layers", "outputs")
"""The members that a network may have."""
HELP = 'post an object with `layers`, as "network" in an answer of /v1/networks/read'


def recognises(model: PostedModel) -> bool:
    """Whether it is an object with `layers` at its beginning."""
    text = (model.text or "")[:4000].lstrip()
    return text.startswith("{") and '"layers"' in text and '"class_name"' not in text


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
    text = model.text
    if text is None:
        raise UnreadableModelError("a network in JSON is one text", "post it as `source`", member="files")
    if len(text) > model.limits.max_source_bytes:
        raise UnreadableModelError(f"the text has {len(text)} letters", "post the layers as `layers`", member="source")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableModelError(f"the text is not JSON: {error}", HELP, member="source") from None
    if not isinstance(document, dict) or not isinstance(document.get("layers"), list):
        raise UnreadableModelError("the JSON is no object with `layers`", HELP, member="source")
    return document


FORMAT = Format(
    name="json",
    title="the service's own JSON",
    framework=None,
    recognises=recognises,
    read=read,
    place=9,
)
