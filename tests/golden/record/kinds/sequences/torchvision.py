"""The small blocks of torchvision and timm: scales, dropped branches, gates, frozen norms, windows of attention."""

import random
import warnings
from typing import Any

import timm.layers
import torch
import torchvision
from torchvision import ops
from torchvision.models import swin_transformer

from tests.golden.record.kinds.sequences.draw import Draw, Drawn, Layer, Shape, size, some
from tests.golden.record.kinds.sequences.pytorch import answer

torch.set_num_threads(1)
warnings.filterwarnings("ignore")


def version() -> str:
    """The releases that answer."""
    versions = {"PyTorch": torch.__version__, "torchvision": torchvision.__version__, "timm": timm.__version__}
    return ", ".join(f"{name} {number.partition('+')[0]}" for name, number in versions.items())


def image(rng: random.Random, channels: int, *, least: int = 4) -> Shape:
    """An image of these channels."""
    return [size(rng) for _ in range(rng.randint(least, 4) - 3)] + [channels, size(rng, 9), size(rng, 9)]


def squeeze(rng: random.Random) -> Drawn:
    """A gate of means."""
    channels = size(rng)
    return {"type": "squeeze_excitation", "in_channels": channels, "squeeze_channels": size(rng)}, [
        image(rng, channels, least=3)
    ]


def scale(rng: random.Random) -> Drawn:
    """A trained scale."""
    features = size(rng)
    leading = [size(rng) for _ in range(rng.randint(0, 3))]
    return {"type": "layer_scale", "features": features, **some(rng, 0.3, init_values=1e-6)}, [[*leading, features]]


def depth(rng: random.Random) -> Drawn:
    """A dropped branch."""
    layer = {"type": "stochastic_depth", "p": 0.2, **some(rng, 0.5, drop_mode=rng.choice(("row", "batch")))}
    return layer, [[size(rng) for _ in range(rng.randint(1, 4))]]


def frozen(rng: random.Random) -> Drawn:
    """A batch normalisation that is not trained."""
    channels = size(rng) + 1
    return {"type": "frozen_batch_norm", "num_features": channels}, [image(rng, channels)]


def positions(rng: random.Random) -> Drawn:
    """A normalisation of channels at each position."""
    channels = size(rng) + 1
    return {"type": "channel_layer_norm", "num_channels": channels, **some(rng, 0.3, affine=False)}, [
        image(rng, channels)
    ]


def windows(kind: str) -> Draw:
    """Attention in windows."""

    def draw(rng: random.Random) -> Drawn:
        heads = rng.randint(1, 3)
        features = heads * rng.randint(1, 3)
        window = [rng.randint(2, 4), rng.randint(2, 4)]
        layer: Layer = {"type": kind, "features": features, "num_heads": heads, "window_size": window}
        layer["shift_size"] = [rng.randint(0, 1), rng.randint(0, 1)]
        layer |= some(rng, 0.3, qkv_bias=False, proj_bias=False) if not kind.endswith("v2") else {}
        return layer, [[size(rng), rng.randint(3, 9), rng.randint(3, 9), features]]

    return draw


DRAWS: dict[str, Draw] = {
    "squeeze_excitation": squeeze,
    "layer_scale": scale,
    "stochastic_depth": depth,
    "frozen_batch_norm": frozen,
    "channel_layer_norm": positions,
    "shifted_window_attention": windows("shifted_window_attention"),
    "shifted_window_attention_v2": windows("shifted_window_attention_v2"),
}


def module_of(layer: Layer) -> torch.nn.Module:
    """The module of a layer."""
    kind = layer["type"]
    members = {name: value for name, value in layer.items() if name != "type"}
    if kind == "squeeze_excitation":
        return ops.SqueezeExcitation(members["in_channels"], members["squeeze_channels"])
    if kind == "layer_scale":
        return timm.layers.LayerScale(members["features"], members.get("init_values", 1e-5))
    if kind == "stochastic_depth":
        return ops.StochasticDepth(members["p"], members.get("drop_mode", "row"))
    if kind == "frozen_batch_norm":
        return ops.FrozenBatchNorm2d(members["num_features"])
    if kind == "channel_layer_norm":
        return timm.layers.LayerNorm2d(**members)
    members["dim"] = members.pop("features")
    second = kind.endswith("v2")
    attention = swin_transformer.ShiftedWindowAttentionV2 if second else swin_transformer.ShiftedWindowAttention
    return attention(**members)


def run(layer: Layer, shapes: list[Shape]) -> dict[str, Any]:
    """What comes out of a layer, and what it keeps; raises what PyTorch raises."""
    module = module_of(layer).eval()
    return answer(module(*[torch.rand(shape, dtype=torch.float32) for shape in shapes]), module)
