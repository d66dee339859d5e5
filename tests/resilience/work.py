"""Requests of two kinds: a small question, and a computation that keeps a core busy for a while."""

import json
from base64 import b64encode

import numpy as np

from tests.resilience.load import Request

CHANNELS, SIZE, PADDING, KERNEL = 64, 4, 60, 7


def array(*shape: int) -> dict[str, object]:
    """An array of ones as it is posted."""
    ones = np.ones(shape, np.int32)
    return {"shape": shape, "dtype": "int32", "base64": b64encode(ones.tobytes()).decode()}


CHEAP = Request()
HEAVY = Request(
    "/v1/convolve",
    json.dumps(
        {
            "layer": {"type": "conv2d", "padding": PADDING, "stride": 2},
            "input": array(1, CHANNELS, SIZE, SIZE),
            "weight": array(1, CHANNELS, KERNEL, KERNEL),
            "respond_with": "base64",
        }
    ).encode(),
)
"""A convolution of integers, which takes some hundredths of a second and posts no more than 25 kB."""
NETWORK = Request(
    "/v1/networks/validate",
    json.dumps(
        {
            "input_shape": [1, 3, 64, 64],
            "layers": [{"type": "conv2d", "in_channels": 3, "out_channels": 3, "kernel_size": 3, "padding": 1}] * 20,
        }
    ).encode(),
)
WRONG = Request("/v1/output-size", b'{"input_size": "six"}')
LAYERS = Request("/v1/layers", None)
MIXED = (CHEAP, NETWORK, CHEAP, LAYERS, CHEAP, WRONG, CHEAP, HEAVY)
