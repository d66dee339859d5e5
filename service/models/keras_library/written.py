"""What a layer is given, as a configuration of Keras has it, with what in the posted text each part comes from."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from service.core.layers.names.keras import ACTIVATION_KINDS
from service.core.layers.pointers import Pointer
from service.models.reading import Literal, Place
from service.models.source.host import Host, NotKnownError, Unknown, Value, literals_of
from service.models.source.library_hosts import Function, Harmless
from service.models.source.values import Function as PostedFunction
from service.models.source.values import Instance

MOST_ENTRIES = 1000
"""Entries of all lists of one argument. Chosen: the core takes lists of 64 at most."""
DEEPEST = 6
LAYERS_AS_ACTIVATIONS = {"LeakyReLU": "leaky_relu", "ReLU": "relu", "ELU": "elu", "Softmax": "softmax"}
"""Layers without weights that are given as an activation, which keep the shape as it does."""


class WrittenLayer(Host):
    """A layer that can be written into the configuration of another."""

    def configuration(self, written: "Written", at: Pointer) -> dict[str, Any]:
        """Its class and configuration; its literals are added to those of the other."""
        raise NotImplementedError

    @property
    def class_name(self) -> str:
        """The class that it is of."""
        raise NotImplementedError


@dataclass
class Written:
    """A configuration, and for each part of it the literals from which it comes."""

    literals: dict[Pointer, Sequence[Literal]] = field(default_factory=dict)
    entries: int = 0

    def value(self, value: Value, at: Pointer) -> Any:
        """One value of the program as JSON.

        Raises:
            NotKnownError: It is not known, or none that a configuration has.
        """
        self.entries += 1
        if self.entries > MOST_ENTRIES or len(at) > DEEPEST:
            raise NotKnownError(f"`{at[0]}` is given more than a layer takes")
        if literals := literals_of(value):
            self.literals[at] = literals
        if value is None or isinstance(value, bool):
            return value
        if isinstance(value, int | float):
            number = int(value) if isinstance(value, int) else float(value)
            return number if math.isfinite(number) else None
        if isinstance(value, str):
            return str(value)
        if isinstance(value, list | tuple | range):
            return [self.value(entry, (*at, index)) for index, entry in enumerate(value[:MOST_ENTRIES])]
        return self._other(value, at)

    def _other(self, value: Value, at: Pointer) -> Any:
        if isinstance(value, Unknown):
            raise NotKnownError(f"`{at[0]}` is not known")
        if isinstance(value, WrittenLayer):
            named = LAYERS_AS_ACTIVATIONS.get(value.class_name) if str(at[-1]).endswith("activation") else None
            return named or value.configuration(self, at)
        if isinstance(value, Function):
            name = value.name.rpartition(".")[2]
            return name if name in ACTIVATION_KINDS else {"class_name": "function", "config": name}
        if isinstance(value, PostedFunction):
            return {"class_name": "function", "config": value.name}
        if isinstance(value, Harmless):
            return None
        if isinstance(value, Instance):
            return {"class_name": value.cls.name, "module": "builtins", "config": {}}
        raise NotKnownError(f"`{at[0]}` is given a value that a layer cannot be told")


def places_of(literals: dict[Pointer, Sequence[Literal]]) -> dict[Pointer, Place]:
    """Where each parameter stands as it is; one that is computed stands where its layer is made."""
    return {at: found[0].place for at, found in literals.items() if found and found[0].exact}
