"""Which of several repairs is the likeliest: fewer changes first, then the more plausible ones.

Each change is scored; less is likelier. What counts:

- the kind of change: a mistake that is known by name, such as a missing batch axis, comes before any other number;
- whether the layer is then like other layers of the network, or was like them before;
- how many shapes that were known become others;
- how far the number moves, and how far upstream it stands.
"""

from collections import Counter
from collections.abc import Mapping
from math import log2
from typing import Any

from service.core.networks.repair.candidates.suspect import integers_in
from service.core.networks.repair.edits import Edit, RawLayer, others_named
from service.core.networks.repair.rewalk import State

KINDS: Mapping[str, float] = {
    "batch axis": -3.0,
    "layout": -3.0,
    "batch flattened": -2.0,
    "removed word": -1.5,
    "flatten": -1.0,
    "channels joined": -1.0,
    "unused input": -0.5,
    "all ranks": 0.0,
    "rank": 0.5,
    "output_padding": 0.5,
    "padding": 0.8,
    "swapped": 0.2,
    "kernel_size": 1.2,
    "dilation": 1.3,
    "ceil_mode": 1.5,
    "input channels": 1.5,
    "axis left out": 1.5,
    "input sizes": 1.8,
    "removed": 2.0,
    "other axis joined": 2.5,
    "other input": 2.5,
    "inserted": 3.0,
}
"""How unlikely each kind of change is the one that is meant; other parameters count 1."""
DIMENSIONS = frozenset(
    {"in_channels", "out_channels", "in_features", "out_features", "num_features", "num_channels", "normalized_shape"}
    | {"input_size", "hidden_size", "embed_dim", "d_model", "embedding_dim", "kdim", "vdim", "num_parameters"}
)
"""Parameters that say how large a tensor is: layers of one kind differ in them and are alike all the same."""
LIKENESS, CHANGED_SHAPES, DISTANCE, AMOUNT = 1.0, 2.0, 0.02, 0.3
"""Weights of what counts beside the kind. Chosen by injecting mistakes into sound networks."""


def rank(state: State) -> float:
    """How unlikely it is that the changes that led to a state are those that were meant."""
    return sum(_score(edit, state) for edit in state.edits) + CHANGED_SHAPES * _changed_shapes(state)


def _score(edit: Edit, state: State) -> float:
    score = KINDS.get(edit.kind, 1.0) + AMOUNT * log2(max(edit.amount, 1.0)) + DISTANCE * _distance(edit, state)
    for index, raw in edit.layers.items():
        score -= LIKENESS * _likeness(state, index, raw)
    return score


def _distance(edit: Edit, state: State) -> int:
    """Layers between a change and the first error."""
    places = state.rewalk.places
    first = next(iter(state.rewalk.judgement.layer_errors), None)
    here = min((places.get(index, 0) for index in edit.reaches), default=0)
    return min(abs(places.get(first, 0) - here), 50) if first is not None else 0


def _changed_shapes(state: State) -> float:
    """The part of the layers that made something known and make something else now."""
    before = state.rewalk.judgement.layers
    changed = 0
    for index, outcome in state.outcomes.items():
        old = before[index].outcome.output_shape
        changed += old is not None and None not in old[1:] and outcome.output_shape != old
    return changed / len(before)


def _likeness(state: State, index: int, raw: RawLayer) -> float:
    """1 where a layer becomes like others of the network, -1 where it was like others before, else 0."""
    old = state.network.nodes[index].description.posted
    changed = [word for word in {*old, *raw} if old.get(word) != raw.get(word)]
    gain = 0.0
    if all(_parameter(state, index, word) in DIMENSIONS for word in changed):
        counts = _dimensions(state, index)
        for word in changed:
            before, after = (max((counts[size] for size in integers_in(layer.get(word))), default=0) for layer in (old, raw))
            gain += (after > 0) - (before > 0)
        return gain
    alike = [_signature(state, place, node.description.posted) for place, node in enumerate(state.network.nodes)]
    counts_of = Counter(alike[:index] + alike[index + 1 :])
    was, becomes = counts_of[_signature(state, index, old)], counts_of[_signature(state, index, raw)]
    return float((becomes > was) - (becomes < was))


def _parameter(state: State, index: int, word: str) -> str:
    """What a word of a posted layer means."""
    spelling = state.node(index).description.spelling
    return next((parameter for parameter, written in spelling.items() if written == word), word)


def _dimensions(state: State, without: int) -> Counter[int]:
    """How often each number is a size of a tensor in the other layers."""
    counts: Counter[int] = Counter()
    for index, node in enumerate(state.network.nodes):
        if index != without:
            for parameter, word in node.description.spelling.items():
                if parameter in DIMENSIONS:
                    counts.update(set(integers_in(node.description.posted[word])))
    return counts


def _signature(state: State, index: int, raw: RawLayer) -> Any:
    """What makes layers alike: the type, the parameters that are no sizes of tensors, and whether channels grow."""
    spelling = state.network.nodes[index].description.spelling
    sizes = {word for parameter, word in spelling.items() if parameter in DIMENSIONS}
    own = {word: value for word, value in others_named(raw).items() if word not in sizes}
    channels = [max(integers_in(raw.get(spelling.get(name, name))), default=0) for name in ("in_channels", "out_channels")]
    grows = (channels[0] > channels[1]) - (channels[0] < channels[1]) if all(channels) else None
    return str(sorted(own.items(), key=str)), grows
