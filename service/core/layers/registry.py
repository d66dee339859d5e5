"""LAYERS: the registry of all kinds of layers, under the names of their types."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from typing import TypeVar

from service.core.layers.base import Kind, Layer
from service.core.layers.parameters import PARAMETERS

SPATIAL_RANKS = (1, 2, 3)

_kinds: dict[str, Kind] = {}
LAYERS: Mapping[str, Kind] = _kinds

LayerClass = TypeVar("LayerClass", bound=type[Layer])


def layer_kind(*families: str, ranks: tuple[int, ...] = ()) -> Callable[[LayerClass], LayerClass]:
    """Register a layer class under each family name, and under `{family}{rank}d` for each rank.

    Raises:
        ValueError: A type of that name is there already, or a field is no parameter of the table PARAMETERS.
    """

    def register(layer: LayerClass) -> LayerClass:
        unknown = [field.name for field in fields(layer) if field.name not in PARAMETERS]
        if unknown:
            raise ValueError(f"PARAMETERS has no row for {', '.join(unknown)} of {layer.__name__}")
        for family in families:
            for kind in (Kind(family, family, None, layer), *(Kind(f"{family}{r}d", family, r, layer) for r in ranks)):
                if kind.name in _kinds:
                    raise ValueError(f"layer type {kind.name!r} is registered twice")
                _kinds[kind.name] = kind
        return layer

    return register
