"""Flax's layers by their own names, of `nnx` and `linen`: drawn, built with keyword arguments and called on the CPU."""

import os
import random
from typing import Any

from tests.golden.record.spellings.draws import Arguments, Draw, Shape, per_axis, sizes, some, spoilt

OF_THE_BUILD: tuple[str, ...] = ()
"""Parts of refusals that say nothing of the layer."""
PACKAGES = "flax==0.12.8"


def drawn(rng: random.Random) -> tuple[Arguments, Shape]:
    """A layer with its type, and the shape of an input."""
    name = rng.choice(sorted(DRAWS))
    arguments, shape = DRAWS[name](rng)
    if name == "Dense" or (name != "Linear" and rng.random() < 0.4):
        return {"type": rng.choice(("linen.", "flax.linen.")) + name, **spoilt(rng, of_linen(name, arguments))}, shape
    prefix = "nnx." if name.endswith("pool") else rng.choice(("", "nnx.", "flax.nnx."))
    return {"type": prefix + name, **spoilt(rng, arguments)}, shape


def of_linen(name: str, arguments: Arguments) -> Arguments:
    """The arguments in `linen`, which takes from the input what `nnx` is told."""
    told = {word: value for word, value in arguments.items() if word not in ("in_features", "num_features")}
    return {"features" if word == "out_features" else word: value for word, value in told.items()}


def _convolution(*, transposed: bool = False) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        rank = rng.randint(1, 2)
        groups = 1 if transposed else rng.choice((1, 1, 2))
        channels = groups * rng.randint(1, 2)
        pairs = [[rng.randint(0, 2), rng.randint(0, 2)] for _ in range(rank)]
        strides: Any = [rng.randint(1, 3) for _ in range(rank)] if transposed else per_axis(rng, rank, 1, 2, 3)
        options: Arguments = {
            "strides": strides,
            "padding": rng.choice(("SAME", "VALID", pairs, pairs)),
            "use_bias": rng.random() < 0.5,
        }
        if not transposed:
            options |= {"kernel_dilation": per_axis(rng, rank, 1, 2), "input_dilation": per_axis(rng, rank, 1, 1, 1, 2)}
        told: Arguments = {"in_features": channels, "out_features": groups * rng.randint(1, 2)}
        told |= {"kernel_size": [rng.randint(1, 3) for _ in range(rank)]}
        told |= {} if transposed else {"feature_group_count": groups}
        return {**told, **some(rng, options)}, [rng.randint(1, 2), *sizes(rng, rank, 4), channels]

    return draw


def _pool(rng: random.Random) -> tuple[Arguments, Shape]:
    rank = rng.randint(1, 3)
    pairs = [[rng.randint(0, 1), rng.randint(0, 1)] for _ in range(rank)]
    options = {"strides": [rng.randint(1, 3) for _ in range(rank)], "padding": rng.choice(("SAME", "VALID", pairs))}
    return {"window_shape": [rng.randint(1, 3) for _ in range(rank)], **some(rng, options)}, [
        1,
        *sizes(rng, rank, 3),
        2,
    ]


def _linear(rng: random.Random) -> tuple[Arguments, Shape]:
    features = rng.randint(1, 4)
    return {"in_features": features, "out_features": rng.randint(1, 4), **some(rng, {"use_bias": False})}, [
        *sizes(rng, rng.randint(1, 3), 1, 4),
        features,
    ]


def _norm(name: str) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        features = rng.choice((2, 4, 6))
        options: Arguments = {"epsilon": 0.01, "use_bias": rng.random() < 0.5, "use_scale": rng.random() < 0.5}
        told: Arguments = {"num_features": features}
        if name == "GroupNorm":
            told["num_groups"] = rng.choice((1, 2))
        elif name == "BatchNorm":
            options["momentum"] = 0.9
        return {**told, **some(rng, options)}, [2, *sizes(rng, rng.randint(1, 2), 1, 4), features]

    return draw


def _embedding(rng: random.Random) -> tuple[Arguments, Shape]:
    return {"num_embeddings": rng.randint(1, 9), "features": rng.randint(1, 4)}, sizes(rng, rng.randint(1, 3), 1, 4)


def _dense(rng: random.Random) -> tuple[Arguments, Shape]:
    arguments, shape = _linear(rng)
    return {word: value for word, value in arguments.items() if word != "in_features"}, shape


DRAWS: dict[str, Draw] = {
    "Conv": _convolution(),
    "ConvTranspose": _convolution(transposed=True),
    **dict.fromkeys(("max_pool", "avg_pool"), _pool),
    "Linear": _linear,
    "Dense": _dense,
    "Embed": _embedding,
    **{name: _norm(name) for name in ("BatchNorm", "LayerNorm", "GroupNorm", "InstanceNorm")},
    "Dropout": lambda rng: (some(rng, {"rate": 0.3, "deterministic": True}), sizes(rng, 3, 1, 4)),
    "PReLU": lambda rng: (some(rng, {"negative_slope_init": 0.1}), sizes(rng, 3, 1, 4)),
}


def ran(layer: Arguments, shape: Shape) -> Arguments:
    """What a layer makes of an input, its parameters and its statistics."""
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
    import jax.numpy as jnp
    import numpy as np
    from flax import linen, nnx

    from tests.golden.record.arrays import tuples

    prefix, _, name = layer["type"].rpartition(".")
    arguments = {word: tuples(value) for word, value in layer.items() if word != "type"}
    array = jnp.asarray(np.zeros(shape, "int32" if name == "Embed" else "float32"))
    if name.endswith("pool"):
        return {"output": list(getattr(linen if "linen" in prefix else nnx, name)(array, **arguments).shape)}
    return _of_linen(name, arguments, array) if "linen" in prefix else _of_nnx(name, arguments, array)


def _of_nnx(name: str, arguments: Arguments, array: Any) -> Arguments:
    from flax import nnx

    seeds = {} if name == "PReLU" else {"rngs": nnx.Rngs(0)}
    built = getattr(nnx, name)(**arguments, **seeds)
    output = built(array)
    return _counted(output, nnx.state(built, nnx.Param), nnx.state(built, nnx.BatchStat))


def _of_linen(name: str, arguments: Arguments, array: Any) -> Arguments:
    import jax
    from flax import linen

    built = getattr(linen, name)(**arguments)
    word = {"BatchNorm": "use_running_average", "Dropout": "deterministic"}.get(name)
    called = {} if word is None or word in arguments else {word: True}
    output, kept = built.init_with_output(jax.random.key(0), array, **called)
    return _counted(output, kept.get("params", {}), kept.get("batch_stats", {}))


def _counted(output: Any, *kept: Any) -> Arguments:
    import jax

    counts = [sum(int(leaf.size) for leaf in jax.tree.leaves(state)) for state in kept]
    return {"output": list(output.shape), "parameters": counts[0], "buffers": counts[1]}


def version() -> str:
    """The releases that answer."""
    import flax
    import jax

    return f"{jax.__version__} with flax {flax.__version__}"
