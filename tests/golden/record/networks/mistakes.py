"""One mistake in a sound network: its kind, the diagnostic that it should get, and where.

Nothing here imports a framework. `shape_mistakes` and `writing_mistakes` hold the kinds: functions that spoil a drawn
network in place.
"""

import copy
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from tests.golden.record.layers.drafts import Layer
from tests.golden.record.networks.random_networks import Body, Drawn, draw

Spoil = Callable[[random.Random, Drawn], str | None]
"""(random numbers, network): makes the mistake; gives its location, or None where there is no room for it."""
CONVOLUTIONS = ("conv1d", "conv2d", "conv3d")
TRANSPOSED = ("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
POOLS = tuple(f"{kind}_pool{rank}d" for kind in ("max", "avg") for rank in (1, 2, 3))
MERGES = ("add", "multiply", "concat")


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of mistake."""

    name: str
    """Its name in the recorded file; its random numbers depend on it."""
    diagnostic: str
    spoil: Spoil
    repair: bool
    """There is only one way to put it right, so that a fix can be expected."""
    of_the_graph: bool
    """It is a mistake in how layers are connected, which PyTorch knows nothing of."""


def mistake(
    diagnostic: str, *, name: str | None = None, repair: bool = False, of_the_graph: bool = False
) -> Callable[[Spoil], Kind]:
    """Decorates a function that makes a mistake, which then is a kind of mistake."""

    def kind_of(spoil: Spoil) -> Kind:
        return Kind(
            name=name or spoil.__name__.replace("_", "-"),
            diagnostic=diagnostic,
            spoil=spoil,
            repair=repair,
            of_the_graph=of_the_graph,
        )

    return kind_of


def kinds_in(*modules: ModuleType) -> list[Kind]:
    """The kinds of mistakes that modules define, in their order."""
    return [value for module in modules for value in vars(module).values() if isinstance(value, Kind)]


def spoilt(kind: Kind, rng: random.Random) -> tuple[dict[str, Any], Body]:
    """A network with one mistake of the kind and the diagnostic expected; and the network without the mistake."""
    while True:
        drawn = draw(rng)
        sound = copy.deepcopy(drawn.body)
        place = kind.spoil(rng, drawn)
        if place is not None:
            expected = {"kind": kind.name, "name": kind.diagnostic, "location": place, "repair": kind.repair}
            return {**expected, "body": copy.deepcopy(drawn.body)}, sound


# --- finding a place --------------------------------------------------------------------------------------------------


def places(rng: random.Random, drawn: Drawn, *types: str, having: str | None = None) -> Iterator[tuple[int, Layer]]:
    """Layers of these types (or all) with the parameter, in random order."""
    for index in rng.sample(range(len(drawn.layers)), len(drawn.layers)):
        layer = drawn.layers[index]
        if (not types or layer["type"] in types) and (having is None or having in layer):
            yield index, layer


def location(index: int, *parts: str | int) -> str:
    """The JSON Pointer of a layer, or of something in it."""
    return "/".join(("", "layers", str(index), *map(str, parts)))


def sizes(drawn: Drawn, index: int) -> list[int]:
    """The spatial sizes of a layer's first input."""
    spatial: list[int] = drawn.input_shapes[index][0][2:]
    return spatial


def per_axis(layer: Layer, name: str, rank: int, default: int) -> list[int]:
    """A parameter as a list with one entry per axis."""
    value = layer.get(name, default)
    return [value] * rank if isinstance(value, int) else value


def inputs_of(layer: Layer) -> list[str]:
    """The inputs that a layer names."""
    names = layer.get("inputs", [])
    return [names] if isinstance(names, str) else names


def first_input(drawn: Drawn) -> str:
    """The name of the network's first input."""
    return next(iter(drawn.body.get("inputs", ("input",))))


def is_referred_to(drawn: Drawn, index: int) -> bool:
    """Whether another layer names this one as its input."""
    return any(drawn.names[index] in inputs_of(layer) for layer in drawn.layers)


def may_change_type(drawn: Drawn, index: int) -> bool:
    """Not where another layer refers to this one by a name that is made of its type."""
    return "name" in drawn.layers[index] or not is_referred_to(drawn, index)


def set_entry(rng: random.Random, layer: Layer, name: str, value: Any) -> tuple[str | int, ...]:
    """Set a parameter, or one entry of it where it is a list.

    Returns:
        The path to the value, from the layer.
    """
    if not isinstance(layer.get(name), list):
        layer[name] = value
        return (name,)
    axis = rng.randrange(len(layer[name]))
    layer[name] = [value if index == axis else entry for index, entry in enumerate(layer[name])]
    return name, axis
