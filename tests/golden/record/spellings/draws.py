"""What the drawers of all frameworks share: random arguments, with a mistake now and then."""

import random
from collections.abc import Callable, Mapping
from typing import Any

Arguments = dict[str, Any]
Shape = list[int]
Draw = Callable[[random.Random], tuple[Arguments, Shape]]
"""Arguments of a layer, and the shape of its input."""

LEFT_OUT = 0.5
"""The share of arguments with a default that are left out."""
COUNTS = frozenset({"num_features", "num_channels", "shared_axes"})
"""Arguments that frameworks keep without a look at them, so that a mistake says nothing."""
SPOILT = 0.12
"""The share of layers with a mistake."""


def per_axis(rng: random.Random, rank: int, *choices: int) -> int | list[int]:
    """One integer, or one an axis."""
    return rng.choice(choices) if rng.random() < 0.5 else [rng.choice(choices) for _ in range(rank)]


def some(rng: random.Random, arguments: Mapping[str, Any]) -> Arguments:
    """Some of the arguments that have a default."""
    return {name: value for name, value in arguments.items() if rng.random() > LEFT_OUT}


def sizes(rng: random.Random, rank: int, least: int = 1, most: int = 12) -> list[int]:
    """Spatial sizes, seldom all alike."""
    return [rng.randint(least, most) for _ in range(rank)]


def spoilt(rng: random.Random, arguments: Arguments) -> Arguments:
    """The arguments with one of them a wrong number, or a list that is too long or too short."""
    if rng.random() > SPOILT:
        return arguments
    numbers = [name for name, value in arguments.items() if type(value) in (int, list) and name not in COUNTS]
    if not numbers:
        return arguments
    name = rng.choice(numbers)
    value = arguments[name]
    if isinstance(value, list):
        changed: Any = rng.choice([[*value, 1], value[:-1], [-1, *value[1:]], [0, *value[1:]]])
    else:
        changed = rng.choice([0, -1, value + 1, [value], [value, value]])
    return {**arguments, name: changed}
