"""The engine's convolutions and pools beside PyTorch, onnxruntime and scipy.signal, where these are installed.

Arrays in, arrays out, without HTTP: jobs as requests make them are run. Each library is asked in turn, in one run, and
the least time of several rounds counts: the machine is shared, and what others do on it only adds.
`OPENBLAS_NUM_THREADS` is 1, as in the server. The error is the largest one, over the largest output, against float64;
memory is what is held beyond operands and output, in a process that has computed nothing before.

`python -m benchmarks.convolution --write docs/performance.md` puts the tables into that page.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported, which reads it once

import argparse
import math
import multiprocessing
import platform
import re
import statistics
import tracemalloc
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib import metadata
from pathlib import Path
from time import perf_counter, sleep

import numpy as np

from benchmarks.layers import LAYERS, Computation, Convolution, Pool
from service.core.convolve import engine
from service.core.convolve.engine import Job, Operands, Options
from service.core.convolve.kernels import workers
from service.core.frameworks import FRAMEWORKS
from service.schemas.layers import describe

ROUNDS = 5
SECONDS = 0.03
"""What a round takes at least, where one computation takes less."""
REST = 0.05
"""Seconds before each is timed."""
THREADS = (1, 2)
PAIRS = (("ours", "PyTorch"), ("fast", "PyTorch"), ("ours", "onnxruntime"), ("ours", "SciPy"))
"""Whose time is divided by whose."""
MARKS = "<!-- tables -->\n", "<!-- end of the tables -->\n"
"""What stands around the part of a page that is written anew."""

ALL = "all"
"""What the convolutions and pools together are called."""

Layer = Convolution | Pool


# --- what is measured -------------------------------------------------------------------------------------------------


def operands(layer: Layer) -> Operands:
    """Normally distributed arrays, with sums of about 1."""
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
    node = helper.make_node(operator, ["x", *(one.name for one in known)], ["y"], **attributes)
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
    """What one of several computations takes, after a rest and one that is not counted.

    Threads of the library that was asked before look out for more work for a while, and keep a core busy.
    """
    sleep(REST)
    compute()
    began = perf_counter()
    for _ in range(times):
        compute()
    return (perf_counter() - began) / times


def scratch(layer: Layer, threads: int) -> float:
    """The MiB held beyond operands and output."""
    job = prepared(layer, operands(layer))
    with workers.at_most(threads):
        tracemalloc.start()
        output = engine.run(job).output
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    return float(peak - output.nbytes) / 2**20


def times(layer: Layer, threads: int) -> dict[str, float]:
    """Seconds of each, asked in turn, and the errors of ours."""
    arrays = operands(layer)
    job = prepared(layer, arrays)
    every: dict[str, Computation] = {
        "ours": partial(engine.run, job),
        "fast": partial(engine.run, job, Options(fast=True)),
    }
    exact = engine.run(prepared(layer, in_doubles(arrays))).output
    found = {}
    for name, compute in every.items():
        found[f"error, {name}"] = float(abs(compute().output - exact).max() / abs(exact).max())
    others = {
        "PyTorch": pytorch(layer, arrays, threads),
        "onnxruntime": onnxruntime(layer, arrays, threads),
        "SciPy": scipy(layer, arrays),
    }
    every |= {name: compute for name, compute in others.items() if compute is not None}
    counts = {name: max(1, min(50, int(SECONDS / seconds(compute, 1)))) for name, compute in every.items()}
    rounds = [{name: seconds(compute, counts[name]) for name, compute in every.items()} for _ in range(ROUNDS)]
    return {**found, **{name: min(one[name] for one in rounds) for name in every}}


@dataclass(frozen=True)
class Measured:
    """A layer and what was found of it."""

    layer: Layer
    found: dict[str, float]
    """Seconds, errors and MiB, by their names."""

    def ratio(self, own: str, other: str) -> float | None:
        """Our time over theirs; None where there is none."""
        return self.found[own] / self.found[other] if own in self.found and other in self.found else None


def measured(layers: Sequence[Layer], threads: int) -> Iterator[Measured]:
    """Every layer, memory first and each in a process of its own."""
    spawned = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=spawned, max_tasks_per_child=1) as processes:
        held = list(processes.map(partial(scratch, threads=threads), layers))
    for layer, mebibytes in zip(layers, held, strict=True):
        with workers.at_most(threads):
            yield Measured(layer, {**times(layer, threads), "MiB": mebibytes})


# --- how it is shown --------------------------------------------------------------------------------------------------

HEADINGS = ("ms", "PyTorch", "onnxruntime", "SciPy", "fast ms", "PyTorch", "error", "fast error", "MiB")


def cells(one: Measured) -> list[str]:
    """A row under HEADINGS; empty where there is nothing."""

    def shown(number: float | None, form: str) -> str:
        return "" if number is None else format(number, form)

    def milliseconds(name: str) -> str:
        return shown(1000 * one.found[name] if name in one.found else None, ".3f")

    ours, fast, onnx, signal = (shown(one.ratio(*pair), ".2f") for pair in PAIRS)
    errors = [shown(one.found.get(f"error, {name}"), ".0e") for name in ("ours", "fast")]
    return [
        milliseconds("ours"),
        ours,
        onnx,
        signal,
        milliseconds("fast"),
        fast,
        *errors,
        shown(one.found["MiB"], ".1f"),
    ]


def means(every: Sequence[Measured]) -> Iterator[tuple[str, str, str, int, float, float]]:
    """Of which layers, whose time over whose, how many layers, the geometric mean of the ratios, and the worst."""
    for kind in (*sorted({one.layer.kind for one in every}), ALL):
        for own, other in PAIRS:
            ratios = [one.ratio(own, other) for one in every if kind in (ALL, one.layer.kind)]
            known = [ratio for ratio in ratios if ratio is not None]
            if known:
                yield kind, own, other, len(known), statistics.geometric_mean(known), max(known)


def print_table(layers: Sequence[Layer], threads: int) -> list[Measured]:
    """Print all layers as they are measured, then the means."""
    print(f"{f'{threads} thread(s); ratios of our time':<32}{''.join(f'{heading:>12}' for heading in HEADINGS)}")
    every = []
    for one in measured(layers, threads):
        every.append(one)
        print(f"{one.layer.name:<32}{''.join(f'{cell:>12}' for cell in cells(one))}", flush=True)
    for kind, own, other, count, mean, worst in means(every):
        print(f"{kind}: {own} to {other}: geometric mean {mean:.2f} of {count} layers, worst {worst:.2f}")
    return every


def page_part(tables: dict[int, list[Measured]]) -> Iterator[str]:
    """The lines of a Markdown page: the machine, the means, and a table for each number of threads."""
    yield f"Measured on {datetime.now(UTC):%Y-%m-%d}: {', '.join(machine())}."
    yield ""
    yield "| threads | layers | our time to theirs | geometric mean | worst | of |"
    yield "|---|---|---|--:|--:|--:|"
    for threads, every in tables.items():
        for kind, own, other, count, mean, worst in means(every):
            name = other if own == "ours" else f"{other}, fast"
            yield f"| {threads} | {kind} | {name} | {mean:.2f} | {worst:.2f} | {count} |"
    for threads, every in tables.items():
        yield ""
        yield f"## With {threads} thread{'s' * (threads > 1)}"
        yield ""
        yield f"| layer | {' | '.join(HEADINGS)} |"
        yield f"|---|{'--:|' * len(HEADINGS)}"
        for one in every:
            yield f"| {one.layer.name} | {' | '.join(cells(one))} |"


def machine() -> Iterator[str]:
    """The processor and the versions of what was compared."""
    about = Path("/proc/cpuinfo")
    models = re.findall(r"^model name\s*: (.*)$", about.read_text(), re.MULTILINE) if about.exists() else []
    yield models[0] if models else platform.processor() or platform.machine()
    yield f"{workers.CORES} cores"
    yield f"Python {platform.python_version()}"
    for title, package in (
        ("NumPy", "numpy"),
        ("PyTorch", "torch"),
        ("onnxruntime", "onnxruntime"),
        ("SciPy", "scipy"),
    ):
        try:
            yield f"{title} {metadata.version(package)}"
        except metadata.PackageNotFoundError:
            yield f"no {title}"


def rewrite(page: Path, lines: Iterator[str]) -> None:
    """Put lines between the marks of a page."""
    begin, end = MARKS
    before, rest = page.read_text(encoding="utf-8").split(begin)
    part = "\n".join(["", *lines, "", end])
    page.write_text(before + begin + part + rest.split(end)[1], encoding="utf-8")


# --- commands ---------------------------------------------------------------------------------------------------------


def main(layers: Sequence[Layer] = LAYERS, page: Path | None = None) -> None:
    """Print the table for one thread and for two, and write both to a page if there is one."""
    tables = {threads: print_table(layers, threads) for threads in THREADS}
    if page is not None:
        rewrite(page, page_part(tables))


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--write", type=Path, metavar="PAGE", help="put the tables between the marks of this page")
    asked.add_argument("--only", default="", metavar="WORD", help="only layers with this in their names")
    arguments = asked.parse_args()
    main([layer for layer in LAYERS if arguments.only in layer.name], arguments.write)
