"""Random operators, reductions, products and layers along axes in our words, with the shapes of their inputs."""

import random
from collections.abc import Callable
from math import prod
from typing import Any

from service.core.frameworks import Framework
from service.core.questions.equivalents.operators import OF_NUMBERS, REVERSIBLE
from tests.golden.record.layers.drafts import Layer, Shape

Drawn = tuple[Any, ...]
"""The parameters, the shape of the first input, and those of the others."""
Draw = Callable[[random.Random, Framework, str], Drawn]


def shape_of(rng: random.Random, least: int = 1, most: int = 4) -> Shape:
    return [rng.randint(1, 5) for _ in range(rng.randint(least, most))]


def partner(rng: random.Random, shape: Shape, *, same_rank: bool) -> Shape:
    """A shape that broadcasts with another."""
    kept = shape if same_rank or rng.random() < 0.5 else shape[rng.randint(0, len(shape) - 1) :]
    return [1 if rng.random() < 0.2 and (place or not same_rank) else size for place, size in enumerate(kept)]


def axis(rng: random.Random, count: int) -> int:
    return rng.randint(-count, count - 1)


def some_axes(rng: random.Random, count: int) -> tuple[int, ...]:
    """Different axes, some counted from the end."""
    chosen = rng.sample(range(count), rng.randint(1, count))
    return tuple(index - count if rng.random() < 0.3 else index for index in chosen)


def numbers(**choices: tuple[Any, ...]) -> Draw:
    """A function of each element, whose parameters are drawn or left out."""

    def draw(rng: random.Random, row: Framework, kind: str) -> Drawn:
        some = {} if kind in row.fixed else choices
        needed = ("threshold", "min", "max")
        return {n: rng.choice(v) for n, v in some.items() if n in needed or rng.random() < 0.6}, shape_of(rng)

    return draw


def rectifier(rng: random.Random, row: Framework, kind: str) -> Drawn:
    """Keras' has parameters."""
    given = {"max_value": 2.0, "negative_slope": 0.3, "threshold": 0.5}
    count = 0 if kind in row.fixed else rng.choice([0, 1, 1, 1, 2])
    return {name: given[name] for name in rng.sample(sorted(given), count)}, shape_of(rng)


def clamp(rng: random.Random, row: Framework, kind: str) -> Drawn:
    given = {"min": rng.choice([-0.5, 0.0]), "max": rng.choice([0.5, 1.0])}
    if not row.operators.clamp_needs_both and rng.random() < 0.5:
        given.pop(rng.choice(["min", "max"]))
    return given, shape_of(rng)


def prelu(rng: random.Random, row: Framework, kind: str) -> Drawn:
    """One slope, one a channel, or other axes shared."""
    shape = shape_of(rng, 2, 5)
    if row.slopes_of_elements:
        shared = rng.choice([list(range(1, len(shape))), list(range(1, len(shape) - 1)), [1], []])
        return {"shared_axes": tuple(shared)} if shared else {}, shape
    return (
        {"num_parameters": rng.choice([1, shape[1]])} if row.weights_are_inputs or rng.random() < 0.7 else {}
    ), shape


def softmax_of_channels(rng: random.Random, row: Framework, kind: str) -> Drawn:
    return {}, shape_of(rng, 4, 4)


def softmax(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng, 2)
    several = kind not in row.along_axes.one_axis and kind == "softmax" and rng.random() < 0.3
    return {"dim": some_axes(rng, len(shape)) if several else axis(rng, len(shape))}, shape


def operator(rng: random.Random, row: Framework, kind: str) -> Drawn:
    """Two branches, or a branch and a number."""
    shape = shape_of(rng)
    extreme = kind in ("maximum", "minimum") and not row.operators.extremes_of_numbers
    if kind in OF_NUMBERS and rng.random() < 0.4 and not extreme:
        turned = {"reversed": True} if kind in REVERSIBLE and rng.random() < 0.4 else {}
        return {"other": rng.choice([2.0, 0.5, 3.0]), **turned}, shape
    rounds = kind == "divide" and row.operators.clamp_needs_bound and rng.random() < 0.3
    said: Layer = {"rounding_mode": "trunc"} if rounds else {}
    apart = row.batch_stands_apart and rng.random() < 0.7
    if row.batch_stands_apart and not apart:
        said["align"] = "last"
    shapes = [shape, partner(rng, shape, same_rank=apart)]
    if not apart and rng.random() < 0.4:
        shapes.reverse()
    return said, *shapes


def where(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng)
    return {}, shape, *(partner(rng, shape, same_rank=False) for _ in range(2))


def reduction(rng: random.Random, row: Framework, kind: str) -> Drawn:
    """One axis, several or all, kept or not."""
    shape, rules = shape_of(rng), row.along_axes
    said: Layer = {}
    if kind in ("max", "min"):
        return said, shape
    needs = kind in rules.needs_axis or (kind == "norm" and not row.operators.norms_of_vectors)
    if needs or rng.random() < 0.8:
        alone = kind in (*rules.one_axis, "argmax", "argmin", "median") or (needs and kind == "norm")
        said["dim"] = axis(rng, len(shape)) if alone or rng.random() < 0.4 else some_axes(rng, len(shape))
    if rng.random() < 0.5 and ("dim" in said or kind not in rules.needs_axis_to_keep):
        said["keepdims"] = rng.random() < 0.7
    if kind == "norm":
        said["norm_type"] = rng.choice([1.0, 2.0]) if row.opsets else rng.choice([1.0, 2.0, 3.0])
    if kind in ("std", "var") and kind not in row.fixed and rng.random() < 0.6:
        said["correction"] = rng.choice([0.0, 1.0])
    return said, shape


def squeeze(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = [rng.choice([1, 1, 2, 3]) for _ in range(rng.randint(1, 4))]
    ones = [place for place, size in enumerate(shape) if size == 1]
    if rng.random() < 0.3 or not ones:
        return {}, shape
    return {"dim": tuple(rng.sample(ones, rng.randint(1, len(ones))))}, shape


def unsqueeze(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng, 1, 3)
    if kind in row.along_axes.one_axis or rng.random() < 0.5:
        return {"dim": axis(rng, len(shape) + 1) if not row.opsets else (axis(rng, len(shape) + 1),)}, shape
    return {"dim": tuple(rng.sample(range(len(shape) + 2), 2))}, shape


def transpose(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng, 2)
    return {"dim0": axis(rng, len(shape)), "dim1": axis(rng, len(shape))}, shape


def movedim(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng, 2)
    count = rng.randint(1, len(shape))
    places = [rng.sample(range(len(shape)), count) for _ in range(2)]
    return {"source": tuple(places[0]), "destination": tuple(places[1])}, shape


def flip(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng)
    return {"dims": some_axes(rng, len(shape))}, shape


def roll(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng)
    axes = some_axes(rng, len(shape))
    return {"shifts": tuple(rng.randint(-4, 4) for _ in axes), "dims": axes}, shape


def rotate(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng, 2)
    return {"turns": rng.randint(-2, 5), "dims": tuple(rng.sample(range(len(shape)), 2))}, shape


def triangle(rng: random.Random, row: Framework, kind: str) -> Drawn:
    return {"diagonal": rng.randint(-1, 1)}, shape_of(rng, 2)


def stack(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng, 1, 3)
    return {"dim": axis(rng, len(shape) + 1)}, *[shape] * rng.randint(1, 3)


def concat(rng: random.Random, row: Framework, kind: str) -> Drawn:
    """Along an axis that is named, or the channels'."""
    shape = shape_of(rng, 2, 5)
    dim = axis(rng, len(shape))
    named = rng.random() < 0.7 or len(shape) < 3
    at = dim % len(shape) if named else len(shape) - 1 if row.layout.channels_last else 1
    others = [[rng.randint(1, 4) if place == at else size for place, size in enumerate(shape)] for _ in range(2)]
    return ({"dim": dim} if named else {}), shape, *others[: rng.randint(0, 2)]


def shuffle(rng: random.Random, row: Framework, kind: str) -> Drawn:
    groups = rng.randint(2, 3)
    return {"groups": groups}, [rng.randint(1, 2), groups * rng.randint(1, 3), *shape_of(rng, 1, 3)]


def expand(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = [rng.choice([1, 1, 2, 3]) for _ in range(rng.randint(1, 3))]
    wanted = [rng.randint(1, 4) if size == 1 else size for size in shape]
    return {"shape": (*shape_of(rng, 0, 1), *wanted)}, shape


def tile(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng, 1, 3)
    exact, least = row.structure.exact_repeats, len(shape) if kind == "repeat" else 1
    count = len(shape) if exact else rng.randint(least, len(shape) + 1)
    return {"repeats": tuple(rng.randint(1, 3) for _ in range(count))}, shape


def interleave(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng, 1, 3)
    return {"repeats": rng.randint(1, 3), "dim": axis(rng, len(shape))}, shape


def slices(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = [rng.randint(2, 6) for _ in range(rng.randint(1, 4))]
    axes = rng.sample(range(len(shape)), rng.randint(1, len(shape)))
    parts = [one_slice(rng, shape[at], back=row.structure.negative_steps) for at in axes]
    starts, ends, steps = zip(*parts, strict=True)
    return {"starts": starts, "ends": ends, "dims": tuple(axes), "steps": steps}, shape


def one_slice(rng: random.Random, size: int, *, back: bool) -> tuple[int, int, int]:
    """Bounds that leave something."""
    first, last = sorted((rng.randint(0, size - 1), rng.randint(0, size - 1)))
    step = rng.randint(1, 2)
    if back and rng.random() < 0.3:
        return last, first - 1 if first else -size - 1, -step
    return rng.choice([first, first - size]), rng.choice([last + 1, 100]), step


def narrow(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng)
    dim = axis(rng, len(shape))
    start = rng.randint(0, shape[dim] - 1)
    return {"dim": dim, "start": start, "length": rng.randint(1, shape[dim] - start)}, shape


def select(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng, 2)
    dim = axis(rng, len(shape))
    return {"dim": dim, "position": axis(rng, shape[dim])}, shape


def unflatten(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng)
    dim, sizes = rng.randrange(len(shape)), shape_of(rng, 1, 3)
    shape[dim] = prod(sizes)
    if rng.random() < 0.5:
        sizes[rng.randrange(len(sizes))] = -1
    return {"dim": dim, "sizes": tuple(sizes)}, shape


def along(rng: random.Random, row: Framework, kind: str) -> Drawn:
    shape = shape_of(rng)
    said: Layer = {"dim": axis(rng, len(shape))}
    if kind == "glu":
        shape[said["dim"]] *= 2
    if kind == "topk":
        said = {} if "dim" in row.along_axes.lacks else said
        said["k"] = rng.randint(1, shape[said.get("dim", -1)])
    named = {"cumsum": ("exclusive", "from_the_end"), "argsort": ("descending",), "topk": ("largest",)}
    for name in named.get(kind, ()):
        has = name not in row.along_axes.lacks and (kind != "cumsum" or row.opsets)
        if has and rng.random() < 0.4:
            said[name] = name != "largest"
    if kind == "normalize":
        said |= {"norm_type": rng.choice([2, 1, 3])} if rng.random() < 0.5 else {}
    return said, shape


def product(rng: random.Random, row: Framework, kind: str) -> Drawn:
    """Two factors."""
    n, k, m = (rng.randint(1, 5) for _ in range(3))
    batch = shape_of(rng, 0, 2)
    shapes: dict[str, tuple[Shape, Shape]] = {
        "matmul": ([*batch, n, k], [*(partner(rng, batch, same_rank=False) if batch else []), k, m]),
        "bmm": ([2, n, k], [2, k, m]), "mm": ([n, k], [k, m]), "mv": ([n, k], [k]), "dot": ([k], [k]),
        "outer": ([n], [m]),
    }  # fmt: skip
    first, second = shapes[kind]
    if kind == "dot" and not row.operators.dot_of_vectors and rng.random() < 0.6:
        first, second = rng.choice([([n, k], [k]), ([n, k], [k, m]), ([2, n, k], [k, m])])
    if kind == "matmul" and rng.random() < 0.3:
        first, second = rng.choice([([k], [k, m]), ([n, k], [k]), ([k], [k]), ([2, n, k], [k])])
    return {}, first, second


def tensordot(rng: random.Random, row: Framework, kind: str) -> Drawn:
    common = shape_of(rng, 1, 2)
    first, second = [*shape_of(rng, 0, 2), *common], [*common, *shape_of(rng, 0, 2)]
    if rng.random() < 0.5:
        return {"contracted": len(common)}, first, second
    left = tuple(range(len(first) - len(common), len(first)))
    return {"contracted": (left, tuple(range(len(common))))}, first, second


def einsum(rng: random.Random, row: Framework, kind: str) -> Drawn:
    """Letters that are there once in a term, and an output."""
    letters = rng.sample("abcdeijk", rng.randint(2, 4))
    sizes = {letter: rng.randint(1, 4) for letter in letters}
    terms = ["".join(rng.sample(letters, rng.randint(1, len(letters)))) for _ in range(rng.choice([1, 2, 2, 3]))]
    used = sorted(set("".join(terms)))
    output = "".join(rng.sample(used, rng.randint(0, len(used))))
    gap = rng.choice(["", "", " "])
    return {"equation": f"{','.join(terms)}{gap}->{gap}{output}"}, *([sizes[at] for at in term] for term in terms)


def embedding(rng: random.Random, row: Framework, kind: str) -> Drawn:
    return {"num_embeddings": rng.randint(1, 9), "embedding_dim": rng.randint(1, 5)}, shape_of(rng, 1, 3)


def root_mean_square(rng: random.Random, row: Framework, kind: str) -> Drawn:
    """Over the last axis, or the last ones."""
    shape = shape_of(rng, 2)
    count = rng.randint(1, len(shape) - 1)
    eps = {"eps": rng.choice([1e-6, 1e-3, 0.1])} if rng.random() < 0.6 else {}
    says_sizes = row.spelled.get("", {}).get("normalized_shape", "") is not None
    named = {"normalized_shape": tuple(shape[-count:])} if says_sizes else {"axis": tuple(range(-count, 0))}
    return {**named, **eps}, shape


UNARY = (
    "abs", "negative", "positive", "sign", "square", "sqrt", "rsqrt", "reciprocal", "exp", "exp2", "expm1", "log",
    "log2", "log10", "log1p", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "asinh", "acosh", "atanh",
    "erf", "erfc", "erfinv", "lgamma", "digamma", "floor", "ceil", "trunc", "sinc", "isnan", "isinf", "isfinite",
    "logical_not", "nan_to_num", "deg2rad", "rad2deg", "logit", "sparse_plus", "squareplus", "sparse_sigmoid",
)  # fmt: skip
OPERATORS_BETWEEN = (
    "add", "subtract", "multiply", "divide", "power", "maximum", "minimum", "average", "remainder", "fmod", "equal",
    "not_equal", "less", "less_equal", "greater", "greater_equal", "logical_and", "logical_or", "logical_xor", "atan2",
    "hypot", "log_add_exp", "xlogy", "copysign",
)  # fmt: skip
REDUCTIONS = (
    "sum", "mean", "prod", "amax", "amin", "any", "all", "logsumexp", "argmax", "argmin", "nansum", "nanmean", "std",
    "var", "norm", "sum_square", "log_sum", "median", "max", "min",
)  # fmt: skip
OPERATORS: dict[str, Draw] = {
    **dict.fromkeys(UNARY, numbers()), **dict.fromkeys(OPERATORS_BETWEEN, operator),
    **dict.fromkeys(REDUCTIONS, reduction), "relu": rectifier, "round": numbers(decimals=(0, 1)),
    "hardshrink": numbers(lambd=(0.5, 1.0)), "softshrink": numbers(lambd=(0.5, 1.0)),
    "threshold": numbers(threshold=(0.5, -0.5), replacement=(0.0, 2.0)), "thresholded_relu": numbers(alpha=(1.0, 0.5)),
    "rrelu": numbers(lower=(0.1, 0.2), upper=(0.3, 0.4)), "clamp": clamp, "prelu": prelu, "hardmax": softmax,
    "sparsemax": softmax, "softmax": softmax, "softmax2d": softmax_of_channels, "where": where, "squeeze": squeeze,
    "unsqueeze": unsqueeze, "transpose": transpose, "movedim": movedim, "flip": flip, "roll": roll, "rot90": rotate,
    "tril": triangle, "triu": triangle, "stack": stack, "concat": concat, "channel_shuffle": shuffle,
    "expand": expand, "tile": tile, "repeat": tile, "repeat_interleave": interleave, "slice": slices,
    "narrow": narrow, "select": select, "unflatten": unflatten,
    **dict.fromkeys(("cumsum", "cumprod", "logcumsumexp", "argsort", "topk", "glu", "normalize"), along),
    **dict.fromkeys(("matmul", "bmm", "mm", "mv", "dot", "outer"), product), "tensordot": tensordot,
    "einsum": einsum, "embedding": embedding, "rms_norm": root_mean_square,
}  # fmt: skip
"""By family how it is drawn, in the words of a framework's row."""
