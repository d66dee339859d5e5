"""Keras' layers by their own names: drawn, built with keyword arguments and called on the CPU."""

import os
import random
from typing import Any

from tests.golden.record.spellings.draws import Arguments, Draw, Shape, per_axis, sizes, some, spoilt

RANKS = (1, 2, 3)
ACTIVATIONS = ("relu", "linear", None, "softmax", "swish", "hard_sigmoid", "leaky_relu", "nonsense")
PREFIXES = ("", "layers.", "keras.layers.", "tf.keras.layers.")

OF_THE_BUILD: tuple[str, ...] = ()
"""Parts of refusals that say nothing of the layer."""


def drawn(rng: random.Random) -> tuple[Arguments, Shape]:
    """A layer with its type, and the shape of an input."""
    name = rng.choice(sorted(DRAWS))
    arguments, shape = DRAWS[name](rng)
    if rng.random() < 0.04:
        shape = [*shape, 3]
    common = {"name": "drawn", "trainable": False, "dtype": "float32"} if rng.random() < 0.2 else {}
    return {"type": rng.choice(PREFIXES) + name, **spoilt(rng, arguments), **common}, shape


def _input(rng: random.Random, channels: int, rank: int) -> Shape:
    return [rng.randint(1, 3), *sizes(rng, rank), channels]


def _trained(*parts: str) -> Arguments:
    options: Arguments = {f"{part}_initializer": "zeros" for part in parts}
    return options | {f"{part}_regularizer": "l2" for part in parts} | {f"{part}_constraint": None for part in parts}


def _convolution(rank: int, kind: str) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        groups = rng.choice((1, 1, 2)) if kind == "Conv" else 1
        channels = groups * rng.randint(1, 3)
        strided = rng.random() < 0.5
        stride: Any = per_axis(rng, rank, 1, 2, 3) if strided else 1
        if kind in ("Depthwise", "Separable") and isinstance(stride, list):
            stride = stride[:1] * rank
        options: Arguments = {
            "strides": stride,
            "padding": rng.choice(("valid", "same", "SAME", *(["causal"] if (rank, kind) == (1, "Conv") else []))),
            "dilation_rate": 1 if strided or kind == "Transpose" else per_axis(rng, rank, 1, 2),
            "activation": rng.choice(ACTIVATIONS),
            "use_bias": rng.random() < 0.5,
            "activity_regularizer": None,
            "data_format": "channels_last",
        }
        if kind == "Transpose":
            options |= {"output_padding": None, **_trained("kernel", "bias")}
        elif kind == "Conv":
            options |= {"groups": groups, **_trained("kernel", "bias")}
        else:
            options |= {"depth_multiplier": rng.randint(1, 3), **_trained("depthwise", "bias")}
        required: Arguments = {"kernel_size": per_axis(rng, rank, 1, 2, 3)}
        if kind != "Depthwise":
            required["filters"] = groups * rng.randint(1, 3)
        return {**required, **some(rng, options)}, _input(rng, channels, rank)

    return draw


def _pool(rank: int, *, optional: bool) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        size: Arguments = {"pool_size": per_axis(rng, rank, 1, 2, 3)}
        options = {"strides": per_axis(rng, rank, 1, 2, 3), "padding": rng.choice(("valid", "same"))}
        return {**(some(rng, size) if optional else size), **some(rng, options)}, _input(rng, 2, rank)

    return draw


def _global(rank: int) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        return some(rng, {"keepdims": rng.random() < 0.5, "data_format": "channels_first"}), _input(rng, 2, rank)

    return draw


def _border(rank: int, word: str) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        pairs = [[rng.randint(0, 3), rng.randint(0, 3)] for _ in range(rank)]
        forms = (pairs if rank > 1 else pairs[0], per_axis(rng, rank, 0, 1, 2) if rank > 1 else rng.randint(0, 3))
        return some(rng, {word: rng.choice(forms)}), _input(rng, 2, rank)

    return draw


def _upsampling(rank: int) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        options: Arguments = {"size": per_axis(rng, rank, 1, 2, 3) if rank > 1 else rng.randint(1, 3)}
        if rank == 2:
            options["interpolation"] = rng.choice(("nearest", "bilinear", "bicubic", "lanczos3"))
        return some(rng, options), _input(rng, 2, rank)

    return draw


def _dense(rng: random.Random) -> tuple[Arguments, Shape]:
    options = {"activation": rng.choice(ACTIVATIONS), "use_bias": rng.random() < 0.5, **_trained("kernel", "bias")}
    return {"units": rng.randint(1, 5), **some(rng, options)}, sizes(rng, rng.randint(2, 4), 1, 4)


def _norm(name: str) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        shape = sizes(rng, rng.randint(2, 4), 1, 6)
        options: Arguments = {
            "axis": rng.choice((-1, 1, len(shape) - 1)),
            "epsilon": 0.01,
            "center": rng.random() < 0.5,
            "scale": rng.random() < 0.5,
            **{f"{part}_initializer": "zeros" for part in ("beta", "gamma")},
        }
        if name == "Batch":
            options |= {"momentum": 0.9, "synchronized": False, "moving_mean_initializer": "zeros"}
        elif name == "Layer":
            options["axis"] = rng.choice((-1, 1, [-2, -1] if len(shape) > 2 else [-1]))
        else:
            options["axis"] = -1
            return {"groups": rng.choice((1, 2, 3, -1)), **some(rng, options)}, shape
        return some(rng, options), shape

    return draw


def _any_shape(required: Arguments | None = None, **options: Any) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        return {**(required or {}), **some(rng, options)}, sizes(rng, rng.randint(2, 5), 1, 4)

    return draw


def _spatial_dropout(rank: int) -> Draw:
    return lambda rng: ({"rate": 0.3, **some(rng, {"seed": 1})}, _input(rng, 2, rank))


def _reshape(rng: random.Random) -> tuple[Arguments, Shape]:
    shape = sizes(rng, rng.randint(2, 4), 1, 4)
    target = rng.choice(([-1], shape[:0:-1], [-1, shape[-1]], [*shape[1:], 1], [2, 2]))
    return {"target_shape": target}, shape


def _permute(rng: random.Random) -> tuple[Arguments, Shape]:
    shape = sizes(rng, rng.randint(2, 5), 1, 4)
    dims = list(range(1, len(shape)))
    rng.shuffle(dims)
    return {"dims": dims}, shape


def _activation(rng: random.Random) -> tuple[Arguments, Shape]:
    return {"activation": rng.choice([name for name in ACTIVATIONS if name])}, sizes(rng, 3, 1, 4)


def _softmax(rng: random.Random) -> tuple[Arguments, Shape]:
    shape = sizes(rng, rng.randint(2, 4), 1, 4)
    return some(rng, {"axis": rng.choice((-1, 1, [-1], len(shape) - 1))}), shape


def _prelu(rng: random.Random) -> tuple[Arguments, Shape]:
    shape = sizes(rng, rng.randint(2, 4), 1, 5)
    shared = rng.choice((None, [1], list(range(1, len(shape) - 1)) or None))
    return some(rng, {"shared_axes": shared, "alpha_initializer": "zeros"}), shape


CONVOLUTIONS = {"Conv{}D": "Conv", "Convolution{}D": "Conv", "Conv{}DTranspose": "Transpose"}
DRAWS: dict[str, Draw] = {
    **{name.format(rank): _convolution(rank, kind) for name, kind in CONVOLUTIONS.items() for rank in RANKS},
    **{f"DepthwiseConv{rank}D": _convolution(rank, "Depthwise") for rank in (1, 2)},
    **{f"SeparableConv{rank}D": _convolution(rank, "Separable") for rank in (1, 2)},
    **{name.format(rank): _pool(rank, optional=True) for name in ("MaxPooling{}D", "MaxPool{}D") for rank in RANKS},
    **{
        name.format(rank): _pool(rank, optional=False) for name in ("AveragePooling{}D", "AvgPool{}D") for rank in RANKS
    },
    **{f"Global{name}{rank}D": _global(rank) for name in ("AveragePooling", "MaxPool", "AvgPool") for rank in RANKS},
    **{f"ZeroPadding{rank}D": _border(rank, "padding") for rank in RANKS},
    **{f"Cropping{rank}D": _border(rank, "cropping") for rank in RANKS},
    **{f"UpSampling{rank}D": _upsampling(rank) for rank in RANKS},
    "Dense": _dense,
    "BatchNormalization": _norm("Batch"),
    "LayerNormalization": _norm("Layer"),
    "GroupNormalization": _norm("Group"),
    "Flatten": _any_shape(),
    "Reshape": _reshape,
    "Permute": _permute,
    "Activation": _activation,
    "Softmax": _softmax,
    "PReLU": _prelu,
    "ReLU": _any_shape(max_value=6.0, negative_slope=0.1, threshold=0.5),
    "LeakyReLU": _any_shape(negative_slope=0.1),
    "ELU": _any_shape(alpha=0.5),
    "Dropout": _any_shape({"rate": 0.3}, noise_shape=None, seed=3),
    "GaussianDropout": _any_shape({"rate": 0.3}, seed=3),
    "AlphaDropout": _any_shape({"rate": 0.3}, seed=3),
    "GaussianNoise": _any_shape({"stddev": 0.3}, seed=3),
    "ActivityRegularization": _any_shape(l1=0.1, l2=0.1),
    **{f"SpatialDropout{rank}D": _spatial_dropout(rank) for rank in RANKS},
}


def ran(layer: Arguments, shape: Shape) -> Arguments:
    """What a layer makes of an input, and its numbers: those that may be trained and the others."""
    os.environ |= {"KERAS_BACKEND": "tensorflow", "TF_CPP_MIN_LOG_LEVEL": "3"}
    import keras
    import numpy as np

    from tests.golden.record.arrays import tuples

    arguments = {name: tuples(value) for name, value in layer.items() if name not in ("type", "trainable")}
    built = getattr(keras.layers, layer["type"].rpartition(".")[2])(**arguments)
    output = built(np.zeros(shape, "float32"))
    trainable = sum(int(np.prod(weight.shape)) for weight in built.trainable_weights)
    seeds = sum(int(np.prod(weight.shape)) for weight in built.non_trainable_weights if "seed" in weight.path)
    return {"output": list(output.shape), "parameters": trainable, "buffers": built.count_params() - trainable - seeds}


def version() -> str:
    """The release that answers."""
    import keras

    return str(keras.__version__)
