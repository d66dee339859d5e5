"""The parts that random networks are put together from, in the API's spelling; knows no framework.

A sketch grows node by node, with the shapes that the textbook formulas give. Networks are small and their axes differ,
so that mixed-up axes show.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import prod
from typing import Any

from tests.golden.record.cases import Layer, spell

Shape = list[Any]
"""Batch (or None), channels, spatial sizes; in a head whatever is left."""
Place = int | str
"""A node by its number, or an input of the network by its name."""

WIDE_SHARE = 0.05
INTERPOLATIONS = {1: "linear", 2: "bilinear", 3: "trilinear"}
LARGEST = {1: 64, 2: 32, 3: 16}
ACTIVATIONS = ("relu", "relu6", "sigmoid", "tanh", "silu", "mish", "hardswish", "selu", "softplus", "elu", "gelu",
               "leaky_relu", "hardtanh", "prelu", "identity", "dropout")  # fmt: skip


@dataclass(kw_only=True)
class Node:
    """A layer that declares everything, where it takes its input from, and the shapes there."""

    layer: Layer
    inputs: list[Place]
    arriving: list[Shape]
    output: Shape


@dataclass(kw_only=True)
class Sketch:
    """A network on the way; `at` is where the next node goes on from."""

    rng: random.Random
    rank: int
    inputs: dict[str, Shape]
    at: Place
    nodes: list[Node] = field(default_factory=list)
    branches: dict[int, int] = field(default_factory=dict)
    """Of a layer on one branch of several the number of the node that brings them together."""

    @property
    def shape(self) -> Shape:
        return self.shape_at(self.at)

    def shape_at(self, place: Place) -> Shape:
        return self.inputs[place] if isinstance(place, str) else self.nodes[place].output

    def add(self, layer: Layer, output: Shape, *inputs: Place) -> int:
        """A node that takes what is at hand, or the places named."""
        places = list(inputs) or [self.at]
        arriving = [self.shape_at(place) for place in places]
        self.nodes.append(Node(layer=layer, inputs=places, arriving=arriving, output=output))
        self.at = len(self.nodes) - 1
        return self.at


# --- windows ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Window:
    """What a convolution or pool does on one axis."""

    kernel: int
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    ceil: bool = False

    @property
    def effective(self) -> int:
        return (self.kernel - 1) * self.dilation + 1

    def out(self, size: int) -> int:
        """Rounded up only where the last window starts in the input or the padding before it."""
        room = size + 2 * self.padding - self.effective
        count = room // self.stride + 1
        return count + (self.ceil and room % self.stride > 0 and count * self.stride < size + self.padding)


def keeping(rng: random.Random) -> Window:
    kernel, dilation = rng.choice((1, 3, 3, 3, 5)), rng.choice((1, 1, 1, 2))
    return Window(kernel, 1, (kernel - 1) * dilation // 2, dilation)


def any_window(rng: random.Random, size: int, dilations: tuple[int, ...] = (1, 1, 1, 2)) -> Window:
    """One that fits; small axes are kept."""
    if size < 5:
        return Window(3, 1, 1) if rng.random() < 0.7 else Window(1)
    kernel = rng.choice((1, 2, 3, 3, 3, 4, 5))
    drawn = Window(kernel, rng.choice((1, 1, 2, 2, 3)), rng.randint(0, kernel // 2), rng.choice(dilations))
    return drawn if drawn.effective <= size + 2 * drawn.padding else Window(3, 2, 1)


def windows(sketch: Sketch, draw: Callable[[int], Window]) -> list[Window]:
    """One per axis: mostly the same, made for the smallest."""
    sizes = sketch.shape[2:]
    return [draw(min(sizes))] * len(sizes) if sketch.rng.random() < 0.6 else [draw(size) for size in sizes]


def spelled(rng: random.Random, found: list[Window]) -> Layer:
    """The parameters of windows, those left out that are 0 or 1 everywhere."""
    names = {"kernel_size": "kernel", "stride": "stride", "padding": "padding", "dilation": "dilation"}
    values = {name: [getattr(one, attribute) for one in found] for name, attribute in names.items()}
    neutral = {"kernel_size": None, "stride": 1, "padding": 0, "dilation": 1}
    return {name: spell(rng, value) for name, value in values.items() if set(value) != {neutral[name]}}


def resized(shape: Shape, found: list[Window]) -> list[int]:
    return [one.out(size) for one, size in zip(found, shape[2:], strict=True)]


# --- layers -----------------------------------------------------------------------------------------------------------


def any_windows(sketch: Sketch) -> list[Window]:
    """Those of a convolution: now and then padded so far that an output sees nothing but padding."""
    found = windows(sketch, lambda size: any_window(sketch.rng, size))
    return [replace(one, padding=one.kernel) for one in found] if sketch.rng.random() < WIDE_SHARE else found


def convolution(sketch: Sketch, out: int | None = None, found: list[Window] | None = None) -> int:
    """Plain, grouped or depthwise."""
    rng, shape = sketch.rng, sketch.shape
    found = found or any_windows(sketch)
    channels = shape[1]
    divisors = [groups for groups in range(1, channels + 1) if channels % groups == 0]
    groups = rng.choice(divisors) if rng.random() < 0.3 else 1
    out = out or groups * rng.randint(1, max(1, 8 // groups))
    groups = groups if out % groups == 0 else 1
    layer = {"type": f"conv{sketch.rank}d", "in_channels": channels, "out_channels": out, **spelled(rng, found)}
    if groups > 1:
        layer["groups"] = groups
    if "padding" in layer and rng.random() < 0.15:
        layer |= padding_mode(rng, shape, found)
    if rng.random() < 0.3:
        layer["bias"] = False
    return sketch.add(layer, [shape[0], out, *resized(shape, found)])


def padding_mode(rng: random.Random, shape: Shape, found: list[Window]) -> Layer:
    """A way to fill the padding that the input has enough positions for."""
    enough = all(one.padding < size for one, size in zip(found, shape[2:], strict=True))
    return {"padding_mode": rng.choice(("reflect", "replicate", "circular"))} if enough else {}


def named_padding(sketch: Sketch) -> int:
    """A convolution with padding "same"."""
    kernels = [sketch.rng.randint(1, 4) for _ in range(sketch.rank)]
    shape, out = sketch.shape, sketch.rng.randint(2, 6)
    layer = {"type": f"conv{sketch.rank}d", "in_channels": shape[1], "out_channels": out, "padding": "same"}
    return sketch.add({**layer, "kernel_size": spell(sketch.rng, kernels)}, [shape[0], out, *shape[2:]])


def transposed(sketch: Sketch) -> int:
    """A transposed convolution, with `output_padding` or `output_size` now and then."""
    rng, shape = sketch.rng, sketch.shape
    stride = rng.choice((1, 2, 2, 3))
    kernel, dilation = max(1, stride + rng.randint(-1, 2)), rng.choice((1, 1, 2))
    found = Window(kernel, stride, rng.randint(0, kernel // 2), dilation)
    extra = rng.randint(0, max(stride, dilation) - 1) if rng.random() < 0.4 else 0
    least = [(size - 1) * stride + found.effective - 2 * found.padding for size in shape[2:]]
    if not all(0 < size + extra <= LARGEST[sketch.rank] for size in least):
        return convolution(sketch)
    out = rng.randint(1, 6)
    layer = {"type": f"conv_transpose{sketch.rank}d", "in_channels": shape[1], "out_channels": out}
    layer |= spelled(rng, [found] * sketch.rank)
    if extra < stride and rng.random() < 0.2:
        layer["output_size"] = [size + extra for size in least]
    elif extra:
        layer["output_padding"] = extra
    return sketch.add(layer, [shape[0], out, *(size + extra for size in least)])


def pool(sketch: Sketch) -> int:
    """Mostly a maximum, dilated or rounded up now and then; averages of rank 3 want the input to hold the kernel."""
    rng, shape = sketch.rng, sketch.shape
    family = rng.choice(("max_pool", "max_pool", "avg_pool", "lp_pool"))
    found = windows(sketch, lambda size: any_window(rng, size, (1, 1, 2) if family == "max_pool" else (1,)))
    found = [replace(one, padding=0, kernel=min(one.kernel, 2)) for one in found] if family == "lp_pool" else found
    if family != "max_pool" and any(one.kernel > size for one, size in zip(found, shape[2:], strict=True)):
        return activation(sketch)
    layer = {"type": f"{family}{sketch.rank}d", **spelled(rng, found)}
    layer.setdefault("stride", 1)
    if family == "lp_pool":
        layer |= {"norm_type": 2, "kernel_size": layer["kernel_size"] if sketch.rank > 1 else found[0].kernel}
    if rng.random() < 0.2:
        layer["ceil_mode"] = True
        found = [replace(one, ceil=True) for one in found]
    return sketch.add(layer, [*shape[:2], *resized(shape, found)])


def norm(sketch: Sketch) -> int:
    """A normalisation of channels; those of one example need more than one position."""
    rng, channels = sketch.rng, sketch.shape[1]
    kind = rng.choice(("batch", "batch", "batch", "instance", "group"))
    if kind == "batch" or prod(sketch.shape[2:]) < 2:
        return sketch.add({"type": f"batch_norm{sketch.rank}d", "num_features": channels}, sketch.shape)
    if kind == "instance":
        layer: Layer = {"type": f"instance_norm{sketch.rank}d", "num_features": channels, "affine": True}
        return sketch.add(layer, sketch.shape)
    groups = rng.choice([one for one in range(1, channels + 1) if channels % one == 0])
    return sketch.add({"type": "group_norm", "num_groups": groups, "num_channels": channels}, sketch.shape)


def activation(sketch: Sketch) -> int:
    return sketch.add({"type": sketch.rng.choice(ACTIVATIONS)}, sketch.shape)


def pad(sketch: Sketch) -> int:
    pairs = [[sketch.rng.randint(0, 2), sketch.rng.randint(0, 2)] for _ in range(sketch.rank)]
    layer: Layer = {"type": "pad", "padding": pairs}
    if sketch.rng.random() < 0.5 and min(sketch.shape[2:]) > 2:
        layer["mode"] = sketch.rng.choice(("reflect", "replicate", "circular"))
    sizes = [size + sum(pair) for size, pair in zip(sketch.shape[2:], pairs, strict=True)]
    return sketch.add(layer, [*sketch.shape[:2], *sizes])


def crop(sketch: Sketch) -> int:
    """Up to two positions fewer at each end."""
    if min(sketch.shape[2:]) < 6:
        return pad(sketch)
    pairs = [[sketch.rng.randint(0, 2), sketch.rng.randint(0, 2)] for _ in range(sketch.rank)]
    sizes = [size - sum(pair) for size, pair in zip(sketch.shape[2:], pairs, strict=True)]
    return sketch.add({"type": "crop", "cropping": pairs}, [*sketch.shape[:2], *sizes])


def upsample(sketch: Sketch) -> int:
    if max(sketch.shape[2:]) * 2 > LARGEST[sketch.rank]:
        return activation(sketch)
    layer: Layer = {"type": "upsample", "scale_factor": 2}
    if sketch.rng.random() < 0.3:
        layer["mode"] = INTERPOLATIONS[sketch.rank]
    return sketch.add(layer, [*sketch.shape[:2], *(2 * size for size in sketch.shape[2:])])


def shuffle(sketch: Sketch) -> int:
    """Channels to positions or back, in a network of images that has enough of them."""
    batch, channels, *sizes = sketch.shape
    if sketch.rank == 2 and channels % 4 == 0 and max(sizes) * 2 <= LARGEST[2]:
        layer: Layer = {"type": "pixel_shuffle", "upscale_factor": 2}
        return sketch.add(layer, [batch, channels // 4, *(2 * size for size in sizes)])
    if sketch.rank == 2 and not any(size % 2 for size in sizes):
        layer = {"type": "pixel_unshuffle", "downscale_factor": 2}
        return sketch.add(layer, [batch, channels * 4, *(size // 2 for size in sizes)])
    return activation(sketch)


# --- blocks -----------------------------------------------------------------------------------------------------------


def stage(sketch: Sketch) -> None:
    """A convolution and what usually follows it."""
    convolution(sketch)
    for draw, share in ((norm, 0.5), (activation, 0.6), (pool, 0.3)):
        if sketch.rng.random() < share:
            draw(sketch)


def extra(sketch: Sketch) -> None:
    sketch.rng.choice((named_padding, transposed, transposed, pad, crop, upsample, shuffle, shuffle))(sketch)


def kept(sketch: Sketch, out: int) -> int:
    """A convolution that keeps every size."""
    return convolution(sketch, out, [keeping(sketch.rng)] * sketch.rank)


def residual(sketch: Sketch) -> None:
    """Two convolutions and a way around them, which is a convolution itself where the shape changes."""
    rng, entrance, shape = sketch.rng, sketch.at, sketch.shape
    projected = rng.random() < 0.5
    out = rng.randint(2, 8) if projected else shape[1]
    stride = 2 if projected and min(shape[2:]) > 4 else 1
    first = convolution(sketch, out, [Window(3, stride, 1)] * sketch.rank)
    norm(sketch)
    activation(sketch)
    second = kept(sketch, out)
    body = norm(sketch)
    around = entrance
    if projected:
        sketch.at = entrance
        around = convolution(sketch, out, [Window(1, stride)] * sketch.rank)
    together = sketch.add({"type": "add"}, sketch.shape_at(body), body, around)
    sketch.branches |= dict.fromkeys((first, second), together)
    activation(sketch)


def inception(sketch: Sketch) -> None:
    """Two to four ways side by side, concatenated."""
    entrance, ends, convolutions = sketch.at, [], []
    for _ in range(sketch.rng.randint(2, 4)):
        sketch.at = entrance
        if sketch.rng.random() < 0.3:
            sketch.add({"type": f"max_pool{sketch.rank}d", "kernel_size": 3, "stride": 1, "padding": 1}, sketch.shape)
        convolutions.append(kept(sketch, sketch.rng.randint(1, 5)))
        ends.append(activation(sketch) if sketch.rng.random() < 0.5 else sketch.at)
    shapes = [sketch.shape_at(end) for end in ends]
    output = [shapes[0][0], sum(shape[1] for shape in shapes), *shapes[0][2:]]
    together = sketch.add({"type": "concat", "dim": 1}, output, *ends)
    sketch.branches |= dict.fromkeys(convolutions, together)


def excitation(sketch: Sketch) -> None:
    """Channels weighed by what is in them: a product that broadcasts."""
    trunk, shape = sketch.at, sketch.shape
    sketch.add({"type": f"adaptive_avg_pool{sketch.rank}d", "output_size": 1}, [*shape[:2], *(1 for _ in shape[2:])])
    convolution(sketch, shape[1], [Window(1)] * sketch.rank)
    gate = sketch.add({"type": "sigmoid"}, sketch.shape)
    sketch.add({"type": "multiply"}, shape, trunk, gate)


def u_net(sketch: Sketch) -> None:
    """Down and up again, each level joined to the one it came from; sizes that do not halve are padded back."""
    rng, smallest = sketch.rng, min(sketch.shape[2:])
    depth = 2 if smallest > 7 else int(smallest > 1)
    skips = []
    for _ in range(depth):
        skips.append(kept(sketch, rng.randint(2, 6)))
        halves = [Window(2, 2)] * sketch.rank
        sketch.add(
            {"type": f"max_pool{sketch.rank}d", "kernel_size": 2}, [*sketch.shape[:2], *resized(sketch.shape, halves)]
        )
    kept(sketch, rng.randint(2, 8))
    for skip in reversed(skips):
        wide, risen = sketch.shape_at(skip), up(sketch, sketch.shape_at(skip))
        deep = sketch.shape
        together = sketch.add({"type": "concat"}, [wide[0], wide[1] + deep[1], *wide[2:]], skip, risen)
        sketch.branches[risen] = together
        kept(sketch, rng.randint(2, 6))
        activation(sketch)


def up(sketch: Sketch, wanted: Shape) -> int:
    """Twice the size and, where the other was odd, one position more."""
    shape, out = sketch.shape, sketch.rng.randint(2, 5)
    missing = [size - 2 * small for size, small in zip(wanted[2:], shape[2:], strict=True)]
    if not any(missing) and sketch.rng.random() < 0.4:
        return sketch.add({"type": "upsample", "scale_factor": 2}, [*shape[:2], *wanted[2:]])
    layer = {"type": f"conv_transpose{sketch.rank}d", "in_channels": shape[1], "out_channels": out, "kernel_size": 2}
    layer["stride"] = 2
    if any(missing):
        layer["output_padding"] = spell(sketch.rng, missing)
    return sketch.add(layer, [shape[0], out, *wanted[2:]])
