"""The engine's convolutions and pools beside PyTorch, onnxruntime and scipy.signal, where these are installed.

Measured from arrays to arrays, without HTTP: jobs are prepared as requests make them, and then run. The libraries are
measured in turn, in one run, and the least time of several rounds counts: the machine is shared, and other work on it
only adds time. `OPENBLAS_NUM_THREADS` is 1, as in the server. The error is the largest difference from float64 over the
largest output. Memory is what is held beyond operands and output, in a process that has computed nothing before.

`python -m benchmarks.convolution --write docs/performance.md` puts the tables into that page.
"""

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before NumPy is imported, which reads it once

import argparse
import platform
import re
import statistics
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path

from benchmarks.layers import LAYERS
from benchmarks.measured_layers import Layer, Measured, measure
from service.core.convolve.kernels.cpu_cores import CORES

THREADS = (1, 2)
PAIRS = (("ours", "PyTorch"), ("fast", "PyTorch"), ("ours", "onnxruntime"), ("ours", "SciPy"))
"""Whose time is divided by whose."""
MARKS = "<!-- tables -->\n", "<!-- end of the tables -->\n"
"""The lines around the part of the page that is written."""
ALL = "all"
"""The name of convolutions and pools together."""
HEADINGS = ("ms", "PyTorch", "onnxruntime", "SciPy", "fast ms", "PyTorch", "error", "fast error", "MiB")


def cells(measured: Measured) -> list[str]:
    """A row under HEADINGS; empty where there is nothing."""

    def shown(number: float | None, form: str) -> str:
        return "" if number is None else format(number, form)

    def milliseconds(name: str) -> str:
        return shown(1000 * measured.figures[name] if name in measured.figures else None, ".3f")

    ours, fast, onnx, signal = (shown(measured.ratio(*pair), ".2f") for pair in PAIRS)
    errors = [shown(measured.figures.get(f"error, {name}"), ".0e") for name in ("ours", "fast")]
    return [
        milliseconds("ours"),
        ours,
        onnx,
        signal,
        milliseconds("fast"),
        fast,
        *errors,
        shown(measured.figures["MiB"], ".1f"),
    ]


def means(every: Sequence[Measured]) -> Iterator[tuple[str, str, str, int, float, float]]:
    """The kind of layers, whose time over whose, how many layers, the geometric mean of the ratios, and the worst."""
    for kind in (*sorted({measured.layer.kind for measured in every}), ALL):
        for own, other in PAIRS:
            ratios = [measured.ratio(own, other) for measured in every if kind in (ALL, measured.layer.kind)]
            known = [ratio for ratio in ratios if ratio is not None]
            if known:
                yield kind, own, other, len(known), statistics.geometric_mean(known), max(known)


def print_table(layers: Sequence[Layer], threads: int) -> list[Measured]:
    """Print all layers as they are measured, then the means."""
    print(f"{f'{threads} thread(s); ratios of our time':<32}{''.join(f'{heading:>12}' for heading in HEADINGS)}")
    every = []
    for measured in measure(layers, threads):
        every.append(measured)
        print(f"{measured.layer.name:<32}{''.join(f'{cell:>12}' for cell in cells(measured))}", flush=True)
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
        for measured in every:
            yield f"| {measured.layer.name} | {' | '.join(cells(measured))} |"


def machine() -> Iterator[str]:
    """The processor, and the versions of the libraries."""
    about = Path("/proc/cpuinfo")
    models = re.findall(r"^model name\s*: (.*)$", about.read_text(), re.MULTILINE) if about.exists() else []
    yield models[0] if models else platform.processor() or platform.machine()
    yield f"{CORES} cores"
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


def main(layers: Sequence[Layer] = LAYERS, page: Path | None = None) -> None:
    """Print the table for one thread and for two, and write both to a page if there is one."""
    tables = {threads: print_table(layers, threads) for threads in THREADS}
    if page is not None:
        rewrite(page, page_part(tables))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--write", type=Path, metavar="PAGE", help="put the tables between the marks of this page")
    parser.add_argument("--only", default="", metavar="WORD", help="only layers with this in their names")
    arguments = parser.parse_args()
    main([layer for layer in LAYERS if arguments.only in layer.name], arguments.write)
