"""How a layer is written in a target: as the equivalents have it, and a few things that they leave to the network."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from service.core.frameworks import Framework
from service.core.frameworks.pad_rules import PadRules
from service.core.geometry.axes import PaddedAxis, WindowAxis
from service.core.geometry.index_ranges import read_slice
from service.core.layers.axis_order import ChannelShuffle
from service.core.layers.base import Site
from service.core.layers.composites import StochasticDepth
from service.core.layers.convolution import Convolution
from service.core.layers.elementwise import Elementwise
from service.core.layers.indexing import GetItem
from service.core.layers.merging import Concat
from service.core.layers.pad_and_crop import Pad
from service.core.layers.pools import AdaptivePool, MaxPool, Pool
from service.core.layers.reshaping import Flatten, Reshape
from service.core.layers.separable import DepthwiseConvolution
from service.core.layers.sources import Constant, KeptTensor, TrainedTensor
from service.core.layers.splitting import Parts
from service.core.layers.structural import RefusedError
from service.core.layers.untrained_norms import Rescaling
from service.core.questions.equivalents import way_in
from service.core.questions.equivalents.borders import bordered, gives_enough, spatial_axes, takes
from service.core.questions.equivalents.resampling import rearranged
from service.core.questions.equivalents.way import Step, Way, no_way
from service.core.questions.equivalents.windows import lacks_layer, unpadded, window_step

TO_ORDER = (Flatten, Reshape)
"""Layers that mind the order of the elements alone."""
SEVERAL = frozenset({"add", "multiply", "maximum", "minimum", "average"})
"""Operators that take any number of branches."""
OF_THIS_SIZE = "the padding has the numbers that `{name}` gives for an input of {size}; other sizes need others"
HOLDS_FOR_SIZE = "it computes the same for inputs of {size}, and not for all other sizes"
ZEROS_NEVER_WIN = "zeros are put around it: nothing that arrives is below 0, so that they never are the maximum"
NOT_COMPARED = "layers like it were not compared"
NO_NUMBERS = "the numbers of a constant are not in the network"
RANDOM_DEPTH = "in training it drops whole branches at random, which is left out; afterwards it changes nothing"
INDICES = "its second output, the positions of the maxima, has no equivalent"


def way_of(site: Site, framework: Framework, *, above_zero: bool) -> Way:
    """The steps that compute what a layer computes; the target's channels stand where the layer has them.

    `above_zero` says that nothing that arrives is below 0.
    """
    layer = site.layer
    if isinstance(layer, MaxPool | AdaptivePool) and layer.return_indices:
        return no_way(INDICES)
    if isinstance(layer, Elementwise) and len(site.inputs) > 2 and site.kind.family in SEVERAL:
        return _of_branches(site)
    if isinstance(layer, StochasticDepth):
        return Way(steps=({"type": "identity"},), notes=(RANDOM_DEPTH,))
    if isinstance(layer, Rescaling):
        return _rescaled(layer)
    if isinstance(layer, Concat) and len(site.inputs) == 1:
        return Way(steps=({"type": "identity"},))
    if isinstance(layer, Concat) and site.shape:
        dim = layer.axis(site.layout, len(site.shape))
        return no_way() if dim is None else Way(steps=({"type": "concat", "dim": dim},))
    if isinstance(layer, Parts):
        return _in_parts(site, layer)
    if isinstance(layer, TrainedTensor | KeptTensor):
        return Way(steps=({"type": site.kind.name, "shape": tuple(layer.shape)},))
    if isinstance(layer, Constant):
        return no_way(NO_NUMBERS)
    if type(layer) is GetItem:
        return _indexed(site, layer)
    if isinstance(layer, ChannelShuffle) and "channel_shuffle" not in framework.compared:
        return _shuffled(site, framework, layer.groups)
    way = way_in(framework, site)
    if not way.steps:
        way = _padded_as_array(site, framework) or way
    if not way.steps:
        lacks = lacks_layer(site.framework, site.kind.name)
        return Way(notes=tuple(NOT_COMPARED if note == lacks else note for note in way.notes))
    if isinstance(layer, Convolution | DepthwiseConvolution) and way.steps:
        return _padded_by_numbers(site, framework, way)
    if isinstance(layer, MaxPool) and above_zero and way.steps and _is_roundabout(way):
        return _padded_with_zeros(site, framework) or way
    if isinstance(layer, Pool) and way.steps:
        return _padded_in_full(site, way)
    if isinstance(layer, Reshape) and way.steps:
        return _any_batch(site, way)
    return way


def _of_branches(site: Site) -> Way:
    """Three branches or more, all of as many axes."""
    if len({len(shape or ()) for shape in site.inputs}) > 1 or getattr(site.layer, "other", None) is not None:
        return no_way("only branches of as many axes were run")
    return Way(steps=({"type": site.kind.family},))


def _rescaled(layer: Rescaling) -> Way:
    """A product and a sum with numbers."""
    if not isinstance(layer.factor, int | float) or not isinstance(layer.offset, int | float):
        return no_way("only one number for all channels can be written")
    steps: list[Step] = [{"type": "multiply", "other": layer.factor}] if layer.factor != 1 else []
    steps += [{"type": "add", "other": layer.offset}] if layer.offset else []
    return Way(steps=tuple(steps) or ({"type": "identity"},))


def _in_parts(site: Site, layer: Parts) -> Way:
    """Parts along an axis, each with its size."""
    try:
        axis = layer.axis(site)
        sizes = layer.part_sizes(site, (site.shape or ())[axis])
    except (RefusedError, NotImplementedError):
        return no_way()
    if site.kind.family == "unbind" or sizes is None or None in sizes:
        return no_way()
    return Way(steps=({"type": "split", "sizes": tuple(sizes), "dim": axis},))


def _shuffled(site: Site, framework: Framework, groups: int) -> Way:
    """The channels taken apart, exchanged and joined."""
    shape = site.shape or ()
    rank = len(shape) - 2
    if rank < 1 or None in shape[1:]:
        return no_way("the sizes are not known")
    sizes = [size or 0 for size in shape]
    channels = sizes[site.layout.channel_axis(len(shape), rank)]
    spatial = tuple(size or 0 for size in site.layout.spatial(shape, rank))
    apart = (groups, channels // groups)
    if framework.layout.channels_last:
        order = (0, *range(1, rank + 1), rank + 2, rank + 1)
        return Way(steps=rearranged(framework, None, (*spatial, *apart), order, (*spatial, channels)))
    order = (0, 2, 1, *range(3, rank + 3))
    return Way(steps=rearranged(framework, None, (*apart, *spatial), order, (channels, *spatial)))


def _indexed(site: Site, layer: GetItem) -> Way:
    """Slices, and positions whose axis goes, with bounds counted from the front."""
    shape, index = site.shape or (), layer.index
    items = list(index) if isinstance(index, list | tuple) else [index]
    if "..." in items:
        place = items.index("...")
        items[place : place + 1] = [":"] * (len(shape) - len(items) + 1)
    if len(items) > len(shape) or not all(isinstance(item, int | str) for item in items):
        return no_way("only slices and positions can be written")
    cuts: dict[int, tuple[int, int, int | None]] = {}
    gone: list[int] = []
    for axis, (item, size) in enumerate(zip(items, shape, strict=False)):
        assert isinstance(item, int | str)
        bounds = read_slice(item) if isinstance(item, str) else None
        if bounds is not None and bounds.whole:
            continue
        if size is None or (isinstance(item, str) and bounds is None) or (bounds and (bounds.step or 1) < 0):
            return no_way("the size of an axis that is cut is not known, or it is cut backwards")
        if bounds is None:
            gone.append(axis)
        cuts[axis] = bounds.of(size) if bounds is not None else (int(item) % size, 1, 1)
    if not cuts:
        return Way(steps=({"type": "identity"},))
    by = tuple(step for _, step, _ in cuts.values())
    part: Step = {
        "type": "slice",
        "starts": tuple(start for start, _, _ in cuts.values()),
        "ends": tuple(start + step * (taken or 0) for start, step, taken in cuts.values()),
        "dims": tuple(cuts),
        "steps": None if set(by) == {1} else by,
    }
    return Way(steps=(part, {"type": "squeeze", "dim": tuple(gone)}) if gone else (part,))


def _padded_as_array(site: Site, framework: Framework) -> Way | None:
    """Padding by the function that pads arrays, where the framework has one and no layer does it."""
    layer, rules = site.layer, framework.array_pads
    axes = [axis for axis in site.axes if isinstance(axis, PaddedAxis | WindowAxis) and axis.padding is not None]
    if rules is None or not axes or len(axes) < len(site.axes):
        return None
    if isinstance(layer, Pad):
        spatial = spatial_axes(site, layer, [axis for axis in axes if isinstance(axis, PaddedAxis)])
        pads = None if spatial is None else _array_pads(framework, rules, spatial, layer.mode, layer.value)
        return None if pads is None else Way(steps=pads)
    if not isinstance(layer, Convolution) or layer.padding_mode == "zeros":
        return None
    pads = _array_pads(framework, rules, axes, layer.padding_mode)
    if pads is None:
        return None
    sizes = tuple((axis.size or 0) + sum(axis.padding or (0, 0)) for axis in axes)
    shape = site.layout.with_sizes(site.shape or (), site.channels, sizes)
    unpadded_site = replace(site, layer=replace(layer, padding=0, padding_mode="zeros"), inputs=(shape,))
    way = way_in(framework, unpadded_site)
    return Way(steps=(*pads, *way.steps), notes=way.notes) if way.steps else None


def _array_pads(
    framework: Framework, rules: PadRules, axes: Sequence[PaddedAxis | WindowAxis], mode: str, value: float = 0.0
) -> tuple[Step, ...] | None:
    """The pad along the spatial axes of a batch; None where the function does not do this."""
    pairs = tuple(axis.padding or (0, 0) for axis in axes)
    if not takes(rules, mode, value) or not gives_enough(rules, mode, axes) or any(min(pair) < 0 for pair in pairs):
        return None
    said = {"mode": None if mode == "constant" else mode, "value": value or None}
    dims = framework.layout.spatial_axes(len(pairs) + 2, len(pairs))
    return ({"type": "pad", "padding": pairs, "dims": tuple(dims), **said},)


def _padded_by_numbers(site: Site, framework: Framework, way: Way) -> Way:
    """A convolution with steps that pads by numbers does so everywhere: "same" would fit this size only."""
    padding = getattr(site.layer, "padding", 0)
    windows = [axis for axis in site.axes if isinstance(axis, WindowAxis)]
    named = [step for step in way.steps if step.get("padding") == "same" and max(_ints(step.get("stride"))) > 1]
    if isinstance(padding, str) or not named or len(way.steps) > 1 or not windows:
        return way
    pairs = [axis.padding for axis in windows]
    rules = framework.rules_for(named[0]["type"], named[0]["type"][:-2])
    pads = None if None in pairs else bordered(framework, [pair for pair in pairs if pair is not None])
    if pads is None or rules is None:
        return way
    return Way(steps=(*pads, {**named[0], **unpadded(rules, len(windows))}), notes=way.notes)


def _padded_in_full(site: Site, way: Way) -> Way:
    """A pool behind a pad that adds all that the layer pads, also what no window of this size reads.

    Rounded down, the windows are the same, and for other sizes too.
    """
    pairs = [axis.padding for axis in site.axes if isinstance(axis, WindowAxis) and not axis.ceil_mode]
    first = way.steps[0]
    plain = len(way.steps) == 2 and first["type"] == "pad" and min(map(min, first["padding"])) >= 0
    if not plain or len(pairs) < len(site.axes) or None in pairs or isinstance(getattr(site.layer, "padding", 0), str):
        return way
    return Way(steps=({**first, "padding": tuple(pairs)}, way.steps[1]), notes=way.notes)


def _ints(value: Any) -> tuple[int, ...]:
    return (value or 1,) if not isinstance(value, tuple) else value


def _is_roundabout(way: Way) -> bool:
    """Whether a pool takes more than one step, or fits this size only."""
    return len(way.steps) > 1 or way.steps[0].get("padding") == "same"


def _padded_with_zeros(site: Site, framework: Framework) -> Way | None:
    """A maximum over an input with zeros around it, none of which is larger than what is there."""
    rules = framework.rules_for(site.kind.name, site.kind.family)
    windows = [axis for axis in site.axes if isinstance(axis, WindowAxis)]
    if rules is None or not windows or isinstance(getattr(site.layer, "padding", 0), str):
        return None
    pairs = [(axis.before or 0, _after(axis)) for axis in windows]
    inner = [
        replace(axis, size=(axis.size or 0) + sum(pair), before=0, after=0, ceil_mode=False)
        for axis, pair in zip(windows, pairs, strict=True)
    ]
    pads = bordered(framework, pairs)
    unlike = [axis.output for axis in inner] != [axis.output for axis in windows]
    if not pads or unlike or any(not rules.takes_value("dilation", axis.dilation, 1) for axis in windows):
        return None
    step: Step = {**window_step(site.kind.name, rules, windows), **unpadded(rules, len(windows))}
    return Way(steps=(*pads, step), notes=(ZEROS_NEVER_WIN,))


def _after(axis: WindowAxis) -> int:
    """The padding after the input; with rounding up also what the last window reads beyond it."""
    reach = ((axis.output or 1) - 1) * axis.stride + axis.effective_kernel
    return max(axis.after or 0, reach - (axis.size or 0) - (axis.before or 0))


def _any_batch(site: Site, way: Way) -> Way:
    """A reshape that leaves the size of the batch open, where it stays."""
    output, shape = site.layer.output_shape(site), site.shape
    step = way.steps[0]
    wanted = step.get("shape", ())
    if not output or not shape or output[0] != shape[0] or -1 in wanted or len(wanted) != len(output):
        return way
    return Way(steps=({**step, "shape": (-1, *wanted[1:])},), notes=way.notes)


# --- what to know ---------------------------------------------------------------------------------------------------


def _named_padding(site: Site, way: Way) -> str | None:
    """Padding by a name that depends on the size, written in numbers."""
    padding = getattr(site.layer, "padding", None)
    steps = [axis.stride for axis in site.axes if isinstance(axis, WindowAxis)]
    if not isinstance(padding, str) or not steps or max(steps) == 1 or padding == "valid":
        return None
    if any(step.get("padding") == padding for step in way.steps):
        return None
    return OF_THIS_SIZE.format(name=padding, size=" x ".join(str(size) for size in site.spatial))


def _fits_this_size(site: Site, way: Way) -> str | None:
    """Numbers written as a name, which give the same for this size."""
    padding = getattr(site.layer, "padding", None)
    if not isinstance(site.layer, Pool) or isinstance(padding, str):
        return None
    named = any(step.get("padding") == "same" and max(_ints(step.get("stride"))) > 1 for step in way.steps)
    cropped = any(step["type"] == "crop" for step in way.steps)
    if not named and not cropped:
        return None
    return HOLDS_FOR_SIZE.format(size=" x ".join(str(size) for size in site.spatial))


ADVICE: tuple[Callable[[Site, Way], str | None], ...] = (_named_padding, _fits_this_size)
"""What to know about a layer that is written in these steps."""
