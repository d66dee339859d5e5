"""Which of several repairs of as many changes is the likeliest.

Each change is scored; less is likelier. What counts:

- the kind of change: a mistake that is known by name, such as a missing batch axis, comes before any other number;
- whether the layer is then like other layers of the network, or was like them before, and whether like its peers;
- how many shapes that were known become others;
- how far the number moves, and how far upstream it stands.
"""

from collections.abc import Mapping
from math import gcd, log2

from service.core.diagnostics.channels_last import CHANNELS_OF_IMAGES
from service.core.geometry.shapes import Shape, Size
from service.core.networks.repair.edits import Edit, RawLayer
from service.core.networks.repair.family import DIMENSIONS, integers_in, parameter_of
from service.core.networks.repair.rewalk import State

KINDS: Mapping[str, float] = {
    # mistakes that are known by name: below 0
    "axes of the input": -3.5,
    "batch axis": -3.0,
    "layout": -3.0,
    "batch kept": -2.0,
    "removed word": -1.5,
    "channel axis": -1.0,
    "channels joined": -1.0,
    "features": -1.0,
    "flatten": -1.0,
    "like another input": -1.0,
    "axis of one left out": -0.5,
    "swapped": -0.5,
    "twice": -0.5,
    "unused input": -0.5,
    # numbers of a layer, those that are mistaken most often first; all that are not listed count 1
    "output_padding": 0.0,
    "as in peers": 0.2,
    "rank": 0.5,
    "padding": 0.8,
    "all ranks": 1.0,
    "pool": 1.0,
    "kernel_size": 1.2,
    "keepdims": 1.2,
    "dilation": 1.3,
    "exchange": 1.4,
    "return_sequences": 1.4,
    "ceil_mode": 1.5,
    "bidirectional": 1.6,
    "padding of a pool": 1.6,
    # the input, and what changes more than a number
    "input channels": 1.5,
    "input sizes": 2.0,
    "removed": 2.0,
    "exchanged": 2.2,
    "axis left out": 2.5,
    "inserted as elsewhere": 1.6,
    "inserted": 3.0,
    "other input": 3.0,
    "one input less": 3.4,
    "batch flattened": 4.0,
    "other axis joined": 4.0,
}
"""How unlikely each kind of change is the one that is meant; other parameters count 1."""
LIKENESS, CHANGED_SHAPES, DISTANCE, AMOUNT = 1.0, 2.0, 0.02, 0.5
"""Weights of what counts beside the kind. Chosen by injecting mistakes into sound networks."""
MOST_OF_DIMENSIONS = 1.0
"""The most that the amount counts for sizes of tensors: a wrong one may be far from the right one."""
SIZES, MOST_OF_SIZES = 4.0, 2.0
"""How much more the amount counts for sizes of the input, and the most: the nearest one is meant, or one far away."""
TO_DEFAULT = 0.4
"""What counts against a change to the default: who writes a value means one; what is forgotten is the other way."""
IMAGES, ROUNDED, KEPT_SIZES, EVEN = -5.0, -1.2, 0.5, -0.05
"""What counts for images in place of volumes and against the reverse; for another size of the input where strides do
not divide it; against taking a stride away where branches meet (one that was forgotten on the other branch is more
usual); and for each time that a size can be halved."""
MOST_HALVINGS = 5
NEAR = 1.25
"""The ratio within which another size of the input undoes a rounding. Chosen."""
FAR_TOO_SMALL, MOST_TOO_SMALL = -2.5, 4
"""What counts for a larger input where a window finds less than one in so many positions: no one layer did that."""
SKIPPING, UNEVEN = 2.0, 1.0
"""What counts against a window that then skips positions, and against one that then moves otherwise along each axis."""
USUAL_STRIDE = 2
"""Positions. A window of one that moves by so many is usual: a shortcut beside a block."""


def rank(state: State) -> float:
    """How unlikely it is that the changes that led to a state are those that were meant."""
    score = sum(_score(edit, state) for edit in state.edits)
    known = all(is_known_mistake(edit) or edit.kind == "input sizes" for edit in state.edits)
    return score if known else score + CHANGED_SHAPES * _changed_shapes(state)


def is_known_mistake(edit: Edit) -> bool:
    """Whether a change mends a mistake that is known by name, such as a missing batch axis."""
    return KINDS.get(edit.kind, 1.0) < 0


def is_as_small(state: State) -> bool:
    """Whether a repair sets one number, or the input: what leaves a layer out or puts one in changes more."""
    return all(not edit.removed and not edit.inserted and not edit.rewired for edit in state.edits)


def _score(edit: Edit, state: State) -> float:
    amount = log2(max(edit.amount, 1.0))
    if edit.kind in DIMENSIONS:
        amount = min(amount, MOST_OF_DIMENSIONS)
    elif edit.kind == "input sizes":
        amount = min(SIZES * amount, MOST_OF_SIZES)
    score = KINDS.get(edit.kind, 1.0) + AMOUNT * amount + DISTANCE * _distance(edit, state)
    score += TO_DEFAULT * edit.to_default
    score += _context(edit, state)
    for index, raw in edit.layers.items() if edit.kind != "all ranks" else ():
        score -= LIKENESS * (state.rewalk.peers.likelier(index, raw) or _likeness(state, index, raw))
        score += _unusual(state, index, raw)
    return score


def _unusual(state: State, index: int, raw: RawLayer) -> float:
    """What counts against a layer whose window has another stride, where that is an unusual one."""
    node = state.network.nodes[index]
    spelling, old = node.description.spelling, node.description.posted
    kernel, stride = (spelling.get(name, name) for name in ("kernel_size", "stride"))
    steps, before = ([*integers_in(each.get(stride))] for each in (raw, old))
    if not steps or steps == before:
        return 0.0
    window = max(integers_in(raw.get(kernel)), default=max(steps))
    skips = max(window, USUAL_STRIDE) < max(steps)
    return SKIPPING * skips + UNEVEN * (len(set(steps)) > 1 and len(set(before)) == 1)


def _context(edit: Edit, state: State) -> float:
    """What the input itself makes likelier."""
    shapes = list(state.network.inputs.values())
    channels = -1 if state.network.framework.layout.channels_last else 1
    if edit.kind in ("rank", "all ranks") and any(
        len(shape) == 4 and shape[channels] in CHANNELS_OF_IMAGES for shape in shapes
    ):
        return IMAGES if all("2d" in str(raw.get("type")).lower() for raw in edit.layers.values()) else -IMAGES
    if edit.kind == "input sizes":
        sizes = gcd(*(size or 0 for name, shape in edit.inputs.items() for size in _changed_sizes(name, shape, state)))
        if _is_far_too_small(state):
            return FAR_TOO_SMALL * (edit.amount >= MOST_TOO_SMALL)
        rounded = state.rewalk.rounds and edit.amount <= NEAR
        return rounded * (ROUNDED + EVEN * min((sizes & -sizes).bit_length(), MOST_HALVINGS))
    merges = state.network.nodes[state.rewalk.first].description.layer
    if edit.kind == "stride" and edit.to_default and merges is not None and merges.merges:
        return KEPT_SIZES
    return 0.0


def _is_far_too_small(state: State) -> bool:
    """Whether the window that has the first error finds a small part of its positions only."""
    rewalk = state.rewalk
    layer, first = state.network.nodes[rewalk.first].description.layer, rewalk.first
    window = max(integers_in(getattr(layer, "kernel_size", None)), default=0)
    arriving = [size for shape in rewalk.judgement.layers[first].input_shapes[:1] for size in (shape or ())[2:] if size]
    errors = rewalk.judgement.layer_errors[first]
    return any(error.has("too small") for error in errors) and window >= MOST_TOO_SMALL * min(arriving, default=window)


def _changed_sizes(name: str, shape: Shape, state: State) -> list[Size]:
    """The sizes of an input that are others than before."""
    return [new for old, new in zip(state.network.inputs[name], shape, strict=False) if old != new]


def _distance(edit: Edit, state: State) -> int:
    """Layers between a change and the first error."""
    places = state.rewalk.places
    here = min((places.get(index, 0) for index in edit.reaches), default=0)
    return min(abs(places[state.rewalk.first] - here), 50)


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
    network = state.network
    node = network.nodes[index]
    changed = [word for word in {*node.description.posted, *raw} if node.description.posted.get(word) != raw.get(word)]
    family = state.rewalk.family
    if all(parameter_of(node, word) in DIMENSIONS for word in changed):
        sizes = sum(family.likelier_size(node, word, raw.get(word)) for word in changed)
        return sizes + family.likelier_growth(node, raw)
    return family.likelier_layer(node, raw)
