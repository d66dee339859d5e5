"""A slice given in lists as an index."""

from typing import Any


def sliced_index(layer: dict[str, Any], count: int) -> tuple[slice, ...]:
    """The index that `starts`, `ends`, `steps` and `dims` come to; raises IndexError where an axis is wrong."""
    dims = layer.get("dims", range(len(layer["starts"])))
    index = [slice(None)] * count
    seen = set()
    for place, dim in enumerate(dims):
        if not -count <= dim < count or dim % count in seen:
            raise IndexError("no such axis, or twice")
        seen.add(dim % count)
        step = layer.get("steps", [1] * len(dims))[place]
        index[dim] = slice(layer["starts"][place], layer["ends"][place], step)
    return tuple(index)
