"""The blocks that random networks are drawn from: each function adds several layers to a sketch."""

from tests.golden.record.layers.drafts import spell
from tests.golden.record.networks.layers import (
    activation,
    concat,
    convolution,
    crop,
    named_padding,
    norm,
    pad,
    pool,
    shuffle,
    transposed,
    upsample,
)
from tests.golden.record.networks.sketch import Shape, Sketch, Window, resized, same_size_window


def stage(sketch: Sketch) -> None:
    """A convolution, and some of the layers that usually follow it."""
    convolution(sketch)
    for draw, share in ((norm, 0.5), (activation, 0.6), (pool, 0.3)):
        if sketch.rng.random() < share:
            draw(sketch)


def extra(sketch: Sketch) -> None:
    """One of the less common layers."""
    sketch.rng.choice((named_padding, transposed, transposed, pad, crop, upsample, shuffle, shuffle))(sketch)


def same_size_convolution(sketch: Sketch, out_channels: int) -> int:
    """A convolution that keeps every size."""
    return convolution(sketch, out_channels, [same_size_window(sketch.rng)] * sketch.rank)


def residual(sketch: Sketch) -> None:
    """Two convolutions and a skip around them, which is a convolution itself where the shape changes."""
    rng, start, shape = sketch.rng, sketch.at, sketch.shape
    is_projected = rng.random() < 0.5
    out_channels = rng.randint(2, 8) if is_projected else shape[1]
    stride = 2 if is_projected and min(shape[2:]) > 4 else 1
    first = convolution(sketch, out_channels, [Window(3, stride, 1)] * sketch.rank)
    norm(sketch)
    activation(sketch)
    second = same_size_convolution(sketch, out_channels)
    body = norm(sketch)
    skip = start
    if is_projected:
        sketch.at = start
        skip = convolution(sketch, out_channels, [Window(1, stride)] * sketch.rank)
    merge = sketch.add({"type": "add"}, sketch.shape_at(body), body, skip)
    sketch.branches |= dict.fromkeys((first, second), merge)
    activation(sketch)


def inception(sketch: Sketch) -> None:
    """Two to four parallel branches, concatenated."""
    start, ends, convolutions = sketch.at, [], []
    for _ in range(sketch.rng.randint(2, 4)):
        sketch.at = start
        if sketch.rng.random() < 0.3:
            sketch.add({"type": f"max_pool{sketch.rank}d", "kernel_size": 3, "stride": 1, "padding": 1}, sketch.shape)
        convolutions.append(same_size_convolution(sketch, sketch.rng.randint(1, 5)))
        ends.append(activation(sketch) if sketch.rng.random() < 0.5 else sketch.at)
    sketch.branches |= dict.fromkeys(convolutions, concat(sketch, *ends))


def excitation(sketch: Sketch) -> None:
    """Squeeze and excitation: each channel times a gate made of its mean."""
    trunk, shape = sketch.at, sketch.shape
    sketch.add({"type": f"adaptive_avg_pool{sketch.rank}d", "output_size": 1}, [*shape[:2], *(1 for _ in shape[2:])])
    convolution(sketch, shape[1], [Window(1)] * sketch.rank)
    gate = sketch.add({"type": "sigmoid"}, sketch.shape)
    sketch.add({"type": "multiply"}, shape, trunk, gate)


def u_net(sketch: Sketch) -> None:
    """Down and up again, each level on the way up joined with its skip."""
    rng, smallest = sketch.rng, min(sketch.shape[2:])
    depth = 2 if smallest > 7 else int(smallest > 1)
    skips = []
    for _ in range(depth):
        skips.append(same_size_convolution(sketch, rng.randint(2, 6)))
        halves = [Window(2, 2)] * sketch.rank
        sketch.add(
            {"type": f"max_pool{sketch.rank}d", "kernel_size": 2}, [*sketch.shape[:2], *resized(sketch.shape, halves)]
        )
    same_size_convolution(sketch, rng.randint(2, 8))
    for skip in reversed(skips):
        shape, doubled = sketch.shape_at(skip), up(sketch, sketch.shape_at(skip))
        channels = shape[1] + sketch.shape[1]
        sketch.branches[doubled] = sketch.add({"type": "concat"}, [shape[0], channels, *shape[2:]], skip, doubled)
        same_size_convolution(sketch, rng.randint(2, 6))
        activation(sketch)


def up(sketch: Sketch, target: Shape) -> int:
    """Twice the size, and one position more on the axes where the target is odd."""
    shape, out_channels = sketch.shape, sketch.rng.randint(2, 5)
    missing = [size - 2 * small for size, small in zip(target[2:], shape[2:], strict=True)]
    if not any(missing) and sketch.rng.random() < 0.4:
        return sketch.add({"type": "upsample", "scale_factor": 2}, [*shape[:2], *target[2:]])
    layer = {
        "type": f"conv_transpose{sketch.rank}d",
        "in_channels": shape[1],
        "out_channels": out_channels,
        "kernel_size": 2,
    }
    layer["stride"] = 2
    if any(missing):
        layer["output_padding"] = spell(sketch.rng, missing)
    return sketch.add(layer, [shape[0], out_channels, *target[2:]])
