"""`python -m tests.fuzz.json`: hostile JSON at every endpoint that takes a body.

A case is the number of an endpoint, a byte, and the text of the body.
"""

import random
import sys
from collections.abc import Sequence
from typing import Any

import orjson

from tests.fuzz.bodies import ROOT, changed, text_of
from tests.fuzz.harness import Fuzzer, main, varied

PATHS = (
    *(
        "/v1/output-size",
        "/v1/compare",
        "/v1/padding",
        "/v1/solve",
        "/v1/networks/validate",
        "/v1/networks/input-sizes",
    ),
    *("/v1/networks/read", "/v1/convolve", "/v1/batch", "/v2/models/conv2d/infer"),
)
EXAMPLES = ("lenet5", "unet", "googlenet", "mobilenet_v2", "patchgan_discriminator", "wavenet")
OPERATORS = (
    {"type": "einsum", "equation": "bij,bjk->bik"},
    {"type": "reshape", "shape": [0, -1]},
    {"type": "permute", "dims": [0, 2, 1]},
    {"type": "lstm", "hidden_size": 4},
    {"type": "pad", "padding": [[1, 1], [0, 2]], "mode": "reflect"},
    {"type": "upsample", "scale_factor": 1.5},
    {"type": "conv_transpose2d", "kernel_size": 3, "stride": 2, "output_padding": 1},
    {"type": "adaptive_avg_pool2d", "output_size": [1, 1]},
    {"type": "Conv", "kernel_shape": [3, 3], "pads": [1, 1, 1, 1], "auto_pad": "NOTSET"},
)


def seeds() -> Sequence[bytes]:
    """The examples of the API description, small networks, and a layer of many kinds."""
    from service.operations import OPERATIONS

    bodies = {operation.path: operation.example for operation in OPERATIONS if operation.has_body}
    bodies["/v2/models/conv2d/infer"] = bodies["/v2/models/{model}/infer"]
    found: list[tuple[str, Any]] = [(path, bodies[path]) for path in PATHS]
    for name in EXAMPLES:
        network = orjson.loads((ROOT / "examples" / "networks" / f"{name}.json").read_bytes())
        network["layers"] = network["layers"][:12]
        found += [("/v1/networks/validate", network)]
    for layer in OPERATORS:
        found += [(path, {"input_shape": [1, 4, 9, 9], "layer": layer}) for path in ("/v1/output-size", "/v1/compare")]
        found.append(("/v1/networks/validate", {"input_shape": [1, 4, 9, 9], "layers": [layer]}))
    layers = [{"type": "conv2d", "kernel_size": 3, "out_channels": 2, "padding": "same"}, {"type": "flatten"}]
    for framework in ("keras", "onnx", "jax"):
        network = {"framework": framework, "input_shape": [1, 8, 8, 4], "layers": layers}
        found.append(("/v1/networks/validate", network))
    return [bytes([PATHS.index(path)]) + text_of(body) for path, body in found]


def _words() -> list[str]:
    """Members of bodies and layers, and types."""
    from service.core.layers import LAYERS
    from service.core.layers.names.lookup import every_spelling
    from service.core.layers.parameters import PARAMETERS

    members = [
        "layers",
        "layer",
        "model",
        "inputs",
        "input_shape",
        "input_size",
        "outputs",
        "framework",
        "opset",
        "name",
    ]
    more = [
        "source",
        "files",
        "data",
        "entry",
        "items",
        "operation",
        "weights_of",
        "detail",
        "unknown",
        "bounds",
        "explain",
    ]
    return [*members, *more, *PARAMETERS, *LAYERS, *list(every_spelling())[::5]]


_known: list[str] = []


def mutate(data: bytes, drawn: random.Random) -> bytes:
    """Another document, for the same endpoint or another."""
    if not _known:
        _known.extend(_words())
    place = data[0] if data and drawn.random() < 0.95 else drawn.randrange(len(PATHS))
    try:
        document = orjson.loads(data[1:])
    except orjson.JSONDecodeError:
        return varied(data, drawn)
    return bytes([place % 256]) + text_of(changed(document, drawn, _known))


def post(client: Any, data: bytes) -> int:
    """The status of the answer to a case."""
    path = PATHS[data[0] % len(PATHS)] if data else PATHS[0]
    status: int = client.post(path, data=data[1:], content_type="application/json").status_code
    return status


FUZZER = Fuzzer(name="json", seeds=seeds, mutate=mutate, post=post)

if __name__ == "__main__":
    sys.exit(main(FUZZER))
