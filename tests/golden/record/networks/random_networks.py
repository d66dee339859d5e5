"""Random sound networks as they are posted; nothing here imports a framework.

A sketch is spelled in one of many styles: some layers named, some with explicit inputs, some listed in another order
than they run, some without the parameters that they could leave out_features.
"""

import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Any

from tests.golden.record.layers.drafts import Layer
from tests.golden.record.networks.blocks import excitation, extra, inception, residual, stage, u_net
from tests.golden.record.networks.layers import activation, concat, convolution
from tests.golden.record.networks.sketch import Node, Place, Shape, Sketch

Body = dict[str, Any]

SIZES = {1: (14, 40), 2: (9, 20), 3: (5, 10)}
"""By rank, the smallest size of an input's axis, and the first that is too large."""
OPTIONAL = ("in_channels", "in_features", "num_features", "num_channels", "normalized_shape")
"""Parameters that a layer may leave out in some of the networks."""
SHORT_NAMES = {"add": "sum", "multiply": "scaled", "concat": "joined"}
FEWEST, MOST = 5, 25
"""Layers."""


@dataclass(kw_only=True)
class Drawn:
    """A network as it is posted, and by layer, in the order listed, its name and the shapes that it takes in."""

    body: Body
    names: list[str]
    input_shapes: list[list[Shape]]
    merges: dict[int, int]
    """For a layer on one of several branches, the index of the layer that merges them."""
    listed_in_order: bool

    @property
    def layers(self) -> list[Layer]:
        layers: list[Layer] = self.body["layers"]
        return layers


# --- heads ------------------------------------------------------------------------------------------------------------


def linear(sketch: Sketch) -> None:
    shape, out_features = sketch.shape, sketch.rng.randint(2, 12)
    layer = {"type": "linear", "in_features": shape[-1], "out_features": out_features}
    sketch.add(layer | ({"bias": False} if sketch.rng.random() < 0.2 else {}), [*shape[:-1], out_features])


def dense(sketch: Sketch) -> None:
    """A layer that flattens, and one or two linear layers."""
    batch, *sizes = sketch.shape
    flattening: Layer = {"type": "flatten"} if batch is None or sketch.rng.random() < 0.8 else {"type": "reshape"}
    if flattening["type"] == "reshape":
        flattening["shape"] = [batch, sketch.rng.choice((-1, prod(sizes)))]
    sketch.add(flattening, [batch, prod(sizes)])
    linear(sketch)
    if sketch.rng.random() < 0.5:
        activation(sketch)
        linear(sketch)


def pooled(sketch: Sketch) -> None:
    """An adaptive pool, so that the sizes do not matter, and a dense head."""
    rng, shape = sketch.rng, sketch.shape
    size = rng.choice((1, 1, 2))
    kind = f"adaptive_{rng.choice(('avg', 'avg', 'max'))}_pool{sketch.rank}d"
    sketch.add({"type": kind, "output_size": size}, [*shape[:2], *(size for _ in shape[2:])])
    dense(sketch)


def tokens(sketch: Sketch) -> None:
    """Positions as a sequence: flattened, channels last, a norm and a linear layer."""
    batch, channels, *sizes = sketch.shape
    if len(sizes) > 1:
        sketch.add({"type": "flatten", "start_dim": 2}, [batch, channels, prod(sizes)])
    sketch.add({"type": "permute", "dims": [0, 2, 1]}, [batch, prod(sizes), channels])
    sketch.add({"type": "layer_norm", "normalized_shape": channels}, sketch.shape)
    linear(sketch)


def fully_convolutional(sketch: Sketch) -> None:
    """A convolution at the end."""
    convolution(sketch)


HEADS = (dense, pooled, pooled, tokens, fully_convolutional)

# --- families ---------------------------------------------------------------------------------------------------------


def chain(sketch: Sketch) -> None:
    for _ in range(sketch.rng.randint(2, 4)):
        stage(sketch)
        if sketch.rng.random() < 0.5:
            extra(sketch)


def residual_network(sketch: Sketch) -> None:
    stage(sketch)
    for _ in range(sketch.rng.randint(1, 2)):
        residual(sketch)


def inception_network(sketch: Sketch) -> None:
    stage(sketch)
    inception(sketch)
    if sketch.rng.random() < 0.5:
        stage(sketch)


def gated_network(sketch: Sketch) -> None:
    stage(sketch)
    excitation(sketch)
    stage(sketch)


FAMILIES: dict[str, Callable[[Sketch], None]] = {
    "chain": chain, "residual": residual_network, "inception": inception_network, "gated": gated_network,
    "u_net": u_net,
}  # fmt: skip


def two_inputs(sketch: Sketch) -> None:
    """Join a second input of the same size to the first one, directly or after one convolution on each."""
    first, second = sketch.inputs
    if sketch.rng.random() < 0.5:
        ends: list[Place] = [first, second]
    else:
        ends = []
        for name in (first, second):
            sketch.at = name
            ends.append(convolution(sketch, sketch.rng.randint(2, 4)))
    shapes = [sketch.shape_at(end) for end in ends]
    if shapes[0][2:] == shapes[1][2:]:
        concat(sketch, *ends)


def draw_inputs(rng: random.Random, rank: int, count: int) -> dict[str, Shape]:
    """Shapes whose sizes differ from axis to axis, and from the channels."""
    sizes = rng.sample(range(*SIZES[rank]), rank)
    batch = rng.choice((None, 1, 1, 2, 3))
    names = ("input",) if count == 1 else ("image", "depth")
    return {name: [batch, rng.randint(1, 4), *sizes] for name in names}


def draw(rng: random.Random, inputs: int | None = None) -> Drawn:
    """A sound network of 5 to 25 layers, with so many inputs; by default mostly one."""
    while True:
        sketch = draw_sketch(rng, rng.choice(list(FAMILIES)), inputs or rng.choices((1, 2), (9, 1))[0])
        if FEWEST <= len(sketch.nodes) <= MOST:
            return posted(sketch)


def draw_sketch(rng: random.Random, family: str, count: int) -> Sketch:
    rank = rng.choice((1, 2, 2, 2, 3))
    shapes = draw_inputs(rng, rank, count)
    sketch = Sketch(rng=rng, rank=rank, inputs=shapes, at=next(iter(shapes)))
    if count > 1:
        two_inputs(sketch)
    FAMILIES[family](sketch)
    rng.choice(HEADS)(sketch)
    return sketch


# --- spelling ---------------------------------------------------------------------------------------------------------


def posted(sketch: Sketch) -> Drawn:
    """The sketch as a body, in one of many styles."""
    rng, nodes = sketch.rng, sketch.nodes
    order = list(range(len(nodes)))
    if rng.random() < 0.25:
        order = [*rng.sample(order[:-1], len(order) - 1), order[-1]]
    names = draw_names(rng, nodes, order)
    kept = rng.choice((1, 1, 0.5, 0))
    layers = []
    for position, number in enumerate(order):
        layer = declared(rng, nodes[number].layer, kept)
        inputs = [place if isinstance(place, str) else names[place][0] for place in nodes[number].inputs]
        if inputs != [default_input(sketch, order, names, position)] or rng.random() < 0.1:
            layer["inputs"] = inputs[0] if len(inputs) == 1 and rng.random() < 0.5 else inputs
        layers.append(({"name": names[number][0]} if names[number][1] else {}) | layer)
    one_input = len(sketch.inputs) == 1 and rng.random() < 0.9
    entries = {"input_shape": sketch.inputs["input"]} if one_input else {"inputs": sketch.inputs}
    index = {number: position for position, number in enumerate(order)}
    return Drawn(
        body={**entries, "layers": layers},
        names=[names[number][0] for number in order],
        input_shapes=[nodes[number].input_shapes for number in order],
        merges={index[branch]: index[merge] for branch, merge in sketch.branches.items()},
        listed_in_order=order == sorted(order),
    )


def draw_names(rng: random.Random, nodes: list[Node], order: list[int]) -> dict[int, tuple[str, bool]]:
    """Each node's name, and whether the body says it; if not, it is the name that the service gives."""
    share = rng.choice((1, 1, 1, 0.5, 0))
    names = {}
    for position, number in enumerate(order):
        kind = nodes[number].layer["type"]
        plain = re.sub(r"\dd?$", "", kind).replace("adaptive_", "").replace("conv_transpose", "up")
        short = SHORT_NAMES.get(kind, plain)
        is_given = rng.random() < share
        names[number] = (f"{short}{number}" if is_given else f"{kind}_{position}", is_given)
    return names


def default_input(sketch: Sketch, order: list[int], names: dict[int, tuple[str, bool]], position: int) -> str | None:
    """What a layer takes in if it does not say: the layer listed before it, or the only input of the network."""
    if position:
        return names[order[position - 1]][0]
    return next(iter(sketch.inputs)) if len(sketch.inputs) == 1 else None


def declared(rng: random.Random, layer: Layer, share: float) -> Layer:
    """The layer without some of the parameters that it could leave out_features."""
    return {name: value for name, value in layer.items() if name not in OPTIONAL or rng.random() < share}
