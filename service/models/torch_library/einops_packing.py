"""`einops.pack` and `unpack`: tensors with other axes between the same ones, put together and taken apart again."""

from collections.abc import Mapping, Sequence
from math import prod

from service.models.source.host import NotKnownError, Run, Value
from service.models.torch_library.results import returned
from service.models.torch_library.tensors import TensorHost

Keywords = Mapping[str, Value]


def pack(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`pack([x, y], "b * d")`: the axes under `*` as one, along which all are put together; and what they were."""
    tensors, pattern = arguments
    before, after = _around_star(pattern)
    shapes, flat = [], []
    for tensor in run.iterate(tensors):
        sizes = tensor.sizes(run) if isinstance(tensor, TensorHost) else ()
        middle = sizes[before : len(sizes) - after]
        shapes.append(tuple(middle))
        wanted = [*sizes[:before], -1, *sizes[len(sizes) - after :]]
        flat.append(tensor if len(middle) == 1 else returned(run, "Tensor.reshape", {"input": tensor, "shape": wanted}))
    together = flat[0] if len(flat) == 1 else returned(run, "torch.cat", {"tensors": flat, "dim": before})
    return together, shapes


def unpack(arguments: Sequence[Value], keywords: Keywords, run: Run) -> Value:
    """`unpack(x, shapes, "b * d")`: the parts that were put together, in the shapes that they had."""
    tensor, shapes, pattern = arguments
    before, after = _around_star(pattern)
    listed = [tuple(shape) for shape in shapes]
    counts = [prod(shape) if all(isinstance(size, int) for size in shape) else None for shape in listed]
    if None in counts or not isinstance(tensor, TensorHost):
        raise NotKnownError("the sizes of what is unpacked are not known")
    given = {"input": tensor, "split_size_or_sections": counts, "dim": before}
    parts = [tensor] if len(counts) == 1 else returned(run, "Tensor.split", given)
    sizes = tensor.sizes(run)
    made = []
    for part, shape in zip(parts, listed, strict=True):
        wanted = [*sizes[:before], *shape, *sizes[len(sizes) - after :]]
        made.append(part if len(shape) == 1 else returned(run, "Tensor.reshape", {"input": part, "shape": wanted}))
    return made


def _around_star(pattern: Value) -> tuple[int, int]:
    """How many axes stand before the star of a pattern, and behind it."""
    if not isinstance(pattern, str) or "*" not in pattern.split():
        raise NotKnownError("the pattern of axes is not known")
    names = pattern.split()
    return names.index("*"), len(names) - names.index("*") - 1
