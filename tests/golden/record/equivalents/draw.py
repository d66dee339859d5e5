"""Draws random layers that a framework takes, in its own words, and asks the service how the others write them."""

import random
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from itertools import islice
from math import prod
from typing import Any

from service.core.diagnostics import inspect
from service.core.diagnostics.posted_layer import PostedLayer
from service.core.frameworks import FRAMEWORKS, Framework
from service.core.layers import LAYERS
from service.core.layers.spatial import SpatialLayer
from service.core.questions.compare import compare, site_in
from service.core.questions.equivalents import equivalent_in, keeps_axes
from service.core.questions.equivalents.way import spelled
from service.core.questions.sizes import shaped_site
from service.schemas.read_layer import describe
from tests.golden.record.equivalents.draws_of_operators import OPERATORS
from tests.golden.record.equivalents.weights import weights_of
from tests.golden.record.layers.drafts import Layer, Shape

Case = dict[str, Any]
TRIES = 40
"""Drawn layers per case, at most: many are refused."""
LARGEST = 3_000
"""Elements of an input and of an output."""
NAMES = sorted(FRAMEWORKS)


def cases(framework: str, kind: str, rng: random.Random, count: int) -> Iterator[Case]:
    """Layers of a kind that the framework takes, with what the service says of each in every framework."""
    drawn = islice(layers(framework, kind, rng), TRIES * count)
    yield from islice(filter(None, (case(framework, *each) for each in drawn)), count)


def case(framework: str, layer: Layer, shape: Shape, others: Sequence[Shape] = ()) -> Case | None:
    """A layer, its inputs, and how each framework would write it; None where the layer is refused or too large."""
    row = FRAMEWORKS[framework]
    described = describe(layer, ("layer",), framework=row)
    if described.diagnostics or described.kind is None or 0 in shape or prod(shape) > LARGEST:
        return None
    shapes = (tuple(shape), *map(tuple, others))
    site = shaped_site(described, row, *shapes)
    if site is None or any(diagnostic.is_error for diagnostic in inspect(site)):
        return None
    if isinstance(site.layer, SpatialLayer) and len(shape) != (site.rank or 0) + 2:
        return None
    output = site.layer.output_shape(site)
    if described.kind.family == "adaptive_max_pool" and 1 in (*site.spatial, *(axis.output for axis in site.axes)):
        return None  # Keras's layer ends its process there
    if output is None or None in output or 0 in output or prod(size or 0 for size in output) > LARGEST:
        return None
    verdicts = compare(described, row, shapes=shapes).verdicts
    answers = {}
    for name, verdict in verdicts.items():
        way = as_steps(verdict.equivalent, described.kind.name)
        own = as_it_stands(described, row, name, shapes) if verdict.equal == "values" else None
        answers[name] = {"equal": verdict.equal, "written": way, "notes": verdict.notes, "as_it_stands": own}
    return {
        "kind": described.kind.family,
        "from": framework,
        "layer": layer,
        "input": list(shape),
        **({"others": [list(other) for other in others]} if others else {}),
        "moves": not keeps_axes(described.layer),
        "weights": weights_of(site),
        "to": answers,
    }


def as_steps(equivalent: Any, type_name: str) -> list[Layer] | None:
    """An equivalent as the layers that it is, one after another."""
    return [{"type": type_name, **equivalent}] if isinstance(equivalent, dict) else equivalent


def as_it_stands(
    described: PostedLayer, asked: Framework, name: str, shapes: Sequence[tuple[int, ...]]
) -> list[Layer] | None:
    """The layer as another framework reads it, in that one's words."""
    site = site_in(described, asked, FRAMEWORKS[name], shapes=shapes)
    return as_steps(equivalent_in(FRAMEWORKS[name], site).equivalent, site.kind.name)


# --- drawing ----------------------------------------------------------------------------------------------------------


def layers(framework: str, kind: str, rng: random.Random) -> Iterator[tuple[Any, ...]]:
    """Random layers of a kind in the framework's own words, with their inputs; most of them are sound."""
    if kind in OPERATORS and kind in FRAMEWORKS[framework].compared:
        while True:
            step, shape, *others = OPERATORS[kind](rng, FRAMEWORKS[framework], kind)
            yield spelled(FRAMEWORKS[framework], {"type": kind, **step}), shape, others
    if kind in DRAWERS and (kind in FRAMEWORKS[framework].compared or kind in FRAMEWORKS[framework].rules):
        while True:
            step, shape = DRAWERS[kind](rng, FRAMEWORKS[framework])
            yield spelled(FRAMEWORKS[framework], {"type": kind, **step}), shape
    types = import_module(f"tests.golden.record.layers.{framework}.types").SAMPLER.types
    drawn = [type_ for type_ in types if LAYERS[type_].family == kind]
    while drawn:
        type_ = rng.choice(drawn)
        layer, shape = types[type_](type_, rng)
        rank = LAYERS[type_].rank or 0
        if (not rank or len(shape) == rank + 2) and "data_format" not in layer and "kernel" not in layer:
            yield {name: value for name, value in layer.items() if name != "opset"}, shape


def image(rng: random.Random, row: Framework, channels: int | None = None, rank: int | None = None) -> Shape:
    """A batch of arrays with channels and spatial axes of different sizes, in the framework's order of axes."""
    spatial = [rng.randint(1, 7) for _ in range(rank or rng.randint(1, 3))]
    channels = channels or rng.randint(1, 5)
    return [rng.randint(1, 3), *row.layout.join((), channels, spatial)]


def any_shape(rng: random.Random, least: int = 1) -> Shape:
    return [rng.randint(1, 6) for _ in range(rng.randint(least, 5))]


Drawn = tuple[Layer, Shape]


def plain(rng: random.Random, row: Framework) -> Drawn:
    return {}, any_shape(rng, 2)


def numbers(**choices: tuple[Any, ...]) -> Callable[[random.Random, Framework], Drawn]:
    """A function of each element, whose parameters are drawn or left out."""

    def draw(rng: random.Random, row: Framework) -> Drawn:
        some = {name: rng.choice(values) for name, values in choices.items() if rng.random() < 0.6 or name == "p"}
        return {} if "min_val" in choices and "hardtanh" in row.fixed else some, any_shape(rng, 2)

    return draw


def softmax(rng: random.Random, row: Framework) -> Drawn:
    shape = any_shape(rng, 2)
    return ({"dim": rng.randint(-len(shape), len(shape) - 1)} if rng.random() < 0.8 else {}), shape


def crop(rng: random.Random, row: Framework) -> Drawn:
    rank = rng.randint(1, 3)
    pairs = tuple((rng.randint(0, 2), rng.randint(0, 2)) for _ in range(rank))
    shape = [rng.randint(5, 8) for _ in range(rank)]
    return {"padding": pairs}, [2, *row.layout.join((), 3, shape)]


def upsample(rng: random.Random, row: Framework) -> Drawn:
    rank = rng.randint(1, 3)
    factors = tuple(rng.randint(1, 3) for _ in range(rank))
    modes = ["nearest", {1: "linear", 2: "bilinear", 3: "trilinear"}[rank], *(["bicubic"] if rank == 2 else [])]
    if rng.random() < 0.15 and not row.whole_scales:
        factors = tuple(rng.choice((1.5, 2.5, 0.5)) for _ in range(rank))
    return {"scale_factor": factors, "mode": rng.choice(modes)}, image(rng, row, rank=rank)


def pixel_shuffle(rng: random.Random, row: Framework) -> Drawn:
    factor = rng.randint(2, 3)
    return {"scale_factor": factor}, image(rng, row, factor**2 * rng.randint(1, 3), 2)


def pixel_unshuffle(rng: random.Random, row: Framework) -> Drawn:
    factor = rng.randint(2, 3)
    sizes = [factor * rng.randint(1, 3) for _ in range(2)]
    return {"scale_factor": factor}, [2, *row.layout.join((), rng.randint(1, 3), sizes)]


def flatten(rng: random.Random, row: Framework) -> Drawn:
    shape = image(rng, row) if rng.random() < 0.8 else any_shape(rng, 2)
    if row.flatten_axis is None and rng.random() < 0.3:
        return {"start_dim": rng.randint(0, 1), "end_dim": rng.randint(-2, -1)}, shape
    return {}, shape


def reshape(rng: random.Random, row: Framework) -> Drawn:
    shape = [rng.randint(1, 3), 2, 3, rng.choice((2, 4))]
    rest = prod(shape[1:])
    target = rng.choice(((rest,), (-1,), (rest // 2, 2), (3, -1, 2), (2, rest // 2), (-1, 3)))
    whole = target if row.batch_stands_apart else (shape[0], *target)
    return {"shape": whole if rng.random() < 0.8 or row.batch_stands_apart else (-1, 2)}, shape


def permute(rng: random.Random, row: Framework) -> Drawn:
    shape = any_shape(rng, 3)
    rest = list(range(1, len(shape)))
    rng.shuffle(rest)
    whole = [0, *rest]
    if rng.random() < 0.2 and not row.batch_stands_apart:
        rng.shuffle(whole)
    return {"dims": tuple(rest if row.batch_stands_apart else whole)}, shape


def linear(rng: random.Random, row: Framework) -> Drawn:
    shape = any_shape(rng, 2)
    said = {"bias": False} if rng.random() < 0.3 else {}
    return {"in_features": shape[-1], "out_features": rng.randint(1, 5), **said}, shape


def epsilon(rng: random.Random) -> Layer:
    return {"eps": rng.choice((1e-5, 1e-3, 0.1))} if rng.random() < 0.6 else {}


def batch_norm(rng: random.Random, row: Framework) -> Drawn:
    shape = image(rng, row)
    said = {"momentum": 0.3} if rng.random() < 0.3 else {}
    if row.counts_batches and rng.random() < 0.3:
        said["affine"] = False
    return {**epsilon(rng), **said}, shape


def batch_norm_of_rank(rng: random.Random, row: Framework) -> Drawn:
    step, shape = batch_norm(rng, row)
    channels = shape[row.layout.channel_axis(len(shape), len(shape) - 2)]
    return {"type": f"batch_norm{len(shape) - 2}d", "num_features": channels, **step}, shape


def instance_norm(rng: random.Random, row: Framework) -> Drawn:
    shape = image(rng, row)
    channels = shape[row.layout.channel_axis(len(shape), len(shape) - 2)]
    affine = {"affine": True} if row.opsets is not None or rng.random() < 0.5 else {}
    return {"type": f"instance_norm{len(shape) - 2}d", "num_features": channels, **epsilon(rng), **affine}, shape


def group_norm(rng: random.Random, row: Framework) -> Drawn:
    groups = rng.randint(1, 3)
    channels = groups * rng.randint(1, 3)
    shape = image(rng, row, channels)
    return {"num_groups": groups, "num_channels": channels, **epsilon(rng)}, shape


def layer_norm(rng: random.Random, row: Framework) -> Drawn:
    shape = any_shape(rng, 2)
    last = (shape[-1],) if row.layout.channels_last or row.opsets or rng.random() < 0.7 else tuple(shape[1:])
    return {"normalized_shape": last, **epsilon(rng)}, shape


def global_pool(rng: random.Random, row: Framework) -> Drawn:
    shape = image(rng, row)
    return {"type": f"global_avg_pool{len(shape) - 2}d"}, shape


def global_maximum(rng: random.Random, row: Framework) -> Drawn:
    shape = image(rng, row)
    return {"type": f"global_max_pool{len(shape) - 2}d"}, shape


DRAWERS: dict[str, Callable[[random.Random, Framework], Drawn]] = {
    **dict.fromkeys(
        ("relu", "relu6", "sigmoid", "tanh", "silu", "mish", "hardswish", "hardsigmoid", "selu", "softsign",
         "softplus", "log_sigmoid", "tanhshrink", "identity"), plain),
    "leaky_relu": numbers(negative_slope=(0.01, 0.3, 0.2)),
    "elu": numbers(alpha=(1.0, 0.5)), "celu": numbers(alpha=(1.0, 0.5)),
    "gelu": numbers(approximate=("none", "tanh")), "hardtanh": numbers(min_val=(-1.0, -2.0), max_val=(1.0, 0.5)),
    "dropout": numbers(p=(0.1, 0.5)), "softmax": softmax, "log_softmax": softmax, "softmin": softmax,
    "crop": crop, "upsample": upsample, "pixel_shuffle": pixel_shuffle, "pixel_unshuffle": pixel_unshuffle,
    "flatten": flatten, "reshape": reshape, "permute": permute, "linear": linear, "batch_norm": batch_norm_of_rank,
    "global_avg_pool": global_pool, "global_max_pool": global_maximum, "instance_norm": instance_norm,
    "group_norm": group_norm, "layer_norm": layer_norm,
}  # fmt: skip
"""Kinds that the frameworks' own samplers do not draw, in our words."""
KINDS = sorted({kind.family for kind in LAYERS.values()})


def has_windows(kind: str) -> bool:
    """Whether layers of a kind have windows or pads, and so many ways to be written."""
    return not {"conv", "pool", "pad"}.isdisjoint(kind.split("_"))
