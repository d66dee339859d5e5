"""Draws cases of the layers of one framework."""

import json
import random
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from math import prod

from tests.golden.record.layers.drafts import RANKS, Layer, Shape, family_of

Builder = Callable[[str, random.Random], tuple[Layer, Shape]]
"""(type, random numbers) → a layer and the shape of an input for it."""

LARGEST_INPUT = 6_000
MOST_REPEATS = 1_000


def same(layer: Layer) -> Layer:
    """The layer as it is."""
    return layer


def for_each_rank(builders: Mapping[str, Builder], ranks: Collection[int] = RANKS) -> dict[str, Builder]:
    """Builders by type, from builders by family."""
    return {f"{family}{rank}d": builder for family, builder in builders.items() for rank in ranks}


@dataclass(frozen=True, kw_only=True)
class LayerSampler:
    """The types of layers of a framework, how each is drawn and how often.

    The more rules a type has, the more cases it needs.
    """

    types: Mapping[str, Builder]
    weights: Mapping[str, int]
    """How often a family is drawn to record shapes."""
    value_weights: Mapping[str, int]
    """How often a family is drawn to record values."""
    without_defaults: Callable[[Layer], Layer] | None = None
    """Takes away the parameters that have their default, from half of the layers."""
    identity: Callable[[Layer], Layer] = same
    """What makes a layer a case of its own."""
    largest_input: int = LARGEST_INPUT
    """Elements."""

    def draw(self, type_: str, rng: random.Random) -> tuple[Layer, Shape]:
        """One random layer of the type and the full shape of an input for it."""
        while True:
            layer, shape = self.types[type_](type_, rng)
            if prod(max(size, 1) for size in shape) <= self.largest_input:
                is_lean = self.without_defaults and rng.random() < 0.5
                return (self.without_defaults(layer) if is_lean else layer), shape

    def stream(self, type_: str, rng: random.Random) -> Iterator[tuple[Layer, Shape]]:
        """Distinct cases of one type; ends after `MOST_REPEATS` draws in a row that gave nothing new."""
        drawn: set[str] = set()
        repeats = 0
        while repeats < MOST_REPEATS:
            layer, shape = self.draw(type_, rng)
            key = json.dumps([self.identity(layer), shape], sort_keys=True)
            repeats = repeats + 1 if key in drawn else 0
            if not repeats:
                drawn.add(key)
                yield layer, shape

    def shares(self, weights: Mapping[str, int], count: int) -> dict[str, int]:
        """`count` cases or a few more, shared out over the types by the weight of their family."""
        by_type = {name: weights.get(family_of(name), 0) for name in self.types}
        total = sum(by_type.values())
        return {name: -(-count * weight // total) for name, weight in by_type.items() if weight}
