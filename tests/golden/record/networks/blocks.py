"""The blocks that random networks are drawn from: each function adds several layers to a sketch."""

from tests.golden.record.layers.drafts import spell
from tests.golden.record.networks.layers import (
    activation,
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
from tests.golden.record.networks.sketch import Shape, Sketch, Window, keeping, resized


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
