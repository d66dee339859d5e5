"""Small requests that ask for very much, for every endpoint with a body; `python -m tests.fuzz.bombs` times them."""

import base64
import gzip
import io
import sys
import tracemalloc
import zipfile
from dataclasses import dataclass
from time import process_time
from typing import Any

import orjson
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.fuzz.bodies import text_of
from tests.fuzz.npy import BOUNDARY, form_of

HUGE, LARGEST = 10**30, 2**31 - 1
CONV = {"type": "conv2d", "kernel_size": 3}
RELU = {"type": "relu"}
IMAGE = [[1, 2, 3], [4, 5, 6], [7, 8, 9]]
SIZES: dict[str, Any] = {"input_size": [8, 8]}
WRITTEN: dict[str, Any] = {"format": "keras", "input_shape": [1, 3, 8, 8]}
TENSOR = {"name": "input", "shape": [2, 2], "datatype": "FP32", "data": [1, 2, 3, 4]}
WEIGHT = TENSOR | {"name": "weight"}
REGEX = "(a+)+$" * 2000
LONG = "x" * 200_000
JSON = "application/json"
FORM = f"multipart/form-data; boundary={BOUNDARY}"
INFER = "/v2/models/conv2d/infer"
REPEATED = 3
"""Times that each is posted, to see what it takes when nothing else disturbs it."""


@dataclass(frozen=True, kw_only=True)
class Bomb:
    """A request that has to be refused without work."""

    name: str
    path: str
    body: bytes
    content_type: str = JSON
    encoding: str | None = None
    loops: bool = False
    """Whether it is only known to be endless by running it as far as the limit of steps."""

    def post(self, client: FlaskClient) -> TestResponse:
        """The answer."""
        headers = {} if self.encoding is None else {"Content-Encoding": self.encoding}
        return client.post(self.path, data=self.body, content_type=self.content_type, headers=headers)


def nested(levels: int, key: str = "layer", **members: Any) -> Any:
    """An object in an object, so many deep."""
    inner: Any = CONV
    for _ in range(levels):
        inner = {**members, key: inner}
    return inner


def lists(levels: int) -> bytes:
    """Lists in lists, so many deep."""
    return b"[" * levels + b"]" * levels


def zipped(member: str, size: int) -> str:
    """A zip file in base64 whose only member unpacks to so many bytes."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(member, b" " * size)
    return base64.b64encode(stream.getvalue()).decode()


def npy(shape: str) -> bytes:
    """A file that claims a shape, without its numbers."""
    head = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}\n".encode()
    return b"\x93NUMPY\1\0" + len(head).to_bytes(2, "little") + head


def net(*lines: str) -> dict[str, Any]:
    """A model whose class does what the lines say before it is made."""
    text = "\n        ".join(lines)
    source = (
        "import torch.nn as nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n        "
    )
    return {
        "model": {"source": f"{source}{text}\n    def forward(self, x):\n        return x\n"},
        "input_shape": [1, 3, 8, 8],
    }


LAYERS: dict[str, Any] = {
    "huge numbers": {"type": "conv2d", "kernel_size": HUGE, "stride": -HUGE},
    "a long kernel size": {"type": "conv2d", "kernel_size": [3] * 50_000},
    "long paddings": {"type": "conv2d", "kernel_size": 3, "padding": [[1] * 50_000] * 2},
    "a long type": {"type": LONG},
    "a type like a regular expression": {"type": REGEX},
    "a word like a regular expression": CONV | {REGEX: 1},
    "a long text": CONV | {"padding": LONG},
    "many words": CONV | {f"word{index}": index for index in range(20_000)},
    "layers in layers": nested(150, type="time_distributed"),
    "values in values": CONV | {"stride": nested(150, "a")},
}
"""Layers that every question about a layer refuses."""
QUESTIONS: dict[str, dict[str, Any]] = {
    "/v1/output-size": SIZES,
    "/v1/compare": SIZES,
    "/v1/padding": SIZES | {"output_size": "same"},
    "/v1/solve": SIZES | {"output_size": 8, "unknown": ["stride"]},
    "/v1/convolve": {"input": IMAGE},
}
BODIES: list[tuple[str, str, Any]] = [
    (
        "/v1/output-size",
        "a huge kernel",
        SIZES | {"layer": {"type": "conv2d", "kernel_size": LARGEST, "dilation": LARGEST}},
    ),
    ("/v1/output-size", "a huge size", {"layer": CONV, "input_size": HUGE}),
    ("/v1/output-size", "many sizes", {"layer": CONV, "input_size": [8] * 50_000}),
    ("/v1/output-size", "a long shape", {"layer": RELU, "input_shape": [1] * 50_000}),
    ("/v1/output-size", "a long equation", {"input_size": 8, "layer": {"type": "einsum", "equation": "ij," * 50_000}}),
    ("/v1/output-size", "a long reshape", {"input_shape": [8, 8], "layer": {"type": "reshape", "shape": [2] * 50_000}}),
    (
        "/v1/output-size",
        "a negative pad",
        {"input_size": [8, 8], "layer": {"type": "pad", "padding": [[-LARGEST, 0]] * 2}},
    ),
    ("/v1/compare", "many shapes", {"layer": {"type": "concat"}, "input_shapes": [[1, 2, 3]] * 20_000}),
    ("/v1/padding", "a huge output", {"layer": CONV, "input_size": 8, "output_size": HUGE}),
    ("/v1/padding", "many outputs", {"layer": CONV, "input_size": 8, "output_size": [8] * 50_000}),
    ("/v1/solve", "many unknowns", {"layer": CONV, "input_size": 8, "output_size": 8, "unknown": ["stride"] * 50_000}),
    (
        "/v1/solve",
        "many solutions",
        {"layer": CONV, "input_size": 8, "output_size": 8, "unknown": ["stride"], "limit": HUGE},
    ),
    (
        "/v1/solve",
        "wide bounds",
        {"layer": CONV, "input_size": 8, "output_size": 8, "unknown": ["stride"], "bounds": {"stride": [1, LARGEST]}},
    ),
    ("/v1/networks/validate", "many layers", {"input_shape": [1, 3, 8, 8], "layers": [RELU] * 10_001}),
    (
        "/v1/networks/validate",
        "many inputs",
        {"input_shape": [1, 3, 8, 8], "layers": [{"type": "add", "inputs": ["input"] * 50_001}]},
    ),
    (
        "/v1/networks/validate",
        "many shapes",
        {"inputs": {f"i{index}": [1] for index in range(20_000)}, "layers": [RELU]},
    ),
    ("/v1/networks/validate", "a long name", {"inputs": {LONG: [1]}, "layers": [RELU]}),
    ("/v1/networks/validate", "no list", {"input_shape": [1, 3, 8, 8], "layers": {"type": LONG}}),
    ("/v1/networks/input-sizes", "a wide range", {"layers": [CONV], "channels": 3, "range": [1, LARGEST]}),
    ("/v1/networks/input-sizes", "many layers", {"layers": [CONV] * 10_001, "channels": 3}),
    (
        "/v1/networks/input-sizes",
        "many trials",
        {
            "layers": [{"type": "conv2d", "kernel_size": 1, "out_channels": 1 + index} for index in range(200)],
            "channels": 3,
            "range": [1, 4096],
        },
    ),
    (
        "/v1/networks/input-sizes",
        "wide layers",
        {
            "layers": [{"type": "concat", "inputs": ["input"] * 200}] * 200,
            "channels": 3,
            "rank": 2,
            "range": [1, 4096],
        },
    ),
    (
        "/v1/networks/input-sizes",
        "many channels",
        {"layers": [CONV], "channels": {f"i{index}": 1 for index in range(20_000)}},
    ),
    (
        "/v1/networks/read",
        "brackets in brackets",
        {"model": {"source": "import torch\nx = " + "(" * 50_000 + ")" * 50_000}},
    ),
    ("/v1/networks/read", "operators in operators", {"model": {"source": "import torch\nx = " + "-" * 50_000 + "1"}}),
    ("/v1/networks/read", "many files", {"model": {"files": {f"{index}.py": "" for index in range(20_000)}}}),
    ("/v1/networks/read", "a long entry", {"model": {"source": "import torch", "entry": REGEX}}),
    ("/v1/networks/read", "a zip bomb", {"model": {"data": zipped("config.json", 80_000_000)}}),
    ("/v1/networks/read", "no base64", {"model": {"data": "=" * 200_000}}),
    ("/v1/networks/read", "nested JSON", {"model": {"source": lists(100_000).decode()}}),
    ("/v1/networks/read", "a list too long", net("self.x = [0] * 10**12")),
    ("/v1/networks/read", "a power too large", net("self.x = 10 ** 10 ** 10")),
    ("/v1/networks/read", "a shift too far", net("self.x = 1 << 10 ** 12")),
    ("/v1/networks/read", "a text too wide", net("self.x = '%1000000000d' % 1")),
    ("/v1/networks/read", "a range too long", net("self.x = list(range(10**12))")),
    ("/v1/networks/read", "calls in calls", net("self.__init__()")),
    ("/v1/networks/write", "many layers", WRITTEN | {"layers": [RELU] * 10_001}),
    ("/v1/networks/write", "many inputs", WRITTEN | {"layers": [{"type": "add", "inputs": ["input"] * 50_001}]}),
    ("/v1/networks/write", "a long format", WRITTEN | {"layers": [RELU], "format": LONG}),
    ("/v1/networks/write", "a zip bomb", {"format": "keras", "model": {"data": zipped("config.json", 80_000_000)}}),
    ("/v1/networks/write", "a list too long", {"format": "keras", **net("self.x = [0] * 10**12")}),
    ("/v1/convolve", "a claimed shape", {"input": {"shape": [2**62, 2], "dtype": "int8", "base64": ""}}),
    ("/v1/convolve", "a claimed list", {"input": {"shape": [2**31, 2**31], "data": [1]}}),
    ("/v1/convolve", "a deep list", {"input": orjson.loads(lists(150))}),
    ("/v1/convolve", "a wide padding", {"input": IMAGE, "layer": {"type": "pad", "padding": [[LARGEST, LARGEST]] * 2}}),
    (
        "/v1/convolve",
        "a padded convolution",
        {"input": IMAGE, "weight": [[1]], "layer": CONV | {"kernel_size": 1, "padding": 10**6}},
    ),
    (
        "/v1/convolve",
        "a transposed stride",
        {"input": IMAGE, "weight": [[1]], "layer": {"type": "conv_transpose2d", "stride": 10**6}},
    ),
    ("/v1/convolve", "many positions", {"input": IMAGE, "weight": [[1]], "explain": [[0, 0]] * 20_000}),
    ("/v1/batch", "many items", {"operation": "output-size", "items": [{}] * 10_001}),
    ("/v1/batch", "many layers", {"operation": "networks/validate", "items": [{"layers": [RELU] * 5001}] * 10}),
    ("/v1/batch", "a batch of batches", {"operation": "batch", "items": [{}]}),
    ("/v1/batch", "a long operation", {"operation": LONG, "items": [{}]}),
    (INFER, "a claimed shape", {"inputs": [TENSOR | {"shape": [2**62, 2]}, WEIGHT]}),
    (
        INFER,
        "claimed bytes",
        {
            "inputs": [
                {"name": "input", "shape": [2**60], "datatype": "FP64", "parameters": {"binary_data_size": 2**63}}
            ]
        },
    ),
    (INFER, "many tensors", {"inputs": [TENSOR] * 20_000}),
    (INFER, "a deep parameter", {"inputs": [TENSOR, WEIGHT], "parameters": {"stride": "[" * 100_000}}),
    (INFER, "a wide padding", {"inputs": [TENSOR, WEIGHT], "parameters": {"padding": 10**6}}),
    (INFER, "a long parameter", {"inputs": [TENSOR, WEIGHT], "parameters": {LONG: 1}}),
]
BOMBS: tuple[Bomb, ...] = (
    *(
        Bomb(name=name, path=path, body=text_of(body | {"layer": layer}))
        for path, body in QUESTIONS.items()
        for name, layer in LAYERS.items()
    ),
    *(Bomb(name=name, path=path, body=text_of(body)) for path, name, body in BODIES),
    *(
        Bomb(name=f"{name} of JSON", path=path, body=body, encoding=encoding)
        for path in (
            *QUESTIONS,
            "/v1/networks/validate",
            "/v1/networks/input-sizes",
            "/v1/networks/read",
            "/v1/networks/write",
            "/v1/batch",
            INFER,
        )
        for name, body, encoding in (
            ("lists", lists(100_000), None),
            ("objects", b'{"a":' * 50_000, None),
            ("packed lists", gzip.compress(lists(10**5)), "gzip"),
        )
    ),
    *(
        Bomb(
            name=f"an .npy file of {shape}",
            path="/v1/convolve",
            body=form_of([("request", "r", b"{}"), ("input", "a", npy(shape)), ("weight", "b", npy("(1, 1)"))]),
            content_type=FORM,
        )
        for shape in ("(4611686018427387904,)", f"({HUGE}, 2)", "(1,) * 64", f"({'1, ' * 60})")
    ),
    Bomb(
        name="many parts",
        path="/v1/convolve",
        content_type=FORM,
        body=form_of([("request", "r", b"{}")] + [(f"x{index}", "a", b"") for index in range(2000)]),
    ),
    Bomb(
        name="many files",
        path="/v1/networks/read",
        content_type=FORM,
        body=form_of([("model", f"{index}.py", b"") for index in range(2000)]),
    ),
    Bomb(name="a loop", path="/v1/networks/read", loops=True, body=text_of(net("while True: self.x = 1"))),
)
"""Everything that is posted."""


def peak_of(bomb: Bomb, client: FlaskClient) -> tuple[TestResponse, int]:
    """The answer, and the bytes that were allocated at most on the way to it."""
    tracemalloc.start()
    try:
        response = bomb.post(client)
        return response, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def seconds_of(bomb: Bomb, client: FlaskClient) -> float:
    """The processor time that one answer takes."""
    began = process_time()
    bomb.post(client)
    return process_time() - began


def main() -> int:
    """Prints the processor time, the least of several, and the memory of each."""
    from service.app import create_app
    from service.observability.ledger import LEDGER

    LEDGER.by_itself = False
    client, failed, slow = create_app().test_client(), 0, 0
    for bomb in BOMBS:
        bomb.post(client)
        took = min(seconds_of(bomb, client) for _ in range(1 if bomb.loops else REPEATED))
        response, peak = peak_of(bomb, client)
        failed += not 400 <= response.status_code < 500
        slow += took > 0.01
        size = len(bomb.body)
        print(
            f"{1000 * took:8.1f} ms {peak / 1e6:7.2f} MB of {size / 1e6:5.2f} {response.status_code} "
            f"{bomb.path}: {bomb.name}"
        )
    print(f"{len(BOMBS)} requests, {failed} not refused, {slow} above 10 ms")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
