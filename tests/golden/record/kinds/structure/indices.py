"""An index as the service takes it, as Python takes it."""

from collections.abc import Sequence
from typing import Any


def python_index(index: Any, inputs: Sequence[Any]) -> Any:
    """The index for `x[...]`; `inputs` are the layer's inputs, of which some may stand in it."""
    if isinstance(index, list):
        return tuple(_item(item, inputs) for item in index)
    return _item(index, inputs)


def _item(item: Any, inputs: Sequence[Any]) -> Any:
    if item == "...":
        return ...
    if isinstance(item, str):
        return slice(*(int(part) if part else None for part in item.split(":")))
    if isinstance(item, dict):
        return inputs[item["input"]]
    return item
