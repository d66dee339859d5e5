"""From posted PyTorch source to a network."""

from service.models.posted import PostedModel
from service.models.reading import ModelReading
from service.models.recorder import JudgeLayer
from service.models.source.program import read_source
from service.models.torch_library.library import LIBRARY


def read_pytorch_source(model: PostedModel, judge: JudgeLayer) -> ModelReading:
    """A posted model as a network.

    Raises:
        UnreadableModelError: Nothing can be made of it.
        ModelLimitError: It takes too much work or memory.
    """
    return read_source(model, LIBRARY, judge, "pytorch")
