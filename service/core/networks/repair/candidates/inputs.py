"""Other shapes of the network's inputs: a batch axis that is missing, channels in the other place, other sizes."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import chain
from math import gcd, isqrt, lcm

from service.core.diagnostics.channels_last import CHANNELS_OF_IMAGES
from service.core.geometry.shapes import Shape, sizes_text
from service.core.layers.reshaping import Reshape
from service.core.networks.network import layer_of
from service.core.networks.repair.candidates.suspect import ratio, wanted_numbers
from service.core.networks.repair.edits import Edit
from service.core.networks.repair.rewalk import State

USUAL_SIZES = (224, 256, 299, 112, 128, 384, 512, 331, 96, 64, 32, 28, 160, 192, 240, 260, 300, 380, 456, 528, 600)
"""Pixels. Sizes that images are given to networks with; the likeliest first."""
NEAR = 3
"""Layers behind an input at which a mistake in its layout shows. Chosen."""
MOST_RATIOS = 4
"""Ratios of what is declared to what arrives by which sizes are multiplied. Chosen."""
STEPS = (2, 4, 8, 16, 32, 64)
"""Products of strides, whose multiples are tried."""


def other_inputs(state: State) -> Iterator[Edit]:
    """The network with another shape of one input: an axis more or less, other channels."""
    for name, shape in state.network.inputs.items():
        if name in state.edit.inputs:
            continue
        yield from _with_or_without_an_axis(state, name, shape)
        yield from _unflattened(state, name, shape)
        yield from _moved_channels(state, name, shape)
        yield from _other_channels(state, name, shape)


def _give(name: str, shape: Shape, what: str, kind: str, amount: float = 1.0) -> Edit:
    whole = "[" + ", ".join("null" if size is None else str(size) for size in shape) + "]"
    title = f"give the input {what}{whole}" if name == "input" else f"give the input `{name}` {what}{whole}"
    return Edit(title=title, inputs={name: shape}, kind=kind, amount=amount)


def _with_or_without_an_axis(state: State, name: str, shape: Shape) -> Iterator[Edit]:
    """A batch in front, channels in their place, or both; or one axis less, of size 1 first."""
    last = state.network.framework.layout.channels_last
    for batch in _batches(state) if 1 <= len(shape) <= 4 and shape[0] is not None else ():
        yield _give(name, (batch, *shape), "a batch axis: ", "batch axis", float(batch))
    if 2 <= len(shape) <= 4:
        yield _give(
            name, (*shape, 1) if last else (shape[0], 1, *shape[1:]), "an axis of one channel: ", "channel axis"
        )
    for axis, size in enumerate(shape if len(shape) > 2 else ()):
        if size == 1 or axis == 0:
            kind = "axis of one left out" if size == 1 and _takes_an_input_alone(state) else "axis left out"
            yield _give(name, (*shape[:axis], *shape[axis + 1 :]), f"without axis {axis}: ", kind)


def _batches(state: State) -> list[int]:
    """A batch of one, and the one that the shapes of reshapes are made for: what divides the first size of each."""
    layers = (node.description.layer for node in state.network.nodes)
    firsts = [layer.shape[0] for layer in layers if isinstance(layer, Reshape) and layer.shape]
    declared = gcd(*(size for size in firsts if size and size > 1))
    return [1, declared] if declared > 1 else [1]


def _takes_an_input_alone(state: State) -> bool:
    """Whether the layer that has the error takes in an input of the network, and nothing else."""
    keys = state.keys(state.target)
    return len(keys) == 1 and isinstance(keys[0], str)


def _unflattened(state: State, name: str, shape: Shape) -> Iterator[Edit]:
    """Square images in place of a row of numbers, with the channels that are wanted where the error is."""
    if len(shape) != 2 or shape[1] is None:
        return
    for channels in dict.fromkeys([*wanted_numbers(state), 1, 3]):
        side = isqrt(shape[1] // channels) if channels else 0
        if side > 1 and side * side * channels == shape[1]:
            image = state.network.framework.layout.join(shape[:1], channels, (side, side))
            yield _give(name, image, "not flattened: ", "features")


def _is_near(state: State) -> bool:
    """Whether the first error is at one of the first layers behind an input."""
    keys = state.keys(state.target)
    for _ in range(NEAR):
        if any(isinstance(key, str) for key in keys):
            return True
        before = [layer for key in keys if (layer := layer_of(key)) is not None]
        keys = tuple(key for layer in before for key in state.keys(layer))
    return False


def _moved_channels(state: State, name: str, shape: Shape) -> Iterator[Edit]:
    """The channels from the last axis to the one behind the batch, and from there to the last."""
    if len(shape) < 3:
        return
    layout = state.network.framework.layout
    if shape[layout.channel_axis(len(shape), len(shape) - 2)] in CHANNELS_OF_IMAGES:
        return
    if len(state.keys(state.target)) > 1:
        return
    kind = "layout" if _is_near(state) else "input channels"
    for moved in ((shape[0], shape[-1], *shape[1:-1]), (shape[0], *shape[2:], shape[1])):
        if moved != shape:
            yield _give(name, moved, "as ", kind)
    if len(shape) == 3 and not layout.channels_last and shape[2] in CHANNELS_OF_IMAGES:
        yield _give(name, (1, shape[2], shape[0], shape[1]), "a batch axis, and its channels first: ", kind)


def _other_channels(state: State, name: str, shape: Shape) -> Iterator[Edit]:
    """The channels, or the features, that are wanted where the error is; and the shape of another input."""
    layout = state.network.framework.layout
    for axis in range(1, len(shape)):
        if len(shape) > 3 and axis != layout.channel_axis(len(shape), len(shape) - 2):
            continue
        for number in wanted_numbers(state):
            if number != shape[axis]:
                other = (*shape[:axis], number, *shape[axis + 1 :])
                yield _give(name, other, "as ", "input channels", ratio(shape[axis] or number, number))
    for other_name, other in state.network.inputs.items():
        if other_name != name and other != shape:
            yield _give(name, other, f"the shape of `{other_name}`: ", "like another input")


def other_input_sizes(state: State) -> Iterator[Edit]:
    """Other spatial sizes of all inputs alike: multiples of usual strides near by, then the usual sizes of images.

    Only where another input may do away with the error and the error does not say which; as many as the budget allows.
    """
    network = state.network
    sizes = network.common_sizes
    errors = state.errors[state.target]
    curable = any(error.has("another input may do") or error.has("too small") for error in errors)
    advised = any(step["path"].startswith("/input") for error in errors for fix in error.fixes for step in fix.patch)
    if not sizes or not curable or advised or state.edit.inputs:
        return
    tried = {sizes}
    most = state.rewalk.affordable(state.target)
    for other in chain(_sizes_in_ratio(state, sizes), _sizes_near(sizes)):
        if other not in tried and min(other) > 0 and len(tried) <= most:
            tried.add(other)
            title = f"give the input {sizes_text(other)}"
            yield Edit(
                title=title,
                inputs=network.resized_inputs(other),
                kind="input sizes",
                amount=max(map(ratio, sizes, other)),
            )


def _sizes_in_ratio(state: State, sizes: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Sizes larger or smaller by the ratio of what is declared where the error is to what arrives there.

    All axes by the ratio, for a window; all by its root, or one axis by all of it, for a number of features.
    """
    arriving = [shape[-1] for shape in state.arriving(state.target) if shape and shape[-1]]
    ratios = [Fraction(wanted, size) for wanted in wanted_numbers(state) for size in arriving if wanted != size]
    for ratio_ in list(dict.fromkeys(ratios))[:MOST_RATIOS]:
        root = Fraction(round(float(ratio_) ** (1 / len(sizes)) * sizes[0]), sizes[0])
        for factor in (ratio_, root):
            yield tuple(int(size * factor) for size in sizes)
        for axis in range(len(sizes) if len(sizes) > 1 else 0):
            yield tuple(int(size * (ratio_ if place == axis else 1)) for place, size in enumerate(sizes))


def _sizes_near(sizes: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Sizes of the same ratio as far as they can be, the nearest first for each step."""
    for step in STEPS:
        yield tuple(-(-size // step) * step for size in sizes)
        yield tuple(max(size // step, 1) * step for size in sizes)
    for shift in (1, -1, 2, -2, 3, -3, 4, -4):
        yield tuple(size + shift for size in sizes)
        for axis in range(len(sizes)):
            yield tuple(size + shift * (place == axis) for place, size in enumerate(sizes))
    for factor in (2, 4):
        yield tuple(size * factor for size in sizes)
        yield tuple(max(size // factor, 1) for size in sizes)
    whole = lcm(*sizes)
    for usual in USUAL_SIZES:
        if len(set(sizes)) == 1 or whole == max(sizes):
            yield tuple(usual * size // max(sizes) for size in sizes)
        yield (usual,) * len(sizes)
