"""The weights of originals: drawn for their names, so that every run has the same ones."""

import zlib
from collections.abc import Mapping
from math import prod, sqrt
from typing import Any

import numpy as np

POSITIVE = ("running_var", "moving_variance")


def drawn(name: str, shape: tuple[int, ...], fan_in: int) -> Any:
    """The array of a weight; `fan_in` is how many numbers each output sums up."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    if name.endswith(POSITIVE):
        return random.uniform(0.5, 1.5, shape).astype(np.float32)
    return (random.normal(size=shape) * sqrt(2 / fan_in) + 0.3 * (len(shape) == 1)).astype(np.float32)


def fan_in(shape: tuple[int, ...], outputs: int) -> int:
    """Numbers for each output; 10 where it is one axis, such as a bias."""
    return 10 if len(shape) == 1 else max(prod(shape) // shape[outputs], 1)


def told(place: Mapping[str, Any]) -> str:
    """Where a weight goes and how, on one line."""
    steps = {step: place[step] for step in ("reshape", "transpose", "shape") if place[step] is not None}
    return ", ".join([place["to"], *(f"{step} {' '.join(map(str, numbers))}" for step, numbers in steps.items())])


def moved(weights: Mapping[str, Any], places: Mapping[str, Any]) -> dict[str, Any]:
    """By name in what was written the array of each weight, turned as the service says."""
    arrays: dict[str, Any] = {}
    for name, array in weights.items():
        if name in places:
            place = places[name]
            first = array if place["reshape"] is None else array.reshape(place["reshape"])
            arrays[place["to"]] = first.transpose(place["transpose"]).reshape(place["shape"])
    return arrays
