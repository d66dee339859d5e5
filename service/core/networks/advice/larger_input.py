"""Advice on windows that no longer fit: which layers made their input so small, and the smallest input that works."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from service.core.diagnostics import Diagnostic
from service.core.diagnostics.model import Related
from service.core.geometry.shapes import sizes_text
from service.core.networks.advice.mistake import MOST_LAYERS_NAMED, Mistake, Sizes
from service.core.networks.network import layer_of
from service.core.networks.trials import TooManyTrialsError, Trials

LARGEST_TRIED = 8192
"""Pixels. Chosen: larger than any image that a network is made for."""


def advise_larger_input(mistake: Mistake) -> Diagnostic:
    """The error with the layers that shrank its input most, and the smallest input with which no size is too small."""
    related = _shrinking_layers(mistake)
    size = _smallest_working_size(mistake)
    if size is None:
        return replace(mistake.diagnostic, related=(*mistake.diagnostic.related, *related))
    sizes = _at_least(size, mistake.sizes)
    return mistake.advised(f"the smallest input that works is {sizes_text(sizes)}", [sizes], related)


@dataclass(frozen=True)
class _Shrinkage:
    """How much of its input a layer left, along the axis that it shrank most."""

    remaining: float
    index: int
    related: Related


def _shrinking_layers(mistake: Mistake) -> tuple[Related, ...]:
    """The layers before that left least of their input, the nearest first."""
    worst = sorted(_shrinkages(mistake), key=lambda layer: layer.remaining)[:MOST_LAYERS_NAMED]
    return tuple(layer.related for layer in sorted(worst, key=lambda layer: -layer.index))


def _shrinkages(mistake: Mistake) -> Iterator[_Shrinkage]:
    """Every layer on the way back from the mistake, by first inputs, that makes all axes smaller."""
    layout, judgement = mistake.network.framework.layout, mistake.judgement
    key = layer_of(next(iter(judgement.graph.connections[mistake.index]), None))
    while key is not None:
        layer = judgement.layers[key]
        before = layer.input_shapes[0] if layer.input_shapes else None
        after = layer.outcome.output_shape
        if before is not None and after is not None and len(before) == len(after):
            old, new = layout.known_sizes(before), layout.known_sizes(after)
            remaining = [size / old_size for size, old_size in zip(new, old, strict=False)]
            if remaining and max(remaining) < 1:
                message = f"`{layer.name}` makes {sizes_text(new)} of {sizes_text(old)}"
                related = Related(mistake.network.nodes[key].description.location, message)
                yield _Shrinkage(min(remaining), key, related)
        key = layer_of(next(iter(judgement.graph.connections[key]), None))


def _at_least(size: int, sizes: Sizes) -> Sizes:
    """The input's sizes, those below `size` raised to it."""
    return tuple(max(size, own) for own in sizes)


def _smallest_working_size(mistake: Mistake) -> int | None:
    """The smallest size, of all axes below it, with which no layer finds its input too small; None where none is known.

    Doubling finds a size that works, halving the smallest between it and the size before.
    """
    trials, smallest = mistake.trials(lambda diagnostic: diagnostic.has("too small")), min(mistake.sizes)
    doubled: list[int] = [size for power in range(1, 14) if (size := smallest * 2**power) <= LARGEST_TRIED]
    try:
        works = _accepted(trials, mistake, doubled)
        if not any(works):
            return None
        too_small, working = [smallest, *doubled][works.index(True) :][:2]
        while working - too_small > 1:
            middle = (too_small + working) // 2
            if _accepted(trials, mistake, [middle])[0]:
                working = middle
            else:
                too_small = middle
    except TooManyTrialsError:
        return None
    return working


def _accepted(trials: Trials, mistake: Mistake, sizes: Sequence[int]) -> list[bool]:
    """For each size whether the network accepts inputs that are at least as large."""
    enlarged = [mistake.network.resized_inputs(_at_least(size, mistake.sizes)) for size in sizes]
    result = trials.try_inputs({name: [shapes[name] for shapes in enlarged] for name in mistake.network.inputs})
    accepted: list[bool] = result.accepted.tolist()
    return accepted
