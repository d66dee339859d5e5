"""Mistakes that layers of several frameworks can have: each spoils one thing of a draft."""

import random
from collections.abc import Callable, Sequence
from typing import Any

from tests.golden.record.layers.drafts import Draft, EvenAxis

Mistake = Callable[[random.Random, Any], None]
"""(random numbers, draft): changes the draft in place."""


def spoil(rng: random.Random, draft: Draft[Any], mistakes: Sequence[Mistake]) -> None:
    """Make one mistake in four drafts of ten, two in one of ten."""
    for _ in range(rng.choices((0, 1, 2), (5, 4, 1))[0]):
        rng.choice(mistakes)(rng, draft)


def no_mistake(rng: random.Random, draft: Draft[Any]) -> None:
    """Leave the draft as it is."""


def set_on_one_axis(name: str, *values: int) -> Mistake:
    def spoil_axis(rng: random.Random, draft: Draft[Any]) -> None:
        setattr(rng.choice(draft.axes), name, rng.choice(values))

    return spoil_axis


def set_parameter(name: str, *values: Any) -> Mistake:
    def spoil_parameter(rng: random.Random, draft: Draft[Any]) -> None:
        draft.parameters[name] = rng.choice(values)

    return spoil_parameter


def wrong_rank(*extra_axes: int) -> Mistake:
    """Axes too many or too few."""

    def spoil_rank(rng: random.Random, draft: Draft[Any]) -> None:
        draft.extra_axes = rng.choice(extra_axes)

    return spoil_rank


def wrong_channels(least: int) -> Mistake:
    """Other channels in the input than the layer was drawn for."""

    def spoil_channels(rng: random.Random, draft: Draft[Any]) -> None:
        draft.channels = max(least, draft.channels + rng.choice((-2, -1, 1, 2)))

    return spoil_channels


def empty_axis(rng: random.Random, draft: Draft[Any]) -> None:
    rng.choice(draft.axes).size = 0


def empty_batch(rng: random.Random, draft: Draft[Any]) -> None:
    draft.batch = 0


def empty_channels(rng: random.Random, draft: Draft[Any]) -> None:
    draft.channels = 0


def kernel_too_large(rng: random.Random, draft: Draft[EvenAxis]) -> None:
    """An effective kernel 0 to 2 larger than the input, sometimes than the padded input."""
    axis = rng.choice(draft.axes)
    axis.kernel = rng.randint(2, 6)
    axis.padding = rng.choice((0, axis.padding, axis.kernel // 2))
    room = axis.effective - rng.choice((0, 2 * axis.padding))
    axis.size = max(1, room - rng.randint(0, 2))
