"""`python -m tests.fuzz.tensors`: hostile framing of the Open Inference Protocol.

A case is how the length of the JSON is told, a byte, and the body: the JSON, then the bytes of tensors.
"""

import random
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
import orjson

from tests.fuzz.bodies import changed, text_of
from tests.fuzz.harness import Fuzzer, main, varied

MODELS = ("conv2d", "conv", "max_pool2d", "conv_transpose1d", "separable_conv2d", "pad")
LENGTHS = ("", "0", "1", "-1", "+5", "1e3", "99999999", "9" * 18, "9" * 19, "0x10", "5, 5", "\u0665")
"""Lengths that do not fit; where a case says so, the right one is sent."""
WORDS = [
    *("inputs", "outputs", "parameters", "name", "shape", "datatype", "data", "binary_data_size", "binary_data", "id"),
    *("binary_data_output", "shared_memory_region", "classification", "stride", "padding", "kernel_size", "input"),
    *(
        "weight",
        "bias",
        "output",
        "FP32",
        "INT8",
        "FP16",
        "BYTES",
        "[2, 2]",
        "[[[[",
        "triton_x",
        "type",
        "model",
        "version",
    ),
]


def _case(model: int, head: Any, tail: bytes = b"") -> bytes:
    return bytes([model * 16]) + text_of(head) + tail


def seeds() -> Sequence[bytes]:
    """Tensors as JSON, as bytes, and mixed."""
    found = []
    for model, name in enumerate(MODELS):
        rank = 1 if name.endswith("1d") else 2
        arrays = {"input": np.ones([1, 2, *[6] * rank], np.float32)}
        if "conv" in name:
            arrays["weight"] = np.ones([2, 1 if "separable" in name else 2, *[3] * rank], np.float32)
        listed = [
            {"name": of, "shape": array.shape, "datatype": "FP32", "data": array.ravel().tolist()}
            for of, array in arrays.items()
        ]
        sized = [
            {"name": of, "shape": array.shape, "datatype": "FP32", "parameters": {"binary_data_size": array.nbytes}}
            for of, array in arrays.items()
        ]
        own = {"kernel_size": "[2, 2]"} if "pool" in name else {"padding": "[[1, 1], [0, 2]]"} if name == "pad" else {}
        tail = b"".join(array.tobytes() for array in arrays.values())
        found.append(_case(model, {"inputs": listed, "parameters": own}))
        found.append(_case(model, {"inputs": sized, "parameters": own | {"binary_data_output": True}}, tail))
        found.append(_case(model, {"inputs": sized, "parameters": own, "outputs": [{"name": "output"}]}, tail))
    return found


def _split(body: bytes) -> tuple[Any, bytes]:
    """The JSON and what follows; None where there is no JSON."""
    depth, quoted, escaped = 0, False, False
    for place, letter in enumerate(body[:20_000]):
        if escaped:
            escaped = False
        elif quoted:
            escaped, quoted = letter == 92, letter != 34
        elif letter == 34:
            quoted = True
        elif letter in b"{[":
            depth += 1
        elif letter in b"}]":
            depth -= 1
            if depth == 0:
                try:
                    return orjson.loads(body[: place + 1]), body[place + 1 :]
                except orjson.JSONDecodeError:
                    return None, body
    return None, body


def mutate(data: bytes, drawn: random.Random) -> bytes:
    """Another JSON, other bytes behind it, or another length."""
    told, body = data[:1] or b"\0", data[1:]
    document, tail = _split(body)
    choice = drawn.randrange(4)
    if choice == 0:
        told = bytes([told[0] // 16 * 16 + drawn.choice([0, 0, *range(1, 16)])])
    elif choice == 1 or document is None:
        return told + varied(body, drawn)
    elif choice == 2:
        return told + body[: len(body) - len(tail)] + varied(tail, drawn)
    return told + (text_of(changed(document, drawn, WORDS)) + tail if document is not None else body)


def post(client: Any, data: bytes) -> int:
    """The status of the answer to a case."""
    told, body = (data[0] if data else 0), data[1:]
    _, tail = _split(body)
    lie = told % 16
    length = str(len(body) - len(tail)) if lie == 0 else LENGTHS[(lie - 1) % len(LENGTHS)] if lie < 14 else None
    headers = {} if length is None else {"Inference-Header-Content-Length": length}
    path = f"/v2/models/{MODELS[told // 16 % len(MODELS)]}/infer"
    status: int = client.post(path, data=body, headers=headers).status_code
    return status


FUZZER = Fuzzer(name="tensors", seeds=seeds, mutate=mutate, post=post)

if __name__ == "__main__":
    sys.exit(main(FUZZER))
