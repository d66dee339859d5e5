"""PyTorch's modules by their own names: drawn, built with keyword arguments and run on the CPU in float64."""

import random
from typing import Any

from tests.golden.record.spellings.draws import Arguments, Draw, Shape, per_axis, sizes, some, spoilt

OF_THE_BUILD: tuple[str, ...] = ()
"""Parts of refusals that say nothing of the layer."""


def drawn(rng: random.Random) -> tuple[Arguments, Shape]:
    """A layer with its type, and the shape of an input."""
    name = rng.choice(sorted(DRAWS))
    arguments, shape = DRAWS[name](rng)
    if rng.random() < 0.04:
        shape = shape[1:] if rng.random() < 0.5 and len(shape) > 1 else [*shape, 3]
    if not name.startswith("LPPool"):  # which takes lists of any length and uses what it needs of them
        arguments = spoilt(rng, arguments)
    return {"type": rng.choice(("", "nn.", "torch.nn.")) + name, **arguments}, shape


def _input(rng: random.Random, channels: int, rank: int, least: int = 1) -> Shape:
    batch = [rng.randint(1, 3)] if rng.random() < 0.8 else []
    return [*batch, channels, *sizes(rng, rank, least)]


def _convolution(rank: int, *, transposed: bool = False) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        groups = rng.choice((1, 1, 2, 3))
        channels, outputs = groups * rng.randint(1, 2), groups * rng.randint(1, 3)
        options: Arguments = {
            "stride": per_axis(rng, rank, 1, 2, 3),
            "padding": rng.choice((per_axis(rng, rank, 0, 1, 2), "same", "valid")),
            "dilation": per_axis(rng, rank, 1, 1, 2),
            "bias": rng.random() < 0.5,
            "padding_mode": rng.choice(("zeros", "reflect", "replicate", "circular")),
            "device": "cpu",
            "dtype": None,
        }
        if transposed:
            options |= {"padding": per_axis(rng, rank, 0, 1, 2), "output_padding": per_axis(rng, rank, 0, 1)}
            options["padding_mode"] = "zeros"
        lazy = {"in_channels": channels}
        return {
            **lazy,
            "out_channels": outputs,
            "kernel_size": per_axis(rng, rank, 1, 2, 3),
            **some(rng, options),
            "groups": groups,
        }, _input(rng, channels, rank)

    return draw


def _lazy(draw: Draw, *words: str) -> Draw:
    def without(rng: random.Random) -> tuple[Arguments, Shape]:
        arguments, shape = draw(rng)
        return {name: value for name, value in arguments.items() if name not in words}, shape

    return without


def _pool(rank: int, kind: str) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        options: Arguments = {
            "stride": per_axis(rng, rank, 1, 2, 3),
            "padding": per_axis(rng, rank, 0, 1),
            "ceil_mode": rng.random() < 0.5,
        }
        if kind == "max":
            options |= {"dilation": per_axis(rng, rank, 1, 2), "return_indices": False}
        elif kind == "avg":
            options |= {"count_include_pad": rng.random() < 0.5}
            options |= {} if rank == 1 else {"divisor_override": rng.randint(1, 4)}
        required: Arguments = {"kernel_size": per_axis(rng, rank, 1, 2, 3)}
        if kind == "lp":
            required |= {"norm_type": 2, "kernel_size": rng.randint(1, 3)}  # LPPool1d takes no list of one
            del options["padding"]
        return {**required, **some(rng, options)}, _input(rng, rng.randint(1, 3), rank)

    return draw


def _adaptive(rank: int) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        size: Any = per_axis(rng, rank, 1, 2, 5)
        if rank > 1 and rng.random() < 0.2:
            size = [None, *[2] * (rank - 1)]
        return {"output_size": size}, _input(rng, 2, rank)

    return draw


def _pad(rank: int, *, valued: bool = False) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        amounts = [rng.randint(-1, 4) for _ in range(2 * rank)]
        arguments: Arguments = {"padding": rng.choice((amounts, amounts, rng.randint(0, 3)))}
        return {**arguments, **({"value": 1.5} if valued else {})}, _input(rng, rng.randint(1, 3), rank)

    return draw


def _norm(rank: int, word: str = "num_features") -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        channels = rng.randint(1, 4)
        options = {
            "eps": 1e-3,
            "momentum": 0.2,
            "affine": rng.random() < 0.5,
            "track_running_stats": rng.random() < 0.5,
            "bias": rng.random() < 0.5,
            "device": "cpu",
        }
        return {word: channels, **some(rng, options)}, [rng.randint(1, 3), channels, *sizes(rng, rank)]

    return draw


def _group_norm(rng: random.Random) -> tuple[Arguments, Shape]:
    groups = rng.randint(1, 3)
    channels = groups * rng.randint(1, 3)
    options = {"eps": 1e-3, "affine": rng.random() < 0.5, "bias": rng.random() < 0.5}
    return {"num_groups": groups, "num_channels": channels, **some(rng, options)}, [
        2,
        channels,
        *sizes(rng, rng.randint(0, 3)),
    ]


def _layer_norm(rng: random.Random) -> tuple[Arguments, Shape]:
    shape = [2, *sizes(rng, rng.randint(1, 3))]
    last = shape[-rng.randint(1, len(shape)) :]
    options = {"eps": 1e-3, "elementwise_affine": rng.random() < 0.5, "bias": rng.random() < 0.5}
    return {"normalized_shape": last[0] if len(last) == 1 else last, **some(rng, options)}, shape


def _linear(rng: random.Random) -> tuple[Arguments, Shape]:
    features = rng.randint(1, 6)
    options = {"bias": rng.random() < 0.5, "device": "cpu"}
    shape = [*sizes(rng, rng.randint(0, 3)), features]
    return {"in_features": features, "out_features": rng.randint(1, 6), **some(rng, options)}, shape


def _any_shape(**options: Any) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        return some(rng, options), sizes(rng, rng.randint(1, 5), 1, 4)

    return draw


def _softmax(rng: random.Random) -> tuple[Arguments, Shape]:
    shape = sizes(rng, rng.randint(1, 4), 1, 4)
    return {"dim": rng.randint(-len(shape), len(shape) - 1)}, shape


def _flatten(rng: random.Random) -> tuple[Arguments, Shape]:
    shape = sizes(rng, rng.randint(1, 5), 1, 4)
    return some(rng, {"start_dim": rng.randint(-2, 3), "end_dim": rng.randint(-2, 3)}), shape


def _upsample(rng: random.Random) -> tuple[Arguments, Shape]:
    rank = rng.randint(1, 3)
    by_size = rng.random() < 0.4
    factor = rng.choice((2, 3, 1.5, 0.5, [rng.choice((1.0, 2.0, 2.5)) for _ in range(rank)]))
    modes = {
        1: ("nearest", "linear", "nearest-exact"),
        2: ("nearest", "bilinear", "bicubic"),
        3: ("nearest", "trilinear"),
    }
    options = {"mode": rng.choice(modes[rank] if rng.random() < 0.9 else ("bilinear", "area", "linear"))}
    options |= {} if by_size else {"recompute_scale_factor": rng.random() < 0.5}
    size = {"size": per_axis(rng, rank, 3, 5, 8)} if by_size else {"scale_factor": factor}
    return {**size, **some(rng, options)}, [rng.randint(1, 2), 2, *sizes(rng, rank)]


def _upsample_2d(rng: random.Random) -> tuple[Arguments, Shape]:
    return {"scale_factor": rng.choice((2, 1.5, [2, 3]))}, [1, 2, *sizes(rng, 2)]


def _shuffle(rng: random.Random, word: str) -> tuple[Arguments, Shape]:
    factor = rng.randint(1, 3)
    up = word == "upscale_factor"
    shape = [1, factor**2 * rng.randint(1, 2), *sizes(rng, 2)]
    return {word: factor}, shape if up else [1, 2, *(factor * size for size in sizes(rng, 2, 1, 4))]


def _prelu(rng: random.Random) -> tuple[Arguments, Shape]:
    channels = rng.randint(1, 4)
    return some(rng, {"num_parameters": rng.choice((1, channels)), "init": 0.1}), [2, channels, *sizes(rng, 2)]


RANKS = (1, 2, 3)
DRAWS: dict[str, Draw] = {
    **{f"Conv{rank}d": _convolution(rank) for rank in RANKS},
    **{f"LazyConv{rank}d": _lazy(_convolution(rank), "in_channels") for rank in RANKS},
    **{f"ConvTranspose{rank}d": _convolution(rank, transposed=True) for rank in RANKS},
    **{f"MaxPool{rank}d": _pool(rank, "max") for rank in RANKS},
    **{f"AvgPool{rank}d": _pool(rank, "avg") for rank in RANKS},
    **{f"LPPool{rank}d": _pool(rank, "lp") for rank in RANKS},
    **{f"AdaptiveAvgPool{rank}d": _adaptive(rank) for rank in RANKS},
    **{f"AdaptiveMaxPool{rank}d": _adaptive(rank) for rank in RANKS},
    **{f"{mode}Pad{rank}d": _pad(rank) for rank in RANKS for mode in ("Zero", "Reflection", "Replication", "Circular")},
    **{f"ConstantPad{rank}d": _pad(rank, valued=True) for rank in RANKS},
    **{f"BatchNorm{rank}d": _norm(rank) for rank in RANKS},
    **{f"LazyBatchNorm{rank}d": _lazy(_norm(rank), "num_features", "device") for rank in RANKS},
    **{f"InstanceNorm{rank}d": _norm(rank) for rank in RANKS},
    "GroupNorm": _group_norm,
    "LayerNorm": _layer_norm,
    "Linear": _linear,
    "LazyLinear": _lazy(_linear, "in_features"),
    "Flatten": _flatten,
    "Identity": _any_shape(),
    **{name: _any_shape(p=0.3, inplace=True) for name in ("Dropout", "AlphaDropout")},
    "Upsample": _upsample,
    "UpsamplingNearest2d": _upsample_2d,
    "UpsamplingBilinear2d": _upsample_2d,
    "PixelShuffle": lambda rng: _shuffle(rng, "upscale_factor"),
    "PixelUnshuffle": lambda rng: _shuffle(rng, "downscale_factor"),
    **{
        name: _any_shape(inplace=False)
        for name in ("ReLU", "ReLU6", "SiLU", "Mish", "Hardswish", "Hardsigmoid", "SELU")
    },
    **{name: _any_shape() for name in ("Sigmoid", "Tanh", "Softsign", "LogSigmoid", "Tanhshrink")},
    **{name: _any_shape(alpha=0.5, inplace=False) for name in ("ELU", "CELU")},
    "LeakyReLU": _any_shape(negative_slope=0.2, inplace=False),
    "GELU": _any_shape(approximate="tanh"),
    "Softplus": _any_shape(beta=2, threshold=10),
    "Hardtanh": _any_shape(min_val=-2.0, max_val=2.0, inplace=False),
    **dict.fromkeys(("Softmax", "LogSoftmax", "Softmin"), _softmax),
    "PReLU": _prelu,
}


def ran(layer: Arguments, shape: Shape) -> Arguments:
    """What a module makes of an input, its parameters and buffers."""
    import torch

    from tests.golden.record.arrays import tuples

    arguments = {name: tuples(value) for name, value in layer.items() if name != "type"}
    module = getattr(torch.nn, layer["type"].rpartition(".")[2])(**arguments).double().eval()
    output = module(torch.zeros(shape, dtype=torch.float64))
    return {
        "output": list(output.shape),
        "parameters": sum(parameter.numel() for parameter in module.parameters()),
        "buffers": sum(buffer.numel() for buffer in module.buffers()),
    }


def version() -> str:
    """The release that answers."""
    import torch

    return torch.__version__.partition("+")[0]
