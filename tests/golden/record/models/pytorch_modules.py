"""How a PyTorch module is said: its class, and the arguments that it was built with."""

import inspect
from typing import Any

from torch import nn

CONTAINERS = (nn.Sequential, nn.ModuleList, nn.ModuleDict, nn.Transformer, nn.TransformerEncoder,
              nn.TransformerEncoderLayer, nn.TransformerDecoder, nn.TransformerDecoderLayer)  # fmt: skip
"""Modules of PyTorch's own that are made of other modules: those inside are said instead."""
NOT_SAID = {"self", "device", "dtype", "args", "kwargs"}


def is_layer(module: nn.Module) -> bool:
    """Whether it is one of PyTorch's own modules, or torchvision's `StochasticDepth`, and not a container."""
    kind = type(module)
    own = kind.__module__.startswith("torch.nn.modules.") or kind.__name__ == "StochasticDepth"
    return own and not isinstance(module, CONTAINERS)


def name_of(module: nn.Module) -> str:
    """The class as people import it: `torch.nn.Conv2d`, `torchvision.ops.StochasticDepth`."""
    kind = type(module)
    package = "torch.nn" if kind.__module__.startswith("torch.nn.") else "torchvision.ops"
    return f"{package}.{kind.__name__}"


def arguments_of(module: nn.Module) -> dict[str, Any]:
    """The arguments of the class' constructor, as the module has kept them."""
    names = [name for name in inspect.signature(type(module).__init__).parameters if name not in NOT_SAID]
    if isinstance(module, nn.RNNBase):
        names = ["input_size", "hidden_size", "num_layers", "bias", "batch_first", "dropout", "bidirectional"]
    return {name: _kept(module, name) for name in names}


def _kept(module: nn.Module, name: str) -> Any:
    """One argument; a weight that there is or is not stands for the flag that asked for it."""
    if name == "bias" and isinstance(module, nn.MultiheadAttention):
        return module.in_proj_bias is not None
    if name in ("add_bias_kv", "init"):
        return module.bias_k is not None if name == "add_bias_kv" else 0.25
    value = getattr(module, name)
    return value is not None if name == "bias" and not isinstance(value, bool) else value
