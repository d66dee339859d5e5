"""Keras models read: from a configuration to a network, layer by layer in the order in which they can run."""

from service.models.json_documents import object_of
from service.models.keras.documents import configuration_of
from service.models.keras.layers import FRAMEWORK
from service.models.keras.walk import Walk
from service.models.posted import PostedModel
from service.models.reading import ModelReading, UnreadableModelError
from service.models.recorder import JudgeLayer, Recorder


def read_keras(model: PostedModel, judge: JudgeLayer) -> ModelReading:
    """The network of a Keras model.

    Raises:
        UnreadableModelError: It is of a form that is not read, or its configuration contradicts itself.
        ModelLimitError: It is too large.
    """
    document = configuration_of(model)
    recorder = Recorder(judge, model.limits)
    walk = Walk(recorder, model)
    outputs = walk.whole(object_of(document))
    if not outputs or not recorder.layers:
        raise UnreadableModelError(
            "the model has no layers between its inputs and outputs", "post the configuration as Keras wrote it"
        )
    return recorder.reading(FRAMEWORK, outputs)
