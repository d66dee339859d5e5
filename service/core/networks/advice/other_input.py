"""Advice on branches that miss each other and on features that are not as declared: inputs for which they are right."""

from collections.abc import Iterator

from service.core.diagnostics import Diagnostic
from service.core.diagnostics.model import Related
from service.core.geometry.axes import WindowAxis
from service.core.geometry.shapes import sizes_text
from service.core.networks.advice.mistake import MOST_LAYERS_NAMED, Mistake, Sizes
from service.core.networks.coupled_axes import Block
from service.core.networks.input_sizes import InputSizesQuestion, InputSizesResult, find_input_sizes
from service.core.networks.judge_network import Judgement
from service.core.networks.network import layer_of
from service.core.networks.trials import TooManyTrialsError

REACH = 40
"""Pixels below the smallest and above the largest size of the input that are tried. Chosen: above a stride of 32."""


def advise_other_input(mistake: Mistake) -> Diagnostic:
    """The error with the nearest inputs that work, and the layers whose stride does not divide their input."""
    rule = mistake.diagnostic.rule
    try:
        result = find_input_sizes(mistake.trials(lambda diagnostic: diagnostic.rule is rule), _question(mistake))
    except TooManyTrialsError:
        return mistake.diagnostic
    inputs = list(dict.fromkeys(_nearest_inputs(result, mistake.sizes)))
    if not inputs:
        return mistake.diagnostic
    one_rule = not result.coupled and len(set(result.axes)) == 1
    why = result.axes[0].short_text if one_rule else ""
    text = f"an input of {' or '.join(map(sizes_text, inputs))} works{': ' if why else ''}{why}"
    return mistake.advised(text, inputs, tuple(_rounding_layers(mistake))[:MOST_LAYERS_NAMED])


def _question(mistake: Mistake) -> InputSizesQuestion:
    """Which sizes near the input's own the network accepts; at most a quarter smaller."""
    shapes, layout = mistake.network.inputs, mistake.network.framework.layout
    smallest, largest = min(mistake.sizes), max(mistake.sizes)
    return InputSizesQuestion(
        channels={name: shape[layout.channel_axis(len(shape), len(shape) - 2)] for name, shape in shapes.items()},
        given=(None,) * len(mistake.sizes),
        bounds=(max(smallest - REACH, smallest * 3 // 4, 1), largest + REACH),
        batch=next(iter(shapes.values()))[0],
    )


def _nearest_inputs(result: InputSizesResult, sizes: Sizes) -> Iterator[Sizes]:
    """The accepted sizes next to these: below and above on every axis, or the nearest that go together."""
    if result.coupled:
        candidates = [_nearest_in(block, sizes) for block in result.blocks or ()]
        yield from sorted(candidates, key=lambda candidate: _distance(candidate, sizes))[:1]
        return
    below_and_above = zip(*(axis.nearest(size) for axis, size in zip(result.axes, sizes, strict=True)), strict=True)
    for nearest in below_and_above:
        if None not in nearest and nearest != sizes:
            yield tuple(size or 0 for size in nearest)


def _nearest_in(block: Block, sizes: Sizes) -> Sizes:
    """The sizes of a block that are nearest to these."""
    return tuple(min(max(size, first), last) for size, (first, last) in zip(sizes, block, strict=True))


def _distance(some: Sizes, others: Sizes) -> int:
    """Pixels by which all axes differ together."""
    return sum(abs(a - b) for a, b in zip(some, others, strict=True))


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
