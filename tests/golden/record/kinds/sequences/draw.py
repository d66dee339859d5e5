"""Random sizes, and mistakes in a layer and its inputs."""

import random
from collections.abc import Callable
from typing import Any

Layer = dict[str, Any]
Shape = list[int]
Drawn = tuple[Layer, list[Shape]]
Draw = Callable[[random.Random], Drawn]

SPOILT = 0.4
"""The share of cases in which something is changed at random, which the framework often refuses."""
MOST_AXES = 5
LEFT_ALONE = frozenset({"type", "p", "dropout_p", "eps"})


def size(rng: random.Random, most: int = 6) -> int:
    """A size of an axis, seldom 1."""
    return 1 if rng.random() < 0.1 else rng.randint(2, most)


def some(rng: random.Random, chance: float = 0.5, **members: Any) -> dict[str, Any]:
    """Some of these members, each with a chance."""
    return {name: value for name, value in members.items() if rng.random() < chance}


def spoilt(rng: random.Random, drawn: Drawn) -> Drawn:
    """The layer and its inputs as drawn, or with one change."""
    layer, shapes = drawn
    if rng.random() >= SPOILT:
        return drawn
    layer, shapes = dict(layer), [list(shape) for shape in shapes]
    numbers = [name for name, value in layer.items() if type(value) is int and value > 0 and name not in LEFT_ALONE]
    choice = rng.random()
    if choice < 0.3 and numbers:
        name = rng.choice(numbers)
        layer[name] = max(1, layer[name] + rng.choice((-1, 1, 2)))
    elif choice < 0.75:
        _change_a_size(rng, shapes)
    elif choice < 0.9:
        _change_the_axes(rng, shapes)
    elif len(shapes) > 1 and rng.random() < 0.5:
        shapes.pop()
    else:
        shapes.append(list(rng.choice(shapes)))
    return layer, shapes


def _change_a_size(rng: random.Random, shapes: list[Shape]) -> None:
    shape = rng.choice(shapes)
    if shape:
        axis = rng.randrange(len(shape))
        shape[axis] = rng.choice((1, max(1, shape[axis] - 1), shape[axis] + 1, shape[axis] * 2))


def _change_the_axes(rng: random.Random, shapes: list[Shape]) -> None:
    shape = rng.choice(shapes)
    if rng.random() < 0.5 and len(shape) > 1:
        shape.pop(rng.randrange(len(shape)))
    elif len(shape) < MOST_AXES:
        shape.insert(rng.randrange(len(shape) + 1), size(rng))
