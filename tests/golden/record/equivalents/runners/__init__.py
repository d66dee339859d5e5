"""How each framework runs the layers of a way, on arrays with the channels first: one file a framework.

Each has `run(step, array, weights)`, with the weights as `weights.py` orders them, in float32.
"""

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Arrays = Mapping[str, Array]
Step = dict[str, Any]
Run = Callable[[Step, Array, Arrays], Array]


def run(framework: str, steps: Sequence[Step], array: Array, weights: Sequence[Arrays], *, moves: bool) -> Array:
    """The layers one after another; the channels are moved to where the framework has them, and back."""
    runner = import_module(f"{__name__}.{framework}")
    last = runner.CHANNELS_LAST and moves and array.ndim > 2
    current = np.moveaxis(array, 1, -1) if last else array
    for step, arrays in zip(steps, weights, strict=True):
        current = runner.run(step, current, arrays)
    back = last and current.ndim == array.ndim and steps[-1]["type"] != "flatten"
    return np.ascontiguousarray(np.moveaxis(current, -1, 1) if back else current)


def moved_kernel(weight: Array) -> Array:
    """`[out, in, *kernel]` as `[*kernel, in, out]`."""
    return np.transpose(weight, (*range(2, weight.ndim), 1, 0))
