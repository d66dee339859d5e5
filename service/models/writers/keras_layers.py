"""Keras' layers and functions by layer family, as the source of a functional model has them."""

from collections.abc import Callable, Mapping, Sequence
from itertools import accumulate
from typing import Any

from service.core.layers import LAYERS
from service.models.writers.code import Code, call, literal, per_axis
from service.models.writers.expressions import Function, operator, sliced
from service.models.writers.program import Call

Make = Callable[[Call], Code]

WORDS: Mapping[str, str] = {
    "stride": "strides", "dilation": "dilation_rate", "bias": "use_bias", "eps": "epsilon", "dim": "axis",
}  # fmt: skip
DEFAULTS: Mapping[str, Any] = {
    "stride": 1, "padding": "valid", "dilation": 1, "groups": 1, "bias": True, "depth_multiplier": 1,
    "center": True, "scale": True, "in_channels": None,
}  # fmt: skip
"""Arguments that need not be written."""


# --- layers -----------------------------------------------------------------------------------------------------------


def _layer(name: str, *positional: str, left_out: Sequence[str] = (), **renamed: str) -> Make:
    """A layer by its class, `{}` for the rank: arguments without a name, and those that have another one here."""
    gone = {*positional, *left_out, "type", "in_channels", "in_features", "num_features", "num_channels"}

    def make(made: Call) -> Code:
        arguments = [literal(per_axis(made.step[parameter])) for parameter in positional]
        rest = {key: per_axis(value) for key, value in made.step.items() if key not in gone and value is not None}
        said = {key: value for key, value in rest.items() if key not in DEFAULTS or value != DEFAULTS[key]}
        words = {renamed.get(key, WORDS.get(key, key)): value for key, value in said.items()}
        return call(f"layers.{name.format(_rank(made))}", *arguments, **words)

    return make


def _rank(made: Call) -> int:
    """The rank that the type says, else that of the input."""
    return LAYERS[made.step["type"]].rank or made.rank


def _convolution(made: Call) -> Code:
    """A convolution; a depthwise one where each channel has kernels of its own."""
    depth = depth_of(made)
    if depth is None:
        return _layer("Conv{}D", "out_channels", "kernel_size")(made)
    step = {key: value for key, value in made.step.items() if key not in ("groups", "out_channels")}
    own = Call({**step, "depth_multiplier": depth}, made.inputs, made.outputs, made.layer)
    return _layer("DepthwiseConv{}D", "kernel_size")(own)


def depth_of(made: Call) -> int | None:
    """The kernels of each channel, where a convolution has as many groups as channels and a depthwise layer will do."""
    step = made.step
    channels, outputs, groups = step.get("in_channels"), step.get("out_channels"), step.get("groups") or 1
    if groups == 1 or channels != groups or not outputs or outputs % groups or _rank(made) > 2:
        return None
    strides, dilations = step.get("stride") or (1,), step.get("dilation") or (1,)
    plain = len(set(strides)) == 1 and (max(strides) == 1 or max(dilations) == 1)
    return outputs // groups if plain and len(set(dilations)) == 1 else None


def _pool(name: str) -> Make:
    """A pool, whose stride is its size unless it is said."""

    def make(made: Call) -> Code:
        size, stride = per_axis(made.step["kernel_size"]), per_axis(made.step["stride"])
        padding = made.step.get("padding", "valid")
        said = {"strides": None if stride == size else stride, "padding": None if padding == "valid" else padding}
        return call(f"layers.{name.format(_rank(made))}", literal(size), **said)

    return make


def _bordered(name: str) -> Make:
    """Pads and crops: one number, a number an axis, or a pair an axis."""

    def make(made: Call) -> Code:
        pairs = made.step["padding"]
        each = [pair[0] if pair[0] == pair[1] else tuple(pair) for pair in pairs]
        alike = len(set(map(str, each))) == 1 and isinstance(each[0], int)
        numbers = all(isinstance(entry, int) for entry in each)
        amounts: Any = each[0] if alike or len(pairs) == 1 else each if numbers else [tuple(pair) for pair in pairs]
        return call(f"layers.{name.format(len(pairs))}", literal(amounts))

    return make


def _relu(made: Call) -> Code:
    step = {key: value for key, value in made.step.items() if key != "type" and value}
    return call("layers.ReLU", **step)


def _global(name: str) -> Make:
    """A pool of all positions, which keeps its axes only if told."""

    def make(made: Call) -> Code:
        return call(f"layers.{name.format(_rank(made))}", keepdims=True if made.step.get("keepdims") else None)

    return make


def _activation(name: str) -> Make:
    return lambda made: call("layers.Activation", literal(name))


def _norm(name: str, **renamed: str) -> Make:
    """A normalisation: its epsilon is always said."""
    gone = {"type", "num_features", "num_channels", "normalized_shape", "affine", "track_running_stats",
            "elementwise_affine", "bias"}  # fmt: skip

    def make(made: Call) -> Code:
        said = {key: value for key, value in made.step.items() if key not in gone and value is not None}
        order = [key for key in ("num_groups", "axis", "momentum", "eps") if key in said]
        rest = [key for key in said if key not in order]
        return call(f"layers.{name}", **{renamed.get(key, WORDS.get(key, key)): said[key] for key in (*order, *rest)})

    return make


def _axis_layer(name: str) -> Make:
    """A layer along an axis, the last one unless it is said."""

    def make(made: Call) -> Code:
        dim = made.step.get("dim")
        last = dim is None or dim in (-1, made.axes - 1)
        return call(f"layers.{name}", axis=None if last else dim)

    return make


def _merge(name: str) -> Make:
    return lambda made: call(f"layers.{name}")


MERGING: Mapping[str, Make] = {
    "add": _merge("Add"), "multiply": _merge("Multiply"), "maximum": _merge("Maximum"), "minimum": _merge("Minimum"),
    "average": _merge("Average"), "subtract": _merge("Subtract"),
    "concat": lambda made: call("layers.Concatenate", axis=_not_last(made)),
}  # fmt: skip
"""Layers that take their branches in a list."""


def _not_last(made: Call) -> int | None:
    return None if made.step["dim"] in (-1, made.axes - 1) else made.step["dim"]


ACTIVATIONS: Mapping[str, str] = {
    "sigmoid": "sigmoid", "tanh": "tanh", "silu": "silu", "mish": "mish", "hardswish": "hard_silu", "selu": "selu",
    "hardsigmoid": "hard_sigmoid", "softsign": "softsign", "softplus": "softplus", "log_sigmoid": "log_sigmoid",
    "tanhshrink": "tanh_shrink", "relu6": "relu6", "hardtanh": "hard_tanh", "sparse_plus": "sparse_plus",
    "squareplus": "squareplus", "sparse_sigmoid": "sparse_sigmoid",
}  # fmt: skip
LAYERS_OF_KERAS: Mapping[str, Make] = {
    "conv": _convolution,
    "conv_transpose": _layer("Conv{}DTranspose", "out_channels", "kernel_size"),
    "depthwise_conv": _layer("DepthwiseConv{}D", "kernel_size"),
    "separable_conv": _layer("SeparableConv{}D", "out_channels", "kernel_size"),
    "max_pool": _pool("MaxPooling{}D"),
    "avg_pool": _pool("AveragePooling{}D"),
    "adaptive_max_pool": _layer("AdaptiveMaxPooling{}D", "output_size"),
    "adaptive_avg_pool": _layer("AdaptiveAveragePooling{}D", "output_size"),
    "global_max_pool": _global("GlobalMaxPooling{}D"),
    "global_avg_pool": _global("GlobalAveragePooling{}D"),
    "linear": _layer("Dense", "out_features"),
    "embedding": _layer("Embedding", "num_embeddings", "embedding_dim"),
    "batch_norm": _norm("BatchNormalization"),
    "group_norm": _norm("GroupNormalization", num_groups="groups"),
    "layer_norm": _norm("LayerNormalization"),
    "rms_norm": _norm("RMSNormalization"),
    "dropout": _layer("Dropout", "p"),
    "prelu": _layer("PReLU"),
    "relu": _relu,
    "leaky_relu": lambda made: call("layers.LeakyReLU", negative_slope=made.step.get("negative_slope")),
    "elu": lambda made: call("layers.ELU", alpha=made.step.get("alpha")),
    "softmax": _axis_layer("Softmax"),
    "pad": _bordered("ZeroPadding{}D"),
    "crop": _bordered("Cropping{}D"),
    "upsample": _layer("UpSampling{}D", "scale_factor", mode="interpolation"),
    "flatten": _merge("Flatten"),
    "reshape": lambda made: call("layers.Reshape", literal(tuple(made.step["shape"]))),
    "permute": lambda made: call("layers.Permute", literal(tuple(made.step["dims"]))),
    **{kind: _activation(name) for kind, name in ACTIVATIONS.items()},
}
"""By layer family the layer."""

# --- functions --------------------------------------------------------------------------------------------------------


def _ops(name: str, *positional: str, **renamed: str) -> Function:
    """A function of `keras.ops`."""

    def write(made: Call, names: Sequence[str]) -> Code:
        arguments = [literal(made.step[parameter]) for parameter in positional]
        said = {
            renamed.get(key, WORDS.get(key, key)): value[0] if isinstance(value, tuple) and len(value) == 1 else value
            for key, value in made.step.items()
            if key not in (*positional, "type", "align", "reversed") and value is not None and value is not False
        }
        return call(f"ops.{name}", *names, *arguments, **said)

    return write


def _listed(name: str) -> Function:
    return lambda made, names: call(f"ops.{name}", f"[{', '.join(names)}]", axis=made.step["dim"])


def names_axes(made: Call) -> bool:
    """Whether a pad names its axes, which the function does and the layer does not."""
    return made.family == "pad" and made.step.get("dims") is not None


def _array_pad(made: Call, names: Sequence[str]) -> Code:
    """A pair for each axis of the array, in any mode."""
    pairs = dict(zip(made.step["dims"], made.step["padding"], strict=True))
    every = tuple(tuple(pairs.get(axis, (0, 0))) for axis in range(made.axes))
    value = made.step.get("value")
    return call("ops.pad", *names, literal(every), mode=made.step.get("mode"), constant_values=value)


def _split(made: Call, names: Sequence[str]) -> Code:
    """`ops.split` takes the places between the parts."""
    places = [*accumulate(made.step["sizes"])][:-1]
    return call("ops.split", *names, f"[{', '.join(map(str, places))}]", axis=made.step["dim"])


FUNCTIONS: Mapping[str, Function] = {
    "add": operator("+"),
    "subtract": operator("-"),
    "multiply": operator("*"),
    "divide": operator("/"),
    "power": operator("**"),
    "maximum": _ops("maximum", other="x2"),
    "minimum": _ops("minimum", other="x2"),
    "clamp": _ops("clip", "min", "max"),
    "gelu": lambda made, names: call("ops.gelu", *names, approximate=made.step.get("approximate") == "tanh"),
    "celu": _ops("celu"),
    "log_softmax": _ops("log_softmax"),
    "slice": sliced,
    "split": _split,
    "pad": _array_pad,
    "stack": _listed("stack"),
    "matmul": _ops("matmul"),
    "einsum": lambda made, names: call("ops.einsum", literal(made.step["equation"]), *names),
    "squeeze": _ops("squeeze"),
    "unsqueeze": _ops("expand_dims"),
    "transpose": lambda made, names: call(
        "ops.swapaxes", *names, literal(made.step["dim0"]), literal(made.step["dim1"])
    ),
    "expand": lambda made, names: call("ops.broadcast_to", *names, literal(tuple(made.step["shape"]))),
    "normalize": lambda made, names: call(
        "ops.normalize", *names, axis=made.step["dim"], order=made.step["norm_type"], epsilon=made.step["eps"]
    ),
    **{
        kind: _ops(name)
        for kind, name in {"amax": "max", "amin": "min", "mean": "mean", "sum": "sum", "logsumexp": "logsumexp",
                           "prod": "prod"}.items()
    },
    **{
        kind: _ops(name)
        for kind, name in {
            "asin": "arcsin", "acos": "arccos", "atan": "arctan",
            **{same: same for same in (
                "abs", "negative", "sign", "square", "sqrt", "rsqrt", "reciprocal", "exp", "exp2", "expm1", "log",
                "log2", "log10", "log1p", "sin", "cos", "tan", "sinh", "cosh", "erf", "floor", "ceil", "trunc",
            )},
        }.items()
    },
}  # fmt: skip
"""By layer family the function, or the operator."""
