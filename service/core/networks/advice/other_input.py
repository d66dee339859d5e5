"""Advice on branches that miss each other and on features that are not as declared: inputs for which they are right."""

from collections.abc import Iterator

from service.core.diagnostics import Diagnostic
from service.core.diagnostics.model import Related
from service.core.geometry.axes import WindowAxis
from service.core.geometry.shapes import sizes_text
from service.core.layers.elementwise import Elementwise
from service.core.networks.accepted_sizes import AcceptedSizes, SizeRange, in_common
from service.core.networks.advice.candidate_sizes import best_in, growing_ranges, preference, training_inputs
from service.core.networks.advice.mistake import MOST_LAYERS_NAMED, Mistake, Sizes
from service.core.networks.input_sizes import InputSizesQuestion, InputSizesResult, find_input_sizes
from service.core.networks.judge_network import Judgement
from service.core.networks.network import layer_of
from service.core.networks.trials import TooManyTrialsError, Trials

REACH = 40
"""Pixels below the smallest and above the largest size of the input that are tried. Chosen: above a stride of 32."""
LARGEST_TRIED = 2048
"""Pixels. Chosen: larger than the input of any network with a head of fixed size."""
MOST_IN_A_RANGE = 256
"""Pixels up to which every size of each axis is tried where no size will do for all axes. Chosen."""


def advise_other_input(mistake: Mistake) -> Diagnostic:
    """The error with the nearest inputs that work, and the layers whose stride does not divide their input."""
    if _channels_differ(mistake):
        return mistake.diagnostic
    result = _search(mistake, _trials(mistake), _bounds(mistake.sizes))
    inputs = [] if result is None else list(dict.fromkeys(_nearest_inputs(result, mistake.sizes)))
    if not inputs:
        inputs, result = _farther(mistake), None
    if not inputs:
        return mistake.diagnostic
    why = ""
    if result is not None and not result.coupled and len(set(result.axes)) == 1:
        why = result.axes[0].short_text
    text = f"an input of {' or '.join(map(sizes_text, inputs))} works{': ' if why else ''}{why}"
    return mistake.advised(text, inputs, tuple(_rounding_layers(mistake))[:MOST_LAYERS_NAMED])


def _channels_differ(mistake: Mistake) -> bool:
    """Whether tensors of different channels are added: no other size of the input changes that."""
    layer = mistake.network.nodes[mistake.index].description.layer
    shapes = mistake.judgement.layers[mistake.index].input_shapes
    if not isinstance(layer, Elementwise) or None in shapes:
        return False
    layout, rank = mistake.network.framework.layout, len(mistake.sizes)
    channels = {shape[layout.channel_axis(len(shape), rank)] for shape in shapes if shape and len(shape) == rank + 2}
    return len(channels - {1, None}) > 1


def _search(mistake: Mistake, trials: Trials, bounds: SizeRange) -> InputSizesResult | None:
    """Which sizes of a range the network accepts; None where they take too many trials to find."""
    try:
        return find_input_sizes(trials, _question(mistake, bounds))
    except TooManyTrialsError:
        return None


def _trials(mistake: Mistake) -> Trials:
    return mistake.trials(lambda diagnostic: diagnostic.rule is mistake.diagnostic.rule)


def _farther(mistake: Mistake) -> list[Sizes]:
    """An input that works, far from the one given: a training size, else one in its ratio, else any.

    Much smaller ones are left out where branches meet: with a branch of one position, which is stretched, any will do.
    """
    trials, sizes = _trials(mistake), mistake.sizes
    layer = mistake.network.nodes[mistake.index].description.layer
    least = _bounds(sizes)[0] if layer is not None and layer.merges else 1
    try:
        for inputs in (training_inputs(sizes), *growing_ranges(sizes, LARGEST_TRIED)):
            if found := mistake.accepted(trials, [one for one in inputs if min(one) >= least]):
                return [min(found, key=lambda one: preference(one, sizes))]
    except TooManyTrialsError:
        pass
    result = _search(mistake, trials, (least, max(MOST_IN_A_RANGE, 2 * max(sizes))))
    return [] if result is None else list(dict.fromkeys(_nearest_inputs(result, sizes)))


def _bounds(sizes: Sizes) -> SizeRange:
    """The sizes nearby: at most a quarter smaller."""
    smallest, largest = min(sizes), max(sizes)
    return max(smallest - REACH, smallest * 3 // 4, 1), largest + REACH


def _question(mistake: Mistake, bounds: SizeRange) -> InputSizesQuestion:
    """Which sizes within some bounds the network accepts."""
    shapes, layout = mistake.network.inputs, mistake.network.framework.layout
    return InputSizesQuestion(
        channels={name: shape[layout.channel_axis(len(shape), len(shape) - 2)] for name, shape in shapes.items()},
        given=(None,) * len(mistake.sizes),
        bounds=bounds,
        batch=next(iter(shapes.values()))[0],
    )


def _nearest_inputs(result: InputSizesResult, sizes: Sizes) -> Iterator[Sizes]:
    """The accepted sizes next to these: below and above on every axis, or the best that go together.

    Where only some sizes in a row are accepted, as by a head of fixed size, a training size among them is meant. Where
    height and width are equal, so are those that are offered if any will do for both.
    """
    if result.coupled:
        candidates = [best_in(block, sizes) for block in result.blocks or ()]
        yield from sorted(candidates, key=lambda candidate: preference(candidate, sizes))[:1]
        return
    axes = list(result.axes)
    if len(axes) > 1 and sizes[-2] == sizes[-1]:
        common = in_common(axes[-2], axes[-1])
        axes[-2:] = [common, common] if common.ranges else axes[-2:]
    known = [inputs for inputs in training_inputs(sizes) if all(map(_accepts, axes, inputs))]
    if known and all(axis.modulus is None for axis in axes):
        yield min(known, key=lambda inputs: preference(inputs, sizes))
        return
    nearest = [axis.nearest(size) for axis, size in zip(axes, sizes, strict=True)]
    for first, second in ((0, 1), (1, 0)):
        found = tuple(pair[first] if pair[first] is not None else pair[second] for pair in nearest)
        if None not in found and found != sizes:
            yield tuple(size or 0 for size in found)


def _accepts(axis: AcceptedSizes, size: int) -> bool:
    """Whether a size is among those that were tried and accepted."""
    return any(first <= size <= last for first, last in axis.ranges)


def _rounding_layers(mistake: Mistake) -> Iterator[Related]:
    """The layers before whose stride does not divide their input, so that branches part there."""
    for index in sorted(_layers_before(mistake.judgement, mistake.index)):
        layer = mistake.judgement.layers[index]
        axes = [axis for axis in layer.outcome.axes if isinstance(axis, WindowAxis)]
        if any(axis.stride > 1 and (axis.size or 0) % axis.stride for axis in axes):
            old, new = sizes_text([axis.size or 0 for axis in axes]), sizes_text([axis.output or 0 for axis in axes])
            message = f"`{layer.name}` makes {new} of {old}, which its stride does not divide"
            yield Related(mistake.network.nodes[index].description.location, message)


def _layers_before(judgement: Judgement, index: int) -> set[int]:
    """Every layer that a layer depends on."""
    waiting, before = [index], {index}
    while waiting:
        inputs = {layer for key in judgement.graph.connections[waiting.pop()] if (layer := layer_of(key)) is not None}
        waiting += inputs - before
        before |= inputs
    return before - {index}
