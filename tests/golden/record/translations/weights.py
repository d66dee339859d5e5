"""The weights of a layer: they belong to its name, and are drawn in PyTorch's order of axes."""

import re
import zlib
from math import prod, sqrt
from typing import Any

import numpy as np


def identifier(path: str) -> str:
    """A layer's name as an identifier, as translations have it."""
    return re.sub(r"[^0-9A-Za-z]+", "_", path).strip("_")


def drawn(layer: str, what: str, shape: tuple[int, ...]) -> Any:
    """The array of a layer: `weight`, `bias`, `running_mean` or `running_var`."""
    random = np.random.default_rng(zlib.crc32(f"{identifier(layer)} {what}".encode()))
    if what == "running_var" or (what == "weight" and len(shape) == 1):
        return random.uniform(0.5, 1.5, shape).astype(np.float32)
    if len(shape) == 1:
        return random.normal(0, 0.2, shape).astype(np.float32)
    return (random.normal(size=shape) * sqrt(2 / prod(shape[1:]))).astype(np.float32)
