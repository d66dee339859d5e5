"""Random window reductions as JAX's users write them, and the shapes of their inputs.

Half are our pools with the input dilation that `lax.reduce_window` calls `base_dilation`, which Flax's pools do not
have; the others are calls of `lax.reduce_window` itself, whose lists are about every axis, and of Flax's pools. Two in
five have something that is wrong.
"""

import random

from tests.golden.record.layers.drafts import Layer, Shape, draw_axes, rank_of
from tests.golden.record.layers.jax.drafts import JaxAxis, JaxDraft, draw_kernel, pool_axis, spell_layer
from tests.golden.record.layers.jax.mistakes import POOL_MISTAKES, wrong_length
from tests.golden.record.layers.mistakes import set_on_one_axis, spoil

FAMILIES = ("max_pool", "max_pool", "avg_pool", "avg_pool", "min_pool", "sum_pool")
"""Listed twice are those with more rules."""
NAMES = ("SAME", "SAME", "SAME_LOWER", "SAME_LOWER", "VALID", "VALID", "same", "same_lower", "valid")
MISTAKES = [
    *POOL_MISTAKES,
    set_on_one_axis("input_dilation", 0, -1),
    set_on_one_axis("input_dilation", 0, -1),
    wrong_length("base_dilation"),
    wrong_length("base_dilation"),
]
COMPUTATIONS = {
    "max": ("lax.max", "jax.lax.max", "jnp.maximum"),
    "min": ("lax.min", "jax.lax.min", "jnp.minimum"),
    "add": ("lax.add", "jax.lax.add", "jnp.add"),
}
LISTS = ("window_dimensions", "window_strides", "base_dilation", "window_dilation")


def drawn(rng: random.Random) -> tuple[Layer, Shape]:
    """A layer in words of JAX's users, and the shape of an input."""
    return rng.choice((pool, pool, reduction, reduction, reduction, flax_pool))(rng)


def dilated_axis(rng: random.Random, rank: int) -> JaxAxis:
    """An axis of a pool, of which the input is dilated more often than not."""
    axis = pool_axis(rng, rank)
    axis.input_dilation = rng.choice((1, 1, 2, 2, 3, 4))
    axis.kernel = draw_kernel(rng, rank, (axis.padded - 1) // axis.dilation + 1)
    return axis


def pool(rng: random.Random) -> tuple[Layer, Shape]:
    """One of our pools, with a batch axis, without one, or rarely with two."""
    type_ = f"{rng.choice(FAMILIES)}{rng.choice((1, 1, 2, 2, 3))}d"
    leading = rng.choices(([rng.randint(1, 3)], [], [2, rng.randint(1, 2)]), (14, 5, 1))[0]
    axes = draw_axes(rng, rank_of(type_), dilated_axis)
    draft = JaxDraft(type=type_, axes=axes, leading=leading, channels=rng.randint(1, 3))
    if rng.random() < 0.4:
        draft.padding_name = rng.choice(NAMES)
    if type_.startswith("avg"):
        draft.parameters = {"count_include_pad": rng.random() < 0.5}
    spoil(rng, draft, MISTAKES)
    attributes = {"window_shape": "kernel", "strides": "stride", "window_dilation": "dilation"}
    if all(axis.dilation == 1 for axis in draft.axes) and rng.random() < 0.5:
        del attributes["window_dilation"]
    if rng.random() < 0.2:
        del attributes["strides"]
    return spell_layer(rng, draft, {**attributes, "base_dilation": "input_dilation"})


# --- lax.reduce_window ------------------------------------------------------------------------------------------------


def reduction(rng: random.Random) -> tuple[Layer, Shape]:
    """Windows over some of the axes: mostly those between batch and channels, or behind both."""
    count = rng.choices((1, 2, 3, 4, 5, 6), (1, 2, 5, 8, 4, 2))[0]
    pooled = set(rng.choice((range(1, count - 1), range(2, count), range(1, count), range(count - 1), range(count))))
    axes = [dilated_axis(rng, min(max(len(pooled), 1), 3)) if axis in pooled else still(rng) for axis in range(count)]
    if rng.random() < 0.12:
        moved = rng.choice(axes)
        setattr(moved, rng.choice(("kernel", "stride", "before", "after", "input_dilation", "dilation")), 2)
    computation = rng.choice(tuple(COMPUTATIONS))
    layer: Layer = {
        "type": rng.choice(("lax.reduce_window", "jax.lax.reduce_window")),
        "computation": rng.choice(COMPUTATIONS[computation]),
        "window_dimensions": [axis.kernel for axis in axes],
        "window_strides": [axis.stride for axis in axes],
        "padding": rng.choice(NAMES) if rng.random() < 0.4 else [[axis.before, axis.after] for axis in axes],
        "base_dilation": [axis.input_dilation for axis in axes],
        "window_dilation": [axis.dilation for axis in axes],
    }
    for name in ("window_strides", "padding", "base_dilation", "window_dilation"):
        if rng.random() < 0.25:
            del layer[name]
    shape = [axis.size for axis in axes]
    if rng.random() < 0.35:
        rng.choice(REDUCTION_MISTAKES)(rng, layer, shape)
    return layer, shape


def still(rng: random.Random) -> JaxAxis:
    """An axis without windows."""
    return JaxAxis(size=rng.randint(1, 3), kernel=1)


def entry_below_one(rng: random.Random, layer: Layer, shape: Shape) -> None:
    name = rng.choice([name for name in LISTS if name in layer])
    layer[name][rng.randrange(len(layer[name]))] = rng.choice((0, -1))


def other_length(rng: random.Random, layer: Layer, shape: Shape) -> None:
    name = rng.choice([name for name in (*LISTS, "padding") if isinstance(layer.get(name), list)])
    layer[name] = layer[name][:-1] if len(layer[name]) > 1 and rng.random() < 0.5 else [*layer[name], layer[name][-1]]


def one_number(rng: random.Random, layer: Layer, shape: Shape) -> None:
    layer[rng.choice((*LISTS, "padding"))] = rng.choice((1, 2))


def one_amount_an_axis(rng: random.Random, layer: Layer, shape: Shape) -> None:
    layer["padding"] = [1] * len(shape)


def not_a_pair(rng: random.Random, layer: Layer, shape: Shape) -> None:
    layer["padding"] = [[0, 0] for _ in shape]
    layer["padding"][rng.randrange(len(shape))] = rng.choice(([0], [0, 1, 0]))


def unknown_name(rng: random.Random, layer: Layer, shape: Shape) -> None:
    layer["padding"] = rng.choice(("FULL", "CAUSAL", "SAME_UPPER"))


def other_axes(rng: random.Random, layer: Layer, shape: Shape) -> None:
    if len(shape) > 1 and rng.random() < 0.5:
        shape.pop()
    else:
        shape.append(2)


REDUCTION_MISTAKES = (
    *(entry_below_one, entry_below_one, other_length, other_length, one_number, one_amount_an_axis, not_a_pair),
    *(unknown_name, other_axes),
)


# --- Flax -------------------------------------------------------------------------------------------------------------


def flax_pool(rng: random.Random) -> tuple[Layer, Shape]:
    """A pool of Flax with the channels last, with a batch axis or without."""
    rank = rng.choice((1, 2, 3))
    axes = draw_axes(rng, rank, pool_axis)
    name = rng.choice(("max_pool", "avg_pool", "min_pool", "pool", "pool"))
    layer: Layer = {"type": f"nnx.{name}", "window_shape": [axis.kernel for axis in axes]}
    layer["strides"] = [axis.stride for axis in axes]
    layer["padding"] = rng.choice(NAMES) if rng.random() < 0.4 else [[axis.before, axis.after] for axis in axes]
    if name == "avg_pool":
        layer["count_include_pad"] = rng.random() < 0.5
    if name == "pool":
        layer["reduce_fn"] = rng.choice(("lax.max", "lax.min", "lax.add"))
        layer["init"] = {"lax.max": "-inf", "lax.min": "inf", "lax.add": 0}[layer["reduce_fn"]]
    else:
        for word in ("strides", "padding"):
            if rng.random() < 0.25:
                del layer[word]
    if rng.random() < 0.1:
        spoilt = rng.choice([word for word in ("window_shape", "strides") if word in layer])
        layer[spoilt] = rng.choice(([*layer[spoilt], 1], [0, *layer[spoilt][1:]]))
    batch = [rng.randint(1, 2)] if rng.random() < 0.8 else []
    return layer, [*batch, *(axis.size for axis in axes), rng.randint(1, 3)]
