"""PyTorch source: `model.py` as it stands, interpreted without being run."""

import re

from service.models.formats import Format
from service.models.posted import PostedModel

_PACKAGES = "torch|torchvision|timm|einops|lightning|pytorch_lightning"
_IMPORT = re.compile(rf"^[ \t]*(?:import|from)[ \t]+(?:{_PACKAGES})\b", re.MULTILINE)


def _recognises(model: PostedModel) -> bool:
    return any(_IMPORT.search(text[:20_000]) is not None for text in model.files.values())


FORMAT = Format(
    name="pytorch",
    title="PyTorch source",
    framework="pytorch",
    recognises=_recognises,
    reader="service.models.torch_library.reader:read_pytorch_source",
    place=10,
)
