"""Model files through `/v1/networks/validate`: the time of a long ONNX graph, and the memory of large files.

The time is measured inside the server, from the file to the bytes of the report, alternately with ONNX's own shape
inference and checker on the same file; it is the processor's, so that other programs count less. The memory is that of
a gunicorn worker over real HTTP: what its peak is above what it holds before the request, without the size of the file
itself. It is read from Linux's `/proc`.
"""

import gc
import http.client
import io
import re
import statistics
import zipfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

import numpy as np
from onnx import ModelProto, TensorProto, checker, helper, numpy_helper, shape_inference

from benchmarks.networks import PATH
from benchmarks.serving import connected, running
from service.operations.validate_network import OPERATION
from service.routes.exchange import dumps

NODES = 5_000
ROUNDS = 9
CHANNELS = 16
WEIGHTS = 200 * 2**20
"""Bytes of the weights of a large file."""
BOUNDARY = "boundary"
KERAS = (
    '{"class_name": "Sequential", "config": {"layers": [{"class_name": "InputLayer", "config": {"batch_shape":'
    ' [null, 8], "name": "x"}}, {"class_name": "Dense", "config": {"name": "dense", "units": 4}}]}}'
)


def block(index: int, taken: str) -> tuple[list[object], list[object], str]:
    """Seven nodes with their weights, as exporters write a convolution, SiLU, a reshape, a norm and a skip."""
    names = [f"{name}{index}" for name in ("conv", "gate", "silu", "size", "same", "norm", "sum")]
    conv, gate, silu, size, same, norm, total = names
    kernel = np.zeros((CHANNELS, CHANNELS, 3, 3), np.float32)
    vector = np.zeros(CHANNELS, np.float32)
    weights = [numpy_helper.from_array(kernel, f"w{index}"), numpy_helper.from_array(vector, f"b{index}")]
    window = {"kernel_shape": [3, 3], "pads": [1] * 4, "strides": [1, 1], "dilations": [1, 1], "group": 1}
    nodes = [
        helper.make_node("Conv", [taken, f"w{index}", f"b{index}"], [conv], name=f"/block{index}/conv/Conv", **window),
        helper.make_node("Sigmoid", [conv], [gate], name=f"/block{index}/act/Sigmoid"),
        helper.make_node("Mul", [conv, gate], [silu], name=f"/block{index}/act/Mul"),
        helper.make_node("Shape", [silu], [size]),
        helper.make_node("Reshape", [silu, size], [same]),
        helper.make_node("BatchNormalization", [same] + [f"b{index}"] * 4, [norm]),
        helper.make_node("Add", [norm, taken], [total], name=f"/block{index}/Add"),
    ]
    return nodes, weights, total


def long_graph(count: int) -> bytes:
    """An ONNX file of about so many nodes."""
    nodes: list[object] = []
    weights: list[object] = []
    last = "x"
    for index in range(count // 7 + 1):
        more, own, last = block(index, last)
        nodes += more
        weights += own
    return written(nodes, weights, ["N", CHANNELS, 64, 64], last)


def written(nodes: list[object], weights: list[object], shape: list[object], last: str) -> bytes:
    """A model from `x` to `last`."""
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)]
    outputs = [helper.make_tensor_value_info(last, TensorProto.FLOAT, [None] * len(shape))]
    graph = helper.make_graph(nodes, "graph", inputs, outputs, weights)
    data: bytes = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString()
    return data


def report(data: bytes) -> None:
    """What the server does with a file. Raises SystemExit if the network is not valid."""
    if b'"valid":true' not in dumps(OPERATION.respond({"model": {"data": memoryview(data)}})):
        raise SystemExit("the network is not valid")


def compare() -> None:
    """Print the median time of a long graph, and what ONNX takes for it."""
    data = long_graph(NODES)
    count = len(ModelProto.FromString(data).graph.node)
    tasks: dict[str, Callable[[], object]] = {
        "Padstride: file to report": lambda: report(data),
        "ONNX: parse, infer shapes": lambda: shape_inference.infer_shapes(ModelProto.FromString(data), data_prop=True),
        "ONNX: parse, check": lambda: checker.check_model(ModelProto.FromString(data), full_check=True),
    }
    took: dict[str, list[float]] = {name: [] for name in tasks}
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            began = process_time()
            task()
            took[name].append(process_time() - began)
    print(f"{f'ONNX graph of {count:,} nodes':<44}{'median s':>12}{'least s':>12}{'ratio':>8}")
    base = statistics.median(took["Padstride: file to report"])
    for name, rounds in took.items():
        median = statistics.median(rounds)
        print(f"{name:<44}{median:>12.3f}{min(rounds):>12.3f}{median / base:>8.2f}")


# --- memory -----------------------------------------------------------------------------------------------------------


def large_onnx() -> bytes:
    """A matrix of weights."""
    weight = numpy_helper.from_array(np.zeros((1024, WEIGHTS // 4096), np.float32), "w")
    return written([helper.make_node("MatMul", ["x", "w"], ["y"])], [weight], ["N", 1024], "y")


def large_zip() -> bytes:
    """A `.keras` file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("config.json", KERAS)
        archive.writestr("model.weights.h5", bytes(WEIGHTS))
    return file.getvalue()


def post(file: bytes, connection: http.client.HTTPConnection) -> None:
    """Post a file in a form. Raises SystemExit if the network is not valid."""
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="model"; filename="model"\r\n\r\n'
    body = b"".join([head.encode(), file, f"\r\n--{BOUNDARY}--\r\n".encode()])
    connection.request("POST", PATH, body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
    answer = connection.getresponse()
    if answer.status != 200 or b'"valid":true' not in answer.read():
        raise SystemExit(f"{PATH} answered {answer.status}, or the network is not valid")


def memory(process: int, word: str) -> int:
    """The bytes that Linux tells of a process: `VmRSS`, what it holds, or `VmHWM`, the most that it held."""
    found = re.search(rf"^{word}:\s+(\d+) kB", Path(f"/proc/{process}/status").read_text(), re.MULTILINE)
    return 1024 * int(found[1]) if found else 0


def worker_of(process: int) -> int:
    """The only child of a process."""
    return int(Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])


def weigh() -> None:
    """Print what large files take beyond their own size."""
    files = {"ONNX": large_onnx(), "Keras": large_zip(), f"ONNX, {NODES:,} nodes": long_graph(NODES)}
    print(f"{'memory of a worker':<44}{'file MB':>12}{'beyond MB':>12}")
    with running() as (process, port):
        connection = connected(port)
        post(long_graph(7), connection)  # the worker runs once it has answered
        worker = worker_of(process)
        for name, file in files.items():
            post(long_graph(7), connection)
            idle = memory(worker, "VmRSS")
            Path(f"/proc/{worker}/clear_refs").write_text("5")  # the peak counts from now
            post(file, connection)
            beyond = memory(worker, "VmHWM") - idle - len(file)
            print(f"{name:<44}{len(file) / 1e6:>12.0f}{beyond / 1e6:>12.1f}")


def main() -> None:
    """Print the times, then the memory."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # As in gunicorn's workers.
    compare()
    weigh()


if __name__ == "__main__":
    main()
