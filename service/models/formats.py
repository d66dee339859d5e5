"""The formats that are read: every module of this package that declares `FORMAT`."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from service import models
from service.models.posted import PostedModel
from service.models.reading import ModelReading, UnreadableModelError
from service.models.recorder import JudgeLayer


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
    read: Callable[[PostedModel, JudgeLayer], ModelReading]
    """Reads a model; raises `UnreadableModelError`."""
    place: int
    """The order in which formats are asked whether they recognise a model."""


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


def recognised(model: PostedModel) -> Format:
    """The format that a model looks like.

    Raises:
        UnreadableModelError: None does.
    """
    for row in formats().values():
        if row.recognises(model):
            return row
    known = ", ".join(f'"{name}"' for name in formats())
    raise UnreadableModelError("the format of the model is not known", f"name it: `format` is one of {known}")
