"""ONNX's operators by their own names: drawn with attributes and the inputs that say a shape; run in onnxruntime."""

import random
from typing import Any

from tests.golden.record.spellings.draws import Arguments, Draw, Shape, sizes, some, spoilt

OPSETS = (6, 7, 8, 9, 10, 11, 12, 13, 15, 17, 18, 19, 21, 22, 24, 26)
SINCE = {
    "Upsample": 7,
    "Resize": 10,
    "GroupNormalization": 18,
    "LayerNormalization": 17,
    "HardSwish": 14,
    "Mish": 18,
    "Gelu": 20,
}
SINCE |= {"Upsample": 7, "Celu": 12, "Swish": 24}
UNTIL = {"Upsample": 9}
SHAPES = {
    "Pad": ("pads", "constant_value"),
    "Resize": ("scales", "sizes"),
    "Reshape": ("shape",),
    "Clip": ("min", "max"),
}
"""What was an attribute at first and is an input now, or always was one."""

OF_THE_BUILD = ("NOT_IMPLEMENTED", "padding values must be", "deprecated in domain_version")
"""Parts of refusals that say what the runtime was built with, not what the operator set has."""


def drawn(rng: random.Random) -> tuple[Arguments, Shape]:
    """A layer with its type and operator set, and the shape of an input."""
    name = rng.choice(sorted(DRAWS))
    opset = rng.choice([o for o in OPSETS if SINCE.get(name, 0) <= o <= UNTIL.get(name, 99)])
    arguments, shape = DRAWS[name](rng)
    if rng.random() < 0.04:
        shape = [*shape, 3]
    return {"type": rng.choice(("", "onnx.")) + name, **spoilt(rng, arguments), "opset": opset}, shape


def _window(rng: random.Random, rank: int) -> Arguments:
    options: Arguments = {
        "strides": [rng.randint(1, 3) for _ in range(rank)],
        "pads": [rng.randint(0, 1) for _ in range(2 * rank)],
        "auto_pad": "NOTSET",
    }
    if rng.random() < 0.3:
        del options["pads"]
        options["auto_pad"] = rng.choice(("VALID", "SAME_UPPER", "SAME_LOWER"))
    return options


def _convolution(*, transposed: bool = False) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        rank, group = rng.randint(1, 3), rng.choice((1, 1, 2))
        channels, outputs = group * rng.randint(1, 2), group * rng.randint(1, 2)
        options = _window(rng, rank)
        if options["auto_pad"] == "NOTSET":
            options["dilations"] = [rng.randint(1, 2) for _ in range(rank)]
        if transposed and rng.random() < 0.5:
            options["output_padding"] = [rng.randint(0, 1) for _ in range(rank)]
        kernel = [rng.randint(1, 3) for _ in range(rank)]
        told = {"kernel_shape": kernel, "in_channels": channels, "out_channels": outputs, "group": group}
        return {**told, "bias": rng.choice((True, False)), **some(rng, options)}, [
            rng.randint(1, 2),
            channels,
            *sizes(rng, rank),
        ]

    return draw


def _pool(name: str) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        rank = rng.randint(1, 3)
        options = _window(rng, rank)
        if rng.random() < 0.5 and options["auto_pad"] == "NOTSET":
            options["ceil_mode"] = rng.randint(0, 1)
            if rng.random() < 0.5:
                options["dilations"] = [rng.randint(1, 2) for _ in range(rank)]
        if name == "MaxPool":
            options["storage_order"] = 0
        elif name == "AveragePool":
            options["count_include_pad"] = rng.randint(0, 1)
        else:
            options["p"] = 2
        return {"kernel_shape": [rng.randint(1, 3) for _ in range(rank)], **some(rng, options)}, [
            1,
            2,
            *sizes(rng, rank),
        ]

    return draw


def _global(rng: random.Random) -> tuple[Arguments, Shape]:
    return {}, [2, 3, *sizes(rng, rng.randint(1, 3))]


def _gemm(rng: random.Random) -> tuple[Arguments, Shape]:
    features, outputs = rng.randint(1, 4), rng.randint(1, 4)
    options = {"transB": rng.randint(0, 1), "alpha": 0.5, "beta": 2.0}
    return {"in_features": features, "out_features": outputs, **some(rng, options)}, [rng.randint(1, 3), features]


def _pad(rng: random.Random) -> tuple[Arguments, Shape]:
    rank = rng.randint(1, 3)
    begins, ends = ([0, 0, *(rng.randint(-1, 3) for _ in range(rank))] for _ in range(2))
    options = {"mode": rng.choice(("constant", "reflect", "edge"))}
    return {"pads": begins + ends, **some(rng, options)}, [1, 2, *sizes(rng, rank, 2)]


def _resize(name: str) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        rank = rng.choice((1, 2, 2, 3))
        shape = [1, 2, *sizes(rng, rank, 1, 30)]
        scales = [1.0, 1.0, *(rng.choice((1.0, 2.0, 3.0, 1.5, 2.3)) for _ in range(rank))]
        wanted = [1, 2, *sizes(rng, rank)]
        by_size = name == "Resize" and rng.random() < 0.3
        return {
            **({"sizes": wanted} if by_size else {"scales": scales}),
            **some(rng, {"mode": rng.choice(("nearest", "linear" if rank < 3 else "nearest"))}),
        }, shape

    return draw


def _blocks(name: str) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        size = rng.randint(1, 3)
        shape = [1, size**2 * 2, *sizes(rng, 2)]
        options = {"mode": rng.choice(("DCR", "CRD"))} if name == "DepthToSpace" else {}
        return {"blocksize": size, **some(rng, options)}, (
            shape if name == "DepthToSpace" else [1, 2, *(size * n for n in sizes(rng, 2, 1, 4))]
        )

    return draw


def _axis(least: int, *, beyond: int = 0) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        shape = sizes(rng, rng.randint(max(least, 1), 4), 1, 4)
        return some(rng, {"axis": rng.randint(-len(shape), len(shape) - 1 + beyond)}), shape

    return draw


def _reshape(rng: random.Random) -> tuple[Arguments, Shape]:
    shape = sizes(rng, rng.randint(1, 4), 1, 4)
    return {"shape": rng.choice(([-1], [0, -1], [1, *shape], [0, *shape[1:]], [2, 2], [-1, shape[-1]]))}, shape


def _transpose(rng: random.Random) -> tuple[Arguments, Shape]:
    shape = sizes(rng, rng.randint(1, 4), 1, 4)
    perm = list(range(len(shape)))
    rng.shuffle(perm)
    return {"perm": perm}, shape


def _norm(name: str) -> Draw:
    def draw(rng: random.Random) -> tuple[Arguments, Shape]:
        shape = [2, rng.choice((2, 4)), *sizes(rng, rng.randint(1, 2), 1, 4)]
        if name == "GroupNormalization":
            return {"num_groups": rng.choice((1, 2)), **some(rng, {"epsilon": 0.01})}, shape
        if name == "LayerNormalization":
            return some(rng, {"epsilon": 0.01, "axis": rng.choice((-1, -2))}), shape
        return some(rng, {"epsilon": 0.01, **({"momentum": 0.8} if name[0] == "B" else {})}), shape

    return draw


def _any_shape(**options: Any) -> Draw:
    return lambda rng: (some(rng, options), sizes(rng, rng.randint(1, 4), 1, 4))


DRAWS: dict[str, Draw] = {
    "Conv": _convolution(),
    "ConvTranspose": _convolution(transposed=True),
    **{name: _pool(name) for name in ("MaxPool", "AveragePool", "LpPool")},
    **dict.fromkeys(("GlobalAveragePool", "GlobalMaxPool"), _global),
    "Gemm": _gemm,
    "Pad": _pad,
    **{name: _resize(name) for name in ("Resize", "Upsample")},
    **{name: _blocks(name) for name in ("DepthToSpace", "SpaceToDepth")},
    "Flatten": _axis(1, beyond=1),
    **{name: _axis(1) for name in ("Softmax", "LogSoftmax")},
    "Reshape": _reshape,
    "Transpose": _transpose,
    **{f"{name}Normalization": _norm(f"{name}Normalization") for name in ("Batch", "Instance", "Group", "Layer")},
    **{
        name: _any_shape()
        for name in ("Relu", "Sigmoid", "Tanh", "Softplus", "Softsign", "HardSwish", "Mish", "Identity")
    },
    **{name: _any_shape(alpha=0.3) for name in ("LeakyRelu", "Elu", "Celu", "Swish")},
    "Selu": _any_shape(alpha=1.2, gamma=1.1),
    "HardSigmoid": _any_shape(alpha=0.3, beta=0.4),
    "Gelu": _any_shape(approximate="tanh"),
    "Clip": _any_shape(min=-1.0, max=1.0),
}


def ran(layer: Arguments, shape: Shape) -> Arguments:
    """What onnxruntime makes of a node with these attributes, each where its operator set has it."""
    import numpy as np
    import onnx
    import onnxruntime
    from onnx import TensorProto, helper, numpy_helper

    name, opset = layer["type"].rpartition(".")[2], layer["opset"]
    schema = onnx.defs.get_schema(name, opset, "")
    told = ("type", "opset", "in_channels", "out_channels", "in_features", "out_features", "bias")
    given = {word: value for word, value in layer.items() if word not in told}
    weights = _weights(name, layer, shape, given)
    attributes = {word: value for word, value in given.items() if word in schema.attributes}
    values = {word: value for word, value in given.items() if word not in schema.attributes}
    names = {formal.name: formal.name for formal in schema.inputs}
    unknown = [word for word in values if word not in names]
    if unknown:
        neutral = all(value in (0, [1], [1, 1], [1, 1, 1]) for word, value in values.items() if word in unknown)
        if neutral:
            return ran({word: value for word, value in layer.items() if word not in unknown}, shape)
        raise ValueError(f"{name} of operator set {opset} has no {', '.join(unknown)}")
    kinds = {"pads": np.int64, "sizes": np.int64, "shape": np.int64}
    arrays = {**weights, **{word: np.array(value, kinds.get(word, np.float32)) for word, value in values.items()}}
    if name == "Resize" and 11 <= opset < 13 and "roi" not in arrays:
        arrays["roi"] = np.zeros(0, np.float32)
        arrays.setdefault("scales", np.zeros(0, np.float32))
    order = [formal.name for formal in schema.inputs[1:]]
    last = max((index for index, word in enumerate(order) if word in arrays), default=-1)
    inputs = ["X", *(word if word in arrays else "" for word in order[: last + 1])]
    if name == "BatchNormalization" and opset < 7:
        attributes["is_test"] = 1
    node = helper.make_node(name, inputs, ["Y"], **attributes)
    rank = {"Flatten": 2, "Reshape": len(layer.get("shape", ()))}.get(name, len(shape))
    graph = helper.make_graph(
        [node],
        "graph",
        [helper.make_tensor_value_info("X", TensorProto.FLOAT, shape)],
        [helper.make_tensor_value_info("Y", TensorProto.FLOAT, [None] * rank)],
        [numpy_helper.from_array(array, word) for word, array in arrays.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8 if opset < 19 else 10)
    onnx.checker.check_model(model)
    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    (output,) = session.run(["Y"], {"X": np.zeros(shape, np.float32)})
    return {"output": list(output.shape)}


def _weights(name: str, layer: Arguments, shape: Shape, given: Arguments) -> dict[str, Any]:
    """The arrays that a node holds as weights."""
    import numpy as np

    def zeros(*size: int) -> Any:
        return np.zeros(size, np.float32)

    channels = shape[1] if len(shape) > 1 else 1
    if name in ("Conv", "ConvTranspose"):
        inputs, outputs, group = layer["in_channels"], layer["out_channels"], max(layer.get("group", 1), 1)
        kernel = [max(size, 0) for size in layer["kernel_shape"]]
        first, second = (outputs, inputs // group) if name == "Conv" else (inputs, outputs // group)
        return {"W": zeros(first, second, *kernel)} | ({"B": zeros(outputs)} if layer["bias"] else {})
    if name == "Gemm":
        size = (layer["in_features"], layer["out_features"])
        return {"B": zeros(*(size[::-1] if given.get("transB") else size)), "C": zeros(size[1])}
    if name == "BatchNormalization":
        return {"scale": zeros(channels), "B": zeros(channels), **_statistics(layer["opset"], zeros(channels))}
    if name == "InstanceNormalization":
        return {"scale": zeros(channels), "B": zeros(channels)}
    if name == "GroupNormalization":
        count = channels if layer["opset"] >= 21 else layer["num_groups"]
        return {"scale": zeros(count), "bias": zeros(count)}
    if name == "LayerNormalization":
        return {word: zeros(*shape[layer.get("axis", -1) :]) for word in ("Scale", "B")}
    return {}


def _statistics(opset: int, values: Any) -> dict[str, Any]:
    """The running mean and variance, as an operator set names them."""
    return dict.fromkeys(("input_mean", "input_var") if opset >= 14 else ("mean", "var"), values)


def version() -> str:
    """The releases that answer."""
    import onnx
    import onnxruntime

    return f"{onnx.__version__} with onnxruntime {onnxruntime.__version__}"
