"""The formats that are read: every module of this package that declares `FORMAT`.

A row holds what recognises a model, and only names the reader, which may be a hundred modules: the service is ready
before they are imported.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules, resolve_name
from threading import Lock
from typing import cast

from service import models
from service.models.posted import PostedModel
from service.models.reading import ModelReading, UnreadableModelError
from service.models.recorder import JudgeLayer

Reader = Callable[[PostedModel, JudgeLayer], ModelReading]
"""Reads a model, and asks for the shapes that come out of each layer; raises `UnreadableModelError`."""
_IMPORT = Lock()
"""Held while a reader is imported, so that no thread sees one of another thread half imported."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Format:
    """A form in which people have models."""

    name: str
    """As `format` of a posted model names it."""
    title: str
    framework: str | None
    """The framework by whose rules such a model is judged; None where the model itself names it, or no one does."""
    recognises: Callable[[PostedModel], bool]
    """Whether a model looks like this format; looks at the beginning only, and never raises."""
    reader: str
    """Where the `Reader` is: `module:function`."""
    place: int
    """The order in which formats are asked whether they recognise a model."""

    @property
    def read(self) -> Reader:
        """The reader; its module is imported when it is first asked for."""
        with _IMPORT:
            return cast("Reader", resolve_name(self.reader))


@cache
def formats() -> dict[str, Format]:
    """The formats by name, in the order in which they are asked.

    Raises:
        ValueError: Two formats have one name.
    """
    modules = [import_module(f"{models.__name__}.{module.name}") for module in iter_modules(models.__path__)]
    declared = sorted((module.FORMAT for module in modules if hasattr(module, "FORMAT")), key=lambda row: row.place)
    named = {row.name: row for row in declared}
    if len(named) < len(declared):
        raise ValueError(f"formats with one name: {[row.name for row in declared]}")
    return named


def import_readers() -> None:
    """Import the readers of all formats, so that the first model is read as fast as the next."""
    for row in formats().values():
        _ = row.read


def recognised(model: PostedModel) -> Format:
    """The format that a model looks like.

    Raises:
        UnreadableModelError: None does.
    """
    for row in formats().values():
        if row.recognises(model):
            return row
    if not model.data and not any(model.files.values()):
        raise UnreadableModelError("the model is empty", "post all of its bytes, or its source")
    known = ", ".join(f'"{name}"' for name in formats())
    raise UnreadableModelError("the format of the model is not known", f"name it: `format` is one of {known}")
