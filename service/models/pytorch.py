"""PyTorch source: `model.py` as it stands, interpreted without being run; and Python that names no framework.

Such Python makes no model that is known, or has a mistake of syntax: the reader says what is wrong, and where.
"""

import re

from service.models.formats import Format
from service.models.posted import PostedModel

_PACKAGES = "torch|torchvision|timm|einops|lightning|pytorch_lightning"
_IMPORT = re.compile(rf"^[ \t]*(?:import|from)[ \t]+(?:{_PACKAGES})\b", re.MULTILINE)


def _recognises(model: PostedModel) -> bool:
    return any(_IMPORT.search(text[:20_000]) or _is_python(path, text) for path, text in model.files.items())


def _is_python(path: str, text: str) -> bool:
    """Whether a file is named as Python, or a text without a name is no JSON."""
    return path.endswith(".py") if path else not text.lstrip().startswith(("{", "["))


FORMAT = Format(
    name="pytorch",
    title="PyTorch source",
    framework="pytorch",
    recognises=_recognises,
    reader="service.models.torch_library.reader:read_pytorch_source",
    place=10,
)
