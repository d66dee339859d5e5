"""A written network as a body for `/v1/networks/validate`, in the words of a framework and of its author.

Authors differ: some declare what comes in (`in_channels`, `num_features`), some leave it out; some name every layer,
some none; some write `nn.Conv2d`, some our own words.
"""

from dataclasses import dataclass
from random import Random
from typing import Any

from tests.mistakes.families.net import Document, Net, per_axis

DECLARED = ("in_channels", "num_features", "num_channels", "in_features")
"""What a layer may leave out, since it follows from what comes in."""
TORCH_WORDS = {
    **{f"conv{rank}d": f"nn.Conv{rank}d" for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": f"nn.ConvTranspose{rank}d" for rank in (1, 2, 3)},
    **{f"max_pool{rank}d": f"nn.MaxPool{rank}d" for rank in (1, 2, 3)},
    **{f"avg_pool{rank}d": f"nn.AvgPool{rank}d" for rank in (1, 2, 3)},
    **{f"adaptive_avg_pool{rank}d": f"nn.AdaptiveAvgPool{rank}d" for rank in (1, 2, 3)},
    **{f"batch_norm{rank}d": f"nn.BatchNorm{rank}d" for rank in (1, 2, 3)},
    "group_norm": "nn.GroupNorm",
    "layer_norm": "nn.LayerNorm",
    "instance_norm2d": "nn.InstanceNorm2d",
    "linear": "nn.Linear",
    "flatten": "nn.Flatten",
    "dropout": "nn.Dropout",
    "upsample": "nn.Upsample",
    "relu": "nn.ReLU",
    "sigmoid": "nn.Sigmoid",
    "tanh": "nn.Tanh",
    "leaky_relu": "nn.LeakyReLU",
    "silu": "nn.SiLU",
    "gelu": "nn.GELU",
    "concat": "torch.cat",
    "multihead_attention": "nn.MultiheadAttention",
    "lstm": "nn.LSTM",
    "gru": "nn.GRU",
    "rnn": "nn.RNN",
    "transformer_encoder_layer": "nn.TransformerEncoderLayer",
}
"""PyTorch's names for our types, all with our parameters."""
KERAS_RENAMED = {"out_channels": "filters", "stride": "strides", "dilation": "dilation_rate", "out_features": "units"}
KERAS_SAME = {
    **{f"conv{rank}d": f"Conv{rank}D" for rank in (1, 2, 3)},
    "relu": "ReLU",
    "add": "Add",
    "multiply": "Multiply",
    "subtract": "Subtract",
    "linear": "Dense",
    "dropout": "Dropout",
    "flatten": "Flatten",
    "leaky_relu": "LeakyReLU",
}
"""Keras' names of types whose parameters only have other names."""


class Unspeakable(Exception):
    """What this framework's words do not say, or not cheaply."""


@dataclass(frozen=True)
class Style:
    """How an author writes."""

    framework: str = "pytorch"
    declared: float = 1.0
    """How likely a layer declares what comes in."""
    named: bool = True
    wired: bool = False
    """Every layer names its inputs, also where it is the layer before."""
    torch_words: bool = False


def draw_style(rng: Random) -> Style:
    framework = rng.choices(["pytorch", "keras", "onnx", "jax"], [65, 15, 10, 10])[0]
    declared = rng.choice([1.0, 1.0, 1.0, 0.5, 0.0])
    words = framework == "pytorch" and rng.random() < 0.4
    return Style(framework, 1.0 if words else declared, rng.random() < 0.7, rng.random() < 0.15, words)


def body_of(net: Net, style: Style, rng: Random) -> Document:
    """The body.

    Raises:
        Unspeakable: where the framework's words do not say it.
    """
    layers: list[Document] = []
    before = "input" if list(net.inputs) == ["input"] else None
    for layer in net.layers:
        written = {name: value for name, value in layer.items() if name not in ("name", "inputs")}
        if rng.random() >= style.declared:
            written = {name: value for name, value in written.items() if name not in DECLARED}
        said = IN_WORDS[style.framework](written, net)
        if style.torch_words:
            written["type"] = TORCH_WORDS.get(written["type"], written["type"])
        for position, each in enumerate(said):
            name = layer["name"] if position == len(said) - 1 else f"{layer['name']}_pad"
            inputs = layer["inputs"] if position == 0 else [layers[-1]["name"]]
            plain = inputs == [before] or not inputs
            layers.append({"name": name, **each, **({} if plain and not style.wired else {"inputs": inputs})})
            before = name
    needed = {taken.split(":")[0] for layer in layers for taken in layer.get("inputs", [])} | set(net.outputs or [])
    if not style.named:
        layers = [layer if layer["name"] in needed else without_name(layer) for layer in layers]
    body: Document = {} if style.framework == "pytorch" and rng.random() < 0.5 else {"framework": style.framework}
    last = style.framework == "keras"
    shapes = {name: [net.batch, *((*axes[1:], axes[0]) if last else axes)] for name, axes in net.inputs.items()}
    body |= {"input_shape": shapes["input"]} if list(shapes) == ["input"] else {"inputs": shapes}
    body["layers"] = layers
    return body | ({"outputs": net.outputs} if net.outputs else {})


def without_name(layer: Document) -> Document:
    return {name: value for name, value in layer.items() if name != "name"}


def unchanged(layer: Document, _: Net) -> list[Document]:
    return [layer]


def in_onnx(layer: Document, _: Net) -> list[Document]:
    kind = layer["type"]
    if kind in ("lstm", "gru", "rnn"):
        raise Unspeakable(kind)
    if kind == "flatten":
        if layer.pop("start_dim") != 1:
            raise Unspeakable(kind)
        return [layer]
    return [without_adaptive(with_stride(layer))]


def in_jax(layer: Document, _: Net) -> list[Document]:
    """JAX's transposed convolutions pad otherwise."""
    if layer["type"].startswith("conv_transpose"):
        raise Unspeakable(layer["type"])
    return [without_adaptive(with_stride(layer))]


def with_stride(layer: Document) -> Document:
    """A pool's stride said, which is 1 by default in JAX and ONNX."""
    if layer["type"].startswith(("max_pool", "avg_pool")):
        layer.setdefault("stride", layer["kernel_size"])
    return layer


def without_adaptive(layer: Document) -> Document:
    if not layer["type"].startswith("adaptive"):
        return layer
    if layer["output_size"] != 1:
        raise Unspeakable(layer["type"])
    return {"type": "global_avg_pool2d".replace("2", layer["type"][-2])}


def in_keras(layer: Document, net: Net) -> list[Document]:
    """One layer in Keras' words, with a padding layer before it where the padding is none of Keras'."""
    kind = layer["type"]
    rank = int(kind[-2]) if kind[-2:] in ("1d", "2d", "3d") else 0
    layer = {name: value for name, value in layer.items() if name not in DECLARED}
    if kind.startswith(("conv_transpose", "max_pool", "avg_pool", "conv")) and rank and kind[-3:] != "cat":
        return keras_window(layer, kind, rank)
    if kind == "flatten" and layer.pop("start_dim") != 1:
        raise Unspeakable(kind)
    if kind.startswith("adaptive_avg_pool") and layer["output_size"] == 1:
        return [{"type": f"GlobalAveragePooling{rank}D", "keepdims": True}]
    if kind.startswith("batch_norm"):
        return [{"type": "BatchNormalization"}]
    if kind == "concat" and layer["dim"] == 1:
        return [{"type": "Concatenate", **({} if net.rng.random() < 0.5 else {"axis": -1})}]
    if kind in ("sigmoid", "tanh", "silu", "gelu"):
        return [{"type": "Activation", "activation": kind}]
    if kind == "upsample" and "scale_factor" in layer:
        taken = len(next(iter(net.inputs.values()))) - 1
        return [{"type": f"UpSampling{taken}D", "size": layer["scale_factor"]}]
    if kind == "dropout":
        return [{"type": "Dropout", "rate": layer["p"]}]
    if kind == "leaky_relu":
        return [{"type": "LeakyReLU", "negative_slope": layer.get("negative_slope", 0.01)}]
    if kind in KERAS_SAME:
        members = {KERAS_RENAMED.get(name, name): value for name, value in layer.items() if name != "type"}
        return [{"type": KERAS_SAME[kind], **members}]
    raise Unspeakable(kind)


def keras_window(layer: Document, kind: str, rank: int) -> list[Document]:
    """A convolution or pool: `valid`, `same` where that is equal, else zeros before it."""
    padding = per_axis(layer.pop("padding", 0), rank)
    kernel, strides = per_axis(layer["kernel_size"], rank), per_axis(layer.get("stride", 1), rank)
    dilations = per_axis(layer.get("dilation", 1), rank)
    members: dict[str, Any] = {KERAS_RENAMED.get(name, name): value for name, value in layer.items() if name != "type"}
    if kind.startswith("conv_transpose"):
        extra = members.pop("output_padding", 0)
        if kernel != strides and not (kernel[0] - strides[0] == 2 * padding[0] - extra):
            raise Unspeakable(kind)
        return [{"type": f"Conv{rank}DTranspose", **members, "padding": "same" if any(padding) else "valid"}]
    if "pool" in kind:
        members["pool_size"] = members.pop("kernel_size")
        name = f"{'Max' if kind.startswith('max') else 'Average'}Pooling{rank}D"
    else:
        name = KERAS_SAME[kind]
    if all(2 * p == d * (k - 1) and p for p, k, d in zip(padding, kernel, dilations, strict=True)):
        return [{"type": name, **members, "padding": "same"}]
    if not any(padding):
        return [{"type": name, **members}]
    if name.startswith(("Max", "Average")):
        raise Unspeakable(kind)
    return [{"type": f"ZeroPadding{rank}D", "padding": padding if rank > 1 else padding[0]}, {"type": name, **members}]


IN_WORDS = {"pytorch": unchanged, "onnx": in_onnx, "jax": in_jax, "keras": in_keras}
"""How each framework says one layer."""
