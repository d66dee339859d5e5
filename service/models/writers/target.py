"""What a target is: a framework, and how a program is written in it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from service.core.frameworks import Framework
from service.models.writers.program import Call, Program
from service.models.writers.weights import Part


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A framework that networks are written for."""

    framework: Framework
    format: str
    """The format of models that its source is read back as."""
    entry: str
    """What makes the model in the source."""
    write: Callable[[Program], str]
    """The source of a program; every call of it is one that can be written."""
    refuses: Callable[[Call], str | None]
    """Why a call cannot be written; None where it can."""
    reads_as: Callable[[Call], int]
    """How many layers are read where a call is written."""
    weights: Callable[[str, Mapping[str, Any], int], Sequence[Part]]
    """What a layer of a family can have, by its parameters and the axes of its input."""
    separator: str
    """What stands between the names of a layer and of its weight."""
    family: Callable[[Call], str]
    """The family of the layer that a call is written as."""
    names: Callable[[Program], Mapping[Call, str]]
    """What each layer is called in the source."""
