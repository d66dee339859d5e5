"""The layers that random networks are drawn from: each function adds a layer to a sketch and gives its number.

A layer that does not fit is replaced by another one.
"""

import random
from dataclasses import replace
from math import prod

from tests.golden.record.layers.drafts import Layer, spell
from tests.golden.record.networks.sketch import Place, Shape, Sketch, Window, any_window, draw_windows, resized, spelled

WIDE_SHARE = 0.05
"""Of the convolutions, those with outputs that depend on nothing but padding."""
INTERPOLATIONS = {1: "linear", 2: "bilinear", 3: "trilinear"}
LARGEST = {1: 64, 2: 32, 3: 16}
"""By rank, the largest size that a layer may enlarge an axis to."""
ACTIVATIONS = ("relu", "relu6", "sigmoid", "tanh", "silu", "mish", "hardswish", "selu", "softplus", "elu", "gelu",
               "leaky_relu", "hardtanh", "prelu", "identity", "dropout")  # fmt: skip


def any_windows(sketch: Sketch) -> list[Window]:
    """The windows of a convolution, one per axis."""
    windows = draw_windows(sketch, lambda size: any_window(sketch.rng, size))
    return (
        [replace(window, padding=window.kernel) for window in windows] if sketch.rng.random() < WIDE_SHARE else windows
    )


def convolution(sketch: Sketch, out_channels: int | None = None, windows: list[Window] | None = None) -> int:
    """A plain, grouped or depthwise convolution."""
    rng, shape = sketch.rng, sketch.shape
    windows = windows or any_windows(sketch)
    channels = shape[1]
    divisors = [groups for groups in range(1, channels + 1) if channels % groups == 0]
    groups = rng.choice(divisors) if rng.random() < 0.3 else 1
    out_channels = out_channels or groups * rng.randint(1, max(1, 8 // groups))
    groups = groups if out_channels % groups == 0 else 1
    layer = {
        "type": f"conv{sketch.rank}d",
        "in_channels": channels,
        "out_channels": out_channels,
        **spelled(rng, windows),
    }
    if groups > 1:
        layer["groups"] = groups
    if "padding" in layer and rng.random() < 0.15:
        layer |= padding_mode(rng, shape, windows)
    if rng.random() < 0.3:
        layer["bias"] = False
    return sketch.add(layer, [shape[0], out_channels, *resized(shape, windows)])


def padding_mode(rng: random.Random, shape: Shape, windows: list[Window]) -> Layer:
    """A padding mode other than zeros, if the input is larger than the padding."""
    is_large_enough = all(window.padding < size for window, size in zip(windows, shape[2:], strict=True))
    return {"padding_mode": rng.choice(("reflect", "replicate", "circular"))} if is_large_enough else {}


def named_padding(sketch: Sketch) -> int:
    """A convolution with padding "same"."""
    kernels = [sketch.rng.randint(1, 4) for _ in range(sketch.rank)]
    shape, out_channels = sketch.shape, sketch.rng.randint(2, 6)
    layer = {"type": f"conv{sketch.rank}d", "in_channels": shape[1], "out_channels": out_channels, "padding": "same"}
    return sketch.add({**layer, "kernel_size": spell(sketch.rng, kernels)}, [shape[0], out_channels, *shape[2:]])


def transposed(sketch: Sketch) -> int:
    """A transposed convolution, sometimes with `output_padding` or `output_size`."""
    rng, shape = sketch.rng, sketch.shape
    stride = rng.choice((1, 2, 2, 3))
    kernel, dilation = max(1, stride + rng.randint(-1, 2)), rng.choice((1, 1, 2))
    window = Window(kernel, stride, rng.randint(0, kernel // 2), dilation)
    extra = rng.randint(0, max(stride, dilation) - 1) if rng.random() < 0.4 else 0
    least = [(size - 1) * stride + window.effective - 2 * window.padding for size in shape[2:]]
    if not all(0 < size + extra <= LARGEST[sketch.rank] for size in least):
        return convolution(sketch)
    out_channels = rng.randint(1, 6)
    layer = {"type": f"conv_transpose{sketch.rank}d", "in_channels": shape[1], "out_channels": out_channels}
    layer |= spelled(rng, [window] * sketch.rank)
    if extra < stride and rng.random() < 0.2:
        layer["output_size"] = [size + extra for size in least]
    elif extra:
        layer["output_padding"] = extra
    return sketch.add(layer, [shape[0], out_channels, *(size + extra for size in least)])


def pool(sketch: Sketch) -> int:
    """A pool, mostly a maximum, sometimes dilated or rounded up.

    Other pools are drawn only where the input holds the kernel, as averages of rank 3 need it.
    """
    rng, shape = sketch.rng, sketch.shape
    family = rng.choice(("max_pool", "max_pool", "avg_pool", "lp_pool"))
    windows = draw_windows(sketch, lambda size: any_window(rng, size, (1, 1, 2) if family == "max_pool" else (1,)))
    if family == "lp_pool":
        windows = [replace(window, padding=0, kernel=min(window.kernel, 2)) for window in windows]
    if family != "max_pool" and any(window.kernel > size for window, size in zip(windows, shape[2:], strict=True)):
        return activation(sketch)
    layer = {"type": f"{family}{sketch.rank}d", **spelled(rng, windows)}
    layer.setdefault("stride", 1)
    if family == "lp_pool":
        layer |= {"norm_type": 2, "kernel_size": layer["kernel_size"] if sketch.rank > 1 else windows[0].kernel}
    if rng.random() < 0.2:
        layer["ceil_mode"] = True
        windows = [replace(window, ceil=True) for window in windows]
    return sketch.add(layer, [*shape[:2], *resized(shape, windows)])


def norm(sketch: Sketch) -> int:
    """A norm of channels. Instance and group norms need more than one position."""
    rng, channels = sketch.rng, sketch.shape[1]
    kind = rng.choice(("batch", "batch", "batch", "instance", "group"))
    if kind == "batch" or prod(sketch.shape[2:]) < 2:
        return sketch.add({"type": f"batch_norm{sketch.rank}d", "num_features": channels}, sketch.shape)
    if kind == "instance":
        layer: Layer = {"type": f"instance_norm{sketch.rank}d", "num_features": channels, "affine": True}
        return sketch.add(layer, sketch.shape)
    groups = rng.choice([count for count in range(1, channels + 1) if channels % count == 0])
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
    """A crop of up to two positions at each end."""
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
    """A pixel shuffle or unshuffle, in a network of images that has enough channels or positions."""
    batch, channels, *sizes = sketch.shape
    if sketch.rank == 2 and channels % 4 == 0 and max(sizes) * 2 <= LARGEST[2]:
        layer: Layer = {"type": "pixel_shuffle", "upscale_factor": 2}
        return sketch.add(layer, [batch, channels // 4, *(2 * size for size in sizes)])
    if sketch.rank == 2 and not any(size % 2 for size in sizes):
        layer = {"type": "pixel_unshuffle", "downscale_factor": 2}
        return sketch.add(layer, [batch, channels * 4, *(size // 2 for size in sizes)])
    return activation(sketch)


def concat(sketch: Sketch, *places: Place) -> int:
    """The channels of several places of the same sizes."""
    shapes = [sketch.shape_at(place) for place in places]
    channels = sum(shape[1] for shape in shapes)
    return sketch.add({"type": "concat", "dim": 1}, [shapes[0][0], channels, *shapes[0][2:]], *places)
