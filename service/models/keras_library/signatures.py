"""The arguments of what source can call in Keras, by name: recorded from Keras itself."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from service.models.source.recorded_signatures import Signature, read_signature

_ALIAS = "="
"""What stands before the name of a class that has two."""


@cache
def _recorded() -> Mapping[str, str]:
    recorded: Mapping[str, str] = json.loads(files(__package__).joinpath("signatures.json").read_text(encoding="utf-8"))
    return recorded


@cache
def names_of(prefix: str) -> tuple[str, ...]:
    """The names that stand behind a prefix, such as `layers.`."""
    found = (name.removeprefix(prefix) for name in _recorded() if name.startswith(prefix))
    return tuple(name for name in found if "." not in name)


def full_name(name: str) -> str:
    """The name of a class of layers as Keras itself has it: `MaxPooling2D` for `MaxPool2D`."""
    text = _recorded().get(f"layers.{name}", "")
    return text.removeprefix(_ALIAS) if text.startswith(_ALIAS) else name


@cache
def signature(name: str) -> Signature | None:
    """The arguments of a layer, of its call (`layers.Conv2D.call`) or of a function; None where they are not known."""
    text = _recorded().get(name)
    if text is None or text.startswith(_ALIAS):
        return None
    return read_signature(name.rpartition(".")[2], text)
