"""One layer measured: our time, error and memory, and the time of PyTorch, onnxruntime and scipy.signal.

The command in `convolution` sets `OPENBLAS_NUM_THREADS`, which the processes started here inherit.
"""

import math
import multiprocessing
import tracemalloc
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from time import perf_counter, sleep

import numpy as np

from benchmarks.layers import Computation, Convolution, Pool
from service.core.convolve import engine
from service.core.convolve.engine import Job, Operands, Options
from service.core.convolve.kernels import thread_pool
from service.core.frameworks import FRAMEWORKS
from service.schemas.read_layer import describe

ROUNDS = 5
SECONDS = 0.03
"""Seconds that a round takes at least; fast computations are repeated."""
REST = 0.05
"""Seconds of rest before each is timed."""

Layer = Convolution | Pool


def operands(layer: Layer) -> Operands:
    """Normally distributed arrays, whose sums are about 1."""
    numbers = np.random.default_rng(1)
    source = numbers.standard_normal(layer.source, np.float32)
    if layer.weight is None:
        return Operands(source=source)
    weight = numbers.standard_normal(layer.weight, np.float32) / np.float32(math.sqrt(math.prod(layer.weight[1:])))
    return Operands(source=source, weight=weight)


def in_doubles(arrays: Operands) -> Operands:
    """The same in float64."""
    weight = None if arrays.weight is None else arrays.weight.astype(np.float64)
    return Operands(source=arrays.source.astype(np.float64), weight=weight)


def prepared(layer: Layer, arrays: Operands) -> Job:
    """The job that a request makes of the layer and the arrays."""
    row = FRAMEWORKS["pytorch"]
    supplied = {} if arrays.weight is None else {"kernel_size": list(arrays.weight.shape[2:])}
    described = describe(layer.posted, ("layer",), default_type="conv", framework=row, supplied=supplied)
    assert not isinstance(described, list)
    arrangement = engine.arrange(described, arrays, row, None)
    assert not isinstance(arrangement, list)
    job = engine.prepare(described, arrangement, arrays, row)
    assert not isinstance(job, list)
    return job


def pytorch(layer: Layer, arrays: Operands, threads: int) -> Computation | None:
    """PyTorch's computation; None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(threads)
    torch.set_grad_enabled(False)
    weight = None if arrays.weight is None else torch.from_numpy(arrays.weight)
    return layer.pytorch(torch.nn.functional, torch.from_numpy(arrays.source), weight)


def onnxruntime(layer: Layer, arrays: Operands, threads: int) -> Computation | None:
    """The computation of onnxruntime; None where it or ONNX is not installed, or has no such operator."""
    try:
        import onnxruntime
        from onnx import TensorProto, helper, numpy_helper
    except ImportError:
        return None
    if layer.onnx is None:
        return None
    operator, attributes = layer.onnx
    known = [] if arrays.weight is None else [numpy_helper.from_array(arrays.weight, "w")]
    node = helper.make_node(operator, ["x", *(tensor.name for tensor in known)], ["y"], **attributes)
    ends = [helper.make_tensor_value_info(*end) for end in (("x", TensorProto.FLOAT, layer.source), ("y", 1, None))]
    graph = helper.make_graph([node], "layer", ends[:1], ends[1:], known)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, ["CPUExecutionProvider"])
    return lambda: session.run(None, {"x": arrays.source})


def scipy(layer: Layer, arrays: Operands) -> Computation | None:
    """The computation of scipy.signal; None where it is not installed or has no such layer."""
    try:
        from scipy import signal
    except ImportError:
        return None
    return layer.scipy(signal, arrays.source, arrays.weight)


def seconds(compute: Computation, times: int) -> float:
    """The mean time of one of several computations, after a rest and one computation that is not counted.

    The rest is for the threads of the library measured before: they spin for a while, and keep a core busy.
    """
    sleep(REST)
    compute()
    began = perf_counter()
    for _ in range(times):
        compute()
    return (perf_counter() - began) / times


def scratch(layer: Layer, threads: int) -> float:
    """MiB held beyond operands and output."""
    job = prepared(layer, operands(layer))
    with thread_pool.at_most(threads):
        tracemalloc.start()
        output = engine.run(job).output
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return float(peak - output.nbytes) / 2**20


def times(layer: Layer, threads: int) -> dict[str, float]:
    """The seconds of each library, measured in turn, and the errors of ours."""
    arrays = operands(layer)
    job = prepared(layer, arrays)
    every: dict[str, Computation] = {
        "ours": partial(engine.run, job),
        "fast": partial(engine.run, job, Options(fast=True)),
    }
    exact = engine.run(prepared(layer, in_doubles(arrays))).output
    errors = {}
    for name, compute in every.items():
        errors[f"error, {name}"] = float(abs(compute().output - exact).max() / abs(exact).max())
    others = {
        "PyTorch": pytorch(layer, arrays, threads),
        "onnxruntime": onnxruntime(layer, arrays, threads),
        "SciPy": scipy(layer, arrays),
    }
    every |= {name: compute for name, compute in others.items() if compute is not None}
    counts = {name: max(1, min(50, int(SECONDS / seconds(compute, 1)))) for name, compute in every.items()}
    rounds = [{name: seconds(compute, counts[name]) for name, compute in every.items()} for _ in range(ROUNDS)]
    return {**errors, **{name: min(seconds_of[name] for seconds_of in rounds) for name in every}}


@dataclass(frozen=True)
class Measured:
    """A layer and its figures."""

    layer: Layer
    figures: dict[str, float]
    """Seconds, errors and MiB, by their names."""

    def ratio(self, own: str, other: str) -> float | None:
        """Our time over theirs; None where one of them is missing."""
        figures = self.figures
        return figures[own] / figures[other] if own in figures and other in figures else None


def measure(layers: Sequence[Layer], threads: int) -> Iterator[Measured]:
    """Every layer; memory first, each in a process of its own."""
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawned, max_tasks_per_child=1) as processes:
        held = list(processes.map(partial(scratch, threads=threads), layers))
    for layer, mebibytes in zip(layers, held, strict=True):
        with thread_pool.at_most(threads):
            yield Measured(layer, {**times(layer, threads), "MiB": mebibytes})
