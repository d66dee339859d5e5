"""Random layers between tensors in our own spelling, with the shapes of their inputs; a third is wrong in some way."""

import random
import string
from collections.abc import Callable
from typing import Any

Layer = dict[str, Any]
Shape = list[int]
Drawn = tuple[Layer, list[Shape]]
Draw = Callable[[random.Random, str, str], Drawn]

SIZES = (1, 2, 3, 4, 6)
BRANCHES = ("add", "multiply", "maximum", "minimum", "average")
BINARY = (
    *("subtract", "divide", "floor_divide", "remainder", "power", "equal", "not_equal", "less", "less_equal"),
    *("greater", "greater_equal", "logical_and", "logical_or", "logical_xor"),
)
UNARY = (
    *("abs", "negative", "sign", "square", "sqrt", "exp", "log", "sin", "cos", "erf", "floor", "ceil", "isnan"),
    *("reciprocal", "logical_not", "round", "identity", "relu6", "hardswish"),
)
REDUCTIONS = (
    *("sum", "mean", "prod", "amax", "amin", "any", "all", "logsumexp", "argmax", "argmin", "std", "var", "norm"),
    *("sum_square", "log_sum", "max", "min", "median", "mode", "var_mean", "aminmax"),
)
ALONG = ("cumsum", "cumprod", "sort", "argsort", "glu", "normalize", "softmax", "log_softmax", "hardmax", "cummax")


def shape(rng: random.Random, least: int = 0, most: int = 5) -> Shape:
    """A shape of few small sizes."""
    return [rng.choice(SIZES) for _ in range(rng.randint(least, most))]


def partner(rng: random.Random, other: Shape) -> Shape:
    """A shape that mostly broadcasts with another: axes left out at the front, sizes of 1, now and then a wrong one."""
    kept = other[rng.choice([0, 0, 0, *range(len(other) + 1)]) :]
    return [1 if rng.random() < 0.2 else rng.choice(SIZES) if rng.random() < 0.06 else size for size in kept]


def index(rng: random.Random, count: int) -> int:
    """The index of an axis, now and then of one that does not exist."""
    return rng.randint(-count - 1, count) if rng.random() < 0.2 else rng.randint(-count, max(count - 1, 0))


def branches(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Two or three branches, or one and a number."""
    first = shape(rng, 0 if rng.random() < 0.2 else 1)
    layer: Layer = {"type": kind}
    if rng.random() < 0.15 and framework != "onnx":
        return {**layer, "other": rng.choice([2, 0.5])}, [first]
    shapes = [first, partner(rng, first)]
    several = kind in BRANCHES and (framework == "keras" or (framework == "onnx" and kind != "multiply"))
    if several and rng.random() < 0.3:
        shapes.append(partner(rng, first))
    if rng.random() < 0.3:
        shapes.reverse()
    if framework == "keras" and kind in (*BRANCHES, "subtract"):
        layer |= rng.choice([{}, {}, {"align": "last"}, {"align": "batch"}])
        if layer.get("align") == "last" and len(shapes) > 2:
            shapes.pop()
    if framework == "pytorch" and rng.random() < 0.2 and kind in ("add", "multiply", "subtract", "divide", "power"):
        layer["inplace"] = True
    return layer, shapes


def ternary(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Three branches, or two and a number."""
    first = shape(rng)
    shapes = [first, partner(rng, first), partner(rng, first)]
    rng.shuffle(shapes)
    if kind == "where" and rng.random() < 0.3 and framework != "onnx":
        return {"type": kind, "other": 0}, shapes[:2]
    return {"type": kind}, shapes


def clamp(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Bounds as numbers, or as branches."""
    first = shape(rng)
    if framework == "pytorch" and rng.random() < 0.4:
        return {"type": kind}, [first, partner(rng, first)][: rng.randint(1, 2)]
    bounds = rng.choice([{"min": 0.0}, {"max": 1}, {"min": 0, "max": 6.5}, {"min": -1, "max": 1}])
    if framework == "keras":
        bounds = {"min": 0, "max": 6.5}
    return {"type": kind, **bounds}, [first]


def unary(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Any shape."""
    return {"type": kind}, [shape(rng)]


def reduction(rng: random.Random, kind: str, framework: str) -> Drawn:
    """One axis, several or none, kept or not."""
    first = shape(rng)
    layer: Layer = {"type": kind}
    how = rng.random()
    if how < 0.4:
        layer["dim"] = index(rng, len(first))
    elif how < 0.7:
        layer["dim"] = [index(rng, len(first)) for _ in range(rng.randint(0, 3))]
    elif how < 0.8 and len(first) > 2:
        layer["dim"] = list(range(1, len(first) - 1)) if framework == "keras" else list(range(2, len(first)))
    if rng.random() < 0.5:
        layer["keepdims"] = rng.choice([True, True, False])
    if kind == "norm":
        layer["norm_type"] = rng.choice([1, 2]) if framework == "onnx" else rng.choice([2, 1, 3.0])
    return layer, [first]


def along(rng: random.Random, kind: str, framework: str) -> Drawn:
    """One axis; Keras' argsort of a scalar is left out, which gives a list of one."""
    first = shape(rng, 0 if rng.random() < 0.2 and (kind, framework) != ("argsort", "keras") else 1)
    layer: Layer = {"type": kind}
    if rng.random() < 0.8 or kind in ("softmax", "log_softmax", "hardmax", "normalize", "cummax"):
        layer["dim"] = index(rng, len(first))
    return layer, [first]


def topk(rng: random.Random, kind: str, framework: str) -> Drawn:
    """As many as there are at most, now and then more."""
    first = shape(rng, 0 if rng.random() < 0.1 else 1)
    dim = {} if framework == "keras" or rng.random() < 0.4 else {"dim": index(rng, len(first))}
    return {"type": kind, "k": rng.randint(1, rng.choice([2, 3, 6])), **dim}, [first]


def compared(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Two branches and the axis along which they are compared."""
    first = shape(rng, 1, 4)
    layer: Layer = {"type": kind}
    if rng.random() < 0.8:
        layer["dim"] = index(rng, len(first))
    return layer, [first, partner(rng, first)]


def factors(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Two inputs whose last axes go together, now and then not; any number of axes before them."""
    n, k, m = (rng.choice(SIZES) for _ in range(3))
    inner = rng.choice(SIZES) if rng.random() < 0.1 else k
    batch = shape(rng, 0, 3)
    left = [*batch, n, k] if rng.random() < 0.85 else [k]
    right = [*partner(rng, batch), inner, m] if rng.random() < 0.85 else [inner]
    if kind in ("bmm", "baddbmm") and rng.random() < 0.85:
        b = rng.choice(SIZES)
        left, right = [b, n, k], [b if rng.random() < 0.9 else rng.choice(SIZES), inner, m]
    if kind in ("mm", "addmm", "gemm") and rng.random() < 0.9:
        left, right = [n, k], [inner, m]
    if kind in ("mv", "addmv") and rng.random() < 0.9:
        left, right = [n, k], [inner]
    if kind in ("dot", "outer") and rng.random() < (0.8 if framework == "pytorch" else 0.3):
        left, right = [k], [inner if kind == "dot" else m]
    if rng.random() < 0.04:
        left = []
    layer: Layer = {"type": kind}
    if kind == "gemm":
        layer["transpose_first"], layer["transpose_second"] = rng.random() < 0.4, rng.random() < 0.4
        left = left[::-1] if layer["transpose_first"] else left
        right = right[::-1] if layer["transpose_second"] else right
        return layer, [left, right, *([partner(rng, [n, m])] if rng.random() < 0.7 else [])]
    if kind.startswith("add") or kind == "baddbmm":
        rows = left[:-1]
        return layer, [partner(rng, [*rows, *right[-1:]] if kind != "addmv" else rows), left, right]
    return layer, [left, right]


def tensordot(rng: random.Random, kind: str, framework: str) -> Drawn:
    """A number of axes, or lists of them."""
    common = shape(rng, 0, 2)
    left, right = [*shape(rng, 0, 2), *common], [*common, *shape(rng, 0, 2)]
    if rng.random() < 0.15:
        right = partner(rng, right)
    if rng.random() < 0.5:
        return {"type": kind, "contracted": len(common) if rng.random() < 0.9 else 3}, [left, right]
    first = [len(left) - len(common) + at for at in range(len(common))]
    second = [at - len(right) if rng.random() < 0.3 else at for at in range(len(common))]
    if rng.random() < 0.1:
        second.append(0)
    return {"type": kind, "contracted": [first, second]}, [left, right]


def batch_dot(rng: random.Random, kind: str, framework: str) -> Drawn:
    """An axis of each, the batch counted."""
    batch, inner = rng.choice(SIZES), rng.choice(SIZES)
    left, right = [batch, *shape(rng, 1, 3)], [batch if rng.random() < 0.9 else 5, *shape(rng, 1, 3)]
    one, two = (rng.randint(1, len(found) - 1) for found in (left, right))
    left[one], right[two] = inner, inner if rng.random() < 0.9 else 5
    axes: Any = [one if rng.random() < 0.6 else one - len(left), two if rng.random() < 0.6 else two - len(right)]
    if rng.random() < 0.3:
        axes = rng.choice([1, 2, -1, one])
    return {"type": kind, "contracted": axes}, [left, right]


def einsum(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Letters of small sizes, with an ellipsis, without an arrow, or wrong now and then."""
    letters = rng.sample(string.ascii_letters, rng.randint(1, 5))
    sizes = {letter: rng.choice(SIZES) for letter in letters}
    rest = shape(rng, 0, 2) if rng.random() < 0.25 else None
    terms, shapes = [], []
    for _ in range(rng.choice([1, 2, 2, 2, 3])):
        chosen = rng.sample(letters, rng.randint(0 if rest is not None else 1, len(letters)))
        own = [sizes[letter] for letter in chosen]
        if rest is not None and rng.random() < 0.8:
            at = rng.randint(0, len(chosen))
            terms.append("".join(chosen[:at]) + "..." + "".join(chosen[at:]))
            shapes.append([*own[:at], *partner(rng, rest), *own[at:]])
        else:
            terms.append("".join(chosen))
            shapes.append(own)
    if rng.random() < 0.12:
        wrong = rng.choice(shapes)
        if wrong:
            wrong[rng.randrange(len(wrong))] = rng.choice([1, 5])
    if rng.random() < 0.04:
        shapes[0].append(2)
    used = sorted({letter for term in terms for letter in term if letter != "."})
    output = rng.sample(used, rng.randint(0, len(used)))
    if rng.random() < 0.03:
        output.append(rng.choice(string.ascii_lowercase))
    if any("..." in term for term in terms) and rng.random() < 0.9:
        output.insert(rng.randint(0, len(output)), "...")
    gap = " " if rng.random() < 0.1 else ""
    equation = f"{gap},{gap}".join(terms) + (f"{gap}->{gap}" + "".join(output) if rng.random() < 0.8 else "")
    return {"type": kind, "equation": equation}, shapes


def embedding(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Indices of any shape."""
    if kind == "apply_embedding":
        return {"type": kind}, [shape(rng, 0, 3), shape(rng, 2, 2) if rng.random() < 0.85 else shape(rng, 0, 3)]
    return {"type": kind, "num_embeddings": rng.randint(1, 9), "embedding_dim": rng.choice(SIZES)}, [shape(rng, 0, 4)]


def gather(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Indices of as many axes, now and then of others."""
    first = shape(rng, 0 if rng.random() < 0.1 else 1, 4)
    dim = index(rng, len(first))
    picked = [rng.choice([1, size, size, *SIZES[:1]]) for size in first]
    if picked and -len(first) <= dim < len(first):
        picked[dim] = rng.choice(SIZES)
    if rng.random() < 0.15:
        picked = partner(rng, first)
    return {"type": kind, "dim": dim}, [first, picked]


def take(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Indices of any shape, or in the layer."""
    first = shape(rng, 0 if rng.random() < 0.1 else 1, 4)
    layer: Layer = {"type": kind}
    if rng.random() < 0.8 or kind == "index_select":
        layer["dim"] = index(rng, len(first))
    picked = shape(rng, 0, 2) if kind == "take" or rng.random() < 0.2 else shape(rng, 1, 1)
    if framework == "pytorch" and kind == "take":
        layer.pop("dim", None)
    return layer, [first, picked]


def one_hot(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Classes along the last axis or another."""
    first = shape(rng, 0, 4)
    layer: Layer = {"type": kind, "num_classes": rng.randint(1, 5)}
    if framework != "pytorch" and rng.random() < 0.5:
        layer["dim"] = index(rng, len(first) + 1)
    return layer, [first]


def bilinear(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Two inputs with the features that the layer is made for, now and then others."""
    batch, one, two, out = shape(rng, 0, 2), *(rng.choice(SIZES) for _ in range(3))
    other = batch if rng.random() < 0.85 else shape(rng, 0, 2)
    inputs = [[*batch, one], [*other, two if rng.random() < 0.9 else 5]]
    if kind == "bilinear":
        return {"type": kind, "in1_features": one, "in2_features": two, "out_features": out}, inputs
    return {"type": kind}, [*inputs, [out, one, two], *([[out]] if rng.random() < 0.5 else [])]


def linear(rng: random.Random, kind: str, framework: str) -> Drawn:
    """A weight of as many features, now and then of others."""
    features, out = rng.choice(SIZES), rng.choice(SIZES)
    weight = [out, features if rng.random() < 0.9 else rng.choice(SIZES)]
    if rng.random() < 0.08:
        weight = weight[1:]
    bias = [[out]] if rng.random() < 0.9 else [shape(rng, 0, 2)]
    inputs = [*shape(rng, 0, 3), features] if rng.random() < 0.95 else []
    return {"type": kind}, [inputs, weight, *(bias if rng.random() < 0.6 else [])]


def convolution(rng: random.Random, kind: str, framework: str) -> Drawn:
    """A weight of the right axes and channels, now and then of others."""
    rank, groups = rng.randint(1, 3), rng.choice([1, 1, 1, 2, 3])
    first, second = groups * rng.choice([1, 2]), rng.choice([1, 2, 3])
    transposed = "transpose" in kind
    kernel = [rng.choice([1, 2, 3]) for _ in range(rank)]
    weight = [first, second, *kernel] if transposed else [groups * second, first // groups, *kernel]
    if rng.random() < 0.1:
        weight[rng.randrange(2)] += 1
    if rng.random() < 0.05:
        weight.pop()
    out = second * groups if transposed else weight[0]
    layer: Layer = {"type": f"{kind}{rank}d", "groups": groups}
    for name in ("stride", "dilation", "padding"):
        if rng.random() < 0.5:
            layer[name] = rng.choice([1, 2, [rng.choice([1, 2]) for _ in range(rank)]])
    batch = [] if framework == "pytorch" and rng.random() < 0.15 else [2]
    inputs = [[*batch, first, *(rng.randint(1, 9) for _ in range(rank))], weight]
    if rng.random() < 0.5:
        inputs.append([out if rng.random() < 0.9 else out + 1])
    return layer, inputs


def gate(rng: random.Random, kind: str, framework: str) -> Drawn:
    """Layers for inputs of certain numbers of axes."""
    if kind == "local_response_norm":
        return {"type": kind, "size": rng.choice([1, 3, 5])}, [shape(rng, 1, 5)]
    return {"type": kind}, [shape(rng, 1, 5)]


DRAWS: dict[str, Draw] = {
    **dict.fromkeys((*BRANCHES, *BINARY), branches),
    **dict.fromkeys(("where", "addcmul", "addcdiv", "lerp"), ternary),
    "clamp": clamp,
    **dict.fromkeys(UNARY, unary),
    **dict.fromkeys(REDUCTIONS, reduction),
    **dict.fromkeys(ALONG, along),
    "topk": topk,
    "cosine_similarity": compared,
    **dict.fromkeys(("matmul", "bmm", "mm", "mv", "dot", "outer", "addmm", "baddbmm", "addmv", "gemm"), factors),
    "tensordot": tensordot,
    "batch_dot": batch_dot,
    "einsum": einsum,
    **dict.fromkeys(("embedding", "apply_embedding"), embedding),
    "gather": gather,
    **dict.fromkeys(("take", "index_select"), take),
    "one_hot": one_hot,
    **dict.fromkeys(("bilinear", "apply_bilinear"), bilinear),
    "apply_linear": linear,
    **dict.fromkeys(("conv", "conv_transpose"), convolution),
    **dict.fromkeys(("local_response_norm", "softmax2d"), gate),
}
"""How layers of each type are drawn; convolutions also choose their rank."""
WEIGHTS = {"einsum": 8, "matmul": 8, "conv": 6, "conv_transpose": 4, "add": 5, "sum": 4, "mean": 4}
"""Types that are drawn more often than once."""
LIGHT = 0.3
"""The weight of unary functions, which are all alike."""


def draw(rng: random.Random, types: list[str], framework: str) -> Drawn:
    """A layer of one of these types and the shapes of its inputs."""
    weights = [LIGHT if kind in UNARY else WEIGHTS.get(kind, 1.5) for kind in types]
    [kind] = rng.choices(types, weights)
    return DRAWS[kind](rng, kind, framework)
