"""Records what PyTorch's counting tools say that layers and networks cost: `python -m tests.golden.record.costs`.

Needs torch, torchinfo, fvcore and ptflops, and writes `tests/golden/costs.json`. Each tool gives its own figure, as a
user reads it. `docs/costs.md` says how the figures differ, and why.
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

from tests.golden.record.frameworks.pytorch import MODULES, parameters_of

Body = dict[str, Any]

OUT = Path(__file__).parents[1] / "costs.json"
REPOSITORY = Path(__file__).parents[3]

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
    recorded = [{"name": name, **posted, "tools": figures(body(posted))} for name, posted in cases().items()]
    versions = {name: version(name).split("+")[0] for name in ("torch", "torchinfo", "fvcore", "ptflops")}
    lines = ",\n".join(f"    {json.dumps(case)}" for case in recorded)
    OUT.write_text(f'{{\n  "versions": {json.dumps(versions)},\n  "cases": [\n{lines}\n  ]\n}}\n', encoding="utf-8")


def cases() -> dict[str, Body]:
    """By name, a body or the file of the repository that holds it."""
    single = {name: {"input_shape": shape, "layers": [layer]} for name, (shape, layer) in SINGLE.items()}
    posted = {name: {"body": network} for name, network in {**single, "DCGAN's generator": generator()}.items()}
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
    """The sum of a main path and its skip."""

    def forward(self, main: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        return main + skip


BUILDERS: dict[str, Callable[..., nn.Module]] = {**MODULES, "relu": nn.ReLU, "tanh": nn.Tanh, "add": Add}


class Graph(nn.Module):
    """A posted network as a user's module: one module per layer, called with the outputs that its inputs name."""

    def __init__(self, posted: Body) -> None:
        super().__init__()
        self.layers = nn.ModuleList()
        self.names: list[str] = []
        self.inputs: list[Sequence[str]] = []
        for index, layer in enumerate(posted["layers"]):
            self.layers.append(BUILDERS[layer["type"]](**parameters_of(layer)))
            self.inputs.append(layer.get("inputs") or [self.names[-1] if self.names else "input"])
            self.names.append(layer.get("name") or f"{layer['type']}_{index}")

    def forward(self, array: torch.Tensor) -> torch.Tensor:
        outputs = {"input": array}
        for name, inputs, layer in zip(self.names, self.inputs, self.layers, strict=True):
            outputs[name] = layer(*(outputs[source] for source in inputs))
        return outputs[self.names[-1]]


# --- the tools --------------------------------------------------------------------------------------------------------


def figures(posted: Body) -> dict[str, dict[str, int]]:
    """The figures of each tool for a network, built anew for each tool, in evaluation mode."""
    return {name: tool(Graph(posted).eval(), torch.ones(posted["input_shape"])) for name, tool in TOOLS.items()}


def pytorch(model: nn.Module, array: torch.Tensor) -> dict[str, int]:
    """PyTorch's own counter, and the numbers that the modules hold."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        model(array)
    return {
        "flops": counter.get_total_flops(),
        "parameters": sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad),
        "buffers": sum(buffer.numel() for buffer in model.buffers()),
    }


def torchinfo(model: nn.Module, array: torch.Tensor) -> dict[str, int]:
    """`summary`: "Total mult-adds", "Trainable params", and the bytes of "Forward/backward pass size"."""
    from torchinfo import summary

    result = summary(model, input_data=array, verbose=0)
    return {
        "mult_adds": result.total_mult_adds,
        "parameters": result.trainable_params,
        "pass_bytes": result.total_output_bytes,
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
    complexity = partial(get_model_complexity_info, model, (1,), **settings)
    (macs, parameters), (aten, _) = complexity(backend="pytorch"), complexity(backend="aten")
    return {"macs": int(macs), "aten_macs": int(aten), "parameters": int(parameters)}


TOOLS: dict[str, Callable[[nn.Module, torch.Tensor], dict[str, int]]] = {
    "torch": pytorch, "torchinfo": torchinfo, "fvcore": fvcore, "ptflops": ptflops,
}  # fmt: skip


if __name__ == "__main__":
    main()
