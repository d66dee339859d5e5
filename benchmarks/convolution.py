"""The engine's convolutions beside PyTorch, onnxruntime and scipy.signal, where these are installed.

Arrays in, arrays out, without HTTP; each is asked in turn, in one run, and the least time of several rounds counts: the
machine is shared, and what others do on it only adds. `OPENBLAS_NUM_THREADS` is 1, as in the server. The error is the
largest one, over the largest output, against float64; memory is what is held beyond operands and output.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported, which reads it once

import math
import statistics
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from time import perf_counter
from typing import Any

import numpy as np

from service.core.convolve import apply, workers
from service.core.convolve.problem import Problem

ROUNDS = 5
SECONDS = 0.03
"""What a round takes at least, where one computation takes less."""
THREADS = (1, 2)


@dataclass(frozen=True)
class Layer:
    """A layer of a network, all of whose axes are alike."""

    name: str
    source: tuple[int, ...]
    weight: tuple[int, ...]
    stride: int = 1
    padding: int = 0
    dilation: int = 1
    groups: int = 1
    transposes: bool = False

    @property
    def rank(self) -> int:
        """Spatial axes."""
        return len(self.source) - 2

    @property
    def output(self) -> tuple[int, ...]:
        """The output's shape."""
        spans = [self.dilation * (size - 1) + 1 for size in self.weight[2:]]
        pairs = list(zip(self.source[2:], spans, strict=True))
        if self.transposes:
            sizes = [(size - 1) * self.stride - 2 * self.padding + span for size, span in pairs]
            return (self.source[0], self.weight[1] * self.groups, *sizes)
        sizes = [(size + 2 * self.padding - span) // self.stride + 1 for size, span in pairs]
        return (self.source[0], self.weight[0], *sizes)


LAYERS = [
    Layer("LeNet 5x5, first", (1, 1, 32, 32), (6, 1, 5, 5)),
    Layer("LeNet 5x5, batch of 64", (64, 1, 32, 32), (6, 1, 5, 5)),
    Layer("LeNet 5x5, second, of 64", (64, 6, 14, 14), (16, 6, 5, 5)),
    Layer("AlexNet 11x11/4", (1, 3, 224, 224), (64, 3, 11, 11), 4, 2),
    Layer("AlexNet 5x5", (1, 64, 27, 27), (192, 64, 5, 5), 1, 2),
    Layer("VGG 3x3, 64 at 224", (1, 64, 224, 224), (64, 64, 3, 3), 1, 1),
    Layer("VGG 3x3, 256 at 56", (1, 256, 56, 56), (256, 256, 3, 3), 1, 1),
    Layer("ResNet 7x7/2", (1, 3, 224, 224), (64, 3, 7, 7), 2, 3),
    Layer("ResNet 3x3, 64 at 56", (1, 64, 56, 56), (64, 64, 3, 3), 1, 1),
    Layer("ResNet 3x3, 128 at 28", (1, 128, 28, 28), (128, 128, 3, 3), 1, 1),
    Layer("ResNet 3x3, 256 at 14", (1, 256, 14, 14), (256, 256, 3, 3), 1, 1),
    Layer("ResNet 3x3, 512 at 7", (1, 512, 7, 7), (512, 512, 3, 3), 1, 1),
    Layer("ResNet 3x3/2, 128 at 56", (1, 128, 56, 56), (128, 128, 3, 3), 2, 1),
    Layer("ResNet 1x1, 64 to 256", (1, 64, 56, 56), (256, 64, 1, 1)),
    Layer("ResNet 1x1, 512 to 2048", (1, 512, 7, 7), (2048, 512, 1, 1)),
    Layer("ResNet 1x1/2, 256 to 512", (1, 256, 56, 56), (512, 256, 1, 1), 2),
    Layer("ResNeXt 3x3, 32 groups", (1, 128, 56, 56), (128, 4, 3, 3), 1, 1, 1, 32),
    Layer("MobileNet depthwise, 32", (1, 32, 112, 112), (32, 1, 3, 3), 1, 1, 1, 32),
    Layer("MobileNet depthwise/2, 64", (1, 64, 112, 112), (64, 1, 3, 3), 2, 1, 1, 64),
    Layer("MobileNet depthwise, 512", (1, 512, 14, 14), (512, 1, 3, 3), 1, 1, 1, 512),
    Layer("dilated 3x3, 128 at 32", (1, 128, 32, 32), (128, 128, 3, 3), 1, 4, 4),
    Layer("sound, 10/5 of 160,000", (1, 1, 160_000), (512, 1, 10), 5),
    Layer("sound, 2 dilated by 16", (1, 64, 16_000), (64, 64, 2), 1, 0, 16),
    Layer("video, 3 to 64", (1, 3, 16, 56, 56), (64, 3, 3, 3, 3), 1, 1),
    Layer("video, 64", (1, 64, 8, 28, 28), (64, 64, 3, 3, 3), 1, 1),
    Layer("31x31 depthwise", (1, 128, 56, 56), (128, 1, 31, 31), 1, 15, 1, 128),
    Layer("31x31, 3 to 8", (1, 3, 128, 128), (8, 3, 31, 31), 1, 15),
    Layer("DCGAN, 100 to 1024", (1, 100, 1, 1), (100, 1024, 4, 4), transposes=True),
    Layer("DCGAN, 512 to 256", (1, 512, 8, 8), (512, 256, 4, 4), 2, 1, transposes=True),
    Layer("DCGAN, 128 to 3", (1, 128, 32, 32), (128, 3, 4, 4), 2, 1, transposes=True),
]


def problem(layer: Layer, source: Any, weight: Any) -> Problem:
    """The layer as the engine's algorithms take it, with a new output."""
    crop = layer.padding if layer.transposes else -layer.padding
    return Problem(
        source=source,
        weight=weight,
        out=np.empty(layer.output, source.dtype),
        firsts=(crop,) * layer.rank,
        strides=(layer.stride,) * layer.rank,
        dilations=(layer.dilation,) * layer.rank,
        dtype=source.dtype,
        groups=layer.groups,
    )


def ours(layer: Layer, source: Any, weight: Any, *, fast: bool = False) -> Any:
    """The engine's output."""
    made = problem(layer, source, weight)
    (apply.transpose if layer.transposes else apply.convolve)(made, fast=fast)
    return made.out


def pytorchs(layer: Layer, source: Any, weight: Any, threads: int) -> Callable[[], Any] | None:
    """PyTorch's computation; None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    name = f"conv{'_transpose' * layer.transposes}{layer.rank}d"
    last = (0, layer.groups, layer.dilation) if layer.transposes else (layer.dilation, layer.groups)
    arrays = torch.from_numpy(source), torch.from_numpy(weight)
    return partial(getattr(torch.nn.functional, name), *arrays, None, layer.stride, layer.padding, *last)


def onnxruntimes(layer: Layer, source: Any, weight: Any, threads: int) -> Callable[[], Any] | None:
    """The computation of onnxruntime; None where it or ONNX is not installed."""
    try:
        import onnxruntime
        from onnx import TensorProto, helper, numpy_helper
    except ImportError:
        return None
    operator = "ConvTranspose" if layer.transposes else "Conv"
    node = helper.make_node(
        operator,
        ["x", "w"],
        ["y"],
        strides=[layer.stride] * layer.rank,
        pads=[layer.padding] * 2 * layer.rank,
        dilations=[layer.dilation] * layer.rank,
        group=layer.groups,
    )
    ends = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in "xy"]
    ends[0] = helper.make_tensor_value_info("x", TensorProto.FLOAT, layer.source)
    graph = helper.make_graph([node], "layer", ends[:1], ends[1:], [numpy_helper.from_array(weight, "w")])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    return lambda: session.run(None, {"x": source})


def scipys(layer: Layer, source: Any, weight: Any) -> Callable[[], Any] | None:
    """scipy.signal's correlation, channel by channel; None where it is not installed or has no such layer."""
    try:
        from scipy import signal
    except ImportError:
        return None
    if layer.transposes or layer.groups > 1 or layer.dilation > 1 or problem(layer, source, weight).work > 10**8:
        return None
    padded = np.pad(source, [(0, 0), (0, 0), *([(layer.padding,) * 2] * layer.rank)])
    steps = (slice(None, None, layer.stride),) * layer.rank
    return lambda: [[signal.correlate(image, kernel, "valid")[0][steps] for kernel in weight] for image in padded]


def seconds(compute: Callable[[], Any], times: int) -> float:
    """What one of several computations takes."""
    began = perf_counter()
    for _ in range(times):
        compute()
    return (perf_counter() - began) / times


def scratch(compute: Callable[[], Any]) -> float:
    """The MiB held beyond operands and output, the first time."""
    tracemalloc.start()
    out = compute()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return float(peak - out.nbytes) / 2**20


def measured(layer: Layer, threads: int) -> dict[str, float]:
    """Seconds of each, asked in turn, and the errors and the memory of ours."""
    numbers = np.random.default_rng(1)
    source = numbers.standard_normal(layer.source, np.float32)
    weight = numbers.standard_normal(layer.weight, np.float32) / np.float32(math.sqrt(math.prod(layer.weight[1:])))
    asked = {"default": partial(ours, layer, source, weight), "fast": partial(ours, layer, source, weight, fast=True)}
    others = {
        "PyTorch": pytorchs(layer, source, weight, threads),
        "onnxruntime": onnxruntimes(layer, source, weight, threads),
        "scipy": scipys(layer, source, weight),
    }
    found = {"MiB": scratch(asked["default"])}
    exact = ours(layer, source.astype(np.float64), weight.astype(np.float64))
    for name in asked:
        found[f"error, {name}"] = float(abs(asked[name]() - exact).max() / abs(exact).max())
    every = {**asked, **{name: compute for name, compute in others.items() if compute is not None}}
    times = {name: max(1, min(50, int(SECONDS / seconds(compute, 1)))) for name, compute in every.items()}
    rounds = [{name: seconds(compute, times[name]) for name, compute in every.items()} for _ in range(ROUNDS)]
    return {**found, **{name: min(one[name] for one in rounds) for name in every}}


def table(threads: int) -> None:
    """Print all layers, then the geometric means of our ratios to the others."""
    columns = ("ms", "fast ms", "PyTorch", "fast", "onnxruntime", "scipy", "error", "fast", "MiB")
    print(f"{f'{threads} thread(s); ratios of our time':<30}{''.join(f'{column:>12}' for column in columns)}")
    ratios: dict[tuple[str, str], list[float]] = {}
    for layer in LAYERS:
        with workers.at_most(threads):
            found = measured(layer, threads)
        pairs = [("default", "PyTorch"), ("fast", "PyTorch"), ("default", "onnxruntime"), ("default", "scipy")]
        known = {pair: found[pair[0]] / found[pair[1]] for pair in pairs if pair[1] in found}
        for pair, ratio in known.items():
            ratios.setdefault(pair, []).append(ratio)
        cells = [f"{1000 * found[name]:12.3f}" for name in ("default", "fast")]
        cells += [f"{known[pair]:12.2f}" if pair in known else f"{'':12}" for pair in pairs]
        cells += [f"{found[f'error, {name}']:12.1e}" for name in ("default", "fast")]
        print(f"{layer.name:<30}{''.join(cells)}{found['MiB']:12.1f}", flush=True)
    for (own, other), all_ratios in ratios.items():
        mean = statistics.geometric_mean(all_ratios)
        print(f"{own} to {other}: geometric mean {mean:.2f} of {len(all_ratios)} layers, worst {max(all_ratios):.2f}")


def main() -> None:
    """Print the table for one thread and for two."""
    for threads in THREADS:
        table(threads)


if __name__ == "__main__":
    main()
