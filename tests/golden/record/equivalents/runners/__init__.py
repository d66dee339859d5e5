"""How each framework runs the layers of a way, on arrays with the channels first: one file a framework.

Each has `run(step, array, weights)`, with the weights as `weights.py` orders them, in float32. Operators have a file of
their own for each, with `apply(step, arrays, weights)`, which may give several arrays.
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


def run(
    framework: str, steps: Sequence[Step], sources: Sequence[Array], weights: Sequence[Arrays], *, moves: bool
) -> list[Array]:
    """The layers one after another; the channels are moved to where the framework has them, and back.

    Returns:
        The outputs: one, of most layers.
    """
    runner, operators = (import_module(f"{__name__}.{framework}{ending}") for ending in ("", "_operators"))
    dimensions = sources[0].ndim
    last = runner.CHANNELS_LAST and moves and dimensions > 2
    current = [np.moveaxis(array, 1, -1) if last else array for array in sources]
    for step, arrays in zip(steps, weights, strict=True):
        if step["type"] in operators.TYPES:
            found = operators.apply(step, current, arrays)
        else:
            found = runner.run(step, current[0], arrays)
        current = found if isinstance(found, list) else [found]
    back = last and current[0].ndim == dimensions and steps[-1]["type"] != "flatten"
    return [np.ascontiguousarray(np.moveaxis(array, -1, 1) if back else array) for array in current]


def moved_kernel(weight: Array) -> Array:
    """`[out, in, *kernel]` as `[*kernel, in, out]`."""
    return np.transpose(weight, (*range(2, weight.ndim), 1, 0))
