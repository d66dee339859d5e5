"""PyTorch source: `model.py` as it stands, interpreted without being run."""

import re

from service.models.formats import Format
from service.models.posted import PostedModel
from service.models.reading import ModelReading
from service.models.recorder import JudgeLayer
from service.models.source.program import read_source
from service.models.torch_library import LIBRARY

_PACKAGES = "torch|torchvision|timm|einops|lightning|pytorch_lightning"
_IMPORT = re.compile(rf"^[ \t]*(?:import|from)[ \t]+(?:{_PACKAGES})\b", re.MULTILINE)


def _recognises(model: PostedModel) -> bool:
    return any(_IMPORT.search(text[:20_000]) is not None for text in model.files.values())


def _read(model: PostedModel, judge: JudgeLayer) -> ModelReading:
    return read_source(model, LIBRARY, judge, "pytorch")


FORMAT = Format(
    name="pytorch", title="PyTorch source", framework="pytorch", recognises=_recognises, read=_read, place=10
)
