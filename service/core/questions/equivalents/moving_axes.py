"""Layers that add, remove, move, turn or join along axes, written in another framework: axes counted from the front."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from service.core.frameworks import Framework
from service.core.geometry.axes import Axis
from service.core.geometry.axis_numbers import all_from_the_front, from_the_front
from service.core.layers.axis_order import (
    ChannelShuffle,
    Flip,
    MoveAxes,
    Roll,
    Rotate,
    Squeeze,
    Stack,
    Transpose,
    Triangle,
    Unsqueeze,
)
from service.core.layers.base import Layer, Site
from service.core.layers.merging import Concat
from service.core.questions.equivalents.order_of_axes import counted
from service.core.questions.equivalents.resampling import rearranged
from service.core.questions.equivalents.way import Step, Way, no_way
from service.core.questions.equivalents.windows import lacks_layer

LOWEST_END = -(2**31)
"""Before every position, for a slice that runs backwards to the first."""
Meaning = dict[str, Any]


def _listed(value: Any) -> list[int]:
    return [value] if isinstance(value, int) else list(value)


def _squeeze(site: Site, layer: Squeeze) -> Meaning | None:
    """The axes of size 1 that go."""
    shape = site.shape or ()
    if layer.dim is None or (layer.dim == [] and site.framework.structure.loose_squeeze):
        named: Sequence[int] | None = range(len(shape))
    else:
        named = all_from_the_front(_listed(layer.dim), len(shape))
    if named is None or any(shape[axis] is None for axis in named):
        return None
    return {"dim": tuple(sorted({axis for axis in named if shape[axis] == 1}))}


def _unsqueeze(site: Site, layer: Unsqueeze) -> Meaning | None:
    """Where the new axes stand in the output."""
    listed = _listed(layer.dim)
    axes = all_from_the_front(listed, len(site.shape or ()) + len(listed))
    return None if not axes or len(set(axes)) < len(axes) else {"dim": tuple(sorted(axes))}


def _transpose(site: Site, layer: Transpose) -> Meaning | None:
    """The order of the axes."""
    count = len(site.shape or ())
    order = list(range(count))
    if layer.dim0 is None or layer.dim1 is None:
        return {"dims": tuple(order[::-1])}
    pair = all_from_the_front((layer.dim0, layer.dim1), count)
    if pair is None:
        return None
    order[pair[0]], order[pair[1]] = order[pair[1]], order[pair[0]]
    return {"dims": tuple(order)}


def _movedim(site: Site, layer: MoveAxes) -> Meaning | None:
    """The order of the axes."""
    count = len(site.shape or ())
    source, target = (all_from_the_front(_listed(axes), count) for axes in (layer.source, layer.destination))
    if source is None or target is None:
        return None
    others = iter(axis for axis in range(count) if axis not in source)
    return {"dims": tuple(source[target.index(place)] if place in target else next(others) for place in range(count))}


def _flip(site: Site, layer: Flip) -> Meaning | None:
    """The axes that are turned round."""
    count = len(site.shape or ())
    axes = tuple(range(count)) if layer.dims is None else all_from_the_front(_listed(layer.dims), count)
    return {"dims": tuple(sorted(axes))} if axes else None


def _roll(site: Site, layer: Roll) -> Meaning | None:
    """As many shifts as axes, in the order of the axes."""
    shifts, count = _listed(layer.shifts), len(site.shape or ())
    axes = None if layer.dims is None else all_from_the_front(_listed(layer.dims), count)
    if not axes or len(axes) != len(shifts) or len(set(axes)) < len(axes):
        return None
    pairs = sorted(zip(axes, shifts, strict=True))
    return {"shifts": tuple(shift for _, shift in pairs), "dims": tuple(axis for axis, _ in pairs)}


def _rotate(site: Site, layer: Rotate) -> Meaning | None:
    """The plane, and how many quarters; None where half a turn is not one."""
    plane = all_from_the_front(layer.dims, len(site.shape or ()))
    turns = layer.turns % 4
    if plane is None or (turns == 2 and not site.framework.structure.half_turns):
        return None
    return {"turns": turns, "dims": plane}


def _triangle(site: Site, layer: Triangle) -> Meaning | None:
    """The diagonal, if it lies in the matrix: others are refused by some."""
    rows, columns = (site.shape or ())[-2:] if len(site.shape or ()) > 1 else (None, None)
    if rows is None or columns is None or not -rows <= layer.diagonal <= columns:
        return None
    return {"diagonal": layer.diagonal}


def _stack(site: Site, layer: Stack) -> Meaning | None:
    """Where the new axis stands."""
    dim = from_the_front(layer.dim, len(site.shape or ()) + 1)
    return None if dim is None else {"dim": dim}


def _concat(site: Site, layer: Concat) -> Meaning | None:
    """The axis, or that of the channels."""
    dim = layer.axis(site.layout, len(site.shape or ()))
    return None if dim is None else {"dim": "channels" if layer.dim is None else dim}


def _shuffle(site: Site, layer: ChannelShuffle) -> Meaning | None:
    """The groups of channels."""
    return {"groups": layer.groups}


OF_CLASS: Mapping[type[Layer], Callable[[Site, Any], Meaning | None]] = {
    Squeeze: _squeeze, Unsqueeze: _unsqueeze, Transpose: _transpose, MoveAxes: _movedim, Flip: _flip, Roll: _roll,
    Rotate: _rotate, Triangle: _triangle, Stack: _stack, Concat: _concat, ChannelShuffle: _shuffle,
}  # fmt: skip


def moved(site: Site) -> Meaning | None:
    """What a layer does to the axes, by resolved parameters; None where nothing is claimed."""
    return None if site.shape is None else OF_CLASS[type(site.layer)](site, site.layer)


def axis_layer(site: Site, framework: Framework, axes: Sequence[Axis]) -> Way:
    """The same layer, or one that does the same to the axes."""
    meaning, family = moved(site), site.kind.family
    if meaning is None:
        return no_way("the axes are not known, or not said one by one")
    steps = STEPS[family](site, framework, meaning) if family in STEPS else ({"type": family, **meaning},)
    if any(step["type"] not in framework.compared for step in steps):
        return no_way(lacks_layer(framework, family))
    return Way(steps=steps, notes=() if isinstance(site.layer, ChannelShuffle) else counted(site, framework))


def _squeezed(site: Site, framework: Framework, meaning: Meaning) -> tuple[Step, ...]:
    return ({"type": "squeeze", **meaning},) if meaning["dim"] else ({"type": "identity"},)


def _unsqueezed(site: Site, framework: Framework, meaning: Meaning) -> tuple[Step, ...]:
    """One new axis after another where only one is taken at a time."""
    if "unsqueeze" not in framework.along_axes.one_axis or len(meaning["dim"]) == 1:
        dim = meaning["dim"][0] if "unsqueeze" in framework.along_axes.one_axis else meaning["dim"]
        return ({"type": "unsqueeze", "dim": dim},)
    return tuple({"type": "unsqueeze", "dim": axis} for axis in meaning["dim"])


def _exchanged(site: Site, framework: Framework, meaning: Meaning) -> tuple[Step, ...]:
    """The two axes, where there is a layer that exchanges them."""
    order = meaning["dims"]
    pair = [axis for axis, place in enumerate(order) if axis != place]
    if "transpose" in framework.compared and len(pair) == 2:
        return ({"type": "transpose", "dim0": pair[0], "dim1": pair[1]},)
    return _permuted(site, framework, meaning)


def _permuted(site: Site, framework: Framework, meaning: Meaning) -> tuple[Step, ...]:
    """All axes in their order; the batch is left out where it stands apart and stays."""
    order = meaning["dims"]
    apart = framework.batch_stands_apart and order[:1] == (0,)
    return ({"type": "permute", "dims": order[1:] if apart else order},)


def _flipped(site: Site, framework: Framework, meaning: Meaning) -> tuple[Step, ...]:
    """Backwards slices where nothing else turns round."""
    if "flip" in framework.compared:
        return ({"type": "flip", **meaning},)
    count = len(meaning["dims"])
    ends = {"starts": (-1,) * count, "ends": (LOWEST_END,) * count, "steps": (-1,) * count}
    return ({"type": "slice", **ends, "dims": meaning["dims"]},)


def _rotated(site: Site, framework: Framework, meaning: Meaning) -> tuple[Step, ...]:
    """Half a turn turns both axes round."""
    if meaning["turns"] == 0:
        return ({"type": "identity"},)
    if meaning["turns"] == 2:
        return _flipped(site, framework, {"dims": tuple(sorted(meaning["dims"]))})
    return ({"type": "rot90", **meaning},)


def _concatenated(site: Site, framework: Framework, meaning: Meaning) -> tuple[Step, ...]:
    """The axis of the channels where the framework has them."""
    count = len(site.shape or ())
    channels = count - 1 if framework.layout.channels_last else min(1, count - 1)
    return ({"type": "concat", "dim": channels if meaning["dim"] == "channels" else meaning["dim"]},)


def _shuffled(site: Site, framework: Framework, meaning: Meaning) -> tuple[Step, ...]:
    """The channels taken apart, exchanged and joined, where there is no layer."""
    groups, shape = meaning["groups"], site.shape or ()
    if "channel_shuffle" in framework.compared or site.channels is None or len(shape) < 3 or None in shape[1:]:
        return ({"type": "channel_shuffle", "groups": groups},)
    spatial = tuple(size or 0 for size in site.spatial)
    apart, joined, rank = (groups, site.channels // groups), (site.channels,), len(spatial)
    if framework.layout.channels_last:
        order = (0, *range(1, rank + 1), rank + 2, rank + 1)
        return rearranged(framework, shape[0], (*spatial, *apart), order, (*spatial, *joined))
    order = (0, 2, 1, *range(3, rank + 3))
    return rearranged(framework, shape[0], (*apart, *spatial), order, (*joined, *spatial))


STEPS: Mapping[str, Callable[[Site, Framework, Meaning], tuple[Step, ...]]] = {
    "squeeze": _squeezed, "unsqueeze": _unsqueezed, "transpose": _exchanged, "movedim": _permuted, "flip": _flipped,
    "rot90": _rotated,
    "concat": _concatenated, "channel_shuffle": _shuffled,
}  # fmt: skip
"""By family how it is written, where that is not as it is meant."""
