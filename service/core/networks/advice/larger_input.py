"""Advice on windows that no longer fit: which layers made their input so small, and the smallest input that works."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from service.core.diagnostics import Diagnostic
from service.core.diagnostics.model import Related
from service.core.geometry.shapes import sizes_text
from service.core.networks.advice.candidate_sizes import preference, training_inputs
from service.core.networks.advice.mistake import MOST_LAYERS_NAMED, MOST_TRIALS, Mistake, Sizes
from service.core.networks.network import layer_of
from service.core.networks.trials import TooManyTrialsError, Trials

LARGEST_TRIED = 8192
"""Pixels. Chosen: larger than any image that a network is made for."""


def advise_larger_input(mistake: Mistake) -> Diagnostic:
    """The error with the layers that shrank its input most, and the smallest input with which no size is too small.

    Where that is wrong for a later layer, such as a linear one, the nearest training size that is right for all.
    """
    related = _shrinking_layers(mistake)
    least = _smallest_working_sizes(mistake)
    if least is None:
        return replace(mistake.diagnostic, related=(*mistake.diagnostic.related, *related))
    even, sizes_in = _as_even(mistake.sizes, least), f"the smallest input that works is {sizes_text(least)}"
    if even != least:
        text = f"{sizes_in}, or {sizes_text(even)} of equal height and width"
        return mistake.advised(text, [even, least], related)
    found = _right_for_all(mistake, least)
    if found is None or found == least:
        return mistake.advised(sizes_in, [least], related)
    text = f"an input of {sizes_text(found)} works; from {sizes_text(least)} on no size is too small"
    return mistake.advised(text, [found], related)


def _as_even(sizes: Sizes, least: Sizes) -> Sizes:
    """The least sizes with height and width equal where the input's are."""
    equal = len(sizes) > 1 and sizes[-2] == sizes[-1]
    return (*least[:-2], *[max(least[-2:])] * 2) if equal else least


def _right_for_all(mistake: Mistake, least: Sizes) -> Sizes | None:
    """The least sizes if later layers take them too, else a training size that all take; None where none is known."""
    trials = mistake.trials(lambda diagnostic: diagnostic.has("too small") or diagnostic.has("another input may do"))
    larger = [
        sizes
        for sizes in training_inputs(mistake.sizes)
        if all(size >= small for size, small in zip(sizes, least, strict=True))
    ]
    try:
        accepted = mistake.accepted(trials, [least]) or mistake.accepted(trials, larger)
    except TooManyTrialsError:
        return None
    return min(accepted, key=lambda sizes: preference(sizes, mistake.sizes), default=None)


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


def _smallest_working_sizes(mistake: Mistake) -> Sizes | None:
    """The smallest sizes, axis by axis, with which no layer finds its input too small; None where none are known.

    Doubling finds a size for all axes that works, halving the smallest between it and the size before; then each axis
    is halved down for itself.
    """
    trials, own = (
        Trials(mistake.network, MOST_TRIALS, counts=lambda diagnostic: diagnostic.has("too small")),
        mistake.sizes,
    )
    doubled = [size for power in range(1, 14) if (size := min(own) * 2**power) <= LARGEST_TRIED]
    try:
        works = mistake.accepted(trials, [_at_least(size, own) for size in doubled])
        if not works:
            return None
        working = next(size for size in doubled if _at_least(size, own) in works)
        common = _halved(working // 2, working, lambda size: bool(mistake.accepted(trials, [_at_least(size, own)])))
        return _each_axis_alone(mistake, trials, _at_least(common, own))
    except TooManyTrialsError:
        return None


def _each_axis_alone(mistake: Mistake, trials: Trials, sizes: Sizes) -> Sizes:
    """Sizes that work, each axis made as small as the others allow."""
    for axis, own in enumerate(mistake.sizes):

        def works(size: int, axis: int = axis, sizes: Sizes = sizes) -> bool:
            return bool(mistake.accepted(trials, [(*sizes[:axis], size, *sizes[axis + 1 :])]))

        least = sizes[axis]
        if own < least and works(least - 1):
            least = own if works(own) else _halved(own, least - 1, works)
        sizes = (*sizes[:axis], least, *sizes[axis + 1 :])
    return sizes


def _halved(too_small: int, working: int, works: Callable[[int], bool]) -> int:
    """The smallest size that works between one that does not and one that does."""
    while working - too_small > 1:
        middle = (too_small + working) // 2
        if works(middle):
            working = middle
        else:
            too_small = middle
    return working
