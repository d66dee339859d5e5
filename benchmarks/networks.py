"""ResNet-50 through `/v1/networks/validate`, compared with other tools; then networks of growing length.

Our answer is measured from bytes to bytes inside the server, and over real HTTP with one gunicorn worker. The service
caches layers, so a network is measured twice: when it is posted again, and when none of its layers is cached. For the
second, each round posts a ResNet-50 of another width. The other tools are measured in the same run, alternately, where
they are installed: PyTorch builds and runs the network on its meta device, torchinfo summarizes it there, and ONNX
infers its shapes. Of these, only torchinfo counts costs too.
"""

import gc
import http.client
import json
import statistics
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.serving import serving
from service.operations.validate_network import OPERATION
from service.routes.exchange import dumps, parse_json

Body = dict[str, Any]
Tasks = dict[str, Callable[[], object]]
"""What is measured, by its name in the table."""

RESNET = Path(__file__).parents[1] / "examples" / "networks" / "resnet50.json"
PATH = "/v1/networks/validate"
ROUNDS = 60
NARROWEST = 64
"""Channels of the first stage; all others are multiples of it, except at the two ends of the network."""
CHANNELS = ("in_channels", "out_channels", "num_features", "in_features")
LENGTHS = (1_000, 2_500, 5_000, 10_000)
LENGTH_ROUNDS = 5


# --- Padstride --------------------------------------------------------------------------------------------------------


def widened(body: Body, width: int) -> Body:
    """The network with other numbers of channels, except at its two ends."""
    layers = [
        {name: value * width // NARROWEST if name in CHANNELS and value > 3 else value for name, value in layer.items()}
        for layer in body["layers"]
    ]
    return {**body, "layers": layers}


def inside(body: bytes) -> None:
    """What the server does between the bytes that arrive and those that leave."""
    dumps(OPERATION.respond(parse_json(body)))


def over_http(body: bytes, connection: http.client.HTTPConnection) -> None:
    """One request and its whole answer. Raises SystemExit if the network is not valid."""
    connection.request("POST", PATH, body, {"Content-Type": "application/json"})
    answer = connection.getresponse()
    if answer.status != 200 or b'"valid":true' not in answer.read():
        raise SystemExit(f"{PATH} answered {answer.status}, or the network is not valid")


# --- other tools ------------------------------------------------------------------------------------------------------


def pytorchs(body: Body) -> Tasks:
    """What is measured of PyTorch and torchinfo; nothing where they are not installed."""
    try:
        import torch

        from tests.golden.record.costs import Graph
    except ImportError:
        return {}
    array = torch.empty(body["input_shape"], device="meta")

    def build() -> Any:
        with torch.device("meta"):
            return Graph(body).eval()

    model = build()
    tasks: Tasks = {
        "PyTorch, meta device: build and run": lambda: build()(array),
        "PyTorch, meta device: run": lambda: model(array),
    }
    try:
        from torchinfo import summary
    except ImportError:
        return tasks
    summarize = partial(summary, input_data=array, device="meta", verbose=0)
    return {**tasks, "torchinfo, meta device: build, summary": lambda: summarize(build())}


def onnxs(body: Body) -> Tasks:
    """What is measured of ONNX; nothing where it is not installed."""
    try:
        from onnx import shape_inference
    except ImportError:
        return {}
    infer = partial(shape_inference.infer_shapes, check_type=True, strict_mode=True)
    model = onnx_model(body)
    inferred = {value.name for value in infer(model).graph.value_info}
    if not inferred.issuperset(layer["name"] for layer in body["layers"][:-1]):
        raise SystemExit("ONNX did not infer every shape")
    return {
        "ONNX: write the model, infer shapes": lambda: infer(onnx_model(body)),
        "ONNX: infer shapes": lambda: infer(model),
    }


Node = tuple[str, dict[str, Any], list[list[int]]]
"""An operator, its attributes, and the shapes of its inputs after the layer's own inputs."""


def onnx_node(layer: Body) -> Node:
    """The node that an exporter would write for a layer of ResNet-50."""
    kind = layer["type"]
    if kind == "linear":
        return "Gemm", {"transB": 1}, [[layer["out_features"], layer["in_features"]], [layer["out_features"]]]
    if kind == "batch_norm2d":
        return "BatchNormalization", {}, [[layer["num_features"]]] * 4
    plain = {"relu": "Relu", "add": "Add", "flatten": "Flatten", "adaptive_avg_pool2d": "GlobalAveragePool"}
    if kind in plain:
        return plain[kind], {}, []
    kernel, stride, padding = layer["kernel_size"], layer.get("stride", 1), layer.get("padding", 0)
    window = {"kernel_shape": [kernel] * 2, "strides": [stride] * 2, "pads": [padding] * 4}
    if kind == "max_pool2d":
        return "MaxPool", window, []
    return "Conv", window, [[layer["out_channels"], layer["in_channels"], kernel, kernel]]


def onnx_model(body: Body) -> Any:
    """The network as an ONNX model. Weights are inputs: shapes do not depend on their values."""
    from onnx import TensorProto, helper

    nodes, before = [], "input"
    entrances = [helper.make_tensor_value_info("input", TensorProto.FLOAT, body["input_shape"])]
    for layer in body["layers"]:
        operator, attributes, shapes = onnx_node(layer)
        weights = {f"{layer['name']}:{index}": shape for index, shape in enumerate(shapes)}
        entrances += [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in weights.items()]
        taken = [*layer.get("inputs", [before]), *weights]
        before = layer["name"]
        nodes.append(helper.make_node(operator, taken, [before], **attributes))
    leaving = [helper.make_tensor_value_info(before, TensorProto.FLOAT, None)]
    return helper.make_model(helper.make_graph(nodes, "network", entrances, leaving))


# --- growing length ---------------------------------------------------------------------------------------------------


def chain(length: int, detail: str, widths: Iterator[int]) -> bytes:
    """A body with `length` layers in blocks of four, each with a width of its own and a skip around it."""
    layers: list[Body] = []
    skip = "input"
    for block, width in zip(range(length // 4), widths, strict=False):
        layers += [
            {"name": f"wide{block}", "type": "conv2d", "in_channels": 16, "out_channels": width, "kernel_size": 1},
            {"name": f"norm{block}", "type": "batch_norm2d", "num_features": width},
            {"name": f"back{block}", "type": "conv2d", "in_channels": width, "out_channels": 16, "kernel_size": 3,
             "padding": 1},
            {"name": f"sum{block}", "type": "add", "inputs": [f"back{block}", skip]},
        ]  # fmt: skip
        skip = f"sum{block}"
    return json.dumps({"input_shape": [1, 16, 64, 64], "detail": detail, "layers": layers}).encode()


# --- printing ---------------------------------------------------------------------------------------------------------


def seconds(task: Callable[[], object]) -> float:
    """The seconds of one answer."""
    began = perf_counter()
    task()
    return perf_counter() - began


def compare(tasks: Tasks) -> None:
    """Run the tasks alternately; print the median of each and its ratio to the first."""
    took: dict[str, list[float]] = {name: [] for name in tasks}
    for task in tasks.values():
        task()
    for _ in range(ROUNDS):
        for name, task in tasks.items():
            took[name].append(seconds(task))
    print(f"{'ResNet-50':<44}{'median ms':>12}{'ratio':>8}")
    base = statistics.median(next(iter(took.values())))
    for name, rounds in took.items():
        median = statistics.median(rounds)
        print(f"{name:<44}{1000 * median:>12.2f}{median / base:>8.2f}")


def grow(connection: http.client.HTTPConnection) -> None:
    """Print the times of networks of growing length; the time per layer should not grow."""
    widths = count(1)
    columns = ("full s", "µs a layer", "sizes s", "µs a layer", "again s", "µs a layer")
    print(f"{'layers in one network':<24}{''.join(f'{column:>12}' for column in columns)}")
    for length in LENGTHS:
        full, lean = ([chain(length, detail, widths) for _ in range(LENGTH_ROUNDS)] for detail in ("full", "sizes"))
        cells = []
        for bodies in (full, lean, full[-1:] * LENGTH_ROUNDS):
            took = statistics.median(seconds(partial(over_http, body, connection)) for body in bodies)
            cells.append(f"{took:>12.3f}{1e6 * took / length:>12.1f}")
        print(f"{length:<24,}{''.join(cells)}")


def ours(body: Body, connection: http.client.HTTPConnection) -> Tasks:
    """Both details over HTTP and inside the server, for networks that are not cached and for one that is."""
    widths = count(NARROWEST + 1)
    tasks: Tasks = {}
    for place, ask in (("over HTTP", partial(over_http, connection=connection)), ("inside the server", inside)):
        for detail in ("full", "sizes"):
            repeated = {**body, "detail": detail}
            new = iter([json.dumps(widened(repeated, next(widths))).encode() for _ in range(ROUNDS + 1)])
            tasks[f"Padstride {place}: {detail}"] = lambda ask=ask, new=new: ask(next(new))
            tasks[f"Padstride {place}: {detail}, again"] = partial(ask, json.dumps(repeated).encode())
    return tasks


def main() -> None:
    """Print ResNet-50 in all tools, then networks of growing length."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)  # As in gunicorn's workers; the other tools run with the same.
    body = json.loads(RESNET.read_bytes())
    with serving() as connection:
        compare({**ours(body, connection), **pytorchs(body), **onnxs(body)})
        grow(connection)


if __name__ == "__main__":
    main()
