"""One mistake in a sound network: what it is, which diagnostic it should get and where; knows no framework.

A kind is a function that spoils a drawn network in place and gives the place of the mistake, or None where the network
has no room for it. `repair` says that there is but one way to put it right, so that a tried fix can be asked for.
"""

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.golden.record.cases import Layer
from tests.golden.record.network_cases import Body, Drawn, draw

Spoil = Callable[[random.Random, Drawn], str | None]
CONVOLUTIONS = ("conv1d", "conv2d", "conv3d")
TRANSPOSED = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
POOLS = tuple(f"{kind}_pool{rank}d" for kind in ("max", "avg") for rank in (1, 2, 3))
MERGES = ("add", "multiply", "concat")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of mistake: the diagnostic it should get, and whether its repair is determined."""

    diagnostic: str
    spoil: Spoil
    repair: bool
    of_the_graph: bool


KINDS: dict[str, Kind] = {}


def mistake(diagnostic: str, *, repair: bool = False, of_the_graph: bool = False) -> Callable[[Spoil], Spoil]:
    def register(spoil: Spoil) -> Spoil:
        name = spoil.__name__.replace("_", "-")
        KINDS[name] = Kind(diagnostic=diagnostic, spoil=spoil, repair=repair, of_the_graph=of_the_graph)
        return spoil

    return register


def spoilt(kind: str, rng: random.Random) -> tuple[dict[str, Any], Body]:
    """A network with one mistake of the kind and what should be said of it; and the network without the mistake."""
    row = KINDS[kind]
    while True:
        drawn = draw(rng)
        sound = copy.deepcopy(drawn.body)
        location = row.spoil(rng, drawn)
        if location is not None:
            told = {"kind": kind, "name": row.diagnostic, "location": location, "repair": row.repair}
            return {**told, "body": copy.deepcopy(drawn.body)}, sound


# --- finding a place --------------------------------------------------------------------------------------------------


def places(rng: random.Random, drawn: Drawn, *types: str, having: str | None = None) -> Iterator[tuple[int, Layer]]:
    """Layers of these types (or all) with the parameter, in random order."""
    for index in rng.sample(range(len(drawn.layers)), len(drawn.layers)):
        layer = drawn.layers[index]
        if (not types or layer["type"] in types) and (having is None or having in layer):
            yield index, layer


def at(index: int, *parts: str | int) -> str:
    return "/".join(("", "layers", str(index), *map(str, parts)))


def sizes(drawn: Drawn, index: int) -> list[int]:
    found: list[int] = drawn.arriving[index][0][2:]
    return found


def each(layer: Layer, name: str, rank: int, default: int) -> list[int]:
    value = layer.get(name, default)
    return [value] * rank if isinstance(value, int) else value


def inputs_of(layer: Layer) -> list[str]:
    given = layer.get("inputs", [])
    return [given] if isinstance(given, str) else given


def entrance(drawn: Drawn) -> str:
    """The name of the network's first input."""
    return next(iter(drawn.body.get("inputs", ("input",))))


def is_referred_to(drawn: Drawn, index: int) -> bool:
    return any(drawn.names[index] in inputs_of(layer) for layer in drawn.layers)


def may_change_type(drawn: Drawn, index: int) -> bool:
    """A layer without a name is called by its type, which others may refer to."""
    return "name" in drawn.layers[index] or not is_referred_to(drawn, index)


def set_entry(rng: random.Random, layer: Layer, name: str, value: Any) -> tuple[str | int, ...]:
    """Set a parameter, or one entry of it where it is a list; the path to what was set."""
    if not isinstance(layer.get(name), list):
        layer[name] = value
        return (name,)
    axis = rng.randrange(len(layer[name]))
    layer[name] = [value if index == axis else entry for index, entry in enumerate(layer[name])]
    return name, axis
