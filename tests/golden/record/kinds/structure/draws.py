"""Draws random layers that change the structure of tensors, and shapes for them, right ones and wrong ones.

Each function draws the parameters of one kind for a shape. Indices of axes lie one beyond the axes now and then, and
sizes seldom fit: what is refused is recorded as much as what comes out.
"""

from collections.abc import Callable, Mapping
from random import Random
from typing import Any

Shape = list[int]
Drawn = tuple[dict[str, Any], list[Shape]]
SIZES = (1, 1, 2, 3, 3, 4, 5, 6, 8)
ODDS_OF_A_WRONG_AXIS = 0.08


def shape(rng: Random, least: int = 0, most: int = 5) -> Shape:
    return [rng.choice(SIZES) for _ in range(rng.randint(least, most))]


def axis(rng: Random, count: int) -> int:
    """An axis, from the front or the end; seldom one that is not there."""
    if rng.random() < ODDS_OF_A_WRONG_AXIS or not count:
        return rng.choice([count, -count - 1, count + 1, 0, -1])
    return rng.randrange(-count, count)


def axes(rng: Random, count: int, most: int = 3) -> list[int]:
    """Some axes, mostly different ones."""
    if count and rng.random() < 0.8:
        chosen = rng.sample(range(count), rng.randint(1, min(most, count)))
        return [place - count if rng.random() < 0.3 else place for place in chosen]
    return [axis(rng, count) for _ in range(rng.randint(0, most))]


def near(rng: Random, value: int, spread: int = 2) -> int:
    return value + rng.randint(-spread, spread)


def parts(rng: Random, size: int) -> list[int]:
    """Sizes that add up to an axis, or nearly."""
    listed, left = [], size
    while left > 0 and len(listed) < 6:
        part = rng.randint(0 if rng.random() < 0.1 else 1, left)
        listed.append(part)
        left -= part
    if rng.random() < 0.25 or not listed:
        listed.append(rng.choice([0, 1, 2, -1]))
    return listed


def sized(of: Shape, index: int) -> int:
    return of[index] if -len(of) <= index < len(of) else 3


def split(rng: Random, of: Shape) -> dict[str, Any]:
    dim = axis(rng, len(of))
    size = sized(of, dim)
    form = rng.choice(["size", "sizes", "sections", "indices"])
    if form == "size":
        return {"split_size": rng.randint(1, size + 1), "dim": dim}
    if form == "sizes":
        return {"split_size": parts(rng, size), "dim": dim}
    if form == "sections":
        return {"sections": rng.randint(1, size + 1), "dim": dim}
    return {"indices": sorted(rng.randint(0, size + 1) for _ in range(rng.randint(1, 3))), "dim": dim}


def chunk(rng: Random, of: Shape) -> dict[str, Any]:
    dim = axis(rng, len(of))
    return {"chunks": rng.randint(1, sized(of, dim) + 2), "dim": dim}


def tensor_split(rng: Random, of: Shape) -> dict[str, Any]:
    dim = axis(rng, len(of))
    size = sized(of, dim)
    if rng.random() < 0.5:
        return {"sections": rng.randint(1, size + 2), "dim": dim}
    return {"indices": [rng.randint(-size - 1, size + 2) for _ in range(rng.randint(0, 3))], "dim": dim}


def unbind(rng: Random, of: Shape) -> dict[str, Any]:
    return {"dim": axis(rng, len(of))}


def bound(rng: Random, size: int) -> int:
    return rng.choice([rng.randint(-size - 2, size + 2), 0, size, 2**31 - 1])


def sliced(rng: Random, of: Shape) -> dict[str, Any]:
    dims = axes(rng, len(of))
    sizes = [sized(of, dim) for dim in dims]
    layer = {
        "starts": [bound(rng, size) for size in sizes],
        "ends": [bound(rng, size) for size in sizes],
        "dims": dims,
    }
    if rng.random() < 0.6:
        layer["steps"] = [rng.choice([1, 1, 2, 3, -1, -2, 0 if rng.random() < 0.1 else 1]) for _ in dims]
    if rng.random() < 0.3:
        del layer["dims"]
    return layer


def narrow(rng: Random, of: Shape) -> dict[str, Any]:
    dim = axis(rng, len(of))
    size = sized(of, dim)
    start = rng.randint(-size - 1, size + 1)
    return {"dim": dim, "start": start, "length": rng.randint(0, max(size - start, 0) + 1)}


def select(rng: Random, of: Shape) -> dict[str, Any]:
    dim = axis(rng, len(of))
    size = sized(of, dim)
    return {"dim": dim, "position": rng.randint(-size - 1, size)}


def squeeze(rng: Random, of: Shape) -> dict[str, Any]:
    ones = [place for place, size in enumerate(of) if size == 1]
    form = rng.random()
    if form < 0.25:
        return {}
    if form < 0.6:
        return {"dim": rng.choice(ones) if ones and rng.random() < 0.7 else axis(rng, len(of))}
    return {"dim": rng.sample(ones, rng.randint(0, len(ones))) if rng.random() < 0.6 else axes(rng, len(of))}


def unsqueeze(rng: Random, of: Shape) -> dict[str, Any]:
    if rng.random() < 0.7:
        return {"dim": axis(rng, len(of) + 1)}
    count = rng.randint(1, 3)
    return {"dim": [axis(rng, len(of) + count) for _ in range(count)]}


def transpose(rng: Random, of: Shape) -> dict[str, Any]:
    return {} if rng.random() < 0.2 else {"dim0": axis(rng, len(of)), "dim1": axis(rng, len(of))}


def permute(rng: Random, of: Shape) -> dict[str, Any]:
    order = rng.sample(range(len(of)), len(of))
    if rng.random() < 0.2 and order:
        order[rng.randrange(len(order))] = axis(rng, len(of))
    return {"dims": [place - len(of) if rng.random() < 0.1 else place for place in order]}


def movedim(rng: Random, of: Shape) -> dict[str, Any]:
    if rng.random() < 0.4:
        return {"source": axis(rng, len(of)), "destination": axis(rng, len(of))}
    source = axes(rng, len(of))
    target = rng.sample(range(len(of)), min(len(source), len(of))) if rng.random() < 0.8 else axes(rng, len(of))
    return {"source": source, "destination": target}


def roll(rng: Random, of: Shape) -> dict[str, Any]:
    if rng.random() < 0.2:
        return {"shifts": rng.randint(-4, 4) if rng.random() < 0.7 else [1, 2]}
    if rng.random() < 0.3:
        return {"shifts": rng.randint(-4, 4), "dims": axis(rng, len(of))}
    dims = axes(rng, len(of))
    count = len(dims) if rng.random() < 0.8 else rng.randint(1, 3)
    return {"shifts": [rng.randint(-4, 4) for _ in range(count)], "dims": dims}


def flip(rng: Random, of: Shape) -> dict[str, Any]:
    return {"dims": axis(rng, len(of)) if rng.random() < 0.3 else axes(rng, len(of))}


def rot90(rng: Random, of: Shape) -> dict[str, Any]:
    return {"k": rng.randint(-3, 5), "dims": [axis(rng, len(of)), axis(rng, len(of))]}


def triangle(rng: Random, of: Shape) -> dict[str, Any]:
    return {"diagonal": rng.randint(-1, 1)}


def channel_shuffle(rng: Random, of: Shape) -> dict[str, Any]:
    return {"groups": rng.randint(1, 4)}


def expand(rng: Random, of: Shape) -> dict[str, Any]:
    wanted = [rng.choice([1, 2, 3]) for _ in range(rng.choice([0, 0, 1, 2]))]
    for size in of:
        keep = rng.choice([-1, size, size, 1]) if rng.random() < 0.9 else near(rng, size)
        wanted.append(max(rng.choice([keep, 4]) if size == 1 else keep, -1))
    return {"shape": wanted[1:] if rng.random() < 0.1 else wanted}


def repeats(rng: Random, of: Shape) -> dict[str, Any]:
    count = max(len(of) + rng.choice([0, 0, 0, 1, 2, -1]), 0)
    return {"repeats": [rng.choice([1, 1, 2, 3, 0 if rng.random() < 0.1 else 1]) for _ in range(count)]}


def repeat_interleave(rng: Random, of: Shape) -> dict[str, Any]:
    if rng.random() < 0.25:
        return {"repeats": rng.randint(0, 3)}
    dim = axis(rng, len(of))
    if rng.random() < 0.6:
        return {"repeats": rng.randint(0, 3), "dim": dim}
    count = max(near(rng, sized(of, dim), 1) if rng.random() < 0.3 else sized(of, dim), 1)
    return {"repeats": [rng.randint(0, 3) for _ in range(count)], "dim": dim}


def repeat_vector(rng: Random, of: Shape) -> dict[str, Any]:
    return {"n": rng.randint(1, 5)}


def reshape(rng: Random, of: Shape) -> dict[str, Any]:
    flat = 1
    for size in of:
        flat *= size
    sizes = []
    while flat > 1 and len(sizes) < 4:
        divisors = [part for part in range(1, flat + 1) if flat % part == 0]
        part = rng.choice(divisors)
        sizes.append(part)
        flat //= part
    if flat > 1 or rng.random() < 0.3:
        sizes.append(flat)
    if sizes and rng.random() < 0.4:
        sizes[rng.randrange(len(sizes))] = -1
    if sizes and rng.random() < 0.15:
        sizes[rng.randrange(len(sizes))] = rng.choice([2, 3, 0, -1])
    return {"shape": sizes}


def unflatten(rng: Random, of: Shape) -> dict[str, Any]:
    dim = axis(rng, len(of))
    sizes = reshape(rng, [sized(of, dim)])["shape"]
    return {"dim": dim, "sizes": sizes or [sized(of, dim)]}


def windows(rng: Random, of: Shape) -> dict[str, Any]:
    dim = axis(rng, len(of))
    return {"dim": dim, "size": rng.randint(0, sized(of, dim) + 1), "step": rng.randint(1, 4)}


def window(rng: Random) -> dict[str, Any]:
    def each(most: int, least: int = 1) -> Any:
        return rng.randint(least, most) if rng.random() < 0.5 else [rng.randint(least, most) for _ in range(2)]

    layer = {"kernel_size": each(3)}
    for name, most, least in (("stride", 3, 1), ("dilation", 2, 1), ("padding", 2, 0)):
        if rng.random() < 0.5:
            layer[name] = each(most, least)
    return layer


def item(rng: Random, size: int, *, tensors: bool) -> Any:
    form = rng.random()
    if form < 0.25:
        return rng.randint(-size, size - 1) if rng.random() < 0.95 else size
    if form < 0.35 and tensors:
        return [rng.randrange(size) for _ in range(rng.randint(1, 3))]
    if form < 0.5:
        return ":"
    pieces = [str(bound(rng, size)) if rng.random() < 0.6 else "" for _ in range(2)]
    step = rng.choice(["", ":", ":2", ":1", ":-1"]) if rng.random() < 0.4 else ""
    return ":".join(pieces) + step


def getitem(rng: Random, of: Shape, *, tensors: bool = True) -> Any:
    items: list[Any] = [item(rng, size, tensors=tensors) for size in of[: rng.randint(0, len(of))]]
    if rng.random() < 0.2:
        items.insert(rng.randint(0, len(items)), None)
    if rng.random() < 0.25:
        items.insert(rng.randint(0, len(items)), "...")
    if rng.random() < 0.05:
        items.append(0)
    single = items[0] if len(items) == 1 else None
    if isinstance(single, int | str) and rng.random() < 0.7:
        return single
    return items


def pad(rng: Random, of: Shape) -> dict[str, Any]:
    count = len(of) if rng.random() < 0.4 else rng.randint(1, max(len(of), 1))
    dims = rng.sample(range(len(of)), min(count, len(of)))
    if dims and rng.random() < 0.08:
        dims[0] = axis(rng, len(of))
    amounts = [[rng.randint(-1 if rng.random() < 0.2 else 0, 3) for _ in range(2)] for _ in dims]
    return {"padding": amounts or [[0, 0]], "dims": dims or [0]}


def last_pad(rng: Random, of: Shape) -> dict[str, Any]:
    count = rng.randint(1, max(len(of), 1))
    return {"padding": [[rng.randint(-1 if rng.random() < 0.2 else 0, 3) for _ in range(2)] for _ in range(count)]}


def resize(rng: Random, of: Shape) -> dict[str, Any]:
    count = len(of) if rng.random() < 0.9 else len(of) + 1
    if rng.random() < 0.5:
        return {"new_sizes": [rng.randint(1, 9) for _ in range(max(count, 1))]}
    return {"scales": [rng.choice([0.5, 1.0, 1.5, 2.0, 0.7, 1.3]) for _ in range(max(count, 1))]}


SINGLE: Mapping[str, Callable[[Random, Shape], dict[str, Any]]] = {
    "split": split,
    "chunk": chunk,
    "tensor_split": tensor_split,
    "unbind": unbind,
    "slice": sliced,
    "narrow": narrow,
    "select": select,
    "squeeze": squeeze,
    "unsqueeze": unsqueeze,
    "transpose": transpose,
    "permute": permute,
    "movedim": movedim,
    "roll": roll,
    "flip": flip,
    "rot90": rot90,
    "tril": triangle,
    "triu": triangle,
    "channel_shuffle": channel_shuffle,
    "expand": expand,
    "repeat": repeats,
    "tile": repeats,
    "repeat_interleave": repeat_interleave,
    "repeat_vector": repeat_vector,
    "reshape": reshape,
    "unflatten": unflatten,
    "windows": windows,
    "pad": pad,
    "last_pad": last_pad,
    "resize": resize,
}
"""Kinds of one input of any shape."""


def drawn(rng: Random, kind: str, framework: str) -> Drawn:
    """A layer of a kind, and the shapes of its inputs."""
    of = shape(rng)
    if kind == "getitem":
        return {"type": kind, "index": getitem(rng, of, tensors=framework != "keras")}, [of]
    if kind in SINGLE:
        return {"type": "pad" if kind == "last_pad" else kind, **SINGLE[kind](rng, of)}, [of]
    return SEVERAL[kind](rng)


def _like(rng: Random, of: Shape) -> Shape:
    """The same shape, mostly."""
    other = list(of)
    if other and rng.random() < 0.2:
        other[rng.randrange(len(other))] = rng.choice(SIZES)
    return other if rng.random() < 0.95 else shape(rng)


def stack(rng: Random) -> Drawn:
    of = shape(rng, 0, 4)
    count = rng.randint(1, 4)
    return {"type": "stack", "dim": axis(rng, len(of) + 1)}, [of, *(_like(rng, of) for _ in range(count - 1))]


def reshape_as(rng: Random) -> Drawn:
    of = shape(rng)
    target = [size for size in reshape(rng, of)["shape"] if size > 0]
    return {"type": "reshape_as"}, [of, target]


def expand_as(rng: Random) -> Drawn:
    of = shape(rng)
    return {"type": "expand_as"}, [of, [abs(size) for size in expand(rng, of)["shape"]] or [2]]


def index_select(rng: Random) -> Drawn:
    of = shape(rng)
    index = [rng.randint(1, 4)] if rng.random() < 0.9 else shape(rng, 0, 2)
    return {"type": "index_select", "dim": axis(rng, len(of))}, [of, index]


def take_along(rng: Random) -> Drawn:
    of = shape(rng, 0, 4)
    if rng.random() < 0.15:
        return {"type": "take_along"}, [of, shape(rng, 0 if rng.random() < 0.1 else 1, 3)]
    dim = axis(rng, len(of))
    index = [rng.choice([1, size]) if rng.random() < 0.9 else 3 for size in of]
    if -len(of) <= dim < len(of):
        index[dim] = rng.randint(1, 5)
    return {"type": "take_along", "dim": dim}, [of, index if rng.random() < 0.95 else shape(rng)]


def indexed(rng: Random) -> Drawn:
    """An index among whose entries are tensors."""
    of = shape(rng, 2, 5)
    items: list[Any] = [item(rng, size, tensors=False) for size in of[: rng.randint(1, len(of))]]
    places = rng.sample(range(len(items)), min(rng.randint(1, 2), len(items)))
    common = shape(rng, 0, 2)
    inputs = [of]
    for place in sorted(places):
        items[place] = {"input": len(inputs)}
        inputs.append([rng.choice([1, size]) for size in common] if rng.random() < 0.9 else shape(rng, 0, 2))
    return {"type": "getitem", "index": items}, inputs


def meshgrid(rng: Random) -> Drawn:
    inputs = [shape(rng, 1, 1) if rng.random() < 0.93 else shape(rng, 0, 2) for _ in range(rng.randint(1, 4))]
    return {"type": "meshgrid", "indexing": rng.choice(["ij", "xy"])}, inputs


def masked_fill(rng: Random) -> Drawn:
    of = shape(rng)
    mask = [rng.choice([1, size]) for size in of][rng.randint(0, len(of)) if rng.random() < 0.3 else 0 :]
    return {"type": "masked_fill", "value": 0.5}, [of, mask if rng.random() < 0.9 else shape(rng)]


def unfold(rng: Random) -> Drawn:
    return {"type": "unfold", **window(rng)}, [[*shape(rng, 1, 2), *([rng.randint(3, 9), rng.randint(3, 9)])]]


def count(size: int, kernel: int, stride: int, dilation: int, padding: int) -> int:
    return (size + 2 * padding - dilation * (kernel - 1) - 1) // stride + 1


def fold(rng: Random) -> Drawn:
    layer = window(rng)
    size = [rng.randint(3, 8), rng.randint(3, 8)]
    given = {"stride": 1, "dilation": 1, "padding": 0, **layer}
    pairs = {name: [value] * 2 if isinstance(value, int) else value for name, value in given.items()}
    columns, elements = 1, 1
    for place in range(2):
        elements *= pairs["kernel_size"][place]
        columns *= count(
            size[place], *(pairs[name][place] for name in ("kernel_size", "stride", "dilation", "padding"))
        )
    wrong = rng.choice([0, 0, 0, 1])
    leading = [rng.randint(1, 3)] if rng.random() < 0.8 else []
    channels = elements * rng.randint(1, 3) + (rng.random() < 0.1)
    return {"type": "fold", "output_size": size, **layer}, [[*leading, channels, max(columns + wrong, 1)]]


def max_unpool(rng: Random) -> Drawn:
    rank = rng.randint(1, 3)
    of = [rng.randint(1, 2), rng.randint(1, 3), *(rng.randint(1, 5) for _ in range(rank))]
    if rng.random() < 0.1:
        of = of[1:]

    def each(most: int, least: int = 1) -> Any:
        return [rng.randint(least, most) for _ in range(rank)]

    layer: dict[str, Any] = {"type": f"max_unpool{rank}d", "kernel_size": each(3, 1)}
    if rng.random() < 0.7:
        layer["stride"] = each(3)
    if rng.random() < 0.3:
        layer["padding"] = each(1, 0)
    kernels = layer["kernel_size"]
    strides, pads = layer.get("stride", kernels), layer.get("padding", [0] * rank)
    if rng.random() < 0.4 and len(of) == rank + 2:
        layer["output_size"] = [
            max((size - 1) * stride - 2 * pad + kernel + rng.randint(-1, 2), 1)
            for size, stride, pad, kernel in zip(of[2:], strides, pads, kernels, strict=True)
        ]
    return layer, [of, _like(rng, of)]


def affine_grid(rng: Random) -> Drawn:
    rank = rng.choice([2, 3])
    size = [rng.randint(1, 3), rng.randint(1, 3), *(rng.randint(1, 6) for _ in range(rank))]
    theta = [size[0], rank, rank + 1]
    return {"type": "affine_grid", "shape": size}, [_like(rng, theta)]


def grid_sample(rng: Random) -> Drawn:
    rank = rng.choice([2, 3])
    of = [rng.randint(1, 3), rng.randint(1, 3), *(rng.randint(2, 6) for _ in range(rank))]
    grid = [of[0], *(rng.randint(1, 6) for _ in range(rank)), rank]
    return {"type": "grid_sample"}, [of, _like(rng, grid)]


def setitem(rng: Random) -> Drawn:
    of = shape(rng, 1, 4)
    index = [item(rng, size, tensors=False) for size in of[: rng.randint(1, len(of))]]
    index = [":" if isinstance(entry, str) and "-1" in entry.split(":")[-1] else entry for entry in index]
    part = [rng.choice([1, size]) for size in of[len([entry for entry in index if isinstance(entry, int)]) :]]
    return {"type": "setitem", "index": index}, [of, part if rng.random() < 0.8 else shape(rng, 0, 3)]


def nonzero(rng: Random) -> Drawn:
    return {"type": "nonzero"}, [shape(rng, 1, 4)]


def arange(rng: Random) -> Drawn:
    layer = {"type": "range", "start": rng.randint(-5, 5), "limit": rng.randint(-5, 12)}
    return {**layer, "delta": rng.choice([1, 1, 2, 3, -1, -2])}, []


def extract_patches(rng: Random) -> Drawn:
    of = [*([2] if rng.random() < 0.7 else []), rng.randint(3, 9), rng.randint(3, 9), rng.randint(1, 3)]
    layer: dict[str, Any] = {"type": "extract_patches", "kernel_size": [rng.randint(1, 4), rng.randint(1, 4)]}
    if rng.random() < 0.6:
        layer["stride"] = [rng.randint(1, 3), rng.randint(1, 3)]
    if rng.random() < 0.3:
        layer["dilation"] = rng.randint(1, 2)
    if rng.random() < 0.5:
        layer["padding"] = rng.choice(["same", "valid"])
    return layer, [of]


def shape_of(rng: Random) -> Drawn:
    layer: dict[str, Any] = {"type": "shape_of"}
    if rng.random() < 0.5:
        layer |= {"start": rng.randint(-4, 4), "end": rng.randint(-4, 4)}
    return layer, [shape(rng)]


def image_size(rng: Random) -> Drawn:
    kind = rng.choice(["image_crop", "image_resize"])
    return {"type": kind, "height": rng.randint(1, 9), "width": rng.randint(1, 9)}, [shape(rng, 2, 5)]


def augmentation(rng: Random) -> Drawn:
    return {"type": "augmentation"}, [shape(rng, 2, 5)]


def max_pool(rng: Random) -> Drawn:
    of = [2, rng.randint(1, 3), rng.randint(4, 9), rng.randint(4, 9)]
    layer = {"type": "max_pool2d", "kernel_size": [rng.randint(1, 3), 2], "stride": 2, "return_indices": True}
    return layer, [of]


SEVERAL: Mapping[str, Callable[[Random], Drawn]] = {
    "stack": stack,
    "reshape_as": reshape_as,
    "expand_as": expand_as,
    "index_select": index_select,
    "take_along": take_along,
    "indexed": indexed,
    "meshgrid": meshgrid,
    "masked_fill": masked_fill,
    "unfold": unfold,
    "fold": fold,
    "max_unpool": max_unpool,
    "affine_grid": affine_grid,
    "grid_sample": grid_sample,
    "setitem": setitem,
    "nonzero": nonzero,
    "range": arange,
    "extract_patches": extract_patches,
    "shape_of": shape_of,
    "image_size": image_size,
    "augmentation": augmentation,
    "max_pool": max_pool,
}
"""Kinds that need inputs of certain shapes, or several of them."""
