"""Writers of operators that say a shape or a place themselves: views, slices, indices, pads, resizing."""

from collections.abc import Callable, Mapping
from math import prod
from typing import TYPE_CHECKING, Any

from service.models.exported_program.arguments import Named, tensors_in
from service.models.exported_program.graph import Node, Weight

if TYPE_CHECKING:
    from service.models.exported_program.walk import Made, Walk

OPEN_END = 2**63 - 1
"""Where a slice ends that goes to the end."""


def view(walk: "Walk", node: Node) -> "Made | None":
    """The same elements in another shape: as it is asked for, or as the file declares it where sizes are symbols."""
    tensor, sizes = node.arguments.get("self"), node.arguments.get("size", node.arguments.get("shape"))
    if not isinstance(tensor, Named) or not isinstance(sizes, list):
        return None
    numbers = walk.numbers(sizes)
    if None in numbers:
        declared = walk.declared(node)
        if declared is None:
            return None
        numbers = [-1] * (list(declared).count(None) == 1) and [-1 if size is None else size for size in declared]
        numbers = numbers or list(declared)
    return walk.layer(node, "Tensor.view", {"shape": numbers}, [walk.tensor(tensor.name)])


def expand(walk: "Walk", node: Node) -> "Made | None":
    """Axes of size 1 stretched; a size that is a symbol is what the file declares."""
    tensor, sizes = node.arguments.get("self"), node.arguments.get("size")
    if not isinstance(tensor, Named) or not isinstance(sizes, list):
        return None
    numbers = walk.numbers(sizes)
    if None in numbers:
        return None
    return walk.layer(node, "Tensor.expand", {"sizes": numbers}, [walk.tensor(tensor.name)])


def strided(walk: "Walk", node: Node) -> "Made | None":
    """A view of all elements in their order, where that is what sizes and strides say."""
    tensor, sizes, strides = (node.arguments.get(name) for name in ("self", "size", "stride"))
    shape = walk.shape_of(tensor) if isinstance(tensor, Named) else None
    if not isinstance(tensor, Named) or shape is None or None in shape:
        return None
    numbers, steps = walk.numbers(sizes), walk.numbers(strides)
    known = [size for size in numbers if size is not None]
    in_order = [prod(known[place + 1 :]) for place in range(len(known))]
    whole = prod(known) == prod(size for size in shape if size is not None)
    if len(known) < len(numbers) or not whole or len(steps) != len(known) or node.arguments.get("storage_offset"):
        return None
    if any(size != 1 and step != wanted for size, step, wanted in zip(known, steps, in_order, strict=True)):
        return None
    return walk.layer(node, "Tensor.view", {"shape": known}, [walk.tensor(tensor.name)])


def permuted(walk: "Walk", node: Node) -> "Made | None":
    """Axes in another order; a weight of two axes that only this node takes stays a weight, turned."""
    tensor = node.arguments.get("self")
    if not isinstance(tensor, Named):
        return None
    value, order = walk.values[tensor.name], node.arguments.get("dims")
    axes = order if order is not None else [node.arguments.get(name) for name in ("dim0", "dim1")]
    swaps = [axis % 2 if type(axis) is int else axis for axis in axes] if isinstance(axes, list) else []
    turns = swaps == [1, 0] or (order is None and sorted(map(str, swaps)) in (["0", "1"], ["None", "None"]))
    if isinstance(value, Weight) and len(value.shape) == 2 and turns and walk.uses[tensor.name] == 1:
        return [Weight(name=value.name, kind=value.kind, shape=value.shape[::-1], turned=not value.turned)]
    name = node.operator[1]
    parameters = {word: value for word, value in node.arguments.items() if word != "self"}
    return walk.layer(node, f"torch.{name}", parameters, [walk.tensor(tensor.name)])


def sliced(walk: "Walk", node: Node) -> "Made | None":
    """A part along one axis."""
    given = node.arguments
    tensor = given.get("self")
    dim, step = given.get("dim", 0), given.get("step", 1)
    start, end = given.get("start"), given.get("end")
    start, end = (0 if start is None else walk.number(start)), (OPEN_END if end is None else walk.number(end))
    if not isinstance(tensor, Named) or None in (start, end) or type(dim) is not int or type(step) is not int:
        return None
    parameters = {"starts": [start], "ends": [end], "dims": [dim], "steps": [step]}
    return walk.layer(node, "slice", parameters, [walk.tensor(tensor.name)])


def scattered(walk: "Walk", node: Node) -> "Made | None":
    """The first tensor with a part along one axis replaced by the second."""
    given = node.arguments
    tensor, source = given.get("self"), given.get("src")
    if not isinstance(tensor, Named) or not isinstance(source, Named):
        return None
    shape, dim = walk.shape_of(tensor), given.get("dim", 0)
    if shape is None or type(dim) is not int or not -len(shape) <= dim < len(shape):
        return None
    if "index" in given:
        item: Any = walk.number(given["index"])
    else:
        start, end, step = given.get("start"), given.get("end"), given.get("step", 1)
        bounds = [None if bound is None else walk.number(bound) for bound in (start, end)]
        if (start is not None and bounds[0] is None) or (end is not None and bounds[1] is None):
            return None
        first, last = ("" if bound in (None, OPEN_END) else str(bound) for bound in bounds)
        item = f"{first}:{last}" if step == 1 else f"{first}:{last}:{step}"
    if item is None:
        return None
    index = [*[":"] * (dim % len(shape)), item]
    inputs = [walk.tensor(tensor.name), walk.tensor(source.name)]
    return walk.layer(node, "operator.setitem", {"index": index}, inputs)


def copied_over(walk: "Walk", node: Node) -> "Made | None":
    """The second tensor, stretched to the first."""
    tensor, source = node.arguments.get("self"), node.arguments.get("src")
    if not isinstance(tensor, Named) or not isinstance(source, Named):
        return None
    return walk.layer(node, "Tensor.expand_as", {}, [walk.tensor(source.name), walk.tensor(tensor.name)])


def indexed(walk: "Walk", node: Node) -> "Made | None":
    """What tensors of indices pick; an axis without one is kept whole."""
    tensor, indices = node.arguments.get("self"), node.arguments.get("indices")
    if not isinstance(tensor, Named) or not isinstance(indices, list):
        return None
    index: list[Any] = []
    inputs = [walk.tensor(tensor.name)]
    for entry in indices:
        if entry is None:
            index.append(":")
        elif isinstance(entry, Named):
            index.append({"input": len(inputs)})
            inputs.append(walk.tensor(entry.name))
        else:
            return None
    return walk.layer(node, "operator.getitem", {"index": index}, inputs)


OVERWRITING = (
    *("index_put", "_unsafe_index_put", "scatter", "scatter_add", "scatter_reduce", "index_add", "index_copy"),
    *("index_fill", "masked_scatter", "bernoulli", "uniform", "normal", "exponential"),
)
"""Operators that give the first tensor with other values in some places."""


def overwritten(walk: "Walk", node: Node) -> "Made | None":
    """The tensor itself, with other values in some places."""
    tensor = node.arguments.get("self")
    if not isinstance(tensor, Named):
        return None
    return walk.layer(node, "Tensor.clone", {}, [walk.tensor(tensor.name)])


def padded(mode: str | None) -> Callable[["Walk", Node], "Made | None"]:
    """A writer of a pad of one mode; of that which is given where it is None."""

    def write(walk: "Walk", node: Node) -> "Made | None":
        given = node.arguments
        tensor, pads = given.get("self"), given.get("pad", given.get("padding"))
        numbers = walk.numbers(pads) if isinstance(pads, list) else [None]
        named = mode or given.get("mode") or "constant"
        if not isinstance(tensor, Named) or None in numbers or not isinstance(named, str):
            return None
        return walk.layer(node, "F.pad", {"pad": numbers, "mode": named}, [walk.tensor(tensor.name)])

    return write


def resized(mode: str) -> Callable[["Walk", Node], "Made | None"]:
    """A writer of an image resized by one method: to the sizes that are declared, or to those of another tensor."""

    def write(walk: "Walk", node: Node) -> "Made | None":
        given = node.arguments
        tensor = next((value for name in ("input", "self") if isinstance(value := given.get(name), Named)), None)
        declared = walk.declared(node)
        if tensor is None or declared is None or len(declared) < 3:
            return None
        parameters: dict[str, Any] = {"mode": mode}
        if isinstance(given.get("align_corners"), bool) and not mode.startswith("nearest"):
            parameters["align_corners"] = given["align_corners"]
        factors, sizes = given.get("scale_factors"), given.get("output_size")
        if sizes is None and isinstance(factors, list) and all(type(factor) is float for factor in factors):
            parameters["scale_factor"] = factors
        elif None not in declared[2:]:
            parameters["size"] = list(declared[2:])
        elif (other := walk.like(node)) is not None:
            parameters["size"] = {"like": other}
        else:
            return None
        return walk.layer(node, "F.interpolate", parameters, [walk.tensor(tensor.name)])

    return write


def pooled_with_indices(walk: "Walk", node: Node) -> "Made | None":
    """A max-pool that also says where its values were."""
    type_name = f"F.{node.operator[1].removesuffix('_with_indices')}"
    tensor = next(iter(tensors_in(list(node.arguments.values()))), None)
    if tensor is None:
        return None
    parameters = {name: value for name, value in node.arguments.items() if name != "self"}
    return walk.layer(node, type_name, {**parameters, "return_indices": True}, [walk.tensor(tensor.name)])


WRITERS: Mapping[str, Callable[["Walk", Node], "Made | None"]] = {
    **dict.fromkeys(("view", "reshape", "_unsafe_view", "_reshape_copy", "view_copy", "_reshape_alias"), view),
    **dict.fromkeys(("permute", "transpose", "t"), permuted),
    **dict.fromkeys(("slice", "slice_copy"), sliced),
    **dict.fromkeys(("slice_scatter", "select_scatter"), scattered),
    **dict.fromkeys(("index", "_unsafe_index"), indexed),
    **dict.fromkeys(OVERWRITING, overwritten),
    "as_strided": strided,
    "expand": expand,
    "expand_copy": expand,
    "copy": copied_over,
    "pad": padded(None),
    "constant_pad_nd": padded("constant"),
    **{f"reflection_pad{rank}d": padded("reflect") for rank in (1, 2, 3)},
    **{f"replication_pad{rank}d": padded("replicate") for rank in (1, 2, 3)},
    **{f"max_pool{rank}d_with_indices": pooled_with_indices for rank in (1, 2, 3)},
    **{f"upsample_nearest{rank}d": resized("nearest") for rank in (1, 2, 3)},
    **{f"_upsample_nearest_exact{rank}d": resized("nearest-exact") for rank in (1, 2, 3)},
    "upsample_linear1d": resized("linear"),
    "upsample_bilinear2d": resized("bilinear"),
    "_upsample_bilinear2d_aa": resized("bilinear"),
    "upsample_bicubic2d": resized("bicubic"),
    "_upsample_bicubic2d_aa": resized("bicubic"),
    "upsample_trilinear3d": resized("trilinear"),
}
"""What writes each of these operators down."""
