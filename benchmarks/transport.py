"""What a request with large arrays costs beyond its computation, over real HTTP with one gunicorn worker.

Each request is measured alternately with two others: its computation alone, in a worker of the same kind, and a bare
application that reads and sends as many bytes, which is the minimum that the server and the loopback allow. The
client makes the bodies before it measures, and reads the answers into memory that it already has.
"""

import http.client
import io
import json
import statistics
from base64 import b64encode
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from benchmarks.serving import serving
from service.core.convolve.engine import Job, Operands
from service.operations.shared.array_job import ConvolveRequest, computed, prepared
from service.routes.exchange import dumps

ROUNDS = 15
PROJECT = Path(__file__).parents[1]
CONVOLVE = "/v1/convolve"
INFER = "/v2/models/conv2d/infer"
JSON = {"Content-Type": "application/json"}
HEAD_LENGTH = "Inference-Header-Content-Length"

Body = tuple[dict[str, str], bytes]


@dataclass(frozen=True)
class Exchange:
    """A layer applied to one large array, and how the arrays are sent."""

    name: str
    source: tuple[int, ...]
    weight: tuple[int, ...]
    dtype: str
    write: Callable[["Exchange"], Body]
    path: str = CONVOLVE
    layer: dict[str, Any] = field(default_factory=dict)

    @cached_property
    def arrays(self) -> dict[str, Any]:
        """The operands: random numbers."""
        numbers = np.random.default_rng(1)
        shapes = {"input": self.source, "weight": self.weight}
        return {name: numbers.standard_normal(shape).astype(self.dtype) for name, shape in shapes.items()}

    @cached_property
    def request(self) -> Body:
        """The headers and the body of the request."""
        return self.write(self)

    def job(self) -> Job:
        """The computation of the request."""
        request = ConvolveRequest(layer={"type": "conv2d", **self.layer})
        job = prepared(request, Operands(source=self.arrays["input"], weight=self.arrays["weight"]))
        assert isinstance(job, Job)
        return job


def npy_parts(exchange: Exchange) -> Body:
    """A form with `.npy` parts; the answer is a `.npy` file."""
    parts: dict[str, Any] = {"request": json.dumps({"layer": exchange.layer})}
    for name, array in exchange.arrays.items():
        stream = io.BytesIO()
        np.save(stream, array)
        stream.seek(0)
        parts[name] = FileStorage(stream, f"{name}.npy")
    boundary, body = encode_multipart(parts)
    return {"Content-Type": f"multipart/form-data; boundary={boundary}", "Accept": "application/x-npy"}, body


def binary_tensors(exchange: Exchange) -> Body:
    """The tensors' bytes after the JSON, in both directions."""
    datatypes = {"float32": "FP32", "float64": "FP64"}
    inputs = [
        {"name": name, "shape": array.shape, "datatype": datatypes[array.dtype.name],
         "parameters": {"binary_data_size": array.nbytes}}
        for name, array in exchange.arrays.items()
    ]  # fmt: skip
    head = json.dumps({"inputs": inputs, "parameters": {**exchange.layer, "binary_data_output": True}}).encode()
    return {HEAD_LENGTH: str(len(head))}, b"".join([head, *(array.tobytes() for array in exchange.arrays.values())])


def base64_text(exchange: Exchange) -> Body:
    """JSON with the arrays' bytes as base64."""
    arrays = {
        name: {"shape": array.shape, "dtype": array.dtype.name, "base64": b64encode(array).decode()}
        for name, array in exchange.arrays.items()
    }
    return JSON, dumps({**arrays, "layer": exchange.layer, "respond_with": "base64"})


def nested_lists(exchange: Exchange) -> Body:
    """JSON with lists of lists of numbers."""
    return JSON, dumps({**exchange.arrays, "layer": exchange.layer})


def flat_lists(exchange: Exchange) -> Body:
    """JSON with shapes and flat lists of numbers."""
    arrays = {name: {"shape": array.shape, "data": array.reshape(-1)} for name, array in exchange.arrays.items()}
    return JSON, dumps({**arrays, "layer": exchange.layer, "respond_with": "flat"})


IMAGES, MIX = (1, 2, 1000, 1000), (2, 2, 1, 1)
PLANE, SCALE = (1000, 1000), (1, 1)
SPARSE = {"stride": 500}
EXCHANGES = (
    Exchange("8 MB, .npy parts", IMAGES, MIX, "float32", npy_parts),
    Exchange("8 MB, binary tensors", IMAGES, MIX, "float32", binary_tensors, INFER),
    Exchange("8 MB, base64", IMAGES, MIX, "float32", base64_text),
    Exchange("million floats nested, 4 back", PLANE, SCALE, "float64", nested_lists, layer=SPARSE),
    Exchange("million floats nested, all back", PLANE, SCALE, "float64", nested_lists),
    Exchange("million floats flat, 4 back", PLANE, SCALE, "float64", flat_lists, layer=SPARSE),
    Exchange("million floats flat, all back", PLANE, SCALE, "float64", flat_lists),
)


# --- the bare application, which runs in a worker of its own ----------------------------------------------------------


def bare(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """`/echo?n` reads its body and sends n bytes; `/compute?i` sends the milliseconds of the i-th computation."""
    number = int(environ["QUERY_STRING"])
    if environ["PATH_INFO"] == "/compute":
        answer = repr(milliseconds_computing(EXCHANGES[number])).encode()
    else:
        read_all(environ["wsgi.input"], memory(int(environ["CONTENT_LENGTH"])))
        answer = bytes(memory(number))
    start_response("200 OK", [("Content-Length", str(len(answer)))])
    return [answer]


@cache
def memory(size: int) -> memoryview:
    """Memory of a size, the same each time."""
    return memoryview(bytearray(size))


def read_all(stream: Any, into: memoryview) -> None:
    """Read a body of the size of the memory."""
    while into:
        into = into[stream.readinto(into) :]


def milliseconds_computing(exchange: Exchange) -> float:
    """The milliseconds of the computation alone."""
    job = exchange.job()
    began = perf_counter()
    computed(job)
    return 1000 * (perf_counter() - began)


# --- the client -------------------------------------------------------------------------------------------------------


def exchanged(
    connection: http.client.HTTPConnection, path: str, request: Body, into: bytearray
) -> tuple[float, memoryview]:
    """The milliseconds of a request and its whole answer; and the answer."""
    headers, body = request
    began = perf_counter()
    connection.request("POST", path, body, headers)
    answer = connection.getresponse()
    size = answer.readinto(into)
    took = 1000 * (perf_counter() - began)
    if answer.status != 200 or answer.read(1):
        raise SystemExit(f"{path} answered {answer.status}: {bytes(into[:300])!r}")
    return took, memoryview(into)[:size]


@dataclass(frozen=True)
class Timings:
    """The milliseconds of every round."""

    whole: list[float] = field(default_factory=list)
    computing: list[float] = field(default_factory=list)
    echoing: list[float] = field(default_factory=list)


def measured(
    exchange: Exchange, service: http.client.HTTPConnection, other: http.client.HTTPConnection, into: bytearray
) -> Timings:
    """The times of an exchange, its computation and its echo, measured alternately."""
    timings, number = Timings(), EXCHANGES.index(exchange)
    for _ in range(ROUNDS):
        took, answer = exchanged(service, exchange.path, exchange.request, into)
        timings.whole.append(took)
        timings.echoing.append(exchanged(other, f"/echo?{len(answer)}", exchange.request, into)[0])
        timings.computing.append(float(bytes(exchanged(other, f"/compute?{number}", ({}, b""), into)[1])))
    return timings


def main() -> None:
    """Print for each exchange the whole time, the time beyond the computation, and the echo: minimum and median."""
    columns = ("MB in", "MB out", "whole ms", "median", "beyond ms", "median", "echo ms", "median")
    print(f"{'exchange':<34}{''.join(f'{column:>11}' for column in columns)}")
    into = bytearray(2**26)
    with serving() as service, serving("benchmarks.transport:bare") as other:
        for exchange in EXCHANGES:
            _, answer = exchanged(service, exchange.path, exchange.request, into)
            megabytes = (len(exchange.request[1]) / 1e6, len(answer) / 1e6)
            timings = measured(exchange, service, other, into)
            cells = list(megabytes)
            for rounds, base in (
                (timings.whole, [0.0]),
                (timings.whole, timings.computing),
                (timings.echoing, [0.0]),
            ):
                cells += [min(rounds) - min(base), statistics.median(rounds) - statistics.median(base)]
            print(f"{exchange.name:<34}{''.join(f'{cell:>11.1f}' for cell in cells)}", flush=True)


if __name__ == "__main__":
    main()
