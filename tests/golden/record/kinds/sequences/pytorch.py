"""PyTorch's recurrent layers, attention, reparametrised weights, and its functions that take weights."""

import random
import warnings
from typing import Any

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import parametrizations

from tests.golden.record.kinds.sequences.draw import Draw, Drawn, Layer, Shape, size, some

torch.set_num_threads(1)
warnings.filterwarnings("ignore")

RECURRENT = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}
CELLS = {"rnn_cell": nn.RNNCell, "gru_cell": nn.GRUCell, "lstm_cell": nn.LSTMCell}
TRANSFORMERS = {
    "transformer_encoder_layer": nn.TransformerEncoderLayer,
    "transformer_decoder_layer": nn.TransformerDecoderLayer,
}
WRAPPERS = {"spectral_norm": parametrizations.spectral_norm, "weight_norm": parametrizations.weight_norm}
CONVOLUTIONS: dict[str, Any] = {
    **{f"conv{rank}d": getattr(functional, f"conv{rank}d") for rank in (1, 2, 3)},
    **{f"conv_transpose{rank}d": getattr(functional, f"conv_transpose{rank}d") for rank in (1, 2, 3)},
}


def version() -> str:
    """The release that answers."""
    return torch.__version__.partition("+")[0]


# --- drawing ----------------------------------------------------------------------------------------------------------


def recurrent(kind: str) -> Draw:
    """A recurrent layer, with initial states now and then."""

    def draw(rng: random.Random) -> Drawn:
        features, hidden, layers, two = size(rng), size(rng), rng.randint(1, 3), rng.random() < 0.5
        layer: Layer = {"type": kind, "input_size": features, "hidden_size": hidden}
        layer |= {"num_layers": layers} if layers > 1 else {}
        layer |= {"bidirectional": True} if two else {}
        layer |= some(rng, 0.4, bias=False, batch_first=True)
        if kind == "lstm" and hidden > 1 and rng.random() < 0.4:
            layer["proj_size"] = rng.randint(1, hidden - 1)
        batch = [size(rng)] if rng.random() < 0.75 else []
        steps = size(rng)
        first = "batch_first" in layer
        sequence = [*batch, steps, features] if first else [steps, *batch, features]
        deep = [layers * (1 + two), *batch]
        states = [[*deep, layer.get("proj_size", hidden)], [*deep, hidden]][: 1 + (kind == "lstm")]
        return layer, [sequence, *(states if rng.random() < 0.4 else [])]

    return draw


def cell(kind: str) -> Draw:
    """A cell, with its state now and then."""

    def draw(rng: random.Random) -> Drawn:
        features, hidden = size(rng), size(rng)
        batch = [size(rng)] if rng.random() < 0.7 else []
        states = [[*batch, hidden]] * (1 + (kind == "lstm_cell"))
        layer = {"type": kind, "input_size": features, "hidden_size": hidden, **some(rng, 0.3, bias=False)}
        return layer, [[*batch, features], *(states if rng.random() < 0.5 else [])]

    return draw


def multihead(rng: random.Random) -> Drawn:
    """Attention with projections, of one to three inputs."""
    heads = rng.randint(1, 3)
    embed = heads * rng.randint(1, 3)
    layer: Layer = {"type": "multihead_attention", "embed_dim": embed, "num_heads": heads}
    layer |= some(rng, 0.3, bias=False, batch_first=True, add_bias_kv=True, add_zero_attn=True)
    layer |= some(rng, 0.25, need_weights=False, average_attn_weights=False)
    count = rng.randint(1, 3)
    key = layer.setdefault("kdim", size(rng)) if count == 3 and rng.random() < 0.4 else embed
    value = layer.setdefault("vdim", size(rng)) if count == 3 and rng.random() < 0.4 else embed
    batch = [size(rng)] if rng.random() < 0.75 else []
    asked, keys = size(rng), size(rng)
    first = "batch_first" in layer

    def shape(positions: int, features: int) -> Shape:
        return [*batch, positions, features] if first else [positions, *batch, features]

    shapes = [shape(asked, embed), shape(keys, key), shape(keys, value)]
    return layer, shapes[:count]


def dot_product(rng: random.Random) -> Drawn:
    """Attention over given tensors, with a mask, with axes that stretch, with shared heads."""
    layer: Layer = {"type": "scaled_dot_product_attention"} | some(rng, 0.15, is_causal=True, enable_gqa=True)
    leading = [size(rng) for _ in range(rng.randint(0, 3))]
    asked, keys, features, values = (size(rng) for _ in range(4))
    others = list(leading)
    if "enable_gqa" in layer and leading:
        others[-1] = rng.choice((1, leading[-1], max(1, leading[-1] // 2)))
    others = [1 if rng.random() < 0.1 else length for length in others][rng.choice((0, 0, 0, 1)) :]
    shapes = [[*leading, asked, features], [*others, keys, features], [*others, keys, values]]
    if rng.random() < 0.4:
        mask = [rng.choice((length, length, 1)) for length in (*leading, asked, keys)]
        shapes.append(mask[rng.randint(0, len(leading)) :])
    return layer, shapes


def transformer(kind: str) -> Draw:
    """A whole layer of a transformer."""

    def draw(rng: random.Random) -> Drawn:
        heads = rng.randint(1, 3)
        model = heads * rng.randint(1, 3)
        layer: Layer = {"type": kind, "d_model": model, "nhead": heads, "dim_feedforward": size(rng)}
        layer |= some(rng, 0.3, bias=False, batch_first=True, norm_first=True)
        batch = [size(rng)] if rng.random() < 0.75 else []
        first = "batch_first" in layer
        shapes = [
            [*batch, positions, model] if first else [positions, *batch, model] for positions in (size(rng), size(rng))
        ]
        return layer, shapes[: 1 + kind.endswith("decoder_layer")]

    return draw


def convolved(kind: str, *, given: bool) -> Draw:
    """A convolution, with its weight as an input or its own."""
    rank = int(kind[-2])

    def draw(rng: random.Random) -> Drawn:
        groups = rng.choice((1, 1, 2))
        inputs, outputs = groups * rng.randint(1, 3), groups * rng.randint(1, 3)
        kernel = [rng.randint(1, 3) for _ in range(rank)]
        layer: Layer = {"type": kind} | ({"groups": groups} if groups > 1 else {})
        layer |= some(rng, 0.3, stride=2, padding=1)
        shape = [*([size(rng)] if rng.random() < 0.8 else []), inputs, *(rng.randint(3, 7) for _ in range(rank))]
        if not given:
            own = {"in_channels": inputs, "out_channels": outputs, "kernel_size": kernel, **some(rng, 0.3, bias=False)}
            return layer | own, [shape]
        ends = (inputs, outputs // groups) if "transpose" in kind else (outputs, inputs // groups)
        bias = [[outputs]] if rng.random() < 0.4 else []
        return layer, [shape, [*ends, *kernel], *bias]

    return draw


def wrapped(kind: str) -> Draw:
    """A layer whose weight is computed in another way."""

    def draw(rng: random.Random) -> Drawn:
        if rng.random() < 0.3:
            features = size(rng)
            inner: Layer = {"type": "linear", "in_features": features, "out_features": size(rng)}
            shapes = [[*(size(rng) for _ in range(rng.randint(1, 3))), features]]
        else:
            inner, shapes = convolved(rng.choice(list(CONVOLUTIONS)), given=False)(rng)
        return {"type": kind, "layer": inner}, shapes

    return draw


def last_axes(kind: str) -> Draw:
    """A normalisation of the last axes, with its weights as inputs or its own."""

    def draw(rng: random.Random) -> Drawn:
        shape = [size(rng) for _ in range(rng.randint(1, 4))]
        axes = shape[-rng.randint(1, len(shape)) :]
        layer: Layer = {"type": kind, "normalized_shape": axes}
        if rng.random() < 0.4:
            layer |= some(rng, 0.3, elementwise_affine=False)
            return layer | (some(rng, 0.3, bias=False) if kind == "layer_norm" else {}), [shape]
        return layer, [shape, *[axes] * rng.randint(1, 2 if kind == "layer_norm" else 1)]

    return draw


def by_channel(kind: str) -> Draw:
    """A normalisation of channels with its weights as inputs."""

    def draw(rng: random.Random) -> Drawn:
        groups = rng.randint(1, 3)
        channels = groups * rng.randint(1, 3)
        shape = [rng.randint(2, 4), channels, *(rng.randint(2, 4) for _ in range(rng.randint(0, 3)))]
        layer: Layer = {"type": kind} | ({"num_groups": groups} if kind == "group_norm" else {})
        return layer, [shape, *[[channels]] * (rng.choice((2, 4)) if kind == "batch_norm" else rng.randint(1, 2))]

    return draw


def prelu(rng: random.Random) -> Drawn:
    """Slopes as an input, or of its own."""
    channels = size(rng)
    shape = [size(rng), channels, *(size(rng) for _ in range(rng.randint(0, 2)))]
    count = rng.choice((1, channels))
    return ({"type": "prelu"}, [shape, [count]]) if rng.random() < 0.5 else (
        {"type": "prelu", "num_parameters": count}, [shape])  # fmt: skip


DRAWS: dict[str, Draw] = {
    **{kind: recurrent(kind) for kind in RECURRENT},
    **{kind: cell(kind) for kind in CELLS},
    "multihead_attention": multihead,
    "scaled_dot_product_attention": dot_product,
    **{kind: transformer(kind) for kind in TRANSFORMERS},
    **{kind: convolved(kind, given=True) for kind in CONVOLUTIONS},
    **{kind: wrapped(kind) for kind in WRAPPERS},
    "layer_norm": last_axes("layer_norm"),
    "rms_norm": last_axes("rms_norm"),
    "batch_norm": by_channel("batch_norm"),
    "group_norm": by_channel("group_norm"),
    "prelu": prelu,
}


def undefined(layer: Layer, shapes: list[Shape]) -> bool:
    """Whether the answer depends on chance: the fused attention reads past values that are fewer than the keys."""
    return layer["type"] == "scaled_dot_product_attention" and len(shapes) > 2 and shapes[1][-2:-1] != shapes[2][-2:-1]


# --- running ----------------------------------------------------------------------------------------------------------


def run(layer: Layer, shapes: list[Shape]) -> dict[str, Any]:
    """What comes out of a layer, and what it keeps; raises what PyTorch raises."""
    kind = layer["type"]
    members = {name: value for name, value in layer.items() if name != "type"}
    torch.set_default_dtype(torch.float64)
    tensors = [torch.rand(shape) for shape in shapes]
    module = made(kind, members, given=len(shapes) > 1)
    if module is None and len(shapes) == 1 and kind in ("group_norm", "batch_norm"):
        module = norm(kind, members, shapes[0])
    if module is None:
        return answer(applied(kind, members, tensors), None)
    return answer(called(kind, module, members, tensors), module)


def made(kind: str, members: Layer, *, given: bool) -> nn.Module | None:
    """The module of a layer; None where it is a function."""
    if kind in WRAPPERS:
        inner = dict(members["layer"])
        return WRAPPERS[kind](plain(inner.pop("type"), inner))
    if kind == "multihead_attention":
        return nn.MultiheadAttention(
            **{name: value for name, value in members.items() if name not in ("need_weights", "average_attn_weights")}
        )
    for table in (RECURRENT, CELLS, TRANSFORMERS):
        if kind in table:
            return table[kind](**members)
    if not given and kind in ("layer_norm", "rms_norm", "prelu"):
        return {"layer_norm": nn.LayerNorm, "rms_norm": nn.RMSNorm, "prelu": nn.PReLU}[kind](**members)
    return None


def norm(kind: str, members: Layer, shape: Shape) -> nn.Module:
    """A normalisation of channels with numbers of its own."""
    if kind == "group_norm":
        return nn.GroupNorm(members["num_groups"], shape[1])
    return {2: nn.BatchNorm1d, 3: nn.BatchNorm1d, 4: nn.BatchNorm2d, 5: nn.BatchNorm3d}[len(shape)](shape[1]).eval()


def plain(kind: str, members: Layer) -> nn.Module:
    """A convolution or a linear layer."""
    names = {"linear": "Linear", **{f"conv{rank}d": f"Conv{rank}d" for rank in (1, 2, 3)}}
    names |= {f"conv_transpose{rank}d": f"ConvTranspose{rank}d" for rank in (1, 2, 3)}
    module: nn.Module = getattr(nn, names[kind])(**members)
    return module


def called(kind: str, module: nn.Module, members: Layer, tensors: list[torch.Tensor]) -> Any:
    """The module's answer."""
    first, *others = tensors
    if kind in RECURRENT or kind in CELLS:
        if len(others) > 1 + kind.startswith("lstm"):
            raise ValueError("too many states")
        state = None if not others else tuple(others) if kind.startswith("lstm") else others[0]
        return module(first, state)
    if kind == "multihead_attention":
        if len(tensors) > 3:
            raise ValueError("too many inputs")
        query, key, value = first, tensors[min(1, len(tensors) - 1)], tensors[-1]
        options = {name: members[name] for name in ("need_weights", "average_attn_weights") if name in members}
        return module(query, key, value, **options)
    if kind == "transformer_encoder_layer" and others:
        raise ValueError("too many inputs")
    if kind == "transformer_decoder_layer" and len(others) > 1:
        raise ValueError("too many inputs")
    return module(*tensors)


def applied(kind: str, members: Layer, tensors: list[torch.Tensor]) -> Any:
    """A function's answer."""
    first, *others = tensors
    if kind == "scaled_dot_product_attention":
        if len(others) > 3:
            raise ValueError("too many inputs")
        return functional.scaled_dot_product_attention(*tensors, **members)
    if kind in CONVOLUTIONS:
        if not 1 <= len(others) <= 2:
            raise ValueError("a weight, and a bias perhaps")
        return CONVOLUTIONS[kind](*tensors, **members)
    if kind == "layer_norm":
        return functional.layer_norm(first, members["normalized_shape"], *others)
    if kind == "rms_norm":
        return functional.rms_norm(first, members["normalized_shape"], *others)
    if kind == "group_norm":
        return functional.group_norm(first, members["num_groups"], *others)
    if kind == "prelu":
        return functional.prelu(first, *others)
    if len(others) == 1:
        channels = first.shape[1]
        return functional.batch_norm(first, torch.zeros(channels), torch.ones(channels), *others)
    mean, variance = others[:2]
    return functional.batch_norm(first, mean, variance, *others[2:])


def answer(given: Any, module: nn.Module | None) -> dict[str, Any]:
    """The shapes that came out, and the numbers that are kept."""
    flat: list[Any] = []

    def flatten(part: Any) -> None:
        if isinstance(part, tuple | list):
            for entry in part:
                flatten(entry)
        elif part is not None:
            flat.append(list(part.shape))

    flatten(given)
    parts = (module.parameters(), module.buffers()) if module is not None else ((), ())
    counts = [sum(tensor.numel() for tensor in tensors) for tensors in parts]
    return {"outputs": flat, "parameters": counts[0], "buffers": counts[1]}
