"""The weights that a module of PyTorch has, by name and shape, from the arguments that it was made with."""

from collections.abc import Callable, Mapping
from typing import Any

from service.core.geometry.shapes import Shape

Given = Mapping[str, Any]
"""The arguments of a module, its defaults included."""
Weights = dict[str, tuple[str, Shape | None]]
"""For each weight whether it is a "parameter" or a "buffer", and its shape; None where that is not known."""


def _shape(*sizes: Any) -> Shape | None:
    return tuple(int(size) for size in sizes) if all(isinstance(size, int) and size > 0 for size in sizes) else None


def per_axis(value: Any, rank: int) -> tuple[Any, ...]:
    """One value for every axis, or those that are listed."""
    return tuple(value) if isinstance(value, list | tuple) else (value,) * rank


def _bias(given: Given, *sizes: Any) -> Weights:
    return {"bias": ("parameter", _shape(*sizes))} if given.get("bias", True) else {}


def _divided(size: Any, by: Any) -> Any:
    return size // by if isinstance(size, int) and isinstance(by, int) and by and size % by == 0 else None


def convolution(rank: int) -> Callable[[Given], Weights]:
    """`[out, in / groups, *kernel]`"""

    def weights(given: Given) -> Weights:
        inputs = _divided(given.get("in_channels"), given.get("groups"))
        kernel = per_axis(given.get("kernel_size"), rank)
        shape = _shape(given.get("out_channels"), inputs, *kernel)
        return {"weight": ("parameter", shape), **_bias(given, given.get("out_channels"))}

    return weights


def transposed(rank: int) -> Callable[[Given], Weights]:
    """`[in, out / groups, *kernel]`"""

    def weights(given: Given) -> Weights:
        outputs = _divided(given.get("out_channels"), given.get("groups"))
        shape = _shape(given.get("in_channels"), outputs, *per_axis(given.get("kernel_size"), rank))
        return {"weight": ("parameter", shape), **_bias(given, given.get("out_channels"))}

    return weights


def linear(given: Given) -> Weights:
    """`[out, in]`"""
    outputs = given.get("out_features")
    return {"weight": ("parameter", _shape(outputs, given.get("in_features"))), **_bias(given, outputs)}


def bilinear(given: Given) -> Weights:
    """`[out, in1, in2]`"""
    sizes = (given.get(name) for name in ("out_features", "in1_features", "in2_features"))
    return {"weight": ("parameter", _shape(*sizes)), **_bias(given, given.get("out_features"))}


def channel_norm(given: Given) -> Weights:
    """A scale and a shift a channel, and running statistics."""
    channels = _shape(given.get("num_features", given.get("num_channels")))
    found: Weights = {"weight": ("parameter", channels), "bias": ("parameter", channels)} if given["affine"] else {}
    if given.get("track_running_stats"):
        found |= {"running_mean": ("buffer", channels), "running_var": ("buffer", channels)}
    return found


def last_axes_norm(given: Given) -> Weights:
    """A scale and a shift an element."""
    if not given.get("elementwise_affine", True):
        return {}
    shape = _shape(*per_axis(given.get("normalized_shape"), 1))
    return {"weight": ("parameter", shape), **({"bias": ("parameter", shape)} if given.get("bias", False) else {})}


def embedding(given: Given) -> Weights:
    """A vector for each index."""
    return {"weight": ("parameter", _shape(given.get("num_embeddings"), given.get("embedding_dim")))}


def slopes(given: Given) -> Weights:
    """One slope, or one a channel."""
    return {"weight": ("parameter", _shape(given.get("num_parameters")))}


def attention(given: Given) -> Weights:
    """What projects queries, keys and values together, where all have the same features."""
    embed = given.get("embed_dim")
    if not isinstance(embed, int) or given.get("kdim") not in (None, embed) or given.get("vdim") not in (None, embed):
        return {}
    found: Weights = {"in_proj_weight": ("parameter", _shape(3 * embed, embed))}
    return found | ({"in_proj_bias": ("parameter", _shape(3 * embed))} if given.get("bias", True) else {})


GATES: Mapping[str, int] = {"RNN": 1, "GRU": 3, "LSTM": 4, "RNNCell": 1, "GRUCell": 3, "LSTMCell": 4}


def recurrent(name: str) -> Callable[[Given], Weights]:
    """For each layer and direction the weights of the input and of the state."""

    def weights(given: Given) -> Weights:
        hidden, features, layers = given.get("hidden_size"), given.get("input_size"), given.get("num_layers", 1)
        if not isinstance(hidden, int) or not isinstance(features, int) or not isinstance(layers, int):
            return {}
        directions, state = (2 if given.get("bidirectional") else 1), given.get("proj_size") or hidden
        rows, found = GATES[name] * hidden, Weights()
        for layer in range(layers):
            sizes: dict[str, Shape] = {
                "weight_ih": (rows, state * directions if layer else features),
                "weight_hh": (rows, state),
            }
            sizes |= {"bias_ih": (rows,), "bias_hh": (rows,)} if given.get("bias", True) else {}
            for suffix in ("", "_reverse")[:directions]:
                place = "" if name.endswith("Cell") else f"_l{layer}{suffix}"
                found |= {f"{part}{place}": ("parameter", size) for part, size in sizes.items()}
        return found

    return weights


RANKS = (1, 2, 3)
WEIGHTS: Mapping[str, Callable[[Given], Weights]] = {
    **{f"Conv{rank}d": convolution(rank) for rank in RANKS},
    **{f"ConvTranspose{rank}d": transposed(rank) for rank in RANKS},
    **{f"{norm}{rank}d": channel_norm for norm in ("BatchNorm", "InstanceNorm") for rank in RANKS},
    **{name: recurrent(name) for name in GATES},
    "SyncBatchNorm": channel_norm, "GroupNorm": channel_norm, "LayerNorm": last_axes_norm, "RMSNorm": last_axes_norm,
    "Linear": linear, "Bilinear": bilinear, "Embedding": embedding, "PReLU": slopes, "MultiheadAttention": attention,
}  # fmt: skip
"""The weights of each module that has any."""
PER_AXIS: Mapping[str, int] = {
    f"{prefix}{rank}d": rank for prefix in ("Conv", "ConvTranspose") for rank in RANKS
}  # fmt: skip
"""Modules that keep one number as a tuple with one for each axis."""
KEPT_PER_AXIS = frozenset({"kernel_size", "stride", "padding", "dilation", "output_padding"})
