"""Keras source: `model.py` as it stands, interpreted without being run."""

import re

from service.models.formats import Format
from service.models.posted import PostedModel

_BEGINNING = 20_000
"""Characters in which imports are looked for. Chosen."""
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+(?:keras|tf_keras|tensorflow)\b", re.MULTILINE)
_OF_PYTORCH = re.compile(r"^[ \t]*(?:import|from)[ \t]+(?:torch|torchvision|timm)\b", re.MULTILINE)
_MODULES = re.compile(r"\bnn\.(?:Module|Sequential)\b|\(Module\)|\bLightningModule\b")


def _recognises(model: PostedModel) -> bool:
    texts = list(model.files.values())
    if not any(_IMPORT.search(text[:_BEGINNING]) for text in texts):
        return False
    if not any(_OF_PYTORCH.search(text[:_BEGINNING]) for text in texts):
        return True
    return not any(_MODULES.search(_of_entry(text, model.entry)) for text in texts)


def _of_entry(text: str, entry: str | None) -> str:
    """The line in which the entry is defined; the whole text where none is named, or it is not found."""
    name = re.escape((entry or "").rpartition(":")[2].split(".")[0])
    found = re.search(rf"^(?:class|def)[ \t]+{name}\b.*|^{name}[ \t]*=.*", text, re.MULTILINE) if name else None
    return text if found is None else found[0]


FORMAT = Format(
    name="keras-source",
    title="Keras source",
    framework="keras",
    recognises=_recognises,
    reader="service.models.keras_library.reader:read_keras_source",
    place=5,
)
