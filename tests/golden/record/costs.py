"""`python -m tests.golden.record.costs`: what PyTorch's counting tools say that layers and networks cost.

Needs torch, torchinfo, fvcore and ptflops, and writes `tests/golden/costs.json`. Each tool gives its own figure, as a
user reads it; what has to be added or taken away is no business of the recorder, but of `docs/costs.md`.
"""

import json
from collections.abc import Callable, Sequence
from functools import partial
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
from torch import nn

from tests.golden.record.pytorch import MODULES, tuples

Body = dict[str, Any]

OUT = Path(__file__).parents[1] / "costs.json"
REPOSITORY = Path(__file__).parents[3]
OF_THE_GRAPH = ("type", "name", "inputs")

IMAGE = [1, 6, 16, 12]
CONVOLUTION = {"type": "conv2d", "in_channels": 6, "out_channels": 8, "kernel_size": 3, "padding": 1}
TRANSPOSED = {
    "type": "conv_transpose2d", "in_channels": 6, "out_channels": 4, "kernel_size": 4, "stride": 2, "padding": 1,
}  # fmt: skip
LINEAR = {"type": "linear", "in_features": 32, "out_features": 10}
SINGLE: dict[str, tuple[list[int], dict[str, Any]]] = {
    "convolution": (IMAGE, CONVOLUTION),
    "convolution, no bias": (IMAGE, {**CONVOLUTION, "bias": False}),
    "convolution, batch of 3": ([3, *IMAGE[1:]], CONVOLUTION),
    "convolution, 2 groups": (IMAGE, {**CONVOLUTION, "groups": 2}),
    "depthwise convolution": (IMAGE, {**CONVOLUTION, "out_channels": 6, "groups": 6, "bias": False}),
    "transposed convolution": (IMAGE, TRANSPOSED),
    "transposed convolution, no bias": (IMAGE, {**TRANSPOSED, "bias": False}),
    "linear": ([1, 32], LINEAR),
    "linear, no bias": ([1, 32], {**LINEAR, "bias": False}),
    "linear over a sequence of 5": ([1, 5, 32], LINEAR),
    "batch norm": (IMAGE, {"type": "batch_norm2d", "num_features": 6}),
    "max pool": (IMAGE, {"type": "max_pool2d", "kernel_size": 2}),
    "max pool, batch of 3": ([3, *IMAGE[1:]], {"type": "max_pool2d", "kernel_size": 2}),
    "average pool": (IMAGE, {"type": "avg_pool2d", "kernel_size": 2}),
    "adaptive average pool": (IMAGE, {"type": "adaptive_avg_pool2d", "output_size": [1, 1]}),
    "relu": (IMAGE, {"type": "relu"}),
}
FILES = {"ResNet-50": "examples/networks/resnet50.json"}


def main() -> None:
    """Ask every tool about every case."""
    torch.manual_seed(0)
    found = [{"name": name, **posted, "tools": asked(body(posted))} for name, posted in cases().items()]
    versions = {name: version(name).split("+")[0] for name in ("torch", "torchinfo", "fvcore", "ptflops")}
    lines = ",\n".join(f"    {json.dumps(one)}" for one in found)
    OUT.write_text(f'{{\n  "versions": {json.dumps(versions)},\n  "cases": [\n{lines}\n  ]\n}}\n', encoding="utf-8")


def cases() -> dict[str, Body]:
    """By name a body, or the file of the repository that holds it."""
    single = {name: {"input_shape": shape, "layers": [layer]} for name, (shape, layer) in SINGLE.items()}
    posted = {name: {"body": one} for name, one in {**single, "DCGAN's generator": generator()}.items()}
    return {**posted, **{name: {"file": path} for name, path in FILES.items()}}


def body(posted: Body) -> Body:
    """The body itself."""
    return posted["body"] if "body" in posted else json.loads((REPOSITORY / posted["file"]).read_text("utf-8"))


def generator() -> Body:
    """The generator of Radford, Metz and Chintala, "Unsupervised Representation Learning", 2015: 100 numbers to 64x64.

    As in PyTorch's tutorial: no bias, and a batch norm and a ReLU after each but the last.
    """
    layers: list[dict[str, Any]] = []
    channels = [100, 512, 256, 128, 64, 3]
    for index, (arriving, leaving) in enumerate(pairwise(channels)):
        window = {"kernel_size": 4, "stride": 2, "padding": 1} if index else {"kernel_size": 4}
        layers.append(
            {"type": "conv_transpose2d", "in_channels": arriving, "out_channels": leaving, **window, "bias": False}
        )
        if leaving != channels[-1]:
            layers += [{"type": "batch_norm2d", "num_features": leaving}, {"type": "relu"}]
    return {"input_shape": [1, 100, 1, 1], "layers": [*layers, {"type": "tanh"}]}


# --- the network in PyTorch -------------------------------------------------------------------------------------------


class Add(nn.Module):
    """A skip brought back in."""

    def forward(self, one: torch.Tensor, other: torch.Tensor) -> torch.Tensor:
        return one + other


BUILDERS: dict[str, Callable[..., nn.Module]] = {**MODULES, "relu": nn.ReLU, "tanh": nn.Tanh, "add": Add}


class Graph(nn.Module):
    """A posted network as a user's module: a module a layer, each called with what its inputs name."""

    def __init__(self, posted: Body) -> None:
        super().__init__()
        self.layers = nn.ModuleList()
        self.names: list[str] = []
        self.inputs: list[Sequence[str]] = []
        for index, layer in enumerate(posted["layers"]):
            arguments = {name: tuples(value) for name, value in layer.items() if name not in OF_THE_GRAPH}
            self.layers.append(BUILDERS[layer["type"]](**arguments))
            self.inputs.append(layer.get("inputs") or [self.names[-1] if self.names else "input"])
            self.names.append(layer.get("name") or f"{layer['type']}_{index}")

    def forward(self, array: torch.Tensor) -> torch.Tensor:
        made = {"input": array}
        for name, inputs, layer in zip(self.names, self.inputs, self.layers, strict=True):
            made[name] = layer(*(made[one] for one in inputs))
        return made[self.names[-1]]


# --- the tools --------------------------------------------------------------------------------------------------------


def asked(posted: Body) -> dict[str, dict[str, int]]:
    """What each tool says of a network, made anew for each, in evaluation mode."""
    return {name: tool(Graph(posted).eval(), torch.ones(posted["input_shape"])) for name, tool in TOOLS.items()}


def pytorch(model: nn.Module, array: torch.Tensor) -> dict[str, int]:
    """PyTorch's own counter, and the numbers that the modules hold."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        model(array)
    return {
        "flops": counter.get_total_flops(),
        "parameters": sum(one.numel() for one in model.parameters() if one.requires_grad),
        "buffers": sum(one.numel() for one in model.buffers()),
    }


def torchinfo(model: nn.Module, array: torch.Tensor) -> dict[str, int]:
    """`summary`: "Total mult-adds", "Trainable params", and the bytes of "Forward/backward pass size"."""
    from torchinfo import summary

    told = summary(model, input_data=array, verbose=0)
    return {
        "mult_adds": told.total_mult_adds,
        "parameters": told.trainable_params,
        "pass_bytes": told.total_output_bytes,
    }


def fvcore(model: nn.Module, array: torch.Tensor) -> dict[str, int]:
    """`FlopCountAnalysis(...).total()` and `parameter_count`."""
    from fvcore.nn import FlopCountAnalysis, parameter_count

    analysis = FlopCountAnalysis(model, array).unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return {"flops": int(analysis.total()), "parameters": parameter_count(model)[""]}


def ptflops(model: nn.Module, array: torch.Tensor) -> dict[str, int]:
    """`get_model_complexity_info` with either of its backends."""
    from ptflops import get_model_complexity_info

    settings = {"input_constructor": lambda _: array, "as_strings": False, "print_per_layer_stat": False}
    told = partial(get_model_complexity_info, model, (1,), **settings)
    (macs, parameters), (aten, _) = told(backend="pytorch"), told(backend="aten")
    return {"macs": int(macs), "aten_macs": int(aten), "parameters": int(parameters)}


TOOLS: dict[str, Callable[[nn.Module, torch.Tensor], dict[str, int]]] = {
    "torch": pytorch, "torchinfo": torchinfo, "fvcore": fvcore, "ptflops": ptflops,
}  # fmt: skip


if __name__ == "__main__":
    main()
